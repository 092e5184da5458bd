"""The same words in several papers: one quote, and where else it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval.answering.cues import SMALL_NUMBERS

if TYPE_CHECKING:
    from retrieval.index.catalog import Catalog
    from retrieval.models import ArticleCard, ScoredPassage

SAME_WORDS = 0.8
"""Share of a quote's different words that must stand in a near-duplicate passage for it to say the same."""

_WORD = re.compile(r"\d+(?:[.,]\d+)*|\w+")


def says(text: str, quoted: str) -> bool:
    """Return whether a text holds nearly all words of a quote, and every figure of it: 12 dead are not 17."""
    theirs = set(_words(text))
    words = set(_words(quoted))
    figures = {word for word in words if any(sign.isdigit() for sign in word)}
    return figures <= theirs and len(words & theirs) >= SAME_WORDS * len(words)


def also_in(found: ScoredPassage, quoted: str, catalog: Catalog) -> tuple[ArticleCard, ...]:
    """Return the other articles whose near-duplicate of a passage holds the quote too, newest first."""
    if found.story is None:
        return ()
    others = {key: card for key, card in catalog.copies(found.story) if card.id != found.article.id}
    texts = {passage.key: passage.text for passage in catalog.passages(keys=others)}
    return tuple(card for key, card in others.items() if says(texts[key], quoted))


def _words(text: str) -> list[str]:
    return [str(SMALL_NUMBERS.get(word, word)) for word in _WORD.findall(text.casefold())]
