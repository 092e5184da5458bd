"""A reply to a Telegram message."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeVar

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest

from bot.rendering import plain

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import Message

    from bot.rendering import Reply

    Sent = TypeVar("Sent")

logger = logging.getLogger(__name__)

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""Three sources would compete for one preview, and it would push the answer off a phone's screen."""


async def send(to: Message, reply: Reply) -> Message:
    """Send `reply` below `to`, in a group as a reply to it, in a topic within the topic; return its last message."""
    for html in reply.before:
        await _say(to, html, None)
    sent = await _say(to, reply.html, keyboard(reply))
    await _attach(sent, reply)
    return sent


async def edit(message: Message, reply: Reply) -> None:
    """Put `reply` in place of one of our messages."""

    async def put(html: str, parse_mode: ParseMode | None) -> object:
        return await message.edit_text(
            html, parse_mode=parse_mode, link_preview_options=NO_PREVIEW, reply_markup=keyboard(reply)
        )

    try:
        await _as_html(put, reply.html)
    except BadRequest as error:
        if "not modified" not in str(error):  # pressed twice: it is there already
            raise
    await _attach(message, reply)


def keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    """Return the reply's rows of buttons, or None."""
    rows = [[InlineKeyboardButton(button.label, callback_data=button.data) for button in row] for row in reply.rows]
    return InlineKeyboardMarkup(rows) if rows else None


async def _say(to: Message, html: str, buttons: InlineKeyboardMarkup | None) -> Message:
    in_group = to.chat.type != ChatType.PRIVATE
    reply_parameters = ReplyParameters(to.message_id, allow_sending_without_reply=True) if in_group else None

    async def put(text: str, parse_mode: ParseMode | None) -> Message:
        return await to.get_bot().send_message(
            chat_id=to.chat_id,
            text=text,
            parse_mode=parse_mode,
            link_preview_options=NO_PREVIEW,
            reply_markup=buttons,
            reply_parameters=reply_parameters,
            **_thread(to),
        )

    return await _as_html(put, html)


async def _as_html(put: Callable[[str, ParseMode | None], Awaitable[Sent]], html: str) -> Sent:
    """Put a text where it belongs, without its markup if Telegram does not understand that."""
    try:
        return await put(html, ParseMode.HTML)
    except BadRequest as error:
        if "parse entities" not in str(error):
            raise
        logger.error("Telegram does not take the markup of a message, which goes out without: %s", error)  # noqa: TRY400 - no traceback is needed to find a text
        return await put(plain(html), None)


async def _attach(below: Message, reply: Reply) -> None:
    if reply.attachment:
        await below.get_bot().send_document(
            chat_id=below.chat_id,
            document=InputFile(reply.attachment.text.encode(), filename=reply.attachment.name),
            **_thread(below),
        )


def _thread(message: Message) -> dict[str, Any]:
    # The General topic has a thread id that must not be sent back; it is no topic message.
    return {"message_thread_id": message.message_thread_id} if message.is_topic_message else {}
