"""An answer made of the articles' own sentences, word for word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.answering import quotes
from retrieval.answering.copies import also_in, says
from retrieval.models import Citation
from retrieval.query.models import NO_SCOPE, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from corpus.models import Sentence
    from retrieval.index.catalog import Catalog
    from retrieval.models import Quote, ScoredPassage

QUOTES = 3
MARGIN = 1.5
"""A sentence that scores this much less than the best one adds nothing to it: leaving such out costs two in a thousand
of the answers found in three quotes, and a sixth of the quotes."""

NEARLY = 1.0
"""Sentences of an article that score this much less than its best are as good for telling what it says."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence, its passage, what it scores and what is quoted for it."""

    score: float
    passage: ScoredPassage
    sentence: Sentence
    quote: Quote


def surest(found: Sequence[ScoredPassage]) -> float:
    """Return the most evidence that one of the passages has which are quoted first; 0 without any."""
    return max((passage.evidence for passage in found[:QUOTES]), default=0.0)


def choose(found: Sequence[ScoredPassage], most: int = QUOTES, margin: float = MARGIN) -> list[Chosen]:
    """Return the best sentences of all passages, best first, none of them quoted twice or in two papers' copies."""
    ranked = _sentences(found)
    chosen: list[Chosen] = []
    for entry in ranked:
        if entry.score < ranked[0].score - margin or len(chosen) == most:
            break
        if not any(_repeats(entry, other) for other in chosen):
            chosen.append(entry)
    return chosen


def choose_one_an_article(found: Sequence[ScoredPassage], most: int, margin: float) -> list[Chosen]:
    """Return a good sentence of each article, the best article first; of several copies of a story, one.

    Not the best but the first that is nearly as good: newspapers put what matters most at the top.
    """
    ranked = _sentences(found)
    chosen: dict[str, Chosen] = {}
    best: dict[str, float] = {}
    for entry in ranked:
        article = entry.passage.article.id
        if entry.score < best.setdefault(article, entry.score) - NEARLY or entry.score < ranked[0].score - margin:
            continue
        if any(_is_told(entry, other) for name, other in chosen.items() if name != article):
            continue
        if article in chosen:
            if entry.quote.start < chosen[article].quote.start:
                chosen[article] = entry
        elif len(chosen) < most:
            chosen[article] = entry
    return list(chosen.values())


def cite(chosen: Iterable[Chosen], catalog: Catalog, scope: Scope = NO_SCOPE) -> Iterator[Citation]:
    """Yield the numbered citations of what was chosen, in its order; no copy outside the scope is named."""
    for number, entry in enumerate(chosen, start=1):
        passage = entry.passage
        context = quotes.section(passage, entry.sentence)
        copies = also_in(passage, entry.quote.text, catalog)
        inside = tuple(card for card in copies if scope.holds(card.day, card.source))
        yield Citation(number, passage.article, entry.quote, context, inside)


def _sentences(found: Sequence[ScoredPassage]) -> list[Chosen]:
    """Return all sentences, best first; headings announce and do not tell."""
    scored = [
        Chosen(score, passage, sentence, quotes.run(passage, sentence))
        for passage in found
        for sentence, score in zip(passage.passage.sentences, passage.sentence_scores, strict=True)
        if not sentence.heading
    ]
    scored.sort(key=lambda entry: -entry.score)  # stable: equal scores stay in the order of their passages
    return scored


def _repeats(entry: Chosen, other: Chosen) -> bool:
    """Whether a quote holds words of the article that the other one shows already, or the same in another paper."""
    ours, theirs = entry.quote, other.quote
    if entry.passage.article.id == other.passage.article.id:
        if ours.start < theirs.end and theirs.start < ours.end:
            return True
    elif entry.passage.story is not None and entry.passage.story == other.passage.story:
        return says(theirs.text, ours.text) or says(ours.text, theirs.text)
    return ours.text.casefold() == theirs.text.casefold()


def _is_told(entry: Chosen, other: Chosen) -> bool:
    """Whether another article's copy of the story holds the words of a quote, quoted there or not."""
    ours, theirs = entry.passage, other.passage
    is_story = ours.story is not None and ours.story == theirs.story
    return _repeats(entry, other) or (is_story and says(theirs.text, entry.quote.text))
