"""Questions that were not answered, or not well, as they stand in the tables: their words and nobody's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - part of a value
from typing import TYPE_CHECKING

from bot.state.columns import moment, stamp

if TYPE_CHECKING:
    from bot.state.database import Database


@dataclass(frozen=True, slots=True)
class Missed:
    """A question that got no answer, or one that did not help."""

    question: str
    """As it was searched, so that it can be asked on its own."""
    is_unanswered: bool
    not_helpful: int
    """Votes."""
    at: datetime


class Gaps:
    """What is missing, read from the tables of exchanges and votes; nothing is written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def since(self, since: datetime) -> list[Missed]:
        """Return what was asked since then to no avail, newest first."""
        # Several exchanges may share a message; the votes under it are for the newest, as in `Exchanges.of_message`.
        rows = await self._database.rows(
            "SELECT understood, answered, votes, at FROM ("
            " SELECT id, understood, answered, at, (SELECT count(*) FROM feedback"
            " WHERE feedback.chat = exchanges.chat AND feedback.message = exchanges.message AND vote = 'down'"
            " AND NOT EXISTS (SELECT 1 FROM exchanges AS newer WHERE newer.chat = exchanges.chat"
            " AND newer.message = exchanges.message AND newer.parent IS NULL AND newer.id > exchanges.id)) AS votes"
            " FROM exchanges WHERE parent IS NULL AND at >= ?) WHERE NOT answered OR votes ORDER BY id DESC",
            stamp(since),
        )
        return [Missed(question, not answered, votes, moment(at)) for question, answered, votes, at in rows]
