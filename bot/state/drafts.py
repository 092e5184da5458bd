"""Files and pages that an admin sent and has not yet kept or discarded; they outlive a restart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.state.columns import moment, stamp

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from bot.state.database import Database


@dataclass(frozen=True, slots=True)
class DraftFile:
    """One file as it would be written to the articles."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """What waits for an admin's decision."""

    chat_id: int
    user_id: int
    name: str
    files: tuple[DraftFile, ...]
    created: datetime


class Drafts:
    """The tables of drafts and their files."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, draft: Draft) -> int:
        """Return the number under which the draft waits; no other draft ever gets it."""

        def insert(connection: sqlite3.Connection) -> int:
            (number,) = connection.execute(
                "INSERT INTO drafts (chat, user, name, created) VALUES (?, ?, ?, ?) RETURNING id",
                (draft.chat_id, draft.user_id, draft.name, stamp(draft.created)),
            ).fetchone()
            files = [(number, place, file.name, file.data) for place, file in enumerate(draft.files)]
            connection.executemany("INSERT INTO draft_files (draft, number, name, data) VALUES (?, ?, ?, ?)", files)
            return int(number)

        return await self._database.change(insert)

    async def get(self, number: int) -> Draft | None:
        """Return a draft, or None if it was decided on or purged."""

        def select(connection: sqlite3.Connection) -> Draft | None:
            row = connection.execute("SELECT chat, user, name, created FROM drafts WHERE id = ?", (number,)).fetchone()
            files = connection.execute("SELECT name, data FROM draft_files WHERE draft = ? ORDER BY number", (number,))
            if row is None:
                return None
            chat, user, name, created = row
            return Draft(chat, user, name, tuple(DraftFile(*file) for file in files), moment(created))

        return await self._database.change(select, begin="BEGIN")

    async def delete(self, number: int) -> bool:
        """Delete a draft and return whether it was still there: of two who decide at once only one is told so."""
        return await self._database.execute("DELETE FROM drafts WHERE id = ?", number) > 0

    async def purge(self, older_than: datetime) -> int:
        """Delete the drafts that were made before then and return how many there were."""
        return await self._database.execute("DELETE FROM drafts WHERE created < ?", stamp(older_than))
