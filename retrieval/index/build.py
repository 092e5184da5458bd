"""Articles to the next generation: from nothing, or as a copy of the one before with what has changed."""

from __future__ import annotations

import shutil
from collections import deque
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import tee
from typing import TYPE_CHECKING

from corpus import chunking, readers
from retrieval.embedding.minilm import PassageText
from retrieval.embedding.vectors import DIMENSIONS
from retrieval.errors import IndexBroken
from retrieval.index import lexical
from retrieval.index.cache import EmbeddingCache
from retrieval.index.catalog import VERSION as CATALOG_VERSION
from retrieval.index.catalog_writer import CatalogWriter, VectorRow
from retrieval.index.elsewhere import Elsewhere, Part, write_lexical
from retrieval.index.generation import Manifest
from retrieval.index.nodes import add_rows
from retrieval.index.parts import CATALOG, TOKENS, VECTORS
from retrieval.index.texts import TextRow, Texts
from retrieval.index.tokens import take_over
from retrieval.index.vectors import VectorIndex
from retrieval.precedence import Precedence
from retrieval.progress import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from llama_index.core.schema import TextNode

    from corpus.library import Scan
    from corpus.models import Article, Passage
    from retrieval.embedding.minilm import MiniLM
    from retrieval.index.cache import StoredVectors
    from retrieval.index.difference import Difference
    from retrieval.index.vector_server import VectorServer
    from retrieval.models import Calibration
    from retrieval.progress import Progress

MANY = 5_000
"""Passages from which parts are written by processes of their own, which take seconds to start."""


@dataclass(frozen=True, slots=True)
class _Job:
    """A generation that is being made: where, its number, of what, and whom to tell how far it is."""

    folder: Path
    number: int
    found: Scan
    progress: Progress


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
        total = _count(found.articles)
        with closing(CatalogWriter.create(folder / CATALOG)) as catalog, ExitStack() as stack:
            if self.server:
                self._add(found.articles, total, catalog, None, progress)
                vectors: Callable[[], None] = partial(self._upload, folder, number)
            elif total >= MANY:
                self._add(found.articles, total, catalog, None, progress)
                vectors = partial(_process(stack, Part.VECTORS).write, folder)
            else:
                with closing(VectorIndex.create(folder / VECTORS)) as index:
                    self._add(found.articles, total, catalog, index.add, progress)
                vectors = _nothing
            write = self._lexical(stack, folder, total)
            parts: list[Callable[[], None]] = [vectors, partial(write, Texts(str(folder / CATALOG)))]
            job = _Job(folder, number, found, progress)
            return self._finish(job, catalog, 0, parts, stack)

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
        replaced = (*difference.changed, *difference.removed)
        with ThreadPoolExecutor(2) as beside, ExitStack() as stack:
            write = self._lexical(stack, folder, before.passages)
            with closing(CatalogWriter.open(previous / CATALOG)) as read:
                last = read.last_key(without=replaced)
            # It takes longest, so it is begun before there is a catalog: what will be in that is known.
            added = tuple(_text_rows(articles, last))
            lexical_part = beside.submit(write, Texts(str(previous / CATALOG), replaced, added))
            copied = None if self.server else beside.submit(shutil.copytree, previous / VECTORS, folder / VECTORS)
            take_over(previous / TOKENS, folder / TOKENS)
            shutil.copyfile(previous / CATALOG, folder / CATALOG)
            with closing(CatalogWriter.change(folder / CATALOG)) as catalog:
                gone = catalog.remove_articles(replaced)
                self._add(articles, len(added), catalog, None, progress)
                if catalog.last_key() != last + len(added):
                    raise IndexBroken("The catalog does not number its passages as the lexical index does.")

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
                        add_rows(self.precedence.between(read.rows(after=last)), vectors.add)

                gaps = before.replaced + len(gone)
                parts = [change_vectors, lexical_part.result]
                job = _Job(folder, number, found, progress)
                return self._finish(job, catalog, gaps, parts, stack)

    def _add(
        self,
        articles: Sequence[Article],
        total: int,
        catalog: CatalogWriter,
        add: Callable[[list[TextNode]], None] | None,
        progress: Progress,
    ) -> None:
        """Embed the articles' passages and give them to the catalog, and to the vector index unless it is filled later.

        One pass, so that no more than some batches of vectors are in memory, whatever the size of the corpus.
        """
        for article in articles:
            catalog.add_article(article)
        with closing(EmbeddingCache.open(self.cache)) as embeddings:
            passages, ahead = tee(_passages(articles))
            texts = (passage_text(article, passage) for article, passage in ahead)
            stored = embeddings.vectors(
                self.model, texts, lambda done: progress(Stage.EMBEDDING, done, total), self.precedence.give_way
            )
            both = self.precedence.between(zip(passages, stored, strict=True))
            rows = (_row(*passage, catalog, vectors) for passage, vectors in both)
            if add:
                add_rows(rows, add)
            else:
                deque(rows, maxlen=0)

    def _finish(
        self,
        job: _Job,
        catalog: CatalogWriter,
        replaced: int,
        parts: Sequence[Callable[[], None]],
        stack: ExitStack,
    ) -> Manifest:
        """Write what is made of the catalog when it is complete, each part beside the others, and the manifest."""
        job.progress(Stage.WRITING, 0, 1)
        catalog.set_files(job.found.files)
        catalog.commit()
        with ThreadPoolExecutor(len(parts)) as beside:
            written = [beside.submit(part) for part in parts]
            try:
                duplicates = catalog.duplicates(self.precedence.give_way)
                while wait(written, timeout=1).not_done:
                    job.progress(Stage.WRITING, 0, 1)
            except BaseException:
                stack.close()  # ends the processes, which would be waited for
                raise
            for part in written:
                part.result()
        catalog.set_duplicates(duplicates)
        catalog.commit()
        manifest = Manifest(
            number=job.number,
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
            collection=f"{self.collections}{job.number}" if self.server else None,
            failed={problem.path: problem.reason for problem in job.found.problems},
        )
        manifest.write(job.folder)
        return manifest

    def _upload(self, folder: Path, number: int) -> None:
        """Fill a new collection on the server, if there is one: it has no copy of the one before to be changed."""
        if self.server:
            name = f"{self.collections}{number}"
            self.server.remove(name)  # a reload that was killed may have left one of this name
            with closing(CatalogWriter.open(folder / CATALOG)) as read, closing(self.server.create(name)) as vectors:
                add_rows(self.precedence.between(read.rows()), vectors.add)

    def _lexical(self, stack: ExitStack, folder: Path, passages: int) -> Callable[[Texts], None]:
        """Return what writes the lexical index of so many passages; the stack ends the process that it may be."""
        if passages >= MANY:
            return partial(_process(stack, Part.LEXICAL).write, folder)
        return partial(write_lexical, folder, between=self.precedence.between)


