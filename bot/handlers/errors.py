"""What a user is told when a handler fails: one sentence; the exception goes to the log only."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from telegram import Update
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError

from bot import texts
from bot.handlers.sending import send
from bot.rendering import Reply

if TYPE_CHECKING:
    from telegram.ext import ContextTypes

    from bot.polling import FootnoteApplication

logger = logging.getLogger(__name__)


def register(application: FootnoteApplication) -> None:
    """Add the error handler."""
    application.add_error_handler(on_error)


async def on_error(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Log what happened, then tell the user, unless it is the user's chat that cannot be reached."""
    error = context.error
    if isinstance(error, Forbidden):
        logger.info("A chat does not accept messages: %s", error)
        return
    # The library makes BadRequest a network error; it is ours: a message that Telegram refuses.
    if isinstance(error, NetworkError) and not isinstance(error, BadRequest):
        logger.warning("Telegram did not take a message: %s", error)
        return
    logger.error("An update could not be handled.", exc_info=error)
    if isinstance(update, Update) and update.effective_message:
        with suppress(TelegramError):
            await send(update.effective_message, Reply(texts.FAILED))
