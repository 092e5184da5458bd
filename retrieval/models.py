"""The values between a question and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus.models import Passage


@dataclass(frozen=True, slots=True)
class ArticleCard:
    """An article without its text: what a citation or a list shows."""

    id: str
    path: str
    title: str
    source: str | None
    author: str | None
    published: date | datetime | None
    url: str | None

    @property
    def day(self) -> date | None:
        """The date of publication without a time, or None."""
        return self.published.date() if isinstance(self.published, datetime) else self.published


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A passage as ranked for one question; `text` is the passage's, all spans count the article's."""

    passage: Passage
    article: ArticleCard
    text: str
    score: float
    sentence_scores: tuple[float, ...]
    """How well each sentence answers, on the scale of `score`; one a sentence, in order."""
    confidence: float
    """How sure it is that this passage holds an answer at all; see `answering.abstention`."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A span of an article and its words, equal by construction: `article.text[start:end] == text`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered quote, the article it stands in and the passage around it."""

    number: int
    article: ArticleCard
    quote: Quote
    context: Quote


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question gets: citations, best first, or none and the nearest articles instead."""

    question: str
    confidence: float
    citations: tuple[Citation, ...]
    nearest: tuple[ArticleCard, ...]
    generation: int
    timings_ms: dict[str, float]
    mode: str = "extractive"

    @property
    def answered(self) -> bool:
        """Whether the articles hold an answer."""
        return bool(self.citations)

    @property
    def text(self) -> str:
        """The answering sentence, word for word; empty without an answer."""
        return self.citations[0].quote.text if self.citations else ""
