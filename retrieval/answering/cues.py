"""Answer-type cues: a question that asks when wants a date, one that asks how many wants a number (Li & Roth 2002).

A cue only moves a sentence up among those that are about the question; on its own it chooses nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
_MEASURED = r"(?:many|much|tall|high|long|far|fast|old|large|big|deep|wide|heavy|often|expensive|hot|cold)"
_NUMBER_WORD = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand"
    r"|million|billion|half|dozen|first|second|third|twice|double)"
)
_UNIT = (
    r"(?:%|per ?cent|thousand|million|billion|km|kilomet|met(?:re|er)|mile|feet|foot|mph|kg|kilogram|ton|euro|dollar"
    r"|pound|year|month|week|day|hour|minute|second|degree|acre|square|people|cm|mm|inch)"
)

SMALL_NUMBERS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
}
"""Those that papers spell out."""


@dataclass(frozen=True, slots=True)
class Cue:
    """What a kind of question says, what its answer looks like, and how much that counts."""

    asked: re.Pattern[str]
    answered: re.Pattern[str]
    weight: float


SCALE = 0.75
"""Of all cues, on the scale of sentence scores."""

CUES = (
    Cue(  # when
        re.compile(r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade|time)\b", re.IGNORECASE),
        re.compile(
            rf"\b(?:1\d|20)\d\d\b|\b{_MONTH}\b|\b\d+(?:st|nd|rd|th)\b|\b(?:centur|decade)"
            r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b",
            re.IGNORECASE,
        ),
        0.44,
    ),
    Cue(  # how many, how long
        re.compile(
            rf"\bhow {_MEASURED}\b|\b(?:what|which) (?:percent\w*|number|amount|share|proportion|population)\b",
            re.IGNORECASE,
        ),
        re.compile(rf"\d|\b{_NUMBER_WORD}\b", re.IGNORECASE),
        0.29,
    ),
    Cue(  # the same, with a unit or a currency
        re.compile(rf"\bhow {_MEASURED}\b", re.IGNORECASE),
        re.compile(rf"\d[\d,.]*[ \u00a0-]?{_UNIT}|[$€£]\s?\d", re.IGNORECASE),
        0.16,
    ),
    Cue(  # where: a name after a preposition of place
        re.compile(
            r"\bwhere\b|\b(?:what|which) (?:countr|cit(?:y|ies)|state|place|region|town|location|continent|river|area)",
            re.IGNORECASE,
        ),
        re.compile(r"\b(?:in|at|from|near|to|of|across|into|on|through) (?:the )?[A-Z]"),
        0.12,
    ),
    Cue(  # why
        re.compile(r"\bwhy\b|\bwhat (?:cause|led|reason)", re.IGNORECASE),
        re.compile(
            r"\b(?:because|since|due to|so that|in order|as a result|reason|cause[sd]?|led to|owing|therefore)\b",
            re.IGNORECASE,
        ),
        0.07,
    ),
    Cue(  # what happened: not what was going to
        re.compile(r"\b(?:did|was|were|had)\b", re.IGNORECASE),
        re.compile(
            r"^(?!.*\b(?:will|shall|is to|are to|(?:is|are) (?:due|scheduled|expected|set|planned) to)\b)", re.DOTALL
        ),
        0.3,
    ),
)
"""Weights fitted on 2,910 questions but for the last: an encyclopedia tells of no plans. See docs/architecture.md."""

NAME_WEIGHT = 0.22

_ASKS_FOR_A_NAME = re.compile(
    r"\b(?:who|whom|whose|name)\b|\b(?:what|which) (?:person|company|organi[sz]ation|group|team|politician)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=\s)[\"“‘'(\[]?([A-Z][\w’'-]+)")
_WORD = re.compile(r"[^\W_]+")


def asks_when(question: str) -> bool:
    """Return whether the answer is a date."""
    return bool(CUES[0].asked.search(question))


def asks_how_many(question: str) -> bool:
    """Return whether the answer is a number."""
    return bool(CUES[1].asked.search(question))


def bonus(question: str, sentence: str) -> float:
    """Return what the sentence gains for holding the kind of thing that the question asks for; 0 or more."""
    wanted, known = _wanted_by(question)
    gained = sum(cue.weight for cue in wanted if cue.answered.search(sentence))
    # A name that the question itself gives is not the answer.
    if known is not None and any(name.casefold() not in known for name in _NAME.findall(sentence)):
        gained += NAME_WEIGHT
    return SCALE * gained


@lru_cache(maxsize=64)
def _wanted_by(question: str) -> tuple[tuple[Cue, ...], frozenset[str] | None]:
    """Return the cues that a question asks for, and its words if it asks for a name; seventy sentences are compared."""
    known = frozenset(word.casefold() for word in _WORD.findall(question))
    wanted = tuple(cue for cue in CUES if cue.asked.search(question))
    return wanted, known if _ASKS_FOR_A_NAME.search(question) else None
