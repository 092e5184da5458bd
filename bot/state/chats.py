"""The chats that Footnote was spoken to in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.state.columns import moment, stamp

if TYPE_CHECKING:
    from datetime import datetime

    from bot.state.database import Database


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat: its kind is Telegram's word (private, group, supergroup, channel)."""

    id: int
    kind: str
    first_seen: datetime
    last_seen: datetime


class Chats:
    """The table of chats."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def seen(self, chat_id: int, kind: str, at: datetime) -> None:
        """Keep that somebody spoke in the chat; messages may come out of order."""
        await self._database.execute(
            "INSERT INTO chats (id, kind, first_seen, last_seen) VALUES (?1, ?2, ?3, ?3) ON CONFLICT (id) DO UPDATE SET"
            " kind = excluded.kind, first_seen = min(first_seen, excluded.first_seen),"
            " last_seen = max(last_seen, excluded.last_seen)",
            chat_id, kind, stamp(at), hasty=True,
        )  # fmt: skip

    async def all(self) -> list[Chat]:
        """Return all chats, the one last spoken in first."""
        rows = await self._database.rows(
            "SELECT id, kind, first_seen, last_seen FROM chats ORDER BY last_seen DESC, id"
        )
        return [Chat(number, kind, moment(first), moment(last)) for number, kind, first, last in rows]
