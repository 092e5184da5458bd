"""What goes on under an answer: its buttons, /share, links that lead here, and /new."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from telegram import Message
from telegram.error import BadRequest
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from bot.dialogue import PRESSED
from bot.handlers.asking import asker_of, say
from bot.handlers.sending import edit, send

if TYPE_CHECKING:
    from telegram import Update
    from telegram.ext import ContextTypes

    from bot.dialogue import Dialogue
    from bot.polling import FootnoteApplication


def register(application: FootnoteApplication, dialogue: Dialogue) -> None:
    """Add the handlers."""

    async def pressed(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None or query.data is None or query.message is None:
            return
        done = await dialogue.press(asker_of(update), query.data)
        with suppress(BadRequest):  # pressed long ago: too late to answer, not to act
            await query.answer(done.alert or None, show_alert=bool(done.alert))
        if not isinstance(query.message, Message):
            return
        if done.edit:
            await edit(query.message, done.edit)
        if done.send:
            await send(query.message, done.send)

    async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            asker = asker_of(update)
            await say(dialogue, asker, message, await dialogue.start(asker, " ".join(context.args or [])))

    async def share(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            await send(message, await dialogue.share(asker_of(update)))

    async def new(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            await send(message, await dialogue.new(asker_of(update)))

    application.add_handler(CallbackQueryHandler(pressed, pattern=PRESSED))
    # Not when edited: what was said once is not said again.
    sent = filters.UpdateType.MESSAGE
    application.add_handler(CommandHandler("start", start, sent))
    application.add_handler(CommandHandler("share", share, sent))
    application.add_handler(CommandHandler("new", new, sent))
