"""Texts that say the same over and over: no article, and thousands of equal passages crowd out all others."""

from __future__ import annotations

import zlib

SHORTEST = 20_000
"""Characters below which a text is taken as it is: it makes too few passages to be in anybody's way."""

RATIO = 50
"""Length over compressed length. Prose has 2 to 4, a log or a table of results 6 to 10, one word repeated over 200."""


def repeats_itself(text: str) -> bool:
    """Return whether a text consists of little else than repetitions, in whatever script."""
    if len(text) < SHORTEST:
        return False
    encoded = text.encode("utf-8", "surrogateescape")
    return len(encoded) > RATIO * len(zlib.compress(encoded, level=1))
