"""Whether a language model words an answer: it must be set, answer in time, and have tokens left for today."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.errors import StateError
from retrieval.errors import LanguageModelError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from bot.state.spending import Spending
    from retrieval.llm import Figures, Tokens
    from retrieval.models import Answer
    from retrieval.writing import Consultation, Writer

logger = logging.getLogger(__name__)


MOST_AT_ONCE = 8
"""Answers that are written at a time; a small endpoint would let them wait for each other until all are too late."""


class Lack(StrEnum):
    """Why an answer is in the articles' words though a language model is set."""

    MODEL = "model"
    """It failed, or rests after it did."""
    TOKENS = "tokens"
    """Those of today are spent."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens a day, of all people together and of one; 0 for no limit."""

    all: int = 0
    one: int = 0


class Writing:
    """A language model's words for answers, as long as they can be had."""

    def __init__(self, writer: Writer, spending: Spending, budget: Budget) -> None:
        self._writer = writer
        self._at_work = 0
        self._spending = spending
        self._budget = budget

    async def write(
        self, consulted: Consultation, user: int | None = None, show: Callable[[Answer], None] = lambda _: None
    ) -> tuple[Answer, Lack | None]:
        """Return an answer in the model's words, or as it was and why where something was in the way.

        `show` is given it as far as it is written and proven.
        """
        if not self._writer.can_word(consulted):
            return consulted.answer, None
        if self._at_work == MOST_AT_ONCE:
            return consulted.answer, Lack.MODEL
        if await self._is_spent(user):
            return consulted.answer, Lack.TOKENS
        self._at_work += 1
        try:
            wording = await self._writer.write(consulted, show)
        finally:
            self._at_work -= 1
        await self._spend(user, wording.tokens)
        return wording.answer, Lack.MODEL if wording.failure else None

    @property
    def model(self) -> str:
        """What the model is called."""
        return self._writer.model.model

    def figures(self) -> Figures:
        """Return what the model did since the process's start."""
        return self._writer.model.figures()

    async def warm_up(self) -> None:
        """Load the client, for which the first answer would have to wait; the endpoint is asked for nothing."""
        with suppress(LanguageModelError):  # whoever asks next is told
            await self._writer.model.warm_up()

    async def aclose(self) -> None:
        """Let go of all connections."""
        await self._writer.model.aclose()

    async def complete(self, question: str, before: str, quote: str, user: int | None) -> str | None:
        """Return a follow-up as a question of its own, or None where the model cannot make one of it."""
        if await self._is_spent(user):
            return None
        completed, tokens = await self._writer.complete(question, before, quote)
        await self._spend(user, tokens)
        return completed

    async def _is_spent(self, user: int | None) -> bool:
        try:
            today = _today()
            if self._budget.all and await self._spending.spent(today) >= self._budget.all:
                return True
            return bool(
                self._budget.one and user is not None and await self._spending.spent(today, user) >= self._budget.one
            )
        except StateError as error:
            # Without the sums nobody could be stopped who spends the operator's money.
            logger.warning("The language model is not asked, because what it took today cannot be read: %s", error)
            return bool(self._budget.all or self._budget.one)

    async def _spend(self, user: int | None, tokens: Tokens) -> None:
        if not tokens.total:
            return
        try:
            await self._spending.spend(user, _today(), prompt=tokens.prompt, completion=tokens.completion)
        except StateError as error:
            logger.warning("What the language model took could not be noted: %s", error)


def _today() -> date:
    return datetime.now().astimezone().date()
