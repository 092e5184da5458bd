"""The lexical leg: BM25 over stems (Robertson & Zaragoza 2009), kept by tantivy, which nothing else here imports."""

from __future__ import annotations

import math
import zlib
from functools import cache
from typing import TYPE_CHECKING, Self

import numpy as np
import tantivy

from retrieval.errors import IndexBroken

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

VERSION = "1"
"""Part of every generation's manifest: raise it when the same text would give other stems."""

HEADER_WEIGHT = 0.5
"""A question that names a title, source or date is helped by the header; a passage's own words count more."""

WRITER_BYTES = 64_000_000

FUNCTION_WORDS = frozenset(
    """
    a about above across after again against ago all almost along already also although always am among an and another
    any anybody anyone anything are around as at away be became because become been before behind being below beside
    between both but by came can could d did do does doing done down during each either else enough even every few
    first for from further get go goes going gone got had has have having he her here hers herself him himself his how
    however i if in instead into is it its itself just keep kind know let like ll look made make many me might mine
    more most mr mrs ms much must my myself name near need neither never no nobody none nor not nothing now of off
    often oh ok on once one only onto or other others ought our ours ourselves out over own per perhaps please put
    quite rather re really s said same say says see seem seems shall she should since so some somebody someone
    something soon still such t take tell than thank thanks that the their theirs them themselves then there these
    they thing things this those though through thus to together too toward towards type under until up upon ve very
    was way we well went were what whatever when where whether which while who whoever whom whose why will with within
    without would yes yet you your yours yourself
    """.split()  # noqa: SIM905 - two hundred quoted words in a list could not be read
)
"""English words that carry no subject matter. Among them the words of questions, which a question shares with the
articles by accident only, and which would count as unknown subject matter where few articles use them. "May" and "us"
are left in: in the news they are a month and a country."""


@cache
def _analyser() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.custom_stopword(sorted(FUNCTION_WORDS)))
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def stems(text: str) -> list[str]:
    """Return the stems of a text in order, function words left out: what both legs of the lexical score compare."""
    return _analyser().analyze(text)


def stem_codes(found: Iterable[str]) -> NDArray[np.uint32]:
    """Return a 32-bit code for each stem, to compare stems by the thousand in numpy; shape (stems,)."""
    return np.array([zlib.crc32(stem.encode()) for stem in found], dtype=np.uint32)


@cache
def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("key", stored=False, indexed=True, fast=True)
    for field in ("text", "header"):
        builder.add_text_field(field, stored=False, tokenizer_name="news", index_option="freq")
    return builder.build()


class LexicalIndex:
    """A folder with one document a passage, known by the passage's key in the catalog."""

    def __init__(self, index: tantivy.Index) -> None:
        index.register_tokenizer("news", _analyser())
        self._index = index

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Return a new, empty index in `folder`."""
        folder.mkdir(parents=True)
        return cls(tantivy.Index(_schema(), path=str(folder)))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Return the index in `folder`.

        Raises:
            ValueError: there is none, or it is damaged.
        """
        return cls(tantivy.Index.open(str(folder)))

    def add(self, rows: Iterable[tuple[int, str, str]]) -> None:
        """Add (key, header, text) rows as they come, and commit them."""
        # One thread writes one segment, so equal scores come in the same order in every build.
        writer = self._index.writer(heap_size=WRITER_BYTES, num_threads=1)
        try:
            for key, header, text in rows:
                row = {"key": key, "header": header, "text": text}
                writer.add_document(tantivy.Document.from_dict(row, _schema()))
        except BaseException:
            writer.rollback()
            writer.wait_merging_threads()  # its threads write on, into a folder that is about to be removed
            raise
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def count(self) -> int:
        """Return the number of passages."""
        return int(self._index.searcher().num_docs)

    def search(self, question: Sequence[str], limit: int, within: Sequence[int] | None = None) -> dict[int, float]:
        """Return the best passages for the question's stems: key -> BM25 score, at most `limit`.

        With `within`, only passages with these keys.

        Raises:
            IndexBroken: tantivy cannot read its files.
        """
        terms = [
            (tantivy.Occur.Should, query)
            for stem in question
            for query in (
                tantivy.Query.term_query(_schema(), "text", stem, "freq"),
                tantivy.Query.boost_query(tantivy.Query.term_query(_schema(), "header", stem, "freq"), HEADER_WEIGHT),
            )
        ]
        if not terms:
            return {}
        query = tantivy.Query.boolean_query(terms)
        if within is not None:
            among = tantivy.Query.const_score_query(tantivy.Query.term_set_query(_schema(), "key", within), 0.0)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, among)])
        searcher = self._index.searcher()
        try:
            hits = searcher.search(query, limit, count=False).hits
        except (ValueError, OSError) as error:
            raise IndexBroken(f"The lexical index cannot be read ({error}).") from error
        keys = searcher.fast_field_values("key", [address for _, address in hits])
        return {int(key): float(score) for key, (score, _) in zip(keys, hits, strict=True) if key is not None}

    def inverse_document_frequencies(self, found: Sequence[str]) -> NDArray[np.float32]:
        """Return BM25's idf of each stem over all passages; a stem that no passage holds has the highest."""
        searcher = self._index.searcher()
        total = searcher.num_docs
        counts = [searcher.doc_freq("text", stem) for stem in found]
        return np.array([math.log(1 + (total - count + 0.5) / (count + 0.5)) for count in counts], dtype=np.float32)
