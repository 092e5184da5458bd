"""An answer made of the articles' own sentences, word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval.answering.abstention import THRESHOLD
from retrieval.answering.cues import bonus
from retrieval.models import Answer, Citation, Quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.models import Sentence
    from retrieval.models import ArticleCard, ScoredPassage

QUOTES = 3
MARGIN = 1.0
"""A sentence that scores this much less than the best one adds nothing to it: leaving such out costs half a percent of
the answers found in three quotes, and a third of the quotes."""

NEAREST = 3
NEAR = 0.3
"""Confidence below which an article is not even close by subject; on the scale of `abstention.confidence`."""


def compose(question: str, found: Sequence[ScoredPassage], generation: int, timings_ms: dict[str, float]) -> Answer:
    """Return one to three quoted sentences, the answering one first, or none and the nearest articles."""
    surest = max((passage.confidence for passage in found[:QUOTES]), default=0.0)
    citations = (
        tuple(_citation(number, *chosen) for number, chosen in enumerate(_best_sentences(question, found), start=1))
        if surest >= THRESHOLD
        else ()
    )
    return Answer(question, surest, citations, _nearest(found) if not citations else (), generation, timings_ms)


def _best_sentences(question: str, found: Sequence[ScoredPassage]) -> list[tuple[ScoredPassage, Sentence]]:
    """Return the best sentences of all passages; headings announce and do not tell, and no text is quoted twice."""
    scored = [
        (score + bonus(question, _quote(passage, sentence.start, sentence.end).text), passage, sentence)
        for passage in found
        for sentence, score in zip(passage.passage.sentences, passage.sentence_scores, strict=True)
        if not sentence.heading
    ]
    scored.sort(key=lambda entry: -entry[0])  # stable: equal scores stay in the order of their passages
    chosen: dict[str, tuple[ScoredPassage, Sentence]] = {}
    for score, passage, sentence in scored:
        if score < scored[0][0] - MARGIN:
            break
        chosen.setdefault(_quote(passage, sentence.start, sentence.end).text.casefold(), (passage, sentence))
        if len(chosen) == QUOTES:
            break
    return list(chosen.values())


def _citation(number: int, found: ScoredPassage, sentence: Sentence) -> Citation:
    start, end = _section(found.passage.sentences, sentence)
    return Citation(number, found.article, _quote(found, sentence.start, sentence.end), _quote(found, start, end))


def _section(sentences: Sequence[Sentence], chosen: Sentence) -> tuple[int, int]:
    """Return the span of the sentences around the chosen one, up to the headings before and after it."""
    place = sentences.index(chosen)
    first = last = place
    while first and not sentences[first - 1].heading:
        first -= 1
    while last + 1 < len(sentences) and not sentences[last + 1].heading:
        last += 1
    return sentences[first].start, sentences[last].end


def _quote(found: ScoredPassage, start: int, end: int) -> Quote:
    return Quote(found.text[start - found.passage.start : end - found.passage.start], start, end)


def _nearest(found: Sequence[ScoredPassage]) -> tuple[ArticleCard, ...]:
    cards = {passage.article.id: passage.article for passage in found if passage.confidence >= NEAR}
    return tuple(cards.values())[:NEAREST]
