"""Articles to the next generation: from nothing, or as a copy of the one before with what has changed."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import islice, tee
from typing import TYPE_CHECKING

from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

from corpus import chunking, readers
from retrieval.embedding.minilm import PassageText
from retrieval.embedding.vectors import DIMENSIONS, rows_from_bytes
from retrieval.index import lexical
from retrieval.index.cache import EmbeddingCache
from retrieval.index.catalog import VERSION as CATALOG_VERSION
from retrieval.index.catalog_writer import CatalogWriter, VectorRow
from retrieval.index.generation import Manifest
from retrieval.index.lexical_part import Elsewhere, Here
from retrieval.index.parts import CATALOG, VECTORS
from retrieval.index.vectors import VectorIndex
from retrieval.precedence import Precedence
from retrieval.progress import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from corpus.library import Scan
    from corpus.models import Article, Passage
    from retrieval.embedding.minilm import MiniLM
    from retrieval.index.cache import StoredVectors
    from retrieval.index.difference import Difference
    from retrieval.index.vector_server import VectorServer
    from retrieval.models import Calibration
    from retrieval.progress import Progress

MANY = 5_000
"""Passages from which the lexical index is written by a process of its own, which takes a second to start."""

ROWS = 64
"""Passages handed to Chroma at a time: a tenth of a second, in which a question has to share the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Builder:
    """Makes generations of one folder's articles with one model.

    Raises, whatever it makes: DataError, OSError, sqlite3.Error or what Chroma and tantivy have of their own, where the
    disk is full or cannot be written; ServerUnreachable where there is a server that does not answer.
    """

    articles_dir: Path
    model: MiniLM
    cache: Path
    calibration: Calibration
    server: VectorServer | None = None
    """Where the vectors go, if not into the generation's own folder."""
    collections: str = ""
    """How the names of this installation's collections on the server begin."""
    precedence: Precedence = field(default_factory=Precedence)
    """Of the questions that are answered meanwhile."""

    def build(self, folder: Path, number: int, found: Scan, progress: Progress) -> Manifest:
        """Write a generation of all articles into `folder` and return its manifest."""
        with closing(CatalogWriter.create(folder / CATALOG)) as catalog:
            if self.server:
                self._add(found.articles, catalog, _nowhere, progress)
            else:
                with closing(VectorIndex.create(folder / VECTORS)) as vectors:
                    self._add(found.articles, catalog, vectors.add, progress)
            upload = partial(self._upload, folder, number)
            with closing(self._lexical(catalog.count_passages())) as lexical_writer:
                return self._finish(folder, number, found, catalog, 0, upload, lexical_writer, progress)

    def update(
        self, folder: Path, number: int, found: Scan, previous: Path, difference: Difference, progress: Progress
    ) -> Manifest:
        """Write a generation into `folder` that is the one in `previous` but for the difference; return its manifest.

        Raises:
            IndexBroken: `previous` cannot be read.
        """
        before = Manifest.read(previous)
        changed = {*difference.added, *difference.changed}
        articles = [article for article in found.articles if article.path in changed]
        with closing(self._lexical(before.passages)) as lexical_writer, ThreadPoolExecutor(1) as beside:
            copied = None if self.server else beside.submit(shutil.copytree, previous / VECTORS, folder / VECTORS)
            shutil.copyfile(previous / CATALOG, folder / CATALOG)
            with closing(CatalogWriter.change(folder / CATALOG)) as catalog:
                gone = catalog.remove_articles([*difference.changed, *difference.removed])
                last = catalog.last_key()
                self._add(articles, catalog, _nowhere, progress)

                def change_vectors() -> None:
                    if copied is None:
                        self._upload(folder, number)
                        return
                    copied.result()
                    with (
                        closing(CatalogWriter.open(folder / CATALOG)) as read,
                        closing(VectorIndex.open(folder / VECTORS)) as vectors,
                    ):
                        vectors.remove(gone)
                        _add_rows(self.precedence.between(read.rows(after=last)), vectors.add)

                gaps = before.replaced + len(gone)
                return self._finish(folder, number, found, catalog, gaps, change_vectors, lexical_writer, progress)

    def _add(
        self,
        articles: Iterable[Article],
        catalog: CatalogWriter,
        add: Callable[[list[TextNode]], None],
        progress: Progress,
    ) -> None:
        """Embed the articles' passages and give them to the catalog and the vector index.

        One pass, so that no more than some batches of vectors are in memory, whatever the size of the corpus.
        """
        articles = list(articles)
        # Cut twice, to count and to embed: what is cut weighs ten times its text, and would fill the memory.
        total = sum(len(chunking.split_passages(article)) for article in articles)
        for article in articles:
            catalog.add_article(article)
        with closing(EmbeddingCache.open(self.cache)) as embeddings:
            passages, ahead = tee(_passages(articles))
            texts = (passage_text(article, passage) for article, passage in ahead)
            stored = embeddings.vectors(
                self.model, texts, lambda done: progress(Stage.EMBEDDING, done, total), self.precedence.give_way
            )
            both = self.precedence.between(zip(passages, stored, strict=True))
            _add_rows((_row(*passage, catalog, vectors) for passage, vectors in both), add)

    def _finish(  # noqa: PLR0913, PLR0917 - all that a generation is
        self,
        folder: Path,
        number: int,
        found: Scan,
        catalog: CatalogWriter,
        replaced: int,
        vectors: Callable[[], None],
        lexical_writer: Here | Elsewhere,
        progress: Progress,
    ) -> Manifest:
        """Write what is made of the catalog when it is complete, each part beside the others, and the manifest."""
        progress(Stage.WRITING, 0, 1)
        catalog.set_files(found.files)
        catalog.commit()
        with ThreadPoolExecutor(2) as beside:
            parts = [beside.submit(lexical_writer.write, folder), beside.submit(vectors)]
            duplicates = catalog.duplicates(self.precedence.give_way)
            for part in parts:
                part.result()
        catalog.set_duplicates(duplicates)
        catalog.commit()
        manifest = Manifest(
            number=number,
            built_at=datetime.now(UTC).isoformat(timespec="seconds"),
            articles_dir=str(self.articles_dir.resolve()),
            model=self.model.digest,
            readers=readers.VERSION,
            chunker=chunking.VERSION,
            analyser=lexical.VERSION,
            schema=CATALOG_VERSION,
            articles=len(catalog.digests()),
            passages=catalog.count_passages(),
            calibration=self.calibration,
            replaced=replaced,
            collection=f"{self.collections}{number}" if self.server else None,
            failed={problem.path: problem.reason for problem in found.problems},
        )
        manifest.write(folder)
        return manifest

    def _upload(self, folder: Path, number: int) -> None:
        """Fill a new collection on the server, if there is one: it has no copy of the one before to be changed."""
        if self.server:
            name = f"{self.collections}{number}"
            self.server.remove(name)  # a reload that was killed may have left one of this name
            with closing(CatalogWriter.open(folder / CATALOG)) as read, closing(self.server.create(name)) as vectors:
                _add_rows(self.precedence.between(read.rows()), vectors.add)

    def _lexical(self, passages: int) -> Here | Elsewhere:
        return Elsewhere() if passages >= MANY else Here(self.precedence.between)


