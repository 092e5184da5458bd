"""What readers thought of the answers: one vote a user and message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.state.columns import stamp

if TYPE_CHECKING:
    import sqlite3

    from bot.state.database import Database


class Vote(StrEnum):
    """What a reader pressed below an answer."""

    UP = "up"
    DOWN = "down"


NO_VOTE = ""
"""What is kept of a vote that was taken back, so that the press which did it is known."""


@dataclass(frozen=True, slots=True)
class Totals:
    """The votes that stand."""

    up: int
    down: int


class Feedback:
    """The table of votes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(
        self, chat_id: int, message_id: int, user_id: int, vote: Vote, press: str | None = None
    ) -> Vote | None:
        """Let a vote replace the user's earlier one, or take it back if it is the same; return the vote that stands.

        `press` names the press of the button: a press that comes a second time changes nothing.
        """

        def count(connection: sqlite3.Connection) -> Vote | None:
            where = (chat_id, message_id, user_id)
            row = connection.execute(
                "SELECT vote, press FROM feedback WHERE chat = ? AND message = ? AND user = ?", where
            ).fetchone()
            before, known = row or (NO_VOTE, None)
            if press is not None and press == known:
                return Vote(before) if before != NO_VOTE else None
            stands = None if before == vote else vote
            connection.execute(
                "INSERT OR REPLACE INTO feedback (chat, message, user, vote, at, press) VALUES (?, ?, ?, ?, ?, ?)",
                (*where, stands or NO_VOTE, stamp(datetime.now(UTC)), press),
            )
            return stands

        return await self._database.change(count)

    async def totals(self, since: datetime) -> Totals:
        """Return how many votes of each kind were given since then and stand."""
        rows = await self._database.rows(
            "SELECT vote, count(*) FROM feedback WHERE at >= ? GROUP BY vote", stamp(since)
        )
        counts = dict(rows)
        return Totals(counts.get(Vote.UP, 0), counts.get(Vote.DOWN, 0))
