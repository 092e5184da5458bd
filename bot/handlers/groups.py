"""Groups: which messages there are meant for the bot, which groups it stays in, and what it says when it is added."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from telegram import MessageEntity, MessageOriginUser, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop, ChatMemberHandler, MessageHandler, TypeHandler, filters

from bot import texts
from bot.handlers.asking import answer

if TYPE_CHECKING:
    from collections.abc import Collection

    from telegram import Bot, Chat, ChatMember, Message
    from telegram.ext import ContextTypes

    from bot.dialogue import Dialogue
    from bot.polling import FootnoteApplication

logger = logging.getLogger(__name__)

GROUPS = {ChatType.GROUP, ChatType.SUPERGROUP}
FIRST = -1
"""The library's group of handlers that comes before all others."""

_AROUND_A_MENTION = " \n\t,:;–-"


def register(application: FootnoteApplication, dialogue: Dialogue, allowed_chats: Collection[int]) -> None:
    """Add the handlers; `allowed_chats` are the groups to stay in, all if it is empty."""
    allowed = set(allowed_chats)

    def is_unwelcome(chat: Chat | None) -> bool:
        return chat is not None and bool(allowed) and chat.type != ChatType.PRIVATE and chat.id not in allowed

    async def guard(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Leave a group that is not listed as soon as something comes from it, whatever that is."""
        message, chat = update.effective_message, update.effective_chat
        if message and chat and message.migrate_to_chat_id and chat.id in allowed:
            allowed.add(message.migrate_to_chat_id)
            logger.warning("A group has another id now; ALLOWED_CHATS needs %s.", message.migrate_to_chat_id)
        if update.my_chat_member is None and chat is not None and is_unwelcome(chat):
            await _leave(context.bot, chat)
            raise ApplicationHandlerStop

    async def membership(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        change, chat = update.my_chat_member, update.effective_chat
        if change is None or chat is None or not _is_in(change.new_chat_member) or _is_in(change.old_chat_member):
            return
        if is_unwelcome(chat):
            await _leave(context.bot, chat)
        elif chat.type in GROUPS:
            await context.bot.send_message(chat.id, texts.ADDED_TO_GROUP.format(username=context.bot.username))

    async def question(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        asked = question_in_group(message, context.bot.id, context.bot.username) if message else None
        if asked is not None:
            await answer(dialogue, update, asked)

    application.add_handler(TypeHandler(Update, guard), group=FIRST)
    application.add_handler(ChatMemberHandler(membership, ChatMemberHandler.MY_CHAT_MEMBER))
    worded = (filters.TEXT | filters.CAPTION) & ~filters.COMMAND
    application.add_handler(MessageHandler(filters.ChatType.GROUPS & worded, question))


def question_in_group(message: Message, bot_id: int, username: str) -> str | None:
    """Return what a message in a group asks the bot, or None if it is meant for others.

    It is meant for the bot if it mentions the bot or replies to it. A mention alone, as a reply to somebody, asks what
    that somebody wrote.
    """
    sender = message.from_user
    if sender is None or sender.is_bot or message.via_bot or message.is_automatic_forward or message.sender_chat:
        return None
    target = message.reply_to_message
    text, mentions = _without_mentions(message, bot_id, username)
    if mentions:
        of_another = target is not None and not _is_ours(target, bot_id)
        return text or ((target.text or target.caption or "") if target and of_another else "")
    return text if target is not None and _is_ours(target, bot_id) else None


def _without_mentions(message: Message, bot_id: int, username: str) -> tuple[str, int]:
    """Return the text without the mentions of the bot, and how many there were."""
    text = message.text or message.caption or ""
    data, found = text.encode("utf-16-le"), 0  # Telegram counts UTF-16 units
    for entity in sorted(message.entities or message.caption_entities, key=lambda entity: -entity.offset):
        start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
        named = data[start:end].decode("utf-16-le").casefold() == f"@{username}".casefold()
        is_us = entity.user is not None and entity.user.id == bot_id
        if (entity.type == MessageEntity.MENTION and named) or (entity.type == MessageEntity.TEXT_MENTION and is_us):
            data, found = data[:start] + data[end:], found + 1
    kept = data.decode("utf-16-le")
    return (kept.strip(_AROUND_A_MENTION) if found else kept), found


def _is_ours(message: Message, bot_id: int) -> bool:
    # What the bot wrote for somebody in inline mode is that person's; what was forwarded is the forwarder's.
    forwarded = isinstance(message.forward_origin, MessageOriginUser)
    return message.from_user is not None and message.from_user.id == bot_id and not forwarded


def _is_in(member: ChatMember) -> bool:
    if member.status == ChatMemberStatus.RESTRICTED:
        return bool(getattr(member, "is_member", False))
    return member.status not in {ChatMemberStatus.LEFT, ChatMemberStatus.BANNED}


async def _leave(bot: Bot, chat: Chat) -> None:
    logger.warning("A chat that is not in ALLOWED_CHATS is left.", extra={"chat": chat.id})
    if chat.type in GROUPS:
        with suppress(TelegramError):  # where it may not write
            await bot.send_message(chat.id, texts.NOT_ALLOWED.format(chat=chat.id))
    with suppress(TelegramError):  # it was put out already
        await bot.leave_chat(chat.id)
