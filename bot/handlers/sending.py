"""A reply to a Telegram message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatType, ParseMode

if TYPE_CHECKING:
    from telegram import Message

    from bot.rendering import Reply

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""Three sources would compete for one preview, and it would push the answer off a phone's screen."""


async def send(to: Message, reply: Reply) -> Message:
    """Send `reply` below `to`: in a group as a reply to it, in a topic within the topic."""
    in_group = to.chat.type != ChatType.PRIVATE
    return await to.get_bot().send_message(
        chat_id=to.chat_id,
        # The General topic has a thread id that must not be sent back; it is no topic message.
        message_thread_id=to.message_thread_id if to.is_topic_message else None,
        text=reply.html,
        parse_mode=ParseMode.HTML,
        link_preview_options=NO_PREVIEW,
        reply_markup=keyboard(reply),
        reply_parameters=ReplyParameters(to.message_id, allow_sending_without_reply=True) if in_group else None,
    )


def keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    """Return the reply's buttons in one row, or None."""
    row = [InlineKeyboardButton(button.label, callback_data=button.data) for button in reply.buttons]
    return InlineKeyboardMarkup([row]) if row else None
