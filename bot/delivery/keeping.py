"""Updates are kept before they are acknowledged, whichever way they come, and each is handed on once."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from telegram import Update

from bot import texts
from bot.state.inbox import ALONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import Bot

    from bot.polling import FootnoteApplication
    from bot.state.inbox import Inbox, Waiting

logger = logging.getLogger(__name__)

ATTEMPTS = 3
"""Crashes of the bot after which an update that was in hand is a suspect: it must not end the process for ever."""

KNOWN = timedelta(days=3)
"""How long the number of an update is known: Telegram brings what was not acknowledged for a day."""

UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)
"""What the library raises for an update that is not as it knows them."""


def is_kept(update: Update) -> bool:
    """Return whether an update must not be lost; an inline query is stale by the time the bot is back."""
    return not (update.inline_query or update.chosen_inline_result)


def read(payload: dict[str, Any], bot: Bot) -> Update | None:
    """Return an update, or None if the library cannot read it: one such update must not stand in the way of all."""
    try:
        return Update.de_json(payload, bot)
    except UNREADABLE as error:
        logger.error("An update cannot be read and is passed over.", extra=_named(payload, error))  # noqa: TRY400 - a traceback would show what it holds
        return None


def _named(payload: dict[str, Any], error: Exception) -> dict[str, object]:
    return {"update": payload.get("update_id"), "error": type(error).__name__}


async def keep(inbox: Inbox, updates: Sequence[Update]) -> tuple[Update, ...]:
    """Keep updates and return those that are new, in their order; `settle` the inbox before they are acknowledged.

    Raises:
        StateError: they could not be kept, so they must not be acknowledged.
    """
    kept = [update for update in updates if is_kept(update)]
    new = await inbox.keep([(update.update_id, update.to_json()) for update in kept]) if kept else set()
    return tuple(update for update in updates if update.update_id in new or not is_kept(update))


async def receive(application: FootnoteApplication, payload: dict[str, Any]) -> bool:
    """Keep one update as Telegram wrote it, have it answered, and return whether it was new.

    Raises:
        StateError: it could not be kept, so it must not be acknowledged.
    """
    update = read(payload, application.bot)
    if update is None:
        return False
    new = await keep(application.bot.inbox, [update])
    for one in new:
        await application.update_queue.put(one)
    await application.bot.inbox.settle()
    return bool(new)


async def replay(application: FootnoteApplication) -> None:
    """Have everything answered that was kept and not answered before the bot ended.

    Raises:
        StateError: it cannot be read.
    """
    inbox = application.bot.inbox
    await inbox.purge(datetime.now(UTC) - KNOWN)
    suspects = []
    for waiting in await inbox.waiting():
        update = read(waiting.payload, application.bot)
        if update is None:
            await inbox.done(waiting.update_id)
        elif waiting.attempts > ALONE:
            await _give_up(application, inbox, waiting, update)
        elif waiting.attempts > ATTEMPTS:
            suspects.append(update)
        else:
            await application.update_queue.put(update)
    if suspects:
        application.create_task(_one_by_one(application, suspects))


async def _one_by_one(application: FootnoteApplication, suspects: Sequence[Update]) -> None:
    """Answer what was in hand at several ends of the bot, each alone: the one that ends it again is known by that."""
    for update in suspects:
        await application.bot.inbox.suspect(update.update_id)
        await application.update_processor.process_update(update, application.process_update(update))


async def _give_up(application: FootnoteApplication, inbox: Inbox, waiting: Waiting, update: Update) -> None:
    logger.error("An update ended the bot several times, also when it was alone; it is given up.")
    logger.debug("It was: %s", json.dumps(waiting.payload))
    await inbox.done(waiting.update_id)  # first: even telling may not end the process twice
    if update.effective_chat:
        with texts.speaking(update.effective_user.language_code if update.effective_user else None):
            apology = application.bot.send_message(update.effective_chat.id, texts.FAILED)
        # In the background: nobody else waits for it.
        application.create_task(apology, update=update)
