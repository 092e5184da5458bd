"""Whether a generation can be read: first by its files' sizes, and where that is not enough in a process of its own.

A damaged part of Chroma or tantivy may crash whoever opens it, so it is opened first where that hurts nobody.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.errors import IndexBroken, RetrievalError
from retrieval.index.parts import CATALOG, LARGE, SIZES, VECTORS
from retrieval.index.read_ahead import read_in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.index.catalog import Candidate
    from retrieval.index.vector_server import VectorServer

# What opens an index is imported by the process that does: it takes seconds, and looking at sizes must not.
# ruff: noqa: PLC0415

PROBES = 5
WIDE = 500
"""Passages that a search looks at, the nearest of which are taken."""

SAME = 0.99
"""Cosine above which two passages say the same, but for capitals or the shape of a quotation mark."""

SECONDS = 1800
"""A disk that takes longer to give an index is as good as broken; three gigabytes in order take a minute or two."""


def note_sizes(folder: Path) -> None:
    """Note how large each file of a finished generation is, and what it holds."""
    (folder / SIZES).write_text(json.dumps(_sizes(folder)), encoding="utf-8")


def is_as_noted(folder: Path) -> bool:
    """Return whether each file still holds what it held when the generation was published.

    Of Chroma's database it is only looked at whether it lost something: opening may make it grow.
    """
    try:
        noted: dict[str, list[int]] = json.loads((folder / SIZES).read_text(encoding="utf-8"))
        now = _sizes(folder)
        return all(
            name in now and (now[name] == mark or (".sqlite3" in name and now[name] > mark))
            for name, mark in noted.items()
        )
    except (OSError, ValueError, TypeError, AttributeError):  # no note, a damaged one, or an older version's
        return False


class Prober:
    """A process that waits to open a generation; started early, it costs no time when it is needed."""

    def __init__(self, server: VectorServer | None = None) -> None:
        token = server.token.get_secret_value() if server and server.token else None
        self._server = [server.url, token] if server else []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "retrieval.index.probe"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def check(self, folder: Path) -> None:
        """Let the process open a generation and look for what must be in it; ask once only.

        Raises:
            IndexBroken: it cannot be read, does not find its own passages, or crashed the process.
        """
        # On its standard input: what stands among a process's arguments, every user of the machine can read.
        asked = json.dumps([str(folder), *self._server]).encode()
        try:
            said, _ = self._process.communicate(asked, timeout=SECONDS)
        except subprocess.TimeoutExpired as error:
            self.close()
            raise IndexBroken(f"{folder} could not be opened within {SECONDS} s.") from error
        if self._process.returncode == 0:
            return
        sentence = said.decode(errors="replace").strip()
        raise IndexBroken(sentence or f"{folder} is damaged: it crashed the process that tried to read it.")

    def close(self) -> None:
        """End the process, whether it was asked or not."""
        self._process.kill()
        self._process.communicate()


def examine(folder: Path, server: VectorServer | None = None) -> None:
    """Open a generation as a reader will, and ask both legs for the words of passages that it must hold.

    Raises:
        IndexBroken: it cannot be opened, or does not find its own passages.
    """
    from retrieval.index.generation import Generation
    from retrieval.index.lexical import stems

    # The check reads it page by page, for which a cold disk takes far longer.
    read_in_order(folder / CATALOG)
    with closing(Generation.open(folder, server)) as generation:
        catalog = generation.catalog
        catalog.check()
        ids = catalog.passage_ids(PROBES)
        for asked in catalog.candidates(ids=ids):
            # Searched more widely than for a question: where many are alike, a narrow search may miss one.
            nearest = generation.vectors.search(asked.vectors[0], WIDE)[:PROBES]
            if not _is_among(asked, catalog.candidates(ids=nearest)):
                raise IndexBroken("The index does not find its own passages by meaning; it is not used.")
        for passage in catalog.passages(ids=ids):
            words = stems(passage.text)
            # Asked for it alone: that many others have more of its words is no damage.
            if words and not generation.lexical.search(words, 1, [passage.key]):
                raise IndexBroken("The index does not find its own passages by words; it is not used.")


def _is_among(asked: Candidate, found: Sequence[Candidate]) -> bool:
    """Whether the passage or its equal was found: a paragraph that stands in twenty articles may find any of them."""
    return any(float(asked.vectors[0] @ passage.vectors[0]) > SAME for passage in found)


def _sizes(folder: Path) -> dict[str, list[int]]:
    """Return the size of each file and the checksum of what it holds, 0 where that is not looked at."""
    files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    # Chroma writes its files anew whenever it opens them, so of these only the sizes can be noted.
    return {
        name: [file.stat().st_size, 0 if name.startswith(f"{VECTORS}/") else _checksum(file)]
        for name, file in files.items()
        if name != SIZES
    }


def _checksum(file: Path) -> int:
    if file.stat().st_size > LARGE:
        return 0
    checksum = 0
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            checksum = zlib.crc32(block, checksum)
    return checksum


def _main() -> int:
    # Imported before anything is asked: this is what makes it ready when it is.
    import retrieval.index.generation  # noqa: F401
    from retrieval.index.vector_server import VectorServer

    asked = sys.stdin.read()
    if not asked:
        return 1
    folder, *server = json.loads(asked)
    try:
        examine(Path(folder), VectorServer(*server) if server else None)
    except RetrievalError as error:
        print(error)  # noqa: T201 - the answer to whoever asked
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main())
