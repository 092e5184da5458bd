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


@dataclass(frozen=True, slots=True)
class Totals:
    """The votes that stand."""

    up: int
    down: int


class Feedback:
    """The table of votes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, chat_id: int, message_id: int, user_id: int, vote: Vote) -> Vote | None:
        """Let a vote replace the user's earlier one, or take it back if it is the same; return the vote that stands."""

        def press(connection: sqlite3.Connection) -> Vote | None:
            where = (chat_id, message_id, user_id)
            taken_back = connection.execute(
                "DELETE FROM feedback WHERE chat = ? AND message = ? AND user = ? AND vote = ?", (*where, vote)
            )
            if taken_back.rowcount:
                return None
            now = stamp(datetime.now(UTC))
            connection.execute(
                "INSERT OR REPLACE INTO feedback (chat, message, user, vote, at) VALUES (?, ?, ?, ?, ?)",
                (*where, vote, now),
            )
            return vote

        return await self._database.change(press)

    async def totals(self, since: datetime) -> Totals:
        """Return how many votes of each kind were given since then and stand."""
        rows = await self._database.rows(
            "SELECT vote, count(*) FROM feedback WHERE at >= ? GROUP BY vote", stamp(since)
        )
        counts = dict(rows)
        return Totals(counts.get(Vote.UP, 0), counts.get(Vote.DOWN, 0))
