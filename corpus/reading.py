"""Files read within limits: whatever a file does to its reader, it costs one sentence and the others go on."""

from __future__ import annotations

import logging
import os
import sys
from concurrent.futures import TimeoutError as ReadingTimeout
from multiprocessing import get_context
from typing import TYPE_CHECKING, Self

import psutil
from pebble import ProcessExpired, ProcessPool

from corpus import readers
from corpus.errors import UnreadableFile
from corpus.loading import MAX_BYTES, check_size, load

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from corpus.models import Contents

SECONDS = 30.0
MEMORY = 1024**3

LIGHT = frozenset({".txt", ".md"})
LIGHT_BYTES = 256 * 1024
"""Texts up to this size are read in this process: sending one to another takes longer than reading it."""


class FileReader:
    """Reads files of every format; what is large or intricate is read by one worker process that may be killed.

    The worker starts when it is first needed and serves until `close`. `folder` is the one that links must not leave,
    None where there is none; `max_bytes`, `seconds` and `memory` (bytes) are what one file may take.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        max_bytes: int = MAX_BYTES,
        seconds: float = SECONDS,
        memory: int = MEMORY,
    ) -> None:
        self._root = None if folder is None else os.path.realpath(folder)
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._memory = memory
        self._pool: ProcessPool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the worker, if there is one."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call] # pebble forgot its annotation
            self._pool.join()
            self._pool = None

    def read(self, file: Path, path: str) -> Contents:
        """Return what a file of the folder holds; `path` is what it is called in articles and errors.

        Raises:
            UnreadableFile: it holds no article, or more than a file may.
            UnavailableFile: it could not be had at this moment.
        """
        if self._root is not None and leads_out(file, self._root):
            raise UnreadableFile(path, "is a link that leads out of the folder")
        return self._read(path, load(file, path, self._max_bytes))

    def read_bytes(self, path: str, data: bytes) -> Contents:
        """Return what a file holds that has not been saved yet.

        Raises:
            UnreadableFile: it holds no article, or more than a file may.
        """
        check_size(path, len(data), self._max_bytes)
        return self._read(path, data)

    def _read(self, path: str, data: bytes) -> Contents:
        if readers.ending_of(path) in LIGHT and len(data) <= LIGHT_BYTES:
            return readers.read(path, data)
        if self._pool is None or not self._pool.active:
            self._pool = ProcessPool(
                max_workers=1, initializer=_limit, initargs=(self._memory,), context=get_context("spawn")
            )
        try:
            answer = self._pool.schedule(_answer, args=(path, data), timeout=self._seconds).result()
        except ReadingTimeout as error:
            raise UnreadableFile(path, f"took longer than {self._seconds:g} s to read") from error
        except MemoryError as error:
            raise UnreadableFile(path, f"needs more than {_in_words(self._memory)} of memory to read") from error
        except ProcessExpired as error:
            raise UnreadableFile(path, "made its reader crash") from error
        if isinstance(answer, tuple):
            raise UnreadableFile(*answer)
        return answer


def leads_out(file: str | os.PathLike[str], root: str) -> bool:
    """Return whether a path ends, all links followed, outside `root`, which is a real path itself."""
    real = os.path.realpath(file)
    return os.path.commonpath([real, root]) != root


def _answer(path: str, data: bytes) -> Contents | tuple[str, str]:
    """Return what the file holds, or the arguments of the error: exceptions of two arguments cannot be pickled."""
    try:
        return readers.read(path, data)
    except UnreadableFile as error:
        return error.path, error.reason


def _limit(memory: int) -> None:
    """Let this process take `memory` bytes more than it has now, and say nothing but what it returns."""
    logging.disable(logging.CRITICAL)
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - Windows has none

        most = psutil.Process().memory_info().vms + memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _in_words(size: int) -> str:
    return f"{size / 2**30:g} GB" if size >= 2**30 else f"{size / 2**20:g} MB"
