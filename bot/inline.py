"""Inline mode: what a person can post in any chat, each a quote with its source."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import rendering
from bot.rendering import fits, shortened
from retrieval.errors import UnreadableQuery

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.delivery.fairness import Fairness
    from retrieval.engine import Engine
    from retrieval.models import ArticleCard

CARDS = 10
PAUSE = 0.3
"""Seconds without another letter after which a person is taken to have typed the question."""

DESCRIPTION = 120
"""Characters under a card's title; a phone shows two lines."""


@dataclass(frozen=True, slots=True)
class Card:
    """One thing to post: what the list shows of it, and the message it becomes."""

    id: str
    title: str
    description: str
    html: str


class Inline:
    """Finds what can be posted; knows what each person typed last."""

    def __init__(self, engine: Engine, fairness: Fairness) -> None:
        self._engine = engine
        self._fairness = fairness
        self._typed: dict[int, int] = {}  # person -> number of the last query
        self._queries = 0

    async def cards(self, user: int, question: str) -> tuple[Card, ...] | None:
        """Return cards that bear on a question, the newest articles for none, or None if the person typed on.

        Raises:
            IndexBroken, OutOfReach: nothing can be looked up now.
        """
        self._queries += 1
        number = self._typed[user] = self._queries
        try:
            await asyncio.sleep(PAUSE)
            if self._typed.get(user) != number:
                return None
        finally:
            if self._typed.get(user) == number:
                del self._typed[user]
        async with self._fairness.turn(user):
            try:
                shown = await (self._found(question) if question.strip() else self._newest())
            except UnreadableQuery:
                return ()
        return tuple(_cards(shown))

    async def _found(self, question: str) -> list[tuple[ArticleCard, str]]:
        return [(found.article, found.quote.text) for found in await self._engine.evidence(question, CARDS)]

    async def _newest(self) -> list[tuple[ArticleCard, str]]:
        newest = await self._engine.articles(CARDS)
        return [(article, opening) for article in newest if (opening := await self._engine.opening(article.id))]


def _cards(shown: Iterable[tuple[ArticleCard, str]]) -> Iterable[Card]:
    for article, quote in dict.fromkeys(shown):
        html = rendering.posted(article, quote)
        if fits(html):
            digest = hashlib.sha256(f"{article.id} {quote}".encode()).hexdigest()[:32]
            origin = ", ".join(filter(None, (article.source, rendering.day(article.day) if article.day else None)))
            described = " – ".join(filter(None, (origin, quote)))
            yield Card(digest, shortened(article.title, rendering.NAME), shortened(described, DESCRIPTION), html)
