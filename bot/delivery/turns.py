"""Waiting for one's turn to send."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.delivery.schedule import Schedule

if TYPE_CHECKING:
    from bot.delivery.schedule import Chat


class Turns:
    """The schedule, with somebody who looks at the clock."""

    def __init__(self) -> None:
        self._schedule: Schedule[asyncio.Future[None]] = Schedule()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def are_awaited(self) -> bool:
        """Whether somebody waits, so what can be left out should be."""
        return self._schedule.is_busy

    async def turn(self, chat: Chat, *, progress: bool = False) -> None:
        """Return when a message to a chat, or an edit there, may go out: then it must, at once."""
        waiter = asyncio.get_running_loop().create_future()
        self._schedule.add(chat, waiter, progress=progress)
        self._advance()
        try:
            await waiter
        except asyncio.CancelledError:
            self._schedule.leave(chat, waiter)
            raise

    def pause(self, chat: Chat, seconds: float) -> None:
        """Let nothing go out to one chat for a while, as Telegram demands."""
        self._schedule.pause(chat, asyncio.get_running_loop().time() + seconds)

    def _advance(self) -> None:
        loop = asyncio.get_running_loop()
        while waiter := self._schedule.take(loop.time()):
            if not waiter.done():
                waiter.set_result(None)
        if self._timer:
            self._timer.cancel()
        at = self._schedule.next_at()
        self._timer = loop.call_at(at, self._advance) if at is not None else None
