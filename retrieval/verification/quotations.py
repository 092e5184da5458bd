"""Words in quotation marks, and texts compared without what typography makes of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUOTED = re.compile(r"[\"“«„]([^\"“”«»„]+)[\"”»“]|(?<![\w])[‘']([^‘’']{2,}(?:['’]\w[^‘’']*)*)[’'](?!\w)")
_PLAIN = str.maketrans(
    dict.fromkeys("“”„«»", '"')
    | dict.fromkeys("‘’", "'")
    | dict.fromkeys("–—", "-")
    | dict.fromkeys("\u00a0\u202f", " ")
    | {"…": "..."}
)


def plain(text: str) -> str:
    """Return a text with plain quotation marks, dashes and spaces."""
    return " ".join(text.translate(_PLAIN).split())


def quoted(text: str) -> Iterator[str]:
    """Yield the strings in quotation marks."""
    for match in _QUOTED.finditer(text):
        yield match[1] or match[2]


def stands_in(string: str, text: str) -> bool:
    """Return whether a quoted string is verbatim, but for its first capital and the mark it ends with."""
    where = plain(text).replace('"', "").casefold()
    position = 0
    for piece in re.split(r"\.\.\.|\[[^\]]*\]", plain(string)):
        part = piece.strip(" .,;:!?-").casefold()
        if part:
            position = _whole_words(part, where, position)
            if position < 0:
                return False
    return True


def _whole_words(part: str, text: str, start: int) -> int:
    """Return where words end in a text, from a place on; -1 if they do not stand there."""
    while (at := text.find(part, start)) >= 0:
        end = at + len(part)
        if not (at and text[at - 1].isalnum()) and not text[end : end + 1].isalnum():
            return end
        start = at + 1
    return -1
