"""What only ADMIN_IDS may do."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import CommandHandler, filters

from bot import texts
from bot.handlers.sending import NO_PREVIEW, send
from bot.rendering import Reply

if TYPE_CHECKING:
    from telegram import Message, Update
    from telegram.ext import ContextTypes

    from bot.conversation import Conversation
    from bot.polling import FootnoteApplication

logger = logging.getLogger(__name__)


def register(application: FootnoteApplication, conversation: Conversation) -> None:
    """Add the handlers."""

    async def reload(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = await _from_admin(update, conversation)
        if message is None:
            return
        shown = await send(message, Reply(texts.RELOADING))

        async def show(html: str) -> None:
            # A progress message that cannot be edited must not stop the reload it tells about.
            with suppress(TelegramError):
                await shown.edit_text(html, parse_mode=ParseMode.HTML)

        reply = await conversation.reload(show, full="--full" in (context.args or []))
        try:
            await shown.edit_text(reply.html, parse_mode=ParseMode.HTML, link_preview_options=NO_PREVIEW)
        except TelegramError:
            await send(message, reply)

    async def status(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := await _from_admin(update, conversation):
            await send(message, await conversation.status())

    # Not when edited: correcting a typo in an old message must not reload a second time.
    application.add_handler(CommandHandler("reload", reload, filters.UpdateType.MESSAGE))
    application.add_handler(CommandHandler("status", status, filters.UpdateType.MESSAGE))


async def _from_admin(update: Update, conversation: Conversation) -> Message | None:
    """Return the message if an admin sent it; tell anybody else no."""
    message, user = update.effective_message, update.effective_user
    if message is None:
        return None
    if conversation.is_admin(user.id if user else None):
        return message
    logger.info("An admin command was refused to user %s.", user.id if user else None)
    await send(message, conversation.admins_only())
    return None
