"""What is known of each feed: how it was last answered, and what became of its items."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.state.columns import moment, one_line, stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import datetime

    from bot.state.database import Database

RETRIES = 3
"""After the first attempt at an item failed: a page that is still broken then stays so."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What the next conditional request sends, and how the last one ended."""

    etag: str | None
    modified: str | None
    checked_at: datetime
    problem: str | None = None


class Feeds:
    """The tables of feeds and their items."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def validators(self, url: str) -> Validators | None:
        """Return how a feed was last answered, or None before the first time."""
        return (await self.all()).get(url)

    async def all(self) -> dict[str, Validators]:
        """Return how each feed was last answered, by address."""
        rows = await self._database.rows("SELECT url, etag, modified, checked_at, problem FROM feeds ORDER BY url")
        return {url: Validators(etag, modified, moment(at), problem) for url, etag, modified, at, problem in rows}

    async def remember(self, url: str, validators: Validators) -> None:
        """Keep how a feed was answered."""
        problem = None if validators.problem is None else one_line(validators.problem)
        await self._database.execute(
            "INSERT OR REPLACE INTO feeds (url, etag, modified, checked_at, problem) VALUES (?, ?, ?, ?, ?)",
            url, validators.etag, validators.modified, stamp(validators.checked_at), problem,
        )  # fmt: skip

    async def seen(self, url: str, keys: Iterable[str]) -> set[str]:
        """Return which of the items' keys need no attempt: done with, or failed too often."""
        rows = await self._database.rows(
            "SELECT key FROM feed_items WHERE url = ? AND key IN (SELECT value FROM json_each(?))"
            " AND (problem IS NULL OR attempts > ?)",
            url, json.dumps(list(keys)), RETRIES,
        )  # fmt: skip
        return {key for (key,) in rows}

    async def note(self, url: str, keys: Iterable[str], *, path: str | None = None, problem: str | None = None) -> None:
        """Keep what became of an item, under all its keys: an article's path, a problem, or neither if passed over."""
        reason, attempts = (None, 0) if problem is None else (one_line(problem), 1)
        rows = [(url, key, path, reason, attempts) for key in keys]

        def upsert(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "INSERT INTO feed_items (url, key, path, problem, attempts) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (url, key) DO UPDATE SET path = excluded.path, problem = excluded.problem,"
                " attempts = attempts + excluded.attempts",
                rows,
            )

        await self._database.change(upsert)
