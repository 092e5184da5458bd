"""Bytes of a file to the exact text that spans count, or the reason why not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.errors import UnreadableFile
from corpus.loading import MAX_BYTES, load
from corpus.readers.signatures import kind_of

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_LINE = 1_000_000
"""Characters; the longest paragraph of a newspaper has a thousandth of this, a database dump has more."""

_LINE_END = re.compile(r"[\r\n]")
_UNSTORABLE = re.compile(r"[\0\ud800-\udfff]")


def decode_file(file: Path, path: str, *, limit: int | None = MAX_BYTES) -> str:
    """Return the file decoded as UTF-8, byte order mark dropped, newlines untouched; `limit` is in bytes.

    Raises:
        UnreadableFile: too large, not permitted, gone, binary, empty, or not UTF-8.
    """
    return decode(path, load(file, path, limit))


def decode(path: str, data: bytes) -> str:
    """Return the bytes decoded as UTF-8, byte order mark dropped, newlines untouched.

    Raises:
        UnreadableFile: binary, empty, or not UTF-8. Replacing the bad bytes would make quotes that are not in the file,
            so such a file is named and skipped.
    """
    if (kind := kind_of(data)) is not None and not kind.is_text:
        raise UnreadableFile(path, kind.advice)
    if b"\0" in data:
        raise UnreadableFile(path, "is a binary file, not text")
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UnreadableFile(path, f"is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    if not text.strip():
        raise UnreadableFile(path, "is empty")
    return text


def decode_prose(path: str, data: bytes) -> str:
    """Return `decode`'s text where it is one that people wrote to be read.

    Raises:
        UnreadableFile: what `decode` refuses, a web page, or a line that only a machine writes.
    """
    text = decode(path, data)
    if (kind := kind_of(data)) is not None:
        raise UnreadableFile(path, kind.advice)
    start = 0
    for end in (*(match.start() for match in _LINE_END.finditer(text)), len(text)):
        refuse_long_line(path, end - start)
        start = end + 1
    return text


def refuse_long_line(path: str, length: int) -> None:
    """Return if a line of an article may have so many characters.

    Raises:
        UnreadableFile: it may not.
    """
    if length > LONGEST_LINE:
        raise UnreadableFile(path, f"has a line of {length / 1e6:.0f} MB; that is data, not an article")


def is_storable(text: str) -> bool:
    """Return whether `text` can be written as UTF-8 and holds no NUL; JSON and YAML can escape both."""
    return _UNSTORABLE.search(text) is None
