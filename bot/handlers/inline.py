"""`@bot question` in any chat."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from telegram import InlineQueryResultArticle, InlineQueryResultsButton, InputTextMessageContent
from telegram.constants import ParseMode
from telegram.error import BadRequest
from telegram.ext import InlineQueryHandler

from bot import texts
from bot.handlers.sending import NO_PREVIEW

if TYPE_CHECKING:
    from telegram import Update
    from telegram.ext import ContextTypes

    from bot.inline import Card, Inline
    from bot.polling import FootnoteApplication

CACHED = 60
"""Seconds that Telegram shows the same person the same cards again; a reload may change them."""

START = "inline"
"""What the bot is told when somebody comes from there; no link of ours, so it greets."""


def register(application: FootnoteApplication, inline: Inline) -> None:
    """Add the handler."""

    async def typed(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.inline_query
        if query is None:
            return
        cards = await inline.cards(query.from_user.id, query.query)
        if cards is None:
            return
        button = None if cards else InlineQueryResultsButton(texts.NOTHING_TO_POST, start_parameter=START)
        with suppress(BadRequest):  # asked too long ago
            await query.answer([_result(card) for card in cards], CACHED, is_personal=True, button=button)

    application.add_handler(InlineQueryHandler(typed))


def _result(card: Card) -> InlineQueryResultArticle:
    content = InputTextMessageContent(card.html, ParseMode.HTML, link_preview_options=NO_PREVIEW)
    return InlineQueryResultArticle(card.id, card.title, content, description=card.description)
