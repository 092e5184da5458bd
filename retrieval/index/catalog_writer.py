"""The catalog of the next generation, while it is made: from nothing, or from a copy of the one before."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from dataclasses import asdict, astuple, dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from retrieval.embedding.vectors import DIMENSIONS, TokenVectors
from retrieval.errors import IndexBroken
from retrieval.index.catalog import Catalog
from retrieval.index.duplicates import NearDuplicates, signature
from retrieval.index.lexical import stem_codes, stems
from retrieval.index.parts import TOKENS
from retrieval.index.tokens import MOST, Place, TokenFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from corpus.library import FileRecord
    from corpus.models import Article, Passage
    from retrieval.index.cache import StoredVectors

_SCHEMA = """
CREATE TABLE articles (
    id TEXT PRIMARY KEY, path TEXT NOT NULL UNIQUE, digest TEXT NOT NULL, title TEXT NOT NULL,
    source TEXT, author TEXT, published TEXT, url TEXT, header TEXT NOT NULL, text TEXT NOT NULL
) STRICT;
CREATE TABLE passages (
    key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, article TEXT NOT NULL REFERENCES articles (id),
    number INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    sentences TEXT NOT NULL, vectors BLOB NOT NULL, stems BLOB NOT NULL
) STRICT;
CREATE TABLE tokens (
    key INTEGER PRIMARY KEY REFERENCES passages (key),
    file INTEGER NOT NULL, start INTEGER NOT NULL, size INTEGER NOT NULL, checksum INTEGER NOT NULL
) STRICT;
CREATE TABLE signatures (key INTEGER PRIMARY KEY REFERENCES passages (key), signature BLOB NOT NULL) STRICT;
CREATE TABLE token_counts (token INTEGER PRIMARY KEY, passages INTEGER NOT NULL) STRICT;
CREATE TABLE duplicates (key INTEGER PRIMARY KEY REFERENCES passages (key), story INTEGER NOT NULL) STRICT;
CREATE TABLE files (path TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;
CREATE INDEX passages_of_article ON passages (article, number, start, "end");
CREATE INDEX duplicates_of_story ON duplicates (story);
"""

_IN_ORDER = "articles JOIN passages ON passages.article = articles.id"
_ORDER = "ORDER BY path, number"


@dataclass(frozen=True, slots=True)
class VectorRow:
    """A passage as the vector index keeps it."""

    id: str
    article: str
    title: str
    path: str
    start: int
    end: int
    text: str
    vector: bytes


class CatalogWriter(Catalog):
    """A catalog that nobody else reads yet."""

    def __init__(self, connection: sqlite3.Connection, tokens: TokenFiles) -> None:
        super().__init__(connection, tokens)
        self._token_counts: Counter[int] = Counter()

    @classmethod
    def create(cls, file: Path) -> Self:
        """Return a new, empty catalog."""
        connection = _connect(file, "rwc")
        connection.executescript(_SCHEMA)
        return cls(connection, TokenFiles.open(file.with_name(TOKENS)))

    @classmethod
    def change(cls, file: Path) -> Self:
        """Return a copy of a published catalog, its token vectors taken over beside it, to be made the next one.

        Raises:
            sqlite3.Error, OSError: there is none, or it is damaged.
        """
        return cls(_connect(file, "rw"), TokenFiles.open(file.with_name(TOKENS)))

    def commit(self) -> None:
        """Write what was added and removed to the disk, and in how many passages each token stands."""
        self._connection.executemany(
            "INSERT INTO token_counts VALUES (?, ?) ON CONFLICT DO UPDATE SET passages = passages + excluded.passages",
            self._token_counts.items(),
        )
        self._connection.execute("DELETE FROM token_counts WHERE passages <= 0")
        self._connection.commit()
        self._tokens.flush()
        self._token_counts.clear()

    def add_article(self, article: Article) -> None:
        """Add one article."""
        published = article.published.isoformat() if article.published else None
        row = article.id, article.path, article.digest, article.title, article.source, article.author
        self._connection.execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*row, published, article.url, article.header, article.text),
        )

    def add_passage(self, article: Article, passage: Passage, vectors: StoredVectors) -> int:
        """Add one passage with its vectors and return its key."""
        spans = [[sentence.start, sentence.end, int(sentence.heading)] for sentence in passage.sentences]
        texts = [article.header, *(article.text[start:end] for start, end, _ in spans)]
        row = passage.id, passage.article_id, passage.number, passage.start, passage.end
        cursor = self._connection.execute(
            "INSERT INTO passages VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*row, json.dumps(spans), vectors.rows, _pack_stems(texts)),
        )
        key = cursor.lastrowid
        if key is None:
            raise IndexBroken("SQLite gave a new passage no key.")
        signed = signature(article.text[passage.start : passage.end])
        place = astuple(self._tokens.add(vectors.tokens))
        self._connection.execute("INSERT INTO tokens VALUES (?, ?, ?, ?, ?)", (key, *place))
        self._connection.execute("INSERT INTO signatures VALUES (?, ?)", (key, signed))
        self._token_counts.update(set(TokenVectors.ids_from_bytes(vectors.tokens).tolist()))
        return key

    def remove_articles(self, paths: Collection[str]) -> list[str]:
        """Remove articles and all that belongs to them, and return the ids of their passages."""
        wanted = json.dumps(sorted(paths))
        passages = self._rows(
            "SELECT passages.key, passages.id, file, tokens.start, size, checksum FROM json_each(?) AS wanted"
            " JOIN articles ON articles.path = wanted.value JOIN passages ON passages.article = articles.id"
            " JOIN tokens ON tokens.key = passages.key",  # json_each has a key of its own, which USING would take
            wanted,
        )
        for _, _, *place in passages:
            tokens = self._tokens.read(Place(*place))
            self._token_counts.subtract(set(TokenVectors.ids_from_bytes(tokens).tolist()))
        keys = json.dumps([key for key, *_ in passages])
        for table in ("tokens", "signatures", "duplicates", "passages"):
            self._connection.execute(f"DELETE FROM {table} WHERE key IN (SELECT value FROM json_each(?))", (keys,))
        self._connection.execute("DELETE FROM articles WHERE path IN (SELECT value FROM json_each(?))", (wanted,))
        self._tidy_tokens()
        return [identity for _, identity, *_ in passages]

    def _tidy_tokens(self) -> None:
        """Leave no file of token vectors that nobody needs, and make all but the largest into one where there are many.

        What is left of removed passages in the others is no more than a quarter, for then all is made anew.
        """
        used = dict(self._rows("SELECT file, sum(size) FROM tokens GROUP BY file"))
        if len(used) >= MOST:
            largest = max(used, key=lambda file: used[file])
            moved = [
                (*astuple(self._tokens.add(self._tokens.read(Place(*place)))), key)
                for key, *place in self._rows(
                    "SELECT key, file, start, size, checksum FROM tokens WHERE file != ? ORDER BY key", largest
                )
            ]
            self._connection.executemany(
                "UPDATE tokens SET file = ?, start = ?, size = ?, checksum = ? WHERE key = ?", moved
            )
            used = {largest: 0, **{file: 0 for file, *_ in moved}}
        self._tokens.keep(used)

    def duplicates(self, give_way: Callable[[], None] = lambda: None) -> dict[int, int]:
        """Return which passages tell one story, as `set_duplicates` takes it; `give_way` is called before each.

        In the order of the paths, so that the groups do not depend on the reloads the articles came in.
        """
        found = NearDuplicates(self._texts, give_way)
        for key, article, signed in self._stream(
            f"SELECT key, articles.id, signature FROM {_IN_ORDER} JOIN signatures USING (key) {_ORDER}"
        ):
            give_way()
            found.add(key, article, signed)
        return found.groups()

    def set_duplicates(self, stories: Mapping[int, int]) -> None:
        """Note which passages tell one story (key -> story), in place of what was noted before."""
        self._connection.execute("DELETE FROM duplicates")
        self._connection.executemany("INSERT INTO duplicates VALUES (?, ?)", stories.items())

    def texts(self) -> Iterator[tuple[str, int, int, str, str]]:
        """Yield each passage's path, number, key, header and text, in the order of the articles' paths."""
        # An article's text comes with its first passage only: SQLite would read all of it for each.
        whole = ""
        for path, number, key, header, start, end, text in self._stream(
            'SELECT path, number, key, header, start, "end", CASE number WHEN 0 THEN text END'
            f" FROM {_IN_ORDER} {_ORDER}"
        ):
            whole = text if text is not None else whole
            yield path, number, key, header, whole[start:end]

    def last_key(self, without: Collection[str] = ()) -> int:
        """Return the largest key of all passages but those of the articles with these paths, 0 if there are none.

        The passages that are added next have the keys that follow.
        """
        statement = (
            "SELECT coalesce(max(key), 0) FROM passages WHERE article NOT IN"
            " (SELECT id FROM articles WHERE path IN (SELECT value FROM json_each(?)))"
        )
        return int(self._rows(statement, json.dumps(sorted(without)))[0][0])

    def rows(self, after: int = 0) -> Iterator[VectorRow]:
        """Yield what goes into the vector index of each passage whose key is larger than `after`."""
        for values in self._stream(
            f'SELECT passages.id, articles.id, title, path, start, "end", substr(text, start + 1, "end" - start),'
            f" substr(vectors, 1, {DIMENSIONS}) FROM {_IN_ORDER} WHERE passages.key > {after:d} {_ORDER}"
        ):
            yield VectorRow(*values)

    def set_files(self, records: Iterable[FileRecord]) -> None:
        """Note what every file held when it was read, in place of what was noted before."""
        self._connection.execute("DELETE FROM files")
        self._connection.executemany(
            "INSERT INTO files VALUES (?, ?)",
            ((record.path, json.dumps(asdict(record), ensure_ascii=False)) for record in records),
        )

    def _texts(self, keys: Sequence[int]) -> dict[int, str]:
        statement = (
            f'SELECT key, substr(text, start + 1, "end" - start) FROM {_IN_ORDER}'
            " WHERE key IN (SELECT value FROM json_each(?))"
        )
        return dict(self._rows(statement, json.dumps(list(keys))))

    def _stream(self, statement: str) -> Iterator[tuple]:  # type: ignore[type-arg] # columns differ
        """Return rows one by one: only while a catalog is made, when nobody else reads it."""
        # Nobody closes it: what a failure left half-way may be collected after its connection was closed.
        return self._connection.execute(statement)


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode={mode}", uri=True, check_same_thread=False)
    # Until it is published it is nobody's loss, and what was killed half-way is thrown away.
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA journal_mode = MEMORY")
    return connection


def _pack_stems(texts: Sequence[str]) -> bytes:
    """Return the number of texts, the number of stems in each, and all stems' codes, as uint32."""
    codes = [stem_codes(stems(text)) for text in texts]
    head = np.array([len(codes), *map(len, codes)], dtype=np.uint32)
    return np.concatenate([head, *codes]).tobytes()