def passage_text(article: Article, passage: Passage) -> PassageText:
    """Return what the model embeds for a passage."""
    spans = tuple((sentence.start - passage.start, sentence.end - passage.start) for sentence in passage.sentences)
    return PassageText(article.header, article.text[passage.start : passage.end], spans)


def _passages(articles: Iterable[Article]) -> Iterator[tuple[Article, Passage]]:
    return ((article, passage) for article in articles for passage in chunking.split_passages(article))


def _row(article: Article, passage: Passage, catalog: CatalogWriter, stored: StoredVectors) -> VectorRow:
    catalog.add_passage(article, passage, stored)
    text = article.text[passage.start : passage.end]
    vector = stored.rows[:DIMENSIONS]
    return VectorRow(passage.id, article.id, article.title, article.path, passage.start, passage.end, text, vector)


def _add_rows(rows: Iterable[VectorRow], add: Callable[[list[TextNode]], None]) -> None:
    rest = iter(rows)
    while batch := list(islice(rest, ROWS)):
        add([_node(row) for row in batch])


def _node(row: VectorRow) -> TextNode:
    return TextNode(
        id_=row.id,
        text=row.text,
        start_char_idx=row.start,
        end_char_idx=row.end,
        metadata={"title": row.title, "path": row.path},
        embedding=rows_from_bytes(row.vector)[0].tolist(),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=row.article)},
    )


def _nowhere(_nodes: list[TextNode]) -> None:
    """These vectors go in later, from the catalog."""
