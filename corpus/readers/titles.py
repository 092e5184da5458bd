"""A title for an article whose file gives none."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_DATE_OR_NUMBER = re.compile(r"^(?:\d{4}[-_. ]?\d{2}[-_. ]?\d{2}|\d+)(?=[-_. ]|$)[-_. ]*")
_HASH = re.compile(r"(?:^|[-_. ])(?=[0-9a-f]*\d)[0-9a-f]{8,}(?=[-_. ]|$)", re.IGNORECASE)


def title_from_path(path: str) -> str:
    """Return the file name as words: leading dates and numbers, hashes, dashes and the ending left out.

    >>> title_from_path("news/2020-10-31-airport_opens.md")
    'Airport opens'
    >>> title_from_path("000_0ab0a1217f31cfbc.txt")
    'Article 000'
    """
    stem = PurePosixPath(path).stem
    words = re.sub(r"[-_.\s]+", " ", _HASH.sub("", _DATE_OR_NUMBER.sub("", stem))).strip()
    if words:
        return words[0].upper() + words[1:]
    number = re.match(r"\d+", stem)
    return f"Article {number.group() if number else stem}"
