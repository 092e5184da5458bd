"""How many tokens of the language model were spent: sums a day and user, never a text."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from bot.state.database import Database

KEPT_FOR = timedelta(days=90)

NOBODY = 0
"""Stands for whoever Telegram does not name; their tokens count for all together."""


class Spending:
    """The table of sums."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def spend(self, user: int | None, day: date, *, prompt: int, completion: int) -> None:
        """Add what one completion took."""
        await self._database.execute(
            "INSERT INTO spending (day, user, prompt, completion) VALUES (?, ?, ?, ?) ON CONFLICT (day, user)"
            " DO UPDATE SET prompt = prompt + excluded.prompt, completion = completion + excluded.completion",
            day.isoformat(), NOBODY if user is None else user, prompt, completion, hasty=True,
        )  # fmt: skip

    async def spent(self, day: date, user: int | None = None) -> int:
        """Return the tokens of a day, prompts and completions together, of one user or of all."""
        ((tokens,),) = await self._database.rows(
            "SELECT coalesce(sum(prompt + completion), 0) FROM spending WHERE day = ? AND (? IS NULL OR user = ?)",
            day.isoformat(), user, user,
        )  # fmt: skip
        return int(tokens)

    async def purge(self, today: date) -> int:
        """Forget the days that are more than 90 days old and return how many sums that were."""
        return await self._database.execute(
            "DELETE FROM spending WHERE day < ?", (today - KEPT_FOR).isoformat(), hasty=True
        )
