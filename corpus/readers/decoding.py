"""Bytes of a file to the exact text that spans count, or the reason why not."""

from __future__ import annotations

from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING

from corpus.errors import UnreadableFile

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 10 * 1024 * 1024
"""A news article of 10 MB does not exist; a log or a database dump that was dropped into the folder does."""


def decode_file(file: Path, path: str, *, limit: int | None = MAX_BYTES) -> str:
    """Return the file decoded as UTF-8, byte order mark dropped, newlines untouched; `limit` is in bytes.

    Raises:
        UnreadableFile: too large, not permitted, gone, binary, empty, or not UTF-8. Replacing the bad bytes would make
            quotes that are not in the file, so such a file is named and skipped.
    """
    try:
        status = file.stat()
        if not S_ISREG(status.st_mode) and not S_ISDIR(status.st_mode):
            raise UnreadableFile(path, "is not a regular file")
        size = status.st_size
        if limit is not None and size > limit:
            raise UnreadableFile(path, f"is {size / 1e6:.0f} MB; an article may have {limit / 1e6:.0f} MB at most")
        raw = file.read_bytes()
    except OSError as error:
        raise UnreadableFile(path, f"cannot be read ({error.strerror or error})") from error
    if b"\0" in raw:
        raise UnreadableFile(path, "is a binary file, not text")
    try:
        text = raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UnreadableFile(path, f"is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    if not text.strip():
        raise UnreadableFile(path, "is empty")
    return text
