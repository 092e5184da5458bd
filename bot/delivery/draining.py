"""The end of the bot: no more updates, some seconds for what is in hand, and the rest stays in the inbox."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from telegram.error import InvalidToken

from bot.delivery.processor import Processor
from bot.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from telegram.ext import Updater

    from bot.polling import FootnoteApplication

logger = logging.getLogger(__name__)

DRAIN = 8.0
"""Seconds for what is in hand. Whoever stops a service kills it soon after ten."""
LAST_POLL = 2.0
"""Seconds to acknowledge what was taken; what is not comes again, and is known."""


async def shut_down(application: FootnoteApplication) -> None:
    """Stop polling, let the handlers finish, close the connections; every step only if it has been taken."""
    until = asyncio.get_running_loop().time() + DRAIN
    if application.updater and application.updater.running:
        await stop_polling(application.updater)
    if application.running:
        await _drain(application, until)
        with suppress(StateError):
            await application.bot.inbox.excuse()
    await application.shutdown()
    await application.bot.shutdown()


async def stop_polling(updater: Updater) -> None:
    """Stop polling, and wait for Telegram no longer than it is worth."""
    try:
        await _within(LAST_POLL, updater.stop())
    except InvalidToken:
        pass  # it polls once more to acknowledge what it has, which a refused token does not let it
    except Exception:
        # What ended the polling before; the rest of the bot has to be ended all the same.
        logger.exception("Polling had failed.")


async def _drain(application: FootnoteApplication, until: float) -> None:
    stopping = asyncio.create_task(application.stop())
    await asyncio.wait({stopping}, timeout=max(0.0, until - asyncio.get_running_loop().time()))
    if not stopping.done() and isinstance(application.update_processor, Processor):
        left = application.update_processor.cancel()
        logger.warning("%s updates were not answered in time; they are when the bot is back.", left)
    await _within(1.0, _joined(stopping))


async def _joined(task: asyncio.Task[None]) -> None:
    await task


async def _within(seconds: float, work: Coroutine[Any, Any, None]) -> None:
    """Wait for `work`, and cancel it after so many seconds."""
    task = asyncio.create_task(work)
    await asyncio.wait({task}, timeout=seconds)
    while not task.done():  # the library swallows the first of two
        task.cancel()
        await asyncio.wait({task}, timeout=0.1)
    if not task.cancelled():
        task.result()
