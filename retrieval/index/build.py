"""Articles to the next generation: what changed, embed what is new, write three parts, probe them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import tee
from typing import TYPE_CHECKING

from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

from corpus import chunking
from retrieval.embedding.minilm import PassageText
from retrieval.embedding.vectors import rows_from_bytes
from retrieval.errors import IndexBroken
from retrieval.index import lexical
from retrieval.index.cache import EmbeddingCache
from retrieval.index.catalog import VERSION as CATALOG_VERSION
from retrieval.index.catalog import Catalog
from retrieval.index.duplicates import NearDuplicates
from retrieval.index.generation import CATALOG, LEXICAL, VECTORS, Generation, Manifest
from retrieval.index.lexical import LexicalIndex, stems
from retrieval.index.vectors import VectorIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from corpus.library import Scan
    from corpus.models import Article, Passage
    from retrieval.embedding.minilm import MiniLM
    from retrieval.index.cache import StoredVectors
    from retrieval.index.catalog import Candidate
    from retrieval.models import Calibration

PROBES = 5
SAME = 0.99
"""Cosine above which two passages say the same, but for capitals or the shape of a quotation mark."""

ROWS = 256
"""Passages handed to Chroma at a time."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a reload found, by path."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int

    @property
    def is_empty(self) -> bool:
        """Whether the articles are those of the previous generation."""
        return not (self.added or self.changed or self.removed)


def compare(articles: Sequence[Article], previous: Mapping[str, str]) -> Difference:
    """Return how the articles differ from the digests of the previous generation (path -> digest)."""
    present = {article.path: article.digest for article in articles}
    return Difference(
        added=tuple(path for path in present if path not in previous),
        changed=tuple(path for path, digest in present.items() if previous.get(path, digest) != digest),
        removed=tuple(path for path in previous if path not in present),
        unchanged=sum(previous.get(path) == digest for path, digest in present.items()),
    )


def failures(scan: Scan) -> dict[str, str]:
    """Return the skipped files: path -> reason."""
    return {problem.path: problem.reason for problem in scan.problems}


def passage_text(article: Article, passage: Passage) -> PassageText:
    """Return what the model embeds for a passage."""
    spans = tuple((sentence.start - passage.start, sentence.end - passage.start) for sentence in passage.sentences)
    return PassageText(article.header, article.text[passage.start : passage.end], spans)


def build(  # noqa: PLR0913 - what goes in, what comes out, and what it is made with
    folder: Path,
    scan: Scan,
    articles_dir: Path,
    number: int,
    model: MiniLM,
    cache: Path,
    progress: Callable[[int, int], None],
    *,
    calibration: Calibration,
) -> Manifest:
    """Write a generation of the scanned articles into `folder`, probe it, and return its manifest.

    `progress` is told how many passages of how many are embedded.

    Raises:
        IndexBroken: the finished generation does not find what was put in.
        DataError, OSError, sqlite3.Error: the disk is full or cannot be written.
    """
    # Cut twice, to count and to embed: what is cut weighs ten times its text, and would fill the memory.
    total = sum(len(chunking.split_passages(article)) for article in scan.articles)
    with (
        closing(EmbeddingCache.open(cache)) as embeddings,
        closing(Catalog.create(folder / CATALOG)) as catalog,
        closing(VectorIndex.create(folder / VECTORS)) as vectors,
    ):
        for article in scan.articles:
            catalog.add_article(article)
        passages, ahead = tee(_passages(scan.articles))
        texts = (passage_text(article, passage) for article, passage in ahead)
        stored = embeddings.vectors(model, texts, lambda done: progress(done, total))
        duplicates = NearDuplicates()
        rows = _rows(zip(passages, stored, strict=True), catalog, vectors, duplicates)
        LexicalIndex.create(folder / LEXICAL).add(rows)
        catalog.add_duplicates(duplicates.groups())
        catalog.commit()
    manifest = Manifest(
        number=number,
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        articles_dir=str(articles_dir.resolve()),
        model=model.digest,
        chunker=chunking.VERSION,
        analyser=lexical.VERSION,
        schema=CATALOG_VERSION,
        articles=len(scan.articles),
        passages=total,
        calibration=calibration,
        failed=failures(scan),
    )
    manifest.write(folder)
    _probe(folder)
    return manifest


def _passages(articles: Iterable[Article]) -> Iterator[tuple[Article, Passage]]:
    return ((article, passage) for article in articles for passage in chunking.split_passages(article))


def _rows(
    passages: Iterable[tuple[tuple[Article, Passage], StoredVectors]],
    catalog: Catalog,
    vectors: VectorIndex,
    duplicates: NearDuplicates,
) -> Iterator[tuple[int, str, str]]:
    """Give passages to the catalog, to Chroma and to the search for duplicates, and yield them for the lexical index.

    One pass, so that no more than a batch of vectors is in memory, whatever the size of the corpus.
    """
    waiting: list[TextNode] = []
    for (article, passage), stored in passages:
        key = catalog.add_passage(article, passage, stored)
        waiting.append(_node(article, passage, stored))
        if len(waiting) == ROWS:
            vectors.add(waiting)
            waiting = []
        text = article.text[passage.start : passage.end]
        duplicates.add(key, article.id, text)
        yield key, article.header, text
    if waiting:
        vectors.add(waiting)


def _node(article: Article, passage: Passage, stored: StoredVectors) -> TextNode:
    return TextNode(
        id_=passage.id,
        text=article.text[passage.start : passage.end],
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata={"title": article.title, "path": article.path},
        embedding=rows_from_bytes(stored.rows)[0].tolist(),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=article.id)},
    )


def _probe(folder: Path) -> None:
    """Open the generation as a reader will, and ask both legs for the words of passages that it must hold."""
    with closing(Generation.open(folder)) as generation:
        catalog, ids = generation.catalog, generation.catalog.passage_ids(PROBES)
        for asked, passage in zip(catalog.candidates(ids=ids), catalog.passages(ids=ids), strict=True):
            words = stems(passage.text)
            by_meaning = catalog.candidates(ids=generation.vectors.search(asked.vectors[0], PROBES))
            by_words = catalog.candidates(keys=generation.lexical.search(words, PROBES))
            if not _is_among(asked, by_meaning):
                raise IndexBroken("The new index does not find its own passages by meaning; it was not published.")
            if words and not _is_among(asked, by_words):
                raise IndexBroken("The new index does not find its own passages by words; it was not published.")


def _is_among(asked: Candidate, found: Sequence[Candidate]) -> bool:
    """Whether the passage or its equal was found: a paragraph that stands in twenty articles may find any of them."""
    return any(float(asked.vectors[0] @ passage.vectors[0]) > SAME for passage in found)
