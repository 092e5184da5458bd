"""Every vector ever computed, by model and passage: nothing is embedded twice, whatever is rebuilt or rolled back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Self

from retrieval.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from retrieval.embedding.minilm import MiniLM, PassageText

BATCH = 64
"""Passages embedded between two commits: what a killed reload has to embed again."""


class EmbeddingCache:
    """The file embeddings.db; losing it costs time only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, file: Path) -> Self:
        """Return the cache in `file`, made new if it is missing or damaged.

        Raises:
            DataError: the file cannot be written.
        """
        try:
            return cls(_connect(file))
        except sqlite3.DatabaseError:
            try:
                file.unlink(missing_ok=True)
                return cls(_connect(file))
            except (OSError, sqlite3.Error) as error:
                raise DataError(f"DATA_DIR: {file} cannot be written ({error})") from error

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def vectors(
        self, model: MiniLM, passages: Sequence[PassageText], advance: Callable[[int], None]
    ) -> Iterator[bytes]:
        """Yield each passage's vectors as `PassageVectors.to_bytes` gives them, in order, embedding only what is new.

        `advance` is told after each batch how many passages are done.
        """
        for first in range(0, len(passages), BATCH):
            batch = passages[first : first + BATCH]
            digests = [passage.digest for passage in batch]
            known = self._known(model.digest, digests)
            missing = {digest: passage for digest, passage in zip(digests, batch, strict=True) if digest not in known}
            fresh = {
                digest: vectors.to_bytes()
                for digest, vectors in zip(missing, model.embed_passages(missing.values()), strict=True)
            }
            with self._connection:
                self._connection.executemany(
                    "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)",
                    [(model.digest, digest, stored) for digest, stored in fresh.items()],
                )
            known |= fresh
            advance(first + len(batch))
            yield from (known[digest] for digest in digests)

    def _known(self, model: str, digests: Sequence[str]) -> dict[str, bytes]:
        marks = ", ".join("?" * len(digests))
        statement = f"SELECT passage, vectors FROM vectors WHERE model = ? AND passage IN ({marks})"  # noqa: S608 - marks only
        with closing(self._connection.execute(statement, (model, *digests))) as rows:
            return dict(rows.fetchall())


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=30, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS vectors"
            " (model TEXT, passage TEXT, vectors BLOB NOT NULL, PRIMARY KEY (model, passage)) STRICT, WITHOUT ROWID"
        )
    except sqlite3.Error:
        connection.close()
        raise
    return connection
