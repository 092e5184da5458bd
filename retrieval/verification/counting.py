"""What a number counts, and whether it is told as a least or a most."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from retrieval.index.lexical import FUNCTION_WORDS
from retrieval.verification.alignment import same
from retrieval.verification.synonyms import are_synonyms
from retrieval.verification.tokens import Kind, Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrieval.verification.alignment import Alignment

_SKIPPED = frozenset(
    {"of", "the", "a", "other", "more", "new", "-", "and", "or", "to", "his", "her", "its", "their", "additional"}
)
_WITHIN = 5
_OVER = re.compile(
    r"(?i)\b(?:more than|over|at least|above|upwards of|in excess of|exceeding|no fewer than"
    r"|no less than)\s+(?:about\s+)?$"
)
_UNDER = re.compile(
    r"(?i)\b(?:less than|fewer than|under|below|at most|up to|no more than|nearly|almost|just under|close to"
    r"|as many as|as much as)\s+$"
)


def counts_something_else(claim: Sequence[Token], source: Sequence[Token], found: Alignment) -> str | None:
    """Return a number of the sentence that counts another thing in the passage: 12 buses prove no 12 ferries."""
    for place in found.places:
        token = claim[place]
        if token.kind is not Kind.NUMBER or token.quantity is None or token.quantity.unit in {"%", "th", "s"}:
            continue
        counted = next(_following(claim, place), None)
        if counted is None:
            continue
        occurrences = [at for at, word in enumerate(source) if word.kind is not Kind.MARK and same(token, word)]
        if not any(
            _counts(source, at, counted) and _is_part(source, at) <= _is_part(claim, place) for at in occurrences
        ):
            return f"{token.text} {counted.text}"
    return None


def said_twice(claim: Sequence[Token], found: Alignment) -> str | None:
    """Return a number or date of the sentence that rests on the same place as another."""
    taken: set[int] = set()
    for place, other in found.places.items():
        if claim[place].kind in {Kind.NUMBER, Kind.MOMENT}:
            if other in taken:
                return claim[place].text
            taken.add(other)
    return None


def scored_differently(claim: Sequence[Token], source: Sequence[Token]) -> str | None:
    """Return a result, "87 to 54", that the passage gives the other way round."""
    theirs = set(_scores(source))
    for one, other in _scores(claim):
        if (one, other) not in theirs and (other, one) in theirs:
            return f"{one:g} to {other:g}"
    return None


def limited_differently(claim: Sequence[Token], source: Sequence[Token], found: Alignment) -> str | None:
    """Return a number that is a least, a most or neither in the sentence and not so in the passage."""
    for place, other in found.places.items():
        if claim[place].kind is Kind.NUMBER:
            mine, theirs = _limit(claim, place), _limit(source, other)
            if mine != theirs:
                return claim[place].text
    return None


def _following(tokens: Sequence[Token], place: int) -> Iterator[Token]:
    """Yield the words of the phrase behind a number."""
    for token in tokens[place + 1 : place + 1 + _WITHIN]:
        if token.kind is not Kind.WORD or (token.folded in FUNCTION_WORDS and token.folded not in _SKIPPED):
            return
        if token.folded not in _SKIPPED:
            yield token


def _is_part(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a number is the whole of which another is a part: the nine of "two of the nine members"."""
    words = [token.folded for token in tokens[max(0, place - 3) : place]]
    at = len(words) - 1
    while at >= 0 and words[at] in {"the", "its", "their", "his", "her"}:
        at -= 1
    before = place - len(words) + at - 1
    return at >= 0 and words[at] == "of" and before >= 0 and tokens[before].kind is Kind.NUMBER


def _scores(tokens: Sequence[Token]) -> Iterator[tuple[float, float]]:
    """Yield two numbers with nothing but "to" or a dash between them."""
    numbers = [(place, token) for place, token in enumerate(tokens) if token.kind is Kind.NUMBER]
    for (place, one), (following, other) in pairwise(numbers):
        joined = [token.folded for token in tokens[place + 1 : following]]
        if one.quantity and other.quantity and joined in ([], ["to"], ["–"], ["against"]):
            yield one.quantity.value, other.quantity.value


def _counts(source: Sequence[Token], at: int, counted: Token) -> bool:
    near = list(_following(source, at))
    around = [token for token in source[max(0, at - 4) : at + 7] if token.kind in {Kind.WORD, Kind.NAME}]
    if not near:
        return True
    return any(token.key == counted.key or are_synonyms(token.key, counted.key) for token in around)


def _limit(tokens: Sequence[Token], place: int) -> str:
    # The words before a number, as they are written.
    words = " ".join(token.text for token in tokens[max(0, place - 5) : place]) + " "
    return "over" if _OVER.search(words) else "under" if _UNDER.search(words) else ""