def _process(stack: ExitStack, part: Part) -> Elsewhere:
    return stack.enter_context(closing(Elsewhere(part)))


def _count(articles: Iterable[Article]) -> int:
    """Return the number of passages. They are cut twice, to count and to embed: kept, they would fill the memory."""
    return sum(len(chunking.split_passages(article)) for article in articles)


def passage_text(article: Article, passage: Passage) -> PassageText:
    """Return what the model embeds for a passage."""
    spans = tuple((sentence.start - passage.start, sentence.end - passage.start) for sentence in passage.sentences)
    return PassageText(article.header, article.text[passage.start : passage.end], spans)


def _passages(articles: Iterable[Article]) -> Iterator[tuple[Article, Passage]]:
    return ((article, passage) for article in articles for passage in chunking.split_passages(article))


def _text_rows(articles: Iterable[Article], last: int) -> Iterator[TextRow]:
    """Yield the passages as the lexical index takes them, with the keys that follow the last one."""
    for key, (article, passage) in enumerate(_passages(articles), last + 1):
        yield TextRow(article.path, passage.number, key, article.header, article.text[passage.start : passage.end])


def _row(article: Article, passage: Passage, catalog: CatalogWriter, stored: StoredVectors) -> VectorRow:
    catalog.add_passage(article, passage, stored)
    text = article.text[passage.start : passage.end]
    vector = stored.rows[:DIMENSIONS]
    return VectorRow(passage.id, article.id, article.title, article.path, passage.start, passage.end, text, vector)


def _nothing() -> None:
    """These vectors went in while they were embedded."""
