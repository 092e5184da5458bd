"""Greeting, help and the list of articles."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from telegram import Message
from telegram.error import BadRequest
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.handlers.sending import edit, send

if TYPE_CHECKING:
    from telegram import Update
    from telegram.ext import ContextTypes

    from bot.conversation import Conversation
    from bot.polling import FootnoteApplication


def register(application: FootnoteApplication, conversation: Conversation, admin_ids: frozenset[int]) -> None:
    """Add the handlers."""

    async def start(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            await send(message, conversation.start())

    async def show_help(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            user = update.effective_user
            await send(message, await conversation.help(admin=user is not None and user.id in admin_ids))

    async def sources(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            await send(message, await conversation.sources())

    async def turn_page(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None or query.data is None:
            return
        with suppress(BadRequest):  # pressed long ago: too late to answer, not to turn the page
            await query.answer()
        if isinstance(query.message, Message):
            await edit(query.message, await conversation.sources(int(query.data.removeprefix("sources:"))))

    application.add_handler(CommandHandler("start", start))
    application.add_handler(CommandHandler("help", show_help))
    application.add_handler(CommandHandler("sources", sources))
    application.add_handler(CallbackQueryHandler(turn_page, pattern=r"^sources:\d{1,6}$"))
