"""Questions, and everything else a person can send instead of one."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from telegram.constants import ChatAction
from telegram.error import TelegramError
from telegram.ext import CommandHandler, MessageHandler, filters

from bot.errors import StateError
from bot.handlers.feedback import votes
from bot.handlers.sending import send

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from telegram import Message, Update
    from telegram.ext import ContextTypes

    from bot.conversation import Conversation
    from bot.polling import FootnoteApplication
    from bot.rendering import Reply
    from bot.state.state import State

logger = logging.getLogger(__name__)

TYPING_SECONDS = 0.5
"""An answer that is ready does not wait longer for "typing…" to be shown."""


def register(application: FootnoteApplication, conversation: Conversation, state: State) -> None:
    """Add the handlers. In a group only /ask is answered: other messages are not meant for the bot."""

    async def ask(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            await _answer(state, message, conversation.ask_command(" ".join(context.args or [])))

    async def timeline(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            await _answer(state, message, conversation.timeline_command(" ".join(context.args or [])))

    async def question(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            await _answer(state, message, conversation.answer(message.text or ""))

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


async def _answer(state: State, message: Message, answer: Awaitable[Reply]) -> None:
    typing = asyncio.ensure_future(_show_typing(message))
    try:
        reply = await answer
        await asyncio.wait({typing}, timeout=TYPING_SECONDS)
    finally:
        typing.cancel()
    await send(message, replace(reply, below=(votes(),)) if reply.answered else reply)
    await _count(state, message, reply)


async def _count(state: State, message: Message, reply: Reply) -> None:
    """Count a question that was looked up; its words are kept nowhere."""
    if reply.answered is None:
        return
    now = datetime.now().astimezone()
    try:
        await state.chats.seen(message.chat_id, message.chat.type, now)
        await state.usage.count_question(message.chat_id, answered=reply.answered, day=now.date())
    except StateError as error:
        logger.warning("A question was answered but not counted: %s", error)


async def _show_typing(message: Message) -> None:
    # Only a courtesy: where it cannot be shown, the answer still goes out.
    with suppress(TelegramError):
        await message.get_bot().send_chat_action(
            message.chat_id,
            ChatAction.TYPING,
            message_thread_id=message.message_thread_id if message.is_topic_message else None,
        )
