"""Questions, and everything else a person can send instead of one."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from telegram.constants import ChatAction
from telegram.error import TelegramError
from telegram.ext import CommandHandler, MessageHandler, filters

from bot.handlers.sending import send

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from telegram import Message, Update
    from telegram.ext import ContextTypes

    from bot.conversation import Conversation
    from bot.polling import FootnoteApplication
    from bot.rendering import Reply


TYPING_SECONDS = 0.5
"""An answer that is ready does not wait longer for "typing…" to be shown."""


def register(application: FootnoteApplication, conversation: Conversation) -> None:
    """Add the handlers. In a group only /ask is answered: other messages are not meant for the bot."""

    async def ask(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            await _answer(message, conversation.ask_command(" ".join(context.args or [])))

    async def timeline(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            await _answer(message, conversation.timeline_command(" ".join(context.args or [])))

    async def question(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            await _answer(message, conversation.answer(message.text or ""))

    async def unknown_command(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            await send(message, conversation.unknown_command())

    async def wordless(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            await send(message, conversation.not_text())

    application.add_handler(CommandHandler("ask", ask))
    application.add_handler(CommandHandler("timeline", timeline))
    private = filters.ChatType.PRIVATE
    application.add_handler(MessageHandler(private & filters.COMMAND, unknown_command))
    application.add_handler(MessageHandler(private & filters.TEXT, question))
    application.add_handler(MessageHandler(private & filters.UpdateType.MESSAGE & filters.ATTACHMENT, wordless))


async def _answer(message: Message, answer: Awaitable[Reply]) -> None:
    typing = asyncio.ensure_future(_show_typing(message))
    try:
        reply = await answer
        await asyncio.wait({typing}, timeout=TYPING_SECONDS)
    finally:
        typing.cancel()
    await send(message, reply)


async def _show_typing(message: Message) -> None:
    # Only a courtesy: where it cannot be shown, the answer still goes out.
    with suppress(TelegramError):
        await message.get_bot().send_chat_action(
            message.chat_id,
            ChatAction.TYPING,
            message_thread_id=message.message_thread_id if message.is_topic_message else None,
        )
