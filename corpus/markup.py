"""Markdown's inline markup, taken off where a line is judged or shown, never where it is quoted."""

from __future__ import annotations

import re

_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_EMPHASIS = re.compile(r"(?<!\w)([*_`]{1,3})(?=\S)([^*_`]+)(?<=\S)\1(?!\w)")


def without_markup(line: str) -> str:
    """Return a line's words without emphasis and links, white space folded; "#MeToo" and "snake_case" stay."""
    without_links = _LINK.sub(r"\1", line)
    return " ".join(_EMPHASIS.sub(r"\2", without_links).split())
