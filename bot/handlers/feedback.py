"""Votes under answers: whether one helped."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from telegram.error import BadRequest
from telegram.ext import CallbackQueryHandler

from bot import texts
from bot.state.feedback import Vote

if TYPE_CHECKING:
    from telegram import Update
    from telegram.ext import ContextTypes

    from bot.polling import FootnoteApplication
    from bot.state.state import State


def register(application: FootnoteApplication, state: State) -> None:
    """Add the handler."""

    async def vote(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None or query.data is None or query.message is None:
            return
        given = Vote(query.data.removeprefix("vote:"))
        message = query.message
        stands = await state.feedback.record(message.chat.id, message.message_id, query.from_user.id, given, query.id)
        with suppress(BadRequest):  # pressed long ago: too late to answer, not to count
            await query.answer(texts.VOTED if stands else texts.VOTE_TAKEN_BACK)

    application.add_handler(CallbackQueryHandler(vote, pattern=r"^vote:(up|down)$"))
