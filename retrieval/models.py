"""The values between a question and its answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from retrieval.query.models import NO_SCOPE, Form, Scope

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
    evidence: float
    """How much speaks for this passage holding an answer at all; see `answering.abstention`."""
    story: int | None = None
    """The group of near-duplicate passages in other articles that it belongs to; see `index.duplicates`."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A span of an article and its words, equal by construction: `article.text[start:end] == text`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ArticlePages:
    """An article as it is read: its text, and the passages that hold all of it but page furniture, in order."""

    card: ArticleCard
    text: str
    passages: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered quote, the article it stands in, the passage around it, and who else prints the same."""

    number: int
    article: ArticleCard
    quote: Quote
    context: Quote
    also_in: tuple[ArticleCard, ...] = ()


@dataclass(frozen=True, slots=True)
class Calibration:
    """What evidence is worth: a logistic curve (Platt 1999) and where on it answers begin."""

    slope: float
    midpoint: float
    """The evidence at which an answer is as likely as none."""
    answer: float
    """The confidence from which quotes are an answer."""
    closest: float
    """The confidence from which they are shown as the closest there is; below it is nothing."""

    def confidence(self, found: float) -> float:
        """Return the chance that evidence of this much is an answer's, 0 to 1."""
        return 1 / (1 + math.exp(-self.slope * (found - self.midpoint)))


class Outcome(StrEnum):
    """What became of a question."""

    ANSWER = "answer"
    CLOSEST = "closest"
    """Quotes that come near, shown as no more than that."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Remarks:
    """What a reader has to know beside the quotes."""

    scope: Scope = NO_SCOPE
    """What all quotes keep to."""
    undated: int = 0
    """Articles left out because they have no date."""
    outside: Scope = NO_SCOPE
    """What was asked for and the first quote does not keep to: it is from elsewhere."""
    differing: tuple[int, ...] = ()
    """Numbers of citations of different articles that give different dates or figures."""
    as_of: date | None = None
    """The day of the newest quote, where the present was asked for and that day is long ago."""
    dateless: bool = False
    """Whether the order of time was asked for, and no quote has a date."""


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence in a language model's words, and the numbers of the quotes that prove it."""

    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """What a language model wrote, as far as it is proven, and what the model is called."""

    model: str
    sentences: tuple[WrittenSentence, ...]

    @property
    def text(self) -> str:
        """All sentences, each with the numbers of its quotes."""
        return " ".join(
            sentence.text + " " + "".join(f"[{number}]" for number in sentence.numbers) for sentence in self.sentences
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question gets: citations, best first (a timeline's: oldest first), or none and the nearest articles."""

    question: str
    outcome: Outcome
    confidence: float
    """The chance that the best passage holds an answer, 0 to 1."""
    citations: tuple[Citation, ...]
    nearest: tuple[ArticleCard, ...]
    generation: int
    timings_ms: dict[str, float]
    form: Form = Form.ANSWER
    remarks: Remarks = Remarks()
    written: Written | None = None
    """The answer in a language model's words; the quotes prove each of its sentences."""

    @property
    def mode(self) -> Literal["extractive", "generative"]:
        """Whose words answer: the articles' or a language model's."""
        return "generative" if self.written else "extractive"

    @property
    def answered(self) -> bool:
        """Whether the articles hold an answer."""
        return self.outcome is Outcome.ANSWER

    @property
    def text(self) -> str:
        """The written answer with its numbers, else the first quote, word for word; empty without an answer."""
        if self.written:
            return self.written.text
        return self.citations[0].quote.text if self.answered else ""
