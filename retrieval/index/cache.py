"""Every vector ever computed, by model and passage: nothing is embedded twice, whatever is rebuilt or rolled back."""

from __future__ import annotations

import json
import sqlite3
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Self

from retrieval.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from retrieval.embedding.minilm import MiniLM, PassageText


@dataclass(frozen=True, slots=True)
class StoredVectors:
    """A passage's vectors as bytes: `PassageVectors.to_bytes` and `TokenVectors.to_bytes`."""

    rows: bytes
    tokens: bytes


BATCH = 64
"""Passages embedded between two commits: what a killed reload has to embed again."""

AHEAD = 8
"""Batches embedded while others are written: Chroma takes hundreds of rows at a time, and seconds where it has many
already, and the other cores go on meanwhile."""


class EmbeddingCache:
    """The file embeddings.db; losing it costs time only."""

    def __init__(self, file: Path, connection: sqlite3.Connection) -> None:
        self._file = file
        self._connection = connection
        self._ahead = ThreadPoolExecutor(1, thread_name_prefix="embedding")

    @classmethod
    def open(cls, file: Path) -> Self:
        """Return the cache in `file`, made new if it is missing or damaged.

        Raises:
            DataError: the file cannot be written.
        """
        try:
            return cls(file, _connect(file))
        except sqlite3.DatabaseError:
            return cls(file, _connect_anew(file))

    def close(self) -> None:
        """Finish the batch in hand, then let go of the file: closed under a thread that writes, SQLite crashes."""
        self._ahead.shutdown(cancel_futures=True)
        self._connection.close()

    def vectors(
        self,
        model: MiniLM,
        passages: Iterable[PassageText],
        advance: Callable[[int], None],
        give_way: Callable[[], None] = lambda: None,
    ) -> Iterator[StoredVectors]:
        """Yield each passage's vectors in order, embedding only what is new, some batches ahead of whoever takes them.

        `advance` is told after each batch how many passages are done; `give_way` is called before each passage.
        """
        rest, done = iter(passages), 0
        begun: deque[Future[list[StoredVectors]]] = deque()
        while batch := list(islice(rest, BATCH)):
            begun.append(self._ahead.submit(self._embedded, model, batch, give_way))
            if len(begun) > AHEAD:
                done += yield from _finished(begun.popleft(), done, advance)
        while begun:
            done += yield from _finished(begun.popleft(), done, advance)

    def _embedded(
        self, model: MiniLM, batch: Sequence[PassageText], give_way: Callable[[], None]
    ) -> list[StoredVectors]:
        digests = [passage.digest for passage in batch]
        known = self._known(model.digest, digests)
        missing = {digest: passage for digest, passage in zip(digests, batch, strict=True) if digest not in known}
        embedded = zip(missing, model.embed_passages(missing.values(), give_way), strict=True)
        fresh = {digest: StoredVectors(vectors.to_bytes(), vectors.tokens.to_bytes()) for digest, vectors in embedded}
        self._keep(model.digest, fresh)
        known |= fresh
        return [known[digest] for digest in digests]

    def _keep(self, model: str, fresh: Mapping[str, StoredVectors]) -> None:
        rows = [(model, digest, stored.rows, stored.tokens) for digest, stored in fresh.items()]
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?, ?)", rows)

    def _known(self, model: str, digests: Sequence[str]) -> dict[str, StoredVectors]:
        statement = (
            "SELECT passage, vectors, tokens FROM embeddings"
            " WHERE model = ? AND passage IN (SELECT value FROM json_each(?))"
        )
        try:
            with closing(self._connection.execute(statement, (model, json.dumps(digests)))) as rows:
                return {passage: StoredVectors(vectors, tokens) for passage, vectors, tokens in rows}
        except sqlite3.OperationalError:
            raise  # a full disk, a lock: what is in the file is sound
        except sqlite3.DatabaseError:
            self._connection.close()
            self._connection = _connect_anew(self._file)
            return {}


def _finished(
    batch: Future[list[StoredVectors]], done: int, advance: Callable[[int], None]
) -> Generator[StoredVectors, None, int]:
    """Wait for a batch, yield it, and return how many passages it had."""
    vectors = batch.result()
    yield from vectors
    advance(done + len(vectors))
    return len(vectors)


def _connect_anew(file: Path) -> sqlite3.Connection:
    """Return a connection to an empty cache in place of a damaged one, which held nothing that cannot be made again."""
    try:
        for part in (file, *(file.with_name(file.name + suffix) for suffix in ("-wal", "-shm"))):
            part.unlink(missing_ok=True)
        return _connect(file)
    except (OSError, sqlite3.Error) as error:
        raise DataError(f"DATA_DIR: {file} cannot be written ({error})") from error


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=30, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS embeddings (model TEXT, passage TEXT, vectors BLOB NOT NULL,"
            " tokens BLOB NOT NULL, PRIMARY KEY (model, passage)) STRICT"
        )
    except sqlite3.Error:
        connection.close()
        raise
    return connection
