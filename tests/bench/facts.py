"""Facts to plant in an article, and the questions that ask for them by name."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

from retrieval.question_sets import Question

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corpus.models import Article
    from tests.bench.writing import Writing

ROLES = (
    "chief executive", "finance director", "head of safety", "harbour master", "chief engineer", "managing director",
    "head of research", "board secretary", "chief inspector", "director of planning", "spokesperson", "treasurer",
)  # fmt: skip
BUILDINGS = (
    "bridge", "library", "stadium", "power station", "ferry terminal", "tram depot", "hospital wing", "archive",
    "observatory", "dam", "market hall", "bus station", "lighthouse", "swimming pool", "concert hall", "tunnel",
    "laboratory", "warehouse", "town hall", "water tower", "sawmill", "brewery", "theatre", "museum",
)  # fmt: skip

FACTS = (
    "{person} was appointed {role} of {org} on {date}.",
    "The new {building} in {place} cost {org} {money} to build, {person} said.",
    "{org} employs {number} people at its {building} in {place}.",
    "The {building} that {org} runs in {place} first opened on {date}.",
    "{person}, who was born in {place}, has worked for {org} since {year}.",
    "Inspectors from {org} found {number} faults in the {building} of {place}, according to {person}.",
)
_QUESTIONS = (
    (
        ("Who was appointed {role} of {org} in {month}?", "person"),
        ("When was {person} appointed {role} of {org}?", "date"),
    ),
    (("How much did the new {building} in {place} cost {org} to build?", "money"),),
    (("How many people does {org} employ at its {building} in {place}?", "number"),),
    (("When did the {building} that {org} runs in {place} first open?", "date"),),
    (("Since which year has {person}, born in {place}, worked for {org}?", "year"),),
    (("How many faults did {org} find in the {building} of {place}?", "number"),),
)
"""For each fact the questions, and which part of it answers."""

_PARTS = {"money": r"\$[\d.]+ [mb]illion", "number": r"[\d,]+", "year": r"\d{4}", "date": r"\d{1,2} \w+ \d{4}"}
_NAME = r"[^.,;:\n]{3,50}?"
_SLOT = re.compile(r"\\{(\w+)\\}")
_PATTERNS = tuple(
    re.compile(
        r"(?:(?<=[.] )|(?<=\n))"
        + _SLOT.sub(lambda slot: f"(?P<{slot[1]}>{_PARTS.get(slot[1], _NAME)})", re.escape(fact))
    )
    for fact in FACTS
)


def plant(fact: str, writing: Writing, rng: random.Random) -> str:
    """Return a fact as a sentence about an article's cast."""
    parts = {
        "role": rng.choice(ROLES),
        "building": rng.choice(BUILDINGS),
        **{kind: writing.name(kind) for kind in ("person", "place", "org")},
        **{kind: writing.value(kind) for kind in ("date", "year", "number", "money")},
    }
    sentence = fact.format(**parts)
    return sentence[0].upper() + sentence[1:]  # van Ginkel Housing


def questions(articles: Iterable[Article], count: int, seed: int = 0) -> list[Question]:
    """Return `count` questions, each of a planted fact; fewer if the articles hold no more than that.

    Every copy of a syndicated article answers its questions.
    """
    found: dict[str, tuple[int, dict[str, str]]] = {}
    paths: dict[str, dict[str, int]] = {}
    for article in articles:
        for kind, pattern in enumerate(_PATTERNS):
            for match in pattern.finditer(article.text):
                found.setdefault(match.group(), (kind, match.groupdict()))
                paths.setdefault(match.group(), {})[article.path] = 1
    rng = random.Random(seed)
    asked = []
    for number, fact in enumerate(rng.sample(list(found), min(count, len(found)))):
        kind, parts = found[fact]
        text, answer = rng.choice(_QUESTIONS[kind])
        month = parts.get("date", "").partition(" ")[2]
        asked.append(Question(f"q{number}", text.format(**parts, month=month), paths[fact], (parts[answer],)))
    return asked
