"""What a document's properties are worth: word processors fill them with the typist's name and the template's title."""

from __future__ import annotations

import re

from corpus.readers.assembly import clean

_MADE_BY_A_PROGRAM = re.compile(
    r"(?:microsoft|python-docx|libreoffice|openoffice|google docs|untitled|unknown|document\s*\d*$"
    r"|(?:user|admin|administrator|owner|author|title|name|test)\d*$)|.*\.(?:docx?|pdf|odt|rtf|indd)$",
    re.IGNORECASE,
)
LONGEST = 200


def stands_in(text: str, value: str | None) -> str | None:
    """Return a property if the text says the same, white space and case aside; None otherwise."""
    words = clean(value or "")
    return words if words and f" {words} ".casefold() in f" {clean(text)} ".casefold() else None


def sane(value: str | None) -> str | None:
    """Return a property that a person seems to have written; None for a program's own."""
    words = clean(value or "")
    return words if words and len(words) <= LONGEST and not _MADE_BY_A_PROGRAM.match(words) else None
