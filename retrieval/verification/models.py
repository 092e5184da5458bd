"""The values between a written sentence and its proof."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrieval.models import ArticleCard, Quote


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A numbered passage as it was handed to the model; spans count the article's text."""

    number: int
    article: ArticleCard
    passage: Quote
    sentences: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Support:
    """What a sentence rests on: words of the excerpt with that number, one sentence or two neighbouring ones."""

    number: int
    quote: Quote


@dataclass(frozen=True, slots=True)
class Verified:
    """A sentence without its markers that the quotes prove, in the order of the markers."""

    text: str
    support: tuple[Support, ...]


class Reason(StrEnum):
    """Why a sentence is not proven."""

    NO_MARKER = "no_marker"
    UNKNOWN_MARKER = "unknown_marker"
    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    QUOTATION = "quotation"
    NEGATION = "negation"
    CERTAINTY = "certainty"
    """What may happen, was planned or alleged is told as a fact, or the other way round."""
    DIRECTION = "direction"
    MEANING = "meaning"
    ROLES = "roles"
    """Who did what to whom."""
    MERGED = "merged"
    """Each fact stands somewhere in the passages, together they stand nowhere."""
    LINK = "link"
    INSTRUCTION = "instruction"
    LANGUAGE = "language"
    """It cannot be compared with a passage in another language."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why a sentence must not be shown; `detail` holds words of it, for logs at DEBUG only."""

    reason: Reason
    detail: str
