"""What is written of an answer so far, shown in a private chat until the answer itself is sent."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from telegram.constants import ChatType, ParseMode
from telegram.error import TelegramError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from telegram import Message

EVERY = 0.3
"""Seconds between two drafts at least; nobody reads faster, and each is a call."""


@asynccontextmanager
async def drafts(question: Message) -> AsyncIterator[Callable[[str], None] | None]:
    """Give what takes the answer so far, as HTML, and shows the newest; None in a group, where there are no drafts.

    Only a courtesy: it waits for nothing, and where it fails the answer goes out all the same.
    """
    if question.chat.type != ChatType.PRIVATE:
        yield None
        return
    newest: asyncio.Queue[str] = asyncio.Queue(1)

    def show(html: str) -> None:
        if newest.full():
            newest.get_nowait()
        newest.put_nowait(html)

    showing = asyncio.create_task(_show(question, newest))
    try:
        yield show
    finally:
        showing.cancel()


async def _show(question: Message, newest: asyncio.Queue[str]) -> None:
    while True:
        html = await newest.get()
        with suppress(TelegramError):
            await question.get_bot().send_message_draft(
                question.chat_id,
                draft_id=question.message_id,  # the same for all drafts of one answer
                text=html,
                parse_mode=ParseMode.HTML,
                message_thread_id=question.message_thread_id if question.is_topic_message else None,
            )
        await asyncio.sleep(EVERY)
