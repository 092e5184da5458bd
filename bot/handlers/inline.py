"""`@bot question` in any chat."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from telegram import InlineQueryResultArticle, InlineQueryResultsButton, InputTextMessageContent
from telegram.constants import ParseMode
from telegram.error import BadRequest
from telegram.ext import InlineQueryHandler

from bot import texts
from bot.handlers.sending import NO_PREVIEW
from retrieval.errors import IndexBroken, OutOfReach

if TYPE_CHECKING:
    from telegram import Update
    from telegram.ext import ContextTypes

    from bot.inline import Card, Inline
    from bot.polling import FootnoteApplication

logger = logging.getLogger(__name__)

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
        cached, label = CACHED, texts.NOTHING_TO_POST
        try:
            cards = await inline.cards(query.from_user.id, query.query)
        except (IndexBroken, OutOfReach) as error:
            logger.warning("An inline query could not be looked up: %s", error)
            cards, cached, label = (), 1, texts.NOT_NOW
        if cards is None:
            return
        button = None if cards else InlineQueryResultsButton(label, start_parameter=START)
        try:
            await query.answer([_result(card) for card in cards], cached, is_personal=True, button=button)
        except BadRequest as error:
            if "too old" not in str(error):  # who asked has typed on, or gone
                raise

    application.add_handler(InlineQueryHandler(typed))


def _result(card: Card) -> InlineQueryResultArticle:
    content = InputTextMessageContent(card.html, ParseMode.HTML, link_preview_options=NO_PREVIEW)
    return InlineQueryResultArticle(card.id, card.title, content, description=card.description)
