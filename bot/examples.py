"""Three questions that the articles answer, for people who do not know yet what to ask."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.wording import LONGEST, examples
from corpus.readers.titles import title_from_path
from retrieval.errors import RetrievalError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.wording import Example
    from retrieval.engine import Engine
    from retrieval.models import ArticleCard

logger = logging.getLogger(__name__)

WANTED = 3
PATIENCE = 1.0
"""Seconds that a person waits for examples at most; they are made on, and shown the next time."""

ARTICLES = 12
"""The newest ones, which are looked through."""
TRIED = 5
"""Questions of one article that are put to the test."""


@dataclass(frozen=True, slots=True)
class _Making:
    generation: int
    task: asyncio.Task[tuple[str, ...]]


class Examples:
    """The examples of the generation that serves, made once by whoever asks first."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._making: _Making | None = None

    async def questions(self, patience: float = PATIENCE) -> tuple[str, ...]:
        """Return up to three questions of different articles, newest first, or none if they take longer to make.

        Raises:
            IndexBroken, OutOfReach: there is nothing to make them of.
        """
        generation = (await self._engine.manifest()).number
        if self._making is None or self._making.generation != generation:
            if self._making:
                self._making.task.cancel()
            self._making = _Making(generation, asyncio.create_task(self._made()))
        making = self._making
        await asyncio.wait({making.task}, timeout=patience)
        return making.task.result() if making.task.done() and not making.task.cancelled() else ()

    async def _made(self) -> tuple[str, ...]:
        found: list[str] = []
        spare: list[ArticleCard] = []
        try:
            for card in await self._engine.articles(ARTICLES):
                if question := await self._of(card):
                    found.append(question)
                elif card.title != title_from_path(card.path):  # a file's name is no subject
                    spare.append(card)
                if len(found) == WANTED:
                    return tuple(found)
            for card in spare:
                question = f"What is known about {card.title.rstrip('.?!')}?"
                if len(found) < WANTED and len(question) <= LONGEST and await self._leads_to(question, card):
                    found.append(question)
        except RetrievalError as error:
            logger.warning("Not all example questions could be made: %s", error)
        return tuple(found)

    async def _of(self, card: ArticleCard) -> str | None:
        """Return the first question made of an article's sentences that is answered by its own sentence."""
        pages = await self._engine.pages(card.id)
        made: Iterable[Example] = await asyncio.to_thread(examples, pages) if pages else ()
        for example in list(made)[:TRIED]:
            if await self._leads_to(example.question, card, example):
                return example.question
        return None

    async def _leads_to(self, question: str, card: ArticleCard, example: Example | None = None) -> bool:
        given = await self._engine.ask(question)
        if not given.answered or given.citations[0].article.id != card.id:
            return False
        quote = given.citations[0].quote
        return example is None or (quote.start <= example.start and example.end <= quote.end)
