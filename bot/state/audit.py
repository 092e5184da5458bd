"""Who did what to the articles and the index, and when. It never holds a question."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.errors import StateError
from bot.state.columns import moment, one_line, stamp

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.state.database import Database

logger = logging.getLogger(__name__)

_ENTRY = "SELECT at, actor, name, action, detail FROM audit"


class Action(StrEnum):
    """What was done, or was tried and refused."""

    RELOAD = "reload"
    FULL_RELOAD = "full reload"
    RELOAD_CANCELLED = "reload cancelled"
    RELOAD_FAILED = "reload failed"
    ROLLBACK = "rollback"
    ADD = "add"
    DISCARD = "discard"
    REMOVE = "remove"
    PUT_BACK = "put back"
    REFRESH = "refresh"
    REFUSED = "refused"
    BACKUP = "backup"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever did it: a Telegram user, or without an id a part of Footnote."""

    id: int | None
    name: str


COMMAND_LINE = Actor(None, "command line")
FEEDS = Actor(None, "feeds")
START = Actor(None, "start of the bot")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit."""

    at: datetime
    actor: Actor
    action: Action
    detail: str


class Audit:
    """The table of all that admins did."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, actor: Actor, action: Action, detail: str = "") -> None:
        """Keep one line; when this returns it survives a power cut.

        What it tells of has happened: a disk that is full must not make it look as if it had not, so that is logged.
        """
        try:
            await self._database.execute(
                "INSERT INTO audit (at, actor, name, action, detail) VALUES (?, ?, ?, ?, ?)",
                stamp(datetime.now(UTC)), actor.id, one_line(actor.name), action, one_line(detail),
            )  # fmt: skip
        except StateError as error:
            logger.error("The audit lacks a line (%s by %s): %s", action, actor.name, error)  # noqa: TRY400 - one sentence

    async def page(self, offset: int, limit: int) -> list[Entry]:
        """Return up to `limit` entries, newest first, after the first `offset`."""
        return list(
            map(_entry, await self._database.rows(f"{_ENTRY} ORDER BY id DESC LIMIT ? OFFSET ?", limit, offset))
        )

    async def count(self) -> int:
        """Return the number of entries."""
        ((count,),) = await self._database.rows("SELECT count(*) FROM audit")
        return int(count)

    async def counts(self) -> dict[Action, int]:
        """Return how often each action was done, of those that ever were."""
        rows = await self._database.rows("SELECT action, count(*) FROM audit GROUP BY action")
        return {Action(action): count for action, count in rows}

    async def latest(self, actions: Collection[Action]) -> Entry | None:
        """Return the newest entry of one of these actions."""
        marks = ", ".join("?" * len(actions))
        rows = await self._database.rows(f"{_ENTRY} WHERE action IN ({marks}) ORDER BY id DESC LIMIT 1", *actions)
        return _entry(rows[0]) if rows else None


def _entry(row: tuple[Any, ...]) -> Entry:
    at, actor, name, action, detail = row
    return Entry(moment(at), Actor(actor, name), Action(action), detail)
