"""The lexical index of a generation, written from its finished catalog, here or by a process of its own.

Many thousand passages keep a core busy for seconds. Another process does not hold up the questions that are answered
meanwhile: it shares no lock of Python's with them, and stands back for them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.errors import DataError
from retrieval.index.catalog_writer import CatalogWriter
from retrieval.index.lexical import LexicalIndex
from retrieval.index.parts import CATALOG, LEXICAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Row = tuple[int, str, str]

SECONDS = 3600
"""A million passages take a minute."""

NICE = 10
"""How far the process stands back for others."""


class Here:
    """Writes in this process; `between` may pause between two passages."""

    def __init__(self, between: Callable[[Iterable[Row]], Iterator[Row]]) -> None:
        self._between = between

    def write(self, folder: Path) -> None:
        """Write the lexical index of the generation in `folder`."""
        _write(folder, self._between)

    def close(self) -> None:
        """Nothing is held."""


class Elsewhere:
    """Writes in a process of its own, which starts at once and waits: what it imports takes a second."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "retrieval.index.lexical_part"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603 - ours

    def write(self, folder: Path) -> None:
        """Write the lexical index of the generation in `folder`; once only.

        Raises:
            DataError: it could not be written.
        """
        try:
            self._process.communicate(str(folder).encode(), timeout=SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        if self._process.wait():
            raise DataError(f"DATA_DIR: the lexical index could not be written to {folder}; is the disk full?")

    def close(self) -> None:
        """End the process, whether it was asked or not."""
        self._process.kill()
        self._process.communicate()


def _write(folder: Path, between: Callable[[Iterable[Row]], Iterator[Row]]) -> None:
    with closing(CatalogWriter.open(folder / CATALOG)) as catalog:
        LexicalIndex.create(folder / LEXICAL).add(between(catalog.texts()))


if __name__ == "__main__":
    if asked := sys.stdin.read():
        os.nice(NICE)
        _write(Path(asked), iter)
