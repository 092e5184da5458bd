"""The catalog of a generation: articles, passages, spans, int8 vectors, stems and duplicates, in one SQLite file.

The token vectors stand in files of their own beside it (`tokens.py`); it knows where.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from corpus.library import ArticleMark, FileRecord
from corpus.loading import Stamp
from corpus.models import Passage, Problem, Sentence
from retrieval.embedding.vectors import DIMENSIONS, TokenVectors, rows_from_bytes
from retrieval.errors import IndexBroken
from retrieval.index.parts import TOKENS
from retrieval.index.tokens import Place, TokenFiles
from retrieval.models import ArticleCard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

VERSION = "4"
"""Part of every generation's manifest: raise it when the same articles would give other tables or other groups."""

_CARD = "articles.id, path, title, source, author, published, url"
_NEWEST_FIRST = "ORDER BY published IS NULL, published DESC, title, path"
_OF_SOURCE = "(?1 IS NULL OR coalesce(source, '') = ?1)"
_PASSAGE_VECTORS = "SELECT substr(vectors, 1, ?) FROM passages ORDER BY key"
_WANTED = """
WHERE key IN (SELECT value FROM json_each(?)) OR passages.id IN (SELECT value FROM json_each(?)) ORDER BY key
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What a passage is scored by."""

    key: int
    vectors: NDArray[np.float32]
    """Unit rows, shape (1 + sentences, 384), the passage's first."""
    stems: tuple[NDArray[np.uint32], ...]
    """Codes of the stems of the header, then of each sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedPassage:
    """A passage with its text and its article: what a citation is made of."""

    key: int
    passage: Passage
    article: ArticleCard
    text: str


class Catalog:
    """One open catalog; reads are safe from several threads."""

    def __init__(self, connection: sqlite3.Connection, tokens: TokenFiles) -> None:
        self._connection = connection
        self._tokens = tokens
        self._lock = threading.Lock()

    @classmethod
    def open(cls, file: Path) -> Self:
        """Return a published catalog, which is never written again.

        Raises:
            sqlite3.Error, OSError: there is none, or it is damaged.
        """
        connection = sqlite3.connect(
            f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        return cls(connection, TokenFiles.open(file.with_name(TOKENS)))

    def close(self) -> None:
        """Let go of the files."""
        self._connection.close()
        self._tokens.close()

    def files(self) -> dict[str, FileRecord]:
        """Return what every file held when it was read, by path."""
        return {path: _file_record(json.loads(record)) for path, record in self._rows("SELECT path, record FROM files")}

    def check(self) -> None:
        """Read the whole file, and the token vectors but for what stands in large files.

        Raises:
            IndexBroken: a part of it is damaged.
        """
        if self._rows("PRAGMA quick_check(1)") != [("ok",)]:
            raise IndexBroken("The catalog is damaged.")
        ends = self._rows("SELECT file, max(start + size) FROM tokens GROUP BY file")
        if any(self._tokens.size(file) < end for file, end in ends):
            raise IndexBroken("The token vectors are damaged.")
        self._read_tokens(file for file, _ in ends if not self._tokens.is_large(file))

    def check_tokens(self) -> None:
        """Read all token vectors, of which a large file takes seconds.

        Raises:
            IndexBroken: a part of them is damaged.
        """
        self._read_tokens(file for (file,) in self._rows("SELECT DISTINCT file FROM tokens"))

    def _read_tokens(self, files: Iterable[int]) -> None:
        for file in files:
            for place in self._rows("SELECT file, start, size, checksum FROM tokens WHERE file = ?", file):
                self._tokens.read(Place(*place))

    def digests(self) -> dict[str, str]:
        """Return the digest of every article by path."""
        return dict(self._rows("SELECT path, digest FROM articles"))

    def count_passages(self) -> int:
        """Return the number of passages."""
        return int(self._rows("SELECT count(*) FROM passages")[0][0])

    def cards(self, most: int | None = None, first: int = 0, source: str | None = None) -> list[ArticleCard]:
        """Return the articles, newest first, the undated last, then by title: all, or at most so many from one on.

        `source` is the one they are of, "" for those without any, None for all.
        """
        everything = -1  # to SQLite
        rows = self._rows(
            f"SELECT {_CARD} FROM articles WHERE {_OF_SOURCE} {_NEWEST_FIRST} LIMIT ?2 OFFSET ?3",
            source,
            everything if most is None else most,
            first,
        )
        return [_card(row) for row in rows]

    def place(self, article_id: str, source: str | None = None) -> int | None:
        """Return how many of these articles, of one source or of all, come before one, or None if it is not there."""
        numbered = f"SELECT id, row_number() OVER ({_NEWEST_FIRST}) AS number FROM articles WHERE {_OF_SOURCE}"
        rows = self._rows(f"SELECT number - 1 FROM ({numbered}) WHERE id = ?2", source, article_id)
        return int(rows[0][0]) if rows else None

    def counts(self) -> dict[str, int]:
        """Return the number of articles of each source, "" for those without any."""
        return dict(self._rows("SELECT coalesce(source, ''), count(*) FROM articles GROUP BY 1"))

    def article(self, article_id: str) -> tuple[ArticleCard, str] | None:
        """Return an article's card and text, or None."""
        rows = self._rows(f"SELECT {_CARD}, text FROM articles WHERE id = ?", article_id)
        return (_card(rows[0][:-1]), rows[0][-1]) if rows else None

    def spans(self, article_id: str) -> list[tuple[int, int]]:
        """Return where an article's passages begin and end in its text, in order."""
        return self._rows('SELECT start, "end" FROM passages WHERE article = ? ORDER BY number', article_id)

    def sources(self) -> list[str]:
        """Return the names of all sources, in the order of the alphabet."""
        return [row[0] for row in self._rows("SELECT DISTINCT source FROM articles WHERE source > '' ORDER BY source")]

    def count_undated(self, source: str | None = None) -> int:
        """Return how many articles, of one source or of all, have no date."""
        return self._undated[source] if source is not None else self._undated.total()

    @cached_property
    def _undated(self) -> Counter[str | None]:
        """The number of undated articles of each source, counted once: SQLite reads every article to count."""
        return Counter(
            dict(self._rows("SELECT source, count(*) FROM articles WHERE published IS NULL GROUP BY source"))
        )

    def origins(self) -> list[tuple[int, date | None, str | None]]:
        """Return each passage's key, day and source, in the order of the keys."""
        rows = self._rows(
            "SELECT key, substr(published, 1, 10), source FROM passages JOIN articles ON articles.id = article"
            " ORDER BY key"
        )
        return [(key, _day(day), source) for key, day, source in rows]

    def passage_vectors(self) -> NDArray[np.int8]:
        """Return all passages' vectors as they are stored, in the order of the keys, shape (passages, 384)."""
        with self._reading(), closing(self._connection.execute(_PASSAGE_VECTORS, (DIMENSIONS,))) as rows:
            packed = b"".join(row[0] for row in rows)
        return np.frombuffer(packed, dtype=np.int8).reshape(-1, DIMENSIONS)

    def opening(self, article_id: str) -> str:
        """Return an article's first sentence that is no heading, or nothing."""
        for start, sentences, text in self._rows(
            "SELECT start, sentences, text FROM passages JOIN articles ON articles.id = article"
            " WHERE article = ? ORDER BY number LIMIT 1",
            article_id,
        ):
            spans = json.loads(sentences)
            first = next((span for span in spans if not span[2]), [start, start, 0])
            return str(text[first[0] : first[1]])
        return ""

    def keys_of(self, ids: Sequence[str]) -> list[int]:
        """Return the keys of the passages with these ids, in the order of the ids."""
        rows = self._rows(
            "SELECT passages.key FROM json_each(?) AS wanted JOIN passages ON passages.id = wanted.value"
            " ORDER BY wanted.key",
            json.dumps(ids),
        )
        return [row[0] for row in rows]

    def candidates(self, keys: Iterable[int] = (), ids: Iterable[str] = ()) -> list[Candidate]:
        """Return what the passages that have one of the keys or ids are scored by, in the order of their keys."""
        rows = self._rows(f"SELECT key, vectors, stems FROM passages {_WANTED}", *_wanted(keys, ids))
        return [
            Candidate(key=key, vectors=vectors, stems=tuple(_unpack_stems(packed)))
            for (key, _, packed), vectors in zip(rows, _decoded([row[1] for row in rows]), strict=True)
        ]

    def passages(self, keys: Iterable[int] = (), ids: Iterable[str] = ()) -> list[IndexedPassage]:
        """Return the passages that have one of the keys or ids, in the order of their keys."""
        rows = self._rows(
            f"""
            SELECT key, number, start, "end", sentences, substr(text, start + 1, "end" - start), {_CARD}
            FROM passages JOIN articles ON articles.id = article {_WANTED}
            """,
            *_wanted(keys, ids),
        )
        return [_indexed_passage(row) for row in rows]

    def stories(self, keys: Iterable[int]) -> dict[int, int]:
        """Return the story of each of the passages that has a near-duplicate in another article."""
        statement = "SELECT key, story FROM duplicates WHERE key IN (SELECT value FROM json_each(?))"
        return dict(self._rows(statement, json.dumps(sorted(keys))))

    def copies(self, story: int) -> list[tuple[int, ArticleCard]]:
        """Return all articles that tell a story, newest first, each with the key of its first passage that does."""
        rows = self._rows(
            f"""
            SELECT min(key), {_CARD}
            FROM duplicates JOIN passages USING (key) JOIN articles ON articles.id = article
            WHERE story = ? GROUP BY articles.id {_NEWEST_FIRST}
            """,
            story,
        )
        return [(key, _card(card)) for key, *card in rows]

    def tokens(self, keys: Iterable[int]) -> dict[int, TokenVectors]:
        """Return the token vectors of the passages that have one of the keys."""
        rows = self._rows(
            "SELECT key, file, start, size, checksum FROM tokens WHERE key IN (SELECT value FROM json_each(?))",
            json.dumps(sorted(keys)),
        )
        return {key: TokenVectors.from_bytes(self._tokens.read(Place(*place))) for key, *place in rows}

    def token_idf(self, ids: NDArray[np.uint16]) -> NDArray[np.float32]:
        """Return the inverse document frequency of each of the model's tokens over the passages, shape (tokens,)."""
        counts = dict(
            self._rows(
                "SELECT token, passages FROM token_counts WHERE token IN (SELECT value FROM json_each(?))",
                json.dumps(ids.tolist()),
            )
        )
        found = np.array([counts.get(token, 0) for token in ids.tolist()], dtype=np.float32)
        return np.asarray(np.log(1 + (self._passages - found + 0.5) / (found + 0.5)), dtype=np.float32)

    @cached_property
    def _passages(self) -> int:
        """The number of passages, counted once: SQLite reads every row to count, and each question asks."""
        return self.count_passages()

    def passage_ids(self, limit: int) -> list[str]:
        """Return the ids of up to `limit` passages, spread over the corpus."""
        step = max(1, self.count_passages() // limit)
        numbered = "SELECT id, row_number() OVER (ORDER BY id) AS number FROM passages"
        return [row[0] for row in self._rows(f"SELECT id FROM ({numbered}) WHERE number % ? = 0 LIMIT ?", step, limit)]

    def _rows(self, statement: str, *values: object) -> list[tuple]:  # type: ignore[type-arg] # columns differ
        with self._reading(), closing(self._connection.execute(statement, values)) as cursor:
            return cursor.fetchall()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except sqlite3.Error as error:
            raise IndexBroken(f"The catalog cannot be read ({error}).") from error


def _card(row: Sequence[str | None]) -> ArticleCard:
    identity, path, title, source, author, published, url = row
    return ArticleCard(str(identity), str(path), str(title), source, author, _day(published), url)


def _day(stored: str | None) -> date | datetime | None:
    if stored is None:
        return None
    return date.fromisoformat(stored) if len(stored) == len("2024-05-31") else datetime.fromisoformat(stored)


def _file_record(fields: dict[str, Any]) -> FileRecord:
    return FileRecord(
        path=fields["path"],
        stamp=Stamp(**fields["stamp"]) if fields["stamp"] else None,
        articles=tuple(ArticleMark(**mark) for mark in fields["articles"]),
        problems=tuple(Problem(**problem) for problem in fields["problems"]),
    )


def _wanted(keys: Iterable[int], ids: Iterable[str]) -> tuple[str, str]:
    return json.dumps(sorted(keys)), json.dumps(sorted(ids))


def _decoded(stored: Sequence[bytes]) -> list[NDArray[np.float32]]:
    """Return each passage's vectors, all decoded at once: one by one would take a third of a question's time."""
    rows = rows_from_bytes(b"".join(stored))
    edges = np.cumsum([0, *(len(vectors) // DIMENSIONS for vectors in stored)]).tolist()
    return [rows[start:end] for start, end in pairwise(edges)]


def _indexed_passage(row: tuple) -> IndexedPassage:  # type: ignore[type-arg] # columns differ
    key, number, start, end, sentences, text, *card = row
    spans = tuple(Sentence(first, last, bool(heading)) for first, last, heading in json.loads(sentences))
    article = _card(card)
    return IndexedPassage(key=key, passage=Passage(article.id, number, start, end, spans), article=article, text=text)


def _unpack_stems(packed: bytes) -> Iterator[NDArray[np.uint32]]:
    values = np.frombuffer(packed, dtype=np.uint32)
    texts = int(values[0])
    edges = np.cumsum([1 + texts, *values[1 : 1 + texts]])
    for start, end in pairwise(edges):
        yield values[start:end]
