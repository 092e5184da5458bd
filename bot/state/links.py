"""Questions that stand behind a link or a button: a token nobody can guess, for what people ask is their own."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.state.columns import stamp

if TYPE_CHECKING:
    from bot.state.database import Database

TOKEN_BYTES = 9
"""Twelve characters of a link."""


class Links:
    """The table of links."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def token(self, question: str) -> str:
        """Return a token for a question, the one that it has if it has one."""
        rows = await self._database.rows("SELECT token FROM links WHERE question = ?", question)
        if rows:
            return str(rows[0][0])
        token = secrets.token_urlsafe(TOKEN_BYTES)
        await self._database.execute(
            "INSERT INTO links (token, question, at) VALUES (?, ?, ?)", token, question, stamp(datetime.now(UTC))
        )
        return token

    async def question(self, token: str) -> str | None:
        """Return the question behind a token, or None."""
        rows = await self._database.rows("SELECT question FROM links WHERE token = ?", token)
        return str(rows[0][0]) if rows else None
