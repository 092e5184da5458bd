"""The passages that a language model is given to answer from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval.answering import quotes
from retrieval.verification.models import Excerpt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.models import ScoredPassage

MOST = 6
"""About 1,500 tokens."""


def excerpts(found: Sequence[ScoredPassage]) -> tuple[Excerpt, ...]:
    """Return the best passages numbered from 1, of copies of one story the first."""
    chosen: list[ScoredPassage] = []
    for passage in found:
        if not any(passage.story is not None and passage.story == other.story for other in chosen):
            chosen.append(passage)
    return tuple(_excerpt(number, passage) for number, passage in enumerate(chosen[:MOST], start=1))


def _excerpt(number: int, found: ScoredPassage) -> Excerpt:
    passage = found.passage
    return Excerpt(
        number,
        found.article,
        quotes.quote(found, passage.start, passage.start + len(found.text)),
        tuple(
            quotes.quote(found, sentence.start, sentence.end) for sentence in passage.sentences if not sentence.heading
        ),
    )
