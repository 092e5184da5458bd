"""Token vectors in files that are never changed: the next generation takes them over by hard links and adds one.

They are the larger half of what is known of a passage, and ten passages' are read for a question.
"""

from __future__ import annotations

import os
import shutil
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Self

from retrieval.errors import IndexBroken
from retrieval.index.parts import LARGE

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

MOST = 16
"""Files of a generation from which all but the largest become one: each is held open."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the tokens of a passage stand, and the checksum of what stands there."""

    file: int
    start: int
    size: int
    checksum: int


def take_over(previous: Path, folder: Path) -> None:
    """Give a new generation all files of the one before.

    Raises:
        OSError: one of them can be neither linked nor copied.
    """
    folder.mkdir()
    for file in _files(previous).values():
        try:
            os.link(file, folder / file.name)
        except OSError:  # not every file system has links
            shutil.copyfile(file, folder / file.name)


class TokenFiles:
    """The files of one generation; they are read by several threads at once, and added to by one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[int, BinaryIO] = {}
        self._added: tuple[int, BinaryIO] | None = None

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Return the files in `folder`, none if it is missing: they are opened now, for they may be removed any time.

        Raises:
            OSError: one cannot be opened.
        """
        files = cls(folder)
        try:
            for number, file in _files(folder).items():
                files._open[number] = file.open("rb", buffering=0)
        except BaseException:
            files.close()
            raise
        return files

    def read(self, place: Place) -> bytes:
        """Return what stands at a place.

        Raises:
            IndexBroken: it is not what was written.
        """
        file = self._open.get(place.file)
        try:
            # Not mapped into memory: a file that lost its end would end the process, and not be an error.
            stored = os.pread(file.fileno(), place.size, place.start) if file else b""
        except OSError as error:
            raise IndexBroken(f"The token vectors cannot be read ({error.strerror or error}).") from error
        if len(stored) != place.size or zlib.crc32(stored) != place.checksum:
            raise IndexBroken("The token vectors are damaged.")
        return stored

    def add(self, stored: bytes) -> Place:
        """Add a passage's tokens to a new file, and return where; they can be read after `flush`."""
        number, stream = self._added = self._added or self._new()
        place = Place(number, stream.tell(), len(stored), zlib.crc32(stored))
        stream.write(stored)
        return place

    def flush(self) -> None:
        """Write what was added to the disk."""
        if self._added:
            self._added[1].flush()

    def keep(self, numbers: Collection[int]) -> None:
        """Remove all files but these."""
        for number in self._open.keys() - numbers:
            self._open.pop(number).close()
            (self._folder / str(number)).unlink()

    def is_large(self, number: int) -> bool:
        """Whether a file is so large that it is not read whole at each check."""
        return self.size(number) > LARGE

    def size(self, number: int) -> int:
        """Return the size of a file, 0 if there is none."""
        file = self._open.get(number)
        return os.fstat(file.fileno()).st_size if file else 0

    def close(self) -> None:
        """Let go of all files; nothing may be reading."""
        for file in self._open.values():
            file.close()
        if self._added:
            self._added[1].close()

    def _new(self) -> tuple[int, BinaryIO]:
        self._folder.mkdir(exist_ok=True)
        number = max(self._open, default=0) + 1
        stream = (self._folder / str(number)).open("xb")  # never one that another generation has, too
        self._open[number] = (self._folder / str(number)).open("rb", buffering=0)
        return number, stream


def _files(folder: Path) -> dict[int, Path]:
    return {int(file.name): file for file in folder.glob("*") if file.name.isdecimal()}
