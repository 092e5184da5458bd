"""What people see of the bot before they write: command menus for each kind of chat, descriptions, in each language."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from telegram import BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeChat, BotCommandScopeDefault
from telegram.error import TelegramError

from bot import texts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Mapping

    from telegram import Bot, BotCommandScope

logger = logging.getLogger(__name__)

IN_GROUPS = ("ask", "timeline", "latest", "sources", "help")
"""Commands that make sense where others read along."""


async def introduce(bot: Bot, admin_ids: Iterable[int]) -> None:
    """Set menus and descriptions; where Telegram does not take one, the bot works all the same."""
    for language in texts.LANGUAGES:
        with texts.speaking(language):
            # What is set for no language is shown to everybody whose language has no entry of its own.
            code = None if language == texts.DEFAULT else language
            everybody: Mapping[str, str] = texts.COMMANDS
            in_groups = {name: text for name, text in everybody.items() if name in IN_GROUPS}
            await _try(_set(bot, everybody, BotCommandScopeDefault(), code))
            await _try(_set(bot, in_groups, BotCommandScopeAllGroupChats(), code))
            await _try(bot.set_my_description(texts.DESCRIPTION, language_code=code))
            await _try(bot.set_my_short_description(texts.SHORT_DESCRIPTION, language_code=code))
            for admin_id in admin_ids:
                # Refused for an admin who has never written to the bot.
                await _try(_set(bot, {**everybody, **texts.ADMIN_COMMANDS}, BotCommandScopeChat(admin_id), code))


async def _set(bot: Bot, commands: Mapping[str, str], scope: BotCommandScope, code: str | None) -> bool:
    entries = [BotCommand(name, text) for name, text in commands.items()]
    return await bot.set_my_commands(entries, scope=scope, language_code=code)


async def _try(call: Awaitable[bool]) -> None:
    try:
        await call
    except TelegramError as error:
        logger.warning("A menu or description was not set: %s", error)
