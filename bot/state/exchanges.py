"""Questions and the evidence that was shown for them: what buttons, replies and edits under an answer go back to."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime  # noqa: TC003 - part of a value
from typing import TYPE_CHECKING, Any

from bot.state.columns import moment, stamp

if TYPE_CHECKING:
    import sqlite3

    from bot.state.database import Database

_COLUMNS = (
    "id, update_id, chat, user, asked, message, parent, question, understood, html, evidence, generation, answered, at"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote as it was shown: where it stood then, and its words."""

    number: int
    article: str
    path: str
    title: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One question in one chat and what was shown for it.

    `asked` and `message` are the numbers of the question's and the answer's message in the chat, `parent` is the
    exchange whose answer this one took the place of (More, Newer first).
    """

    chat: int
    user: int | None
    question: str
    """As it was written."""
    understood: str
    """As it was searched: a follow-up is completed, any other question the same."""
    html: str
    """The answer's message as it was sent, to be shown again."""
    evidence: tuple[Evidence, ...]
    generation: int
    answered: bool
    at: datetime
    asked: int | None = None
    message: int | None = None
    parent: int | None = None
    update: int | None = None
    """The update that brought it, or changed it last; the same update never makes a second exchange."""
    id: int = 0


class Exchanges:
    """The table of exchanges."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, exchange: Exchange) -> int:
        """Return the number of an exchange; it takes the place of the one with its number, or with its update."""
        values = asdict(exchange)
        evidence = json.dumps([list(shown.values()) for shown in values["evidence"]], ensure_ascii=False)

        def replace(connection: sqlite3.Connection) -> int:
            connection.execute(
                "UPDATE exchanges SET update_id = ?, question = ?, understood = ?, html = ?, evidence = ?,"
                " generation = ?, answered = ? WHERE id = ?",
                (
                    exchange.update, exchange.question, exchange.understood, exchange.html, evidence,
                    exchange.generation, int(exchange.answered), exchange.id,
                ),
            )  # fmt: skip
            return exchange.id

        def upsert(connection: sqlite3.Connection) -> int:
            (number,) = connection.execute(
                "INSERT INTO exchanges (update_id, chat, user, asked, message, parent, question, understood, html,"
                " evidence, generation, answered, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                # The chat too: another bot over the same DATA_DIR may count its updates through the same numbers.
                " ON CONFLICT (update_id) DO UPDATE SET chat = excluded.chat, user = excluded.user,"
                " asked = excluded.asked, parent = excluded.parent, question = excluded.question,"
                " understood = excluded.understood, html = excluded.html, evidence = excluded.evidence,"
                " generation = excluded.generation, answered = excluded.answered, at = excluded.at RETURNING id",
                (
                    exchange.update, exchange.chat, exchange.user, exchange.asked, exchange.message, exchange.parent,
                    exchange.question, exchange.understood, exchange.html, evidence, exchange.generation,
                    int(exchange.answered), stamp(exchange.at),
                ),
            ).fetchone()  # fmt: skip
            return int(number)

        return await self._database.change(replace if exchange.id else upsert, hasty=True)

    async def sent(self, number: int, message: int, html: str) -> None:
        """Note which message shows an exchange, and what it shows."""
        await self._database.execute(
            "UPDATE exchanges SET message = ?, html = ? WHERE id = ?", message, html, number, hasty=True
        )

    async def get(self, number: int) -> Exchange | None:
        """Return an exchange, or None if it was purged."""
        return await self._one("id = ?", number)

    async def of_message(self, chat: int, message: int) -> Exchange | None:
        """Return the exchange that one of our messages showed first, the newest if it was sent for several."""
        return await self._one("chat = ? AND message = ? AND parent IS NULL ORDER BY id DESC", chat, message)

    async def of_question(self, chat: int, asked: int) -> Exchange | None:
        """Return the exchange that a person's message began, the newest if it began several."""
        return await self._one("chat = ? AND asked = ? AND parent IS NULL ORDER BY id DESC", chat, asked)

    async def last(self, chat: int, user: int | None, since: datetime, asked: int | None = None) -> Exchange | None:
        """Return what a person asked last in a chat since then, before the message `asked`, unless it is forgotten."""
        return await self._one(
            "chat = ? AND user IS ? AND at >= ? AND parent IS NULL AND NOT forgotten"
            " AND (?4 IS NULL OR asked IS NULL OR asked < ?4) ORDER BY id DESC",
            chat, user, stamp(since), asked,
        )  # fmt: skip

    async def forget(self, chat: int, user: int | None) -> None:
        """Let no later question be understood from what a person asked in a chat."""
        await self._database.execute("UPDATE exchanges SET forgotten = 1 WHERE chat = ? AND user IS ?", chat, user)

    async def count_of(self, user: int, since: datetime, update: int | None = None) -> int:
        """Return how many questions a person has asked since then, in all chats, not counting that of `update`."""
        rows = await self._database.rows(
            "SELECT count(*) FROM exchanges WHERE user = ? AND at >= ? AND parent IS NULL AND update_id IS NOT ?",
            user, stamp(since), update,
        )  # fmt: skip
        return int(rows[0][0])

    async def purge(self, older_than: datetime) -> int:
        """Delete what was asked before then and return how many exchanges there were."""
        return await self._database.execute("DELETE FROM exchanges WHERE at < ?", stamp(older_than))

    async def _one(self, where: str, *values: object) -> Exchange | None:
        rows = await self._database.rows(f"SELECT {_COLUMNS} FROM exchanges WHERE {where} LIMIT 1", *values)  # noqa: S608 - only our own words
        return _exchange(rows[0]) if rows else None


def _exchange(row: Any) -> Exchange:  # noqa: ANN401 - a row of _COLUMNS
    number, update, chat, user, asked, message, parent, question, understood, html, evidence, generation, *rest = row
    answered, at = rest
    return Exchange(
        id=number, update=update, chat=chat, user=user, asked=asked, message=message, parent=parent, question=question,
        understood=understood, html=html, evidence=tuple(Evidence(*shown) for shown in json.loads(evidence)),
        generation=generation, answered=bool(answered), at=moment(at),
    )  # fmt: skip
