"""What only ADMIN_IDS may do: their commands, buttons and files."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from telegram import Message
from telegram.constants import FileSizeLimit
from telegram.error import BadRequest, TelegramError
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot import texts
from bot.admin.desk import PRESSED
from bot.delivery.current import progress
from bot.handlers.sending import edit, send
from bot.rendering import Reply, size
from bot.state.audit import Actor

if TYPE_CHECKING:
    from telegram import Update, User
    from telegram.ext import ContextTypes

    from bot.admin.desk import Desk
    from bot.polling import FootnoteApplication

logger = logging.getLogger(__name__)

OPENS = ("open:", "gaps:file")
"""Buttons whose reply is a message of its own: the list stays."""

TAKES_LONG = ("removed:", "putback:", "keep:")
"""Buttons that reload the articles."""


def register(application: FootnoteApplication, desk: Desk, admin_ids: frozenset[int]) -> None:
    """Add the handlers."""

    def command(name: str) -> CommandHandler[ContextTypes.DEFAULT_TYPE, None]:
        async def handle(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
            message, user = update.effective_message, update.effective_user
            if message is None:
                return
            if user is None or user.id not in admin_ids:
                logger.info("An admin command was refused to user %s.", user.id if user else None)
                await send(message, await desk.refuse(_actor(user), f"/{name}"))
                return
            shown = _Shown(message)
            await shown.last(
                await desk.command(_actor(user), message.chat_id, name, " ".join(context.args or []), shown.show)
            )

        # Not when edited: correcting a typo in an old message must not reload a second time.
        return CommandHandler(name, handle, filters.UpdateType.MESSAGE)

    async def pressed(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None or query.data is None:
            return
        actor = _actor(query.from_user)
        if query.from_user.id not in admin_ids:
            reply = await desk.refuse(actor, f"button {query.data.partition(':')[0]}")
            with suppress(BadRequest):
                await query.answer(reply.html, show_alert=True)
            return
        with suppress(BadRequest):  # pressed long ago: too late to answer, not to act
            await query.answer()
        message = query.message
        if not isinstance(message, Message):
            return
        if query.data.startswith(OPENS):
            await send(message, await desk.press(actor, query.data))
            return
        if query.data.startswith(TAKES_LONG):
            await edit(message, Reply(texts.WORKING))  # without its buttons, so that nobody presses twice
        await edit(message, await desk.press(actor, query.data))

    async def document(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message, user = update.effective_message, update.effective_user
        if message is None or user is None or message.document is None:
            return
        sent = message.document
        if (sent.file_size or 0) > FileSizeLimit.FILESIZE_DOWNLOAD:
            await send(message, Reply(texts.TOO_LARGE.format(size=size(sent.file_size or 0))))
            return
        data = bytes(await (await context.bot.get_file(sent)).download_as_bytearray())
        await send(message, await desk.adding.file(_actor(user), message.chat_id, sent.file_name or "file", data))

    for name in texts.ADMIN_COMMANDS:
        application.add_handler(command(name))
    application.add_handler(CallbackQueryHandler(pressed, pattern=PRESSED))
    from_admin = filters.ChatType.PRIVATE & filters.User(admin_ids) & filters.UpdateType.MESSAGE
    application.add_handler(MessageHandler(from_admin & filters.Document.ALL, document))


class _Shown:
    """One message that tells how far something is, and in the end what came of it."""

    def __init__(self, to: Message) -> None:
        self._to = to
        self._shown: Message | None = None

    async def show(self, reply: Reply) -> None:
        """Show how far it is; a message that cannot be edited must not stop what it tells about."""
        if self._shown is None:
            self._shown = await send(self._to, reply)
        else:
            with suppress(TelegramError), progress():
                await edit(self._shown, reply)

    async def last(self, reply: Reply) -> None:
        """Show what came of it, in a new message where the other one cannot be edited."""
        if self._shown is None:
            await send(self._to, reply)
            return
        try:
            await edit(self._shown, reply)
        except TelegramError:
            await send(self._to, reply)


def _actor(user: User | None) -> Actor:
    return Actor(user.id, user.full_name) if user else Actor(None, "somebody in a channel")
