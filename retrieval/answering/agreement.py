"""Whether two quotes give different dates or figures for the thing that was asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval.answering.cues import SMALL_NUMBERS, asks_how_many, asks_when
from retrieval.index.lexical import stems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.models import Citation

ABOUT_THE_SAME = 0.5
"""Share of the question's words in a quote, relative to the first quote's, from which both answer the same question."""

_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905 - reads better
_YEAR = re.compile(r"\b(?:1[0-9]|20)\d\d\b")
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})\b")
"""Written as a name: they may march in June."""
_FIGURE = re.compile(
    rf"(?<![\w.,])(\d+(?:,\d{{3}})*(?:\.\d+)?|(?:{'|'.join(SMALL_NUMBERS)})\b)(?![.,]?\d)"
    r"[\s-]?(%|per cent|percent|[a-z]{3,})?",
    re.IGNORECASE,
)
_SHARES = {"%", "per cent", "percent"}
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}


def differing(question: str, citations: Sequence[Citation]) -> tuple[int, ...]:
    """Return the numbers of the first citation and of those in other articles that contradict it; none if none does.

    Only where the question asks when or how many: a difference in anything else cannot be told from another subject.
    """
    if not citations or not (asks_when(question) or asks_how_many(question)):
        return ()
    first, *others = citations
    asked = set(stems(question))
    wanted = ABOUT_THE_SAME * len(asked & set(stems(first.quote.text)))
    against = [
        other.number
        for other in others
        if other.article.id != first.article.id
        and wanted
        and len(asked & set(stems(other.quote.text))) >= wanted
        and _contradict(question, first.quote.text, other.quote.text)
    ]
    return (first.number, *against) if against else ()


def _contradict(question: str, one: str, other: str) -> bool:
    if asks_when(question):
        years = set(_YEAR.findall(one)), set(_YEAR.findall(other))
        if years[0] and years[1] and years[0].isdisjoint(years[1]):
            return True
        months = (set(_MONTH.findall(text)) for text in (one, other))
        left, right = months
        return bool(left and right and left.isdisjoint(right))
    ours, theirs = _figures(one), _figures(other)
    shared = ours.keys() & theirs.keys()
    return bool(shared) and all(ours[unit].isdisjoint(theirs[unit]) for unit in shared)


def _figures(text: str) -> dict[str, set[float]]:
    """Return the figures of a text by what they count: "six of 12 million euros" gives million -> {12}."""
    found: dict[str, set[float]] = {}
    for digits, unit in _FIGURE.findall(text):
        scale = _SCALES.get(unit.casefold(), 1.0)
        counted = "%" if unit.casefold() in _SHARES else "scaled" if scale > 1 else next(iter(stems(unit)), None)
        if counted is None or unit.title() in _MONTHS:
            continue  # nothing is counted: a year, a day, or "34 and"
        number = SMALL_NUMBERS.get(digits.casefold()) or float(digits.replace(",", ""))
        found.setdefault(counted, set()).add(number * scale)
    return found
