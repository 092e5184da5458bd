"""A reply to a Telegram message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest

if TYPE_CHECKING:
    from telegram import Message

    from bot.rendering import Reply

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""Three sources would compete for one preview, and it would push the answer off a phone's screen."""


async def send(to: Message, reply: Reply) -> Message:
    """Send `reply` below `to`: in a group as a reply to it, in a topic within the topic."""
    in_group = to.chat.type != ChatType.PRIVATE
    # The General topic has a thread id that must not be sent back; it is no topic message.
    thread = to.message_thread_id if to.is_topic_message else None
    sent = await to.get_bot().send_message(
        chat_id=to.chat_id,
        message_thread_id=thread,
        text=reply.html,
        parse_mode=ParseMode.HTML,
        link_preview_options=NO_PREVIEW,
        reply_markup=keyboard(reply),
        reply_parameters=ReplyParameters(to.message_id, allow_sending_without_reply=True) if in_group else None,
    )
    await _attach(sent, reply)
    return sent


async def edit(message: Message, reply: Reply) -> None:
    """Put `reply` in place of one of our messages."""
    try:
        await message.edit_text(
            reply.html, parse_mode=ParseMode.HTML, link_preview_options=NO_PREVIEW, reply_markup=keyboard(reply)
        )
    except BadRequest as error:
        if "not modified" not in str(error):  # pressed twice: it is there already
            raise
    await _attach(message, reply)


def keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    """Return the reply's rows of buttons, or None."""
    rows = [[InlineKeyboardButton(button.label, callback_data=button.data) for button in row] for row in reply.rows]
    return InlineKeyboardMarkup(rows) if rows else None


async def _attach(below: Message, reply: Reply) -> None:
    if reply.attachment:
        await below.get_bot().send_document(
            chat_id=below.chat_id,
            message_thread_id=below.message_thread_id if below.is_topic_message else None,
            document=InputFile(reply.attachment.text.encode(), filename=reply.attachment.name),
        )
