"""How often a test repeats what it does: a few times in `make test`, as often as statistics want in `make soak`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

SOAK = os.environ.get("FOOTNOTE_SOAK") == "1"

EXAMPLES = 20
"""Of a property, in `make test`."""
SOAK_EXAMPLES = 300

A = TypeVar("A")
B = TypeVar("B")


def rounds(few: int, many: int) -> int:
    """Return how many rounds this run makes."""
    return many if SOAK else few


def combined(places: Sequence[A], ways: Sequence[B]) -> list[tuple[A, B]]:
    """Return every place with every way in a soak; otherwise each place once, and each way about as often."""
    if SOAK:
        return [(place, way) for place in places for way in ways]
    return [(place, ways[number % len(ways)]) for number, place in enumerate(places)]
