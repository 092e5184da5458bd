"""How an update is handled: in its user's language, known by its number, and forgotten once it is answered."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot import texts
from bot.delivery.current import answering
from bot.delivery.keeping import is_kept
from bot.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.delivery.metrics import Metrics
    from bot.state.inbox import Inbox

logger = logging.getLogger(__name__)

AT_ONCE = 10_000
"""Updates in hand. What they compute and send is limited where it happens, so that each chat has its turn."""


class Processor(BaseUpdateProcessor):
    """Runs the handlers of every update at once."""

    __slots__ = ("_inbox", "_metrics", "_running")

    def __init__(self, inbox: Inbox, metrics: Metrics) -> None:
        super().__init__(AT_ONCE)
        self._inbox = inbox
        self._metrics = metrics
        self._running: set[asyncio.Task[Any]] = set()

    async def initialize(self) -> None:
        """Do nothing: there is nothing to get ready."""

    async def shutdown(self) -> None:
        """Do nothing: `cancel` has ended what was running."""

    def cancel(self) -> int:
        """Give up what is in hand, and return how much that was; it stays in the inbox."""
        for task in self._running:
            task.cancel()
        return len(self._running)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Run the handlers of an update, and mark it done when they are through."""
        task = asyncio.current_task()
        if not isinstance(update, Update) or task is None:
            await coroutine
            return
        self._running.add(task)
        self._metrics.received(next((kind for kind in Update.ALL_TYPES if getattr(update, kind)), "unknown"))
        try:
            with texts.speaking(update.effective_user.language_code if update.effective_user else None):
                if is_kept(update):
                    await self._answer(update.update_id, coroutine)
                else:
                    await coroutine
        finally:
            self._running.discard(task)

    async def _answer(self, number: int, coroutine: Awaitable[Any]) -> None:
        with answering(number) as current:
            await coroutine
        if current.undelivered:
            logger.warning("An update stays in the inbox: Telegram did not take its answer.")
            return
        try:
            await self._inbox.done(number)
        except StateError as error:
            # It is answered again after a restart, which finds its messages noted as sent.
            logger.warning("An update was answered, which could not be noted: %s", error)
