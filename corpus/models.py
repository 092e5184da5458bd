"""The values of the corpus: every span counts code points of `Article.text`, end excluded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


class BlockKind(StrEnum):
    """What a block of an article is to a reader; only the first two are indexed and only the first is quoted."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    FURNITURE = "furniture"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading, or a piece of page furniture."""

    start: int
    end: int
    kind: BlockKind


@dataclass(frozen=True, slots=True)
class Sentence:
    """A span that reads as one sentence, or a heading (`heading` is True), which is indexed but never an answer."""

    start: int
    end: int
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one article, the unit that is embedded and ranked."""

    article_id: str
    number: int
    start: int
    end: int
    sentences: tuple[Sentence, ...]

    @property
    def id(self) -> str:
        """Identity within a generation: the article's and the passage's place in it."""
        return f"{self.article_id}:{self.number}"


@dataclass(frozen=True, slots=True)
class Article:
    """One article: its text exactly as the file holds it, and what is known of its origin."""

    path: str
    text: str
    title: str
    blocks: tuple[Block, ...]
    source: str | None = None
    author: str | None = None
    published: date | datetime | None = None
    url: str | None = None
    language: str = "en"

    @property
    def id(self) -> str:
        """Twelve hex digits made of the path, so an edited article keeps its links and two equal texts keep theirs."""
        return article_id(self.path)

    @property
    def digest(self) -> str:
        """Changes whenever anything that is indexed or shown changes."""
        return hashlib.sha256(repr(self).encode("utf-8", "surrogateescape")).hexdigest()

    @property
    def content_digest(self) -> str:
        """Equal for two articles with one text, wherever their files lie."""
        return hashlib.sha256(self.text.strip().encode("utf-8")).hexdigest()

    @property
    def header(self) -> str:
        """Title, source, author and date in one line: embedded and searched with each passage, never quoted."""
        day = f"{self.published.day} {self.published:%B %Y}" if self.published else None
        return " | ".join(part for part in (self.title, self.source, self.author, day) if part)


def article_id(path: str) -> str:
    """Return the id of the article that has this path."""
    return hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Problem:
    """A file, or a part of one, that was skipped, and the reason in words."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What one file holds; `left_out` are lines that a reader dropped as page furniture before it made the text."""

    articles: tuple[Article, ...]
    problems: tuple[Problem, ...] = ()
    left_out: tuple[str, ...] = ()
