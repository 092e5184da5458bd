"""Passages made by hand, one string a sentence, for what chooses and quotes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.models import Passage, Sentence
from retrieval.models import ArticleCard, ScoredPassage

if TYPE_CHECKING:
    from collections.abc import Sequence

BEGIN = 100
"""Where a passage begins in its article: spans must count the article, texts lie in the passage."""


def passage(
    name: str,
    sentences: Sequence[tuple[str, float]],
    evidence: float = 4.0,
    headings: frozenset[int] = frozenset(),
    begin: int = BEGIN,
) -> ScoredPassage:
    """A passage of an article of its own, made of (sentence, score) joined by spaces."""
    spans, at = [], begin
    for number, (text, _) in enumerate(sentences):
        spans.append(Sentence(at, at + len(text), heading=number in headings))
        at += len(text) + 1
    return ScoredPassage(
        passage=Passage(name, 0, begin, at - 1, tuple(spans)),
        article=ArticleCard(name, f"{name}.txt", name.title(), None, None, None, None),
        text=" ".join(text for text, _ in sentences),
        score=max((score for _, score in sentences), default=0.0),
        sentence_scores=tuple(score for _, score in sentences),
        evidence=evidence,
    )
