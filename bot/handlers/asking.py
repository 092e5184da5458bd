"""From a message to its answer: the road that every question takes, however it was asked."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from telegram import Message
from telegram.constants import ChatAction
from telegram.error import BadRequest, TelegramError

from bot.dialogue import Asker, Edited
from bot.handlers.drafts import drafts
from bot.handlers.sending import edit, send

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from telegram import Update

    from bot.dialogue import Dialogue
    from bot.rendering import Reply

TYPING_AFTER = 0.4
"""Seconds that an answer may take before "typing…" is shown; most take less, and each call counts."""


def asker_of(update: Update) -> Asker:
    """Return who sent or pressed something, where, and in reply to which of our messages."""
    message, user, chat = update.effective_message, update.effective_user, update.effective_chat
    bot = update.get_bot()
    target = message.reply_to_message if message and not update.callback_query else None
    is_ours = target is not None and target.from_user is not None and target.from_user.id == bot.id
    return Asker(
        chat=chat.id if chat else 0,
        user=user.id if user else None,
        update=update.update_id,
        message=message.message_id if message else None,
        reply_to=target.message_id if target and is_ours else None,
        bot=bot.username,
    )


async def answer(dialogue: Dialogue, update: Update, question: str, *, is_timeline: bool = False) -> None:
    """Answer a message, or a correction of one, whose question is this."""
    message = update.effective_message
    if message is None:
        return
    asker = asker_of(update)
    async with dialogue.in_hand(asker, question):
        async with typing(message):
            if update.edited_message:
                said = await dialogue.again(asker, question, is_timeline=is_timeline)
            else:
                async with drafts(message) as show:
                    said = await (
                        dialogue.timeline(asker, question) if is_timeline else dialogue.ask(asker, question, show)
                    )
        if isinstance(said, Edited):
            await _put_in_place(dialogue, message, said)
        elif said is not None:
            await say(dialogue, asker, message, said)


async def say(dialogue: Dialogue, asker: Asker, to: Message, reply: Reply) -> None:
    """Send a reply and note which message shows it."""
    sent = await send(to, reply)
    await dialogue.sent(reply, sent.message_id)
    await dialogue.count(asker, to.chat.type, reply)


async def _put_in_place(dialogue: Dialogue, question: Message, said: Edited) -> None:
    old = Message(said.message, question.date, question.chat)
    old.set_bot(question.get_bot())
    try:
        await edit(old, said.reply)
    except BadRequest:  # somebody deleted it
        sent = await send(question, said.reply)
        await dialogue.sent(said.reply, sent.message_id)


@asynccontextmanager
async def typing(message: Message) -> AsyncIterator[None]:
    """Show "typing…" in the message's chat if the block takes its time."""
    showing = asyncio.create_task(_show_typing(message))
    try:
        yield
    finally:
        showing.cancel()


async def _show_typing(message: Message) -> None:
    await asyncio.sleep(TYPING_AFTER)
    # Only a courtesy: where it cannot be shown, the answer still goes out.
    with suppress(TelegramError):
        await message.get_bot().send_chat_action(
            message.chat_id,
            ChatAction.TYPING,
            message_thread_id=message.message_thread_id if message.is_topic_message else None,
        )
