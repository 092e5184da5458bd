"""Help with its examples, the sources, the newest articles, and articles page by page."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from telegram import Message
from telegram.error import BadRequest
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from bot import texts
from bot.browse import EXAMPLE, PRESSED
from bot.handlers.asking import asker_of, say, typing
from bot.handlers.sending import edit, send

if TYPE_CHECKING:
    from telegram import Update
    from telegram.ext import ContextTypes

    from bot.browse import Browse
    from bot.dialogue import Dialogue
    from bot.polling import FootnoteApplication


def register(application: FootnoteApplication, browse: Browse, dialogue: Dialogue, admin_ids: frozenset[int]) -> None:
    """Add the handlers."""

    async def show_help(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            user = update.effective_user
            await send(message, await browse.help(admin=user is not None and user.id in admin_ids))

    async def sources(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            await send(message, await browse.sources(" ".join(context.args or [])))

    async def latest(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            await send(message, await browse.latest())

    async def pressed(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None or query.data is None:
            return
        with suppress(BadRequest):  # pressed long ago: too late to answer, not to turn the page
            await query.answer()
        reply = await browse.press(query.data, context.bot.username)
        if reply and isinstance(query.message, Message):
            await edit(query.message, reply)

    async def example(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None or query.data is None:
            return
        question = await browse.example(query.data)
        with suppress(BadRequest):  # pressed long ago: too late to answer, not to ask
            await query.answer(None if question else texts.LONG_AGO, show_alert=question is None)
        if question is None or not isinstance(query.message, Message):
            return
        # No message of the person's holds the question: there is none to be corrected.
        asker = replace(asker_of(update), message=None)
        async with typing(query.message):
            reply = await dialogue.ask(asker, question)
        await say(dialogue, asker, query.message, reply)

    # Not when edited: the list is there already.
    sent = filters.UpdateType.MESSAGE
    application.add_handler(CommandHandler("help", show_help, sent))
    application.add_handler(CommandHandler("sources", sources, sent))
    application.add_handler(CommandHandler("latest", latest, sent))
    application.add_handler(CallbackQueryHandler(pressed, pattern=PRESSED))
    application.add_handler(CallbackQueryHandler(example, pattern=EXAMPLE))
