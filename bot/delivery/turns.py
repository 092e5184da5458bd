"""Waiting for one's turn to send."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.delivery.schedule import OVERALL, Schedule, Window

if TYPE_CHECKING:
    from bot.delivery.schedule import Chat


DEPARTURES = OVERALL[0], OVERALL[1] + 0.001
"""The schedule says whose turn it is, and this that no more arrive in a second than have turns. The millisecond is for
calls that take longer on their way."""

BACK = 0.003
"""Seconds that an answer needs at least."""


class Turns:
    """The schedule, with somebody who looks at the clock."""

    def __init__(self) -> None:
        self._schedule: Schedule[asyncio.Future[None]] = Schedule()
        self._departures = Window(*DEPARTURES)
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

    async def depart(self) -> float:
        """Return when a message whose turn it was may be on its way, which is now; tell `arrived` of it.

        Between its turn and this it is noted on disk, which may take longer than for the one before: what was evenly
        spread is not any more, and Telegram counts what arrives.
        """
        loop = asyncio.get_running_loop()
        while (seconds := self._departures.free_at() - loop.time()) > 0:  # noqa: ASYNC110 - it is time that has to pass
            await asyncio.sleep(seconds)
        now = loop.time()
        self._departures.take(now)
        return now

    def arrived(self, departed: float) -> None:
        """Note that a call was answered: Telegram counted it before that, and perhaps long after it left."""
        self._departures.move(departed, max(departed, asyncio.get_running_loop().time() - BACK))

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
