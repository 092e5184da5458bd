"""What came from Telegram and is not answered yet, and the sends that an answer took."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.state.columns import stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from bot.state.database import Database

ALONE = 100
"""More attempts than any update has that was begun beside others."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update that was kept and not answered, and how often its answer was begun."""

    update_id: int
    payload: dict[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class Send:
    """A send that was begun before: Telegram's answer to it, or None if that was never heard."""

    result: Any


class Inbox:
    """The tables of updates and their sends. An update that is done keeps its number, so that it is not done twice.

    What is kept is safe from the end of the process, and after `settle` from a power cut: then Telegram need not bring
    it again. What is noted of its sends is left to chance there, for each wait for the disk would delay all of them.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._is_settled = True
        self._settling = asyncio.Lock()

    async def keep(self, updates: Iterable[tuple[int, str]]) -> set[int]:
        """Keep updates (number and JSON) and return the numbers of those that are new.

        Raises:
            StateError: they cannot be kept.
        """
        now = stamp(datetime.now(UTC))

        def insert(connection: sqlite3.Connection) -> set[int]:
            statement = (
                "INSERT INTO inbox (update_id, payload, received, attempts) VALUES (?, ?, ?, 0)"
                " ON CONFLICT (update_id) DO NOTHING"
            )
            return {
                number for number, payload in updates if connection.execute(statement, (number, payload, now)).rowcount
            }

        try:
            return await self._database.change(insert, hasty=True)
        finally:
            self._is_settled = False

    async def settle(self) -> None:
        """Return when what was kept before may be acknowledged.

        Raises:
            StateError: the disk does not take it.
        """
        async with self._settling:
            if self._is_settled:
                return
            self._is_settled = True  # but for what is kept from here on
            try:
                await self._database.settle()
            except BaseException:
                self._is_settled = False
                raise

    async def waiting(self) -> list[Waiting]:
        """Return what is not done, in the order it came in, and count one attempt more at each."""

        def take(connection: sqlite3.Connection) -> list[Waiting]:
            connection.execute("UPDATE inbox SET attempts = attempts + 1 WHERE done IS NULL")
            rows = connection.execute(
                "SELECT update_id, payload, attempts FROM inbox WHERE done IS NULL ORDER BY update_id"
            )
            return [Waiting(number, json.loads(payload), attempts) for number, payload, attempts in rows]

        return await self._database.change(take)

    async def suspect(self, update_id: int) -> None:
        """Note that an update is answered while no other is."""
        await self._database.execute("UPDATE inbox SET attempts = ? WHERE update_id = ?", ALONE, update_id)

    async def excuse(self) -> None:
        """Count no attempts of what waits: the bot came to an end that nothing of it can have caused."""
        await self._database.execute("UPDATE inbox SET attempts = 0 WHERE done IS NULL")

    async def count(self) -> int:
        """Return how many are not done."""
        ((count,),) = await self._database.rows("SELECT count(*) FROM inbox WHERE done IS NULL")
        return int(count)

    async def begin_send(self, update_id: int, number: int) -> Send | None:
        """Note that the update's send of this number, from 0, begins; return what is known of it if it was begun."""

        def begin(connection: sqlite3.Connection) -> Send | None:
            row = connection.execute(
                "SELECT result FROM sends WHERE update_id = ? AND number = ?", (update_id, number)
            ).fetchone()
            if row:
                return Send(None if row[0] is None else json.loads(row[0]))
            connection.execute("INSERT INTO sends (update_id, number) VALUES (?, ?)", (update_id, number))
            return None

        return await self._database.change(begin, hasty=True)

    async def end_send(self, update_id: int, number: int, result: Any) -> None:  # noqa: ANN401 - whatever JSON Telegram answers
        """Keep Telegram's answer to a send."""
        await self._database.execute(
            "UPDATE sends SET result = ? WHERE update_id = ? AND number = ?",
            json.dumps(result),
            update_id,
            number,
            hasty=True,
        )

    async def drop_send(self, update_id: int, number: int) -> None:
        """Forget a send that surely did not reach Telegram."""
        await self._database.execute(
            "DELETE FROM sends WHERE update_id = ? AND number = ?", update_id, number, hasty=True
        )

    async def done(self, update_id: int) -> None:
        """Forget an update that is answered, all but its number."""

        def forget(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE inbox SET payload = NULL, done = ? WHERE update_id = ?", (stamp(datetime.now(UTC)), update_id)
            )
            connection.execute("DELETE FROM sends WHERE update_id = ?", (update_id,))

        await self._database.change(forget, hasty=True)

    async def purge(self, older_than: datetime) -> int:
        """Forget what came or was done before then, and return how much that was; a backup may hold old questions."""
        return await self._database.execute("DELETE FROM inbox WHERE done < ?1 OR received < ?1", stamp(older_than))
