"""One reader a format. A reader takes a file's bytes and gives what is in them; `READERS` is the only registry."""

from __future__ import annotations

from importlib import import_module
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, cast

from corpus.errors import UnreadableFile
from corpus.readers import markdown, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from corpus.models import Contents

    Read = Callable[[str, bytes], Contents]

VERSION = "2"
"""Raise it when the same file would give other articles: what an earlier version read is then read again."""


def _when_needed(module: str) -> Read:
    """Return the reader of a module that is imported at the first call: some bring libraries that load for a second."""

    def read(path: str, data: bytes) -> Contents:
        return cast("Read", import_module(f"corpus.readers.{module}").read)(path, data)

    return read


READERS: Mapping[str, Read] = {
    ".txt": text.read,
    ".md": markdown.read,
    ".html": _when_needed("webpage"),
    ".htm": _when_needed("webpage"),
    ".pdf": _when_needed("pdf"),
    ".docx": _when_needed("word"),
    ".jsonl": _when_needed("records"),
    ".csv": _when_needed("records"),
    ".zip": _when_needed("archive"),
}
"""File name ending -> reader(path, bytes). `path` is relative to the folder, with forward slashes."""


def ending_of(path: str) -> str:
    """Return the ending by which a reader is chosen."""
    return PurePosixPath(path).suffix.lower()


def read(path: str, data: bytes) -> Contents:
    """Return what the bytes of a file hold, by the reader of its ending.

    Raises:
        UnreadableFile: whatever goes wrong, in the reader or in a library below it.
    """
    if ending_of(path) not in READERS:
        raise UnreadableFile(path, f"has no reader; these have one: {', '.join(READERS)}")
    if not data.strip():
        raise UnreadableFile(path, "is empty")
    try:
        return READERS[ending_of(path)](path, data)
    except (UnreadableFile, MemoryError):
        raise
    except Exception as error:  # a parser of damaged or hostile bytes may raise anything
        raise UnreadableFile(path, f"is damaged: its reader gave up ({type(error).__name__})") from error
