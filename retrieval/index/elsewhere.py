"""Parts of a generation written by a process of its own.

Many thousand passages keep a core busy for seconds, and Chroma holds Python's lock while it takes them. Another process
does not hold up the questions that are answered meanwhile, and stands back for them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing, suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.errors import DataError
from retrieval.index.catalog_writer import CatalogWriter
from retrieval.index.lexical import LexicalIndex
from retrieval.index.parts import CATALOG, LEXICAL, VECTORS
from retrieval.index.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Row = tuple[int, str, str]

SECONDS = 4 * 3600
"""A million passages take half an hour."""

NICE = 10
"""How far the process stands back for others."""


class Part(StrEnum):
    """What can be written so."""

    LEXICAL = LEXICAL
    VECTORS = VECTORS


class Elsewhere:
    """A process that starts at once and waits to be told the folder: what it imports takes seconds."""

    def __init__(self, part: Part) -> None:
        self._part = part
        command = [sys.executable, "-m", "retrieval.index.elsewhere", part]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603 - ours

    def write(self, folder: Path, texts: Texts | None = None) -> None:
        """Write the part of the generation in `folder`, from its finished catalog or these texts; once only.

        Raises:
            DataError: it could not be written, or the process was stopped.
        """
        try:
            said = [str(folder), *([texts.to_json()] if texts else [])]
            self._process.communicate(json.dumps(said).encode(), timeout=SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        if self._process.wait():
            raise DataError(f"DATA_DIR: {folder / self._part} could not be written; is the disk full?")

    def close(self) -> None:
        """End the process, whether it was asked or not; who waits for it waits no longer."""
        self._process.kill()
        if self._process.stdin:
            with suppress(OSError):
                self._process.stdin.close()
        self._process.wait()


def write_lexical(folder: Path, texts: Texts, between: Callable[[Iterable[Row]], Iterator[Row]] = iter) -> None:
    """Write the lexical index of the generation in `folder` here; `between` may pause between two passages."""
    with closing(texts.rows()) as rows:
        LexicalIndex.create(folder / LEXICAL).add(between(rows))


def _write_vectors(folder: Path) -> None:
    # Here, because LlamaIndex takes seconds to import and the lexical index needs none of it.
    from retrieval.index.nodes import add_rows  # noqa: PLC0415
    from retrieval.index.vectors import BATCH, VectorIndex  # noqa: PLC0415

    with (
        closing(CatalogWriter.open(folder / CATALOG)) as catalog,
        closing(VectorIndex.create(folder / VECTORS)) as vectors,
    ):
        add_rows(catalog.rows(), vectors.add, BATCH)


if __name__ == "__main__":
    if asked := sys.stdin.read():
        os.nice(NICE)
        place, *texts = json.loads(asked)
        if Part(sys.argv[1]) is Part.VECTORS:
            _write_vectors(Path(place))
        else:
            write_lexical(Path(place), Texts.from_json(*texts))
