"""The bytes of a file as they were at one moment, and the marks by which a later look sees that it changed."""

from __future__ import annotations

from dataclasses import dataclass
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING

from corpus.errors import UnavailableFile, UnreadableFile

if TYPE_CHECKING:
    import os
    from pathlib import Path

MAX_BYTES = 20 * 1024 * 1024
"""What Telegram lets a bot download; a larger file in the folder is a log or a database dump."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Size in bytes, and the times of the last change of contents and of the file's own record, in nanoseconds."""

    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """Return the stamp of a file as the system describes it."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def load(file: Path, path: str, limit: int | None = MAX_BYTES) -> bytes:
    """Return what is in the file, which nobody changed meanwhile; `limit` is in bytes.

    Raises:
        UnreadableFile: too large, or not a regular file.
        UnavailableFile: not permitted, gone, or changed twice while it was read.
    """
    try:
        for _ in range(2):
            status = file.stat()
            if not S_ISREG(status.st_mode) and not S_ISDIR(status.st_mode):
                raise UnreadableFile(path, "is not a regular file")
            check_size(path, status.st_size, limit)
            with file.open("rb") as stream:
                data = stream.read() if limit is None else stream.read(limit + 1)
            if Stamp.of(file.stat()) == Stamp.of(status):
                return data
    except OSError as error:
        raise UnavailableFile(path, f"cannot be read ({error.strerror or error})") from error
    raise UnavailableFile(path, "changed while it was being read")


def check_size(path: str, size: int, limit: int | None) -> None:
    """Return if a file may have so many bytes.

    Raises:
        UnreadableFile: it may not.
    """
    if limit is not None and size > limit:
        raise UnreadableFile(path, f"is {size / 2**20:.0f} MB; a file may have {limit / 2**20:.0f} MB at most")
