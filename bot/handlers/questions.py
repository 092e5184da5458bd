"""Questions, and everything else a person can send instead of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.ext import CommandHandler, MessageHandler, filters

from bot.handlers.asking import answer
from bot.handlers.sending import send

if TYPE_CHECKING:
    from telegram import Update
    from telegram.ext import ContextTypes

    from bot.conversation import Conversation
    from bot.dialogue import Dialogue
    from bot.polling import FootnoteApplication


def register(application: FootnoteApplication, conversation: Conversation, dialogue: Dialogue) -> None:
    """Add the handlers; what is a question in a group is known to `groups`."""

    async def ask(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await answer(dialogue, update, " ".join(context.args or []))

    async def timeline(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await answer(dialogue, update, " ".join(context.args or []), is_timeline=True)

    async def question(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            await answer(dialogue, update, message.text or "")

    async def unknown_command(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            await send(message, conversation.unknown_command())

    async def wordless(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if message := update.effective_message:
            await send(message, conversation.not_text())

    application.add_handler(CommandHandler("ask", ask))
    application.add_handler(CommandHandler("timeline", timeline))
    private, new = filters.ChatType.PRIVATE, filters.UpdateType.MESSAGE
    application.add_handler(MessageHandler(private & new & filters.COMMAND, unknown_command))
    application.add_handler(MessageHandler(private & filters.TEXT & ~filters.COMMAND, question))
    application.add_handler(MessageHandler(private & new & filters.ATTACHMENT, wordless))
