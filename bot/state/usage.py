"""How much is asked: sums a day and chat, never a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from bot.state.database import Database


@dataclass(frozen=True, slots=True)
class DayUsage:
    """What was asked on a day, and in how many chats."""

    questions: int
    answered: int
    chats: int


class Usage:
    """The table of sums."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count_question(self, chat_id: int, *, answered: bool, day: date) -> None:
        """Count one question."""
        await self._database.execute(
            "INSERT INTO usage (day, chat, questions, answered) VALUES (?, ?, 1, ?) ON CONFLICT (day, chat)"
            " DO UPDATE SET questions = questions + 1, answered = answered + excluded.answered",
            day.isoformat(), chat_id, int(answered), hasty=True,
        )  # fmt: skip

    async def of_day(self, day: date) -> DayUsage:
        """Return the sums of a day."""
        (sums,) = await self._database.rows(
            "SELECT coalesce(sum(questions), 0), coalesce(sum(answered), 0), count(*) FROM usage WHERE day = ?",
            day.isoformat(),
        )
        return DayUsage(*sums)
