"""Which passages a scope leaves: what `Scope.holds` says of each article, and the nearest of them by brute force."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.models import Article, Passage, Sentence
from retrieval.embedding.projection import TOKEN_DIMENSIONS
from retrieval.embedding.vectors import DIMENSIONS, PassageVectors, TokenVectors, unit
from retrieval.index.cache import StoredVectors
from retrieval.index.catalog_writer import CatalogWriter
from retrieval.index.filter import ScopeFilter
from retrieval.query.models import NO_SCOPE, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from retrieval.index.catalog import Catalog
    from retrieval.models import ArticleCard

SOURCES = ["The Post", "the post", "Post", "Ünder"]
NO_TOKENS = TokenVectors(
    np.zeros(0, dtype=np.uint16), np.zeros((0, TOKEN_DIMENSIONS), dtype=np.float32), np.zeros(2, dtype=np.uint16)
)
TEXT = "Owls flew."


@dataclass(frozen=True)
class Origin:
    """Where an article is from, and how many passages it has."""

    published: date | datetime | None
    source: str | None
    passages: int = 1


@contextmanager
def catalog_of(origins: Sequence[Origin], seed: int = 0) -> Iterator[CatalogWriter]:
    """A catalog of articles of these origins, their vectors drawn at random."""
    random = np.random.default_rng(seed)
    with TemporaryDirectory() as folder, closing(CatalogWriter.create(Path(folder, "catalog.db"))) as catalog:
        for number, origin in enumerate(origins):
            article = Article(f"{number}.txt", TEXT, "Owls", (), source=origin.source, published=origin.published)
            catalog.add_article(article)
            for place in range(origin.passages):
                rows = unit(random.standard_normal((2, DIMENSIONS)).astype(np.float32))
                add(catalog, article, place, rows)
        yield catalog


def add(catalog: CatalogWriter, article: Article, place: int, rows: NDArray[np.float32]) -> int:
    passage = Passage(article.id, place, 0, len(TEXT), (Sentence(0, len(TEXT)),))
    stored = StoredVectors(PassageVectors(rows[0], rows[1:], NO_TOKENS).to_bytes(), NO_TOKENS.to_bytes())
    return catalog.add_passage(article, passage, stored)


def cards_by_key(catalog: Catalog) -> dict[int, ArticleCard]:
    return {passage.key: passage.article for passage in catalog.passages(range(1, catalog.count_passages() + 1))}


days = st.dates(date(2019, 12, 25), date(2020, 1, 10))
hours = st.datetimes(datetime(2019, 12, 25), datetime(2020, 1, 10)).flatmap(  # noqa: DTZ001 - the zone is added
    lambda moment: st.sampled_from([None, UTC, timezone(timedelta(hours=13)), timezone(timedelta(hours=-11))]).map(
        lambda zone: moment.replace(tzinfo=zone)
    )
)
origins = st.builds(Origin, st.none() | days | hours, st.none() | st.sampled_from(SOURCES), st.integers(0, 3))
scopes = st.builds(Scope, st.none() | days, st.none() | days, st.none() | st.sampled_from([*SOURCES, "Nobody"]))


class TestKeysWithin:
    @given(st.lists(origins, max_size=12), scopes)
    def test_they_are_those_whose_article_the_scope_holds(self, made: list[Origin], scope: Scope) -> None:
        with catalog_of(made) as catalog:
            found = ScopeFilter(catalog).keys_within(scope)
            cards = cards_by_key(catalog)
        assert found.tolist() == [key for key, card in sorted(cards.items()) if scope.holds(card.day, card.source)]

    def test_no_scope_leaves_all(self) -> None:
        with catalog_of([Origin(None, None, 2), Origin(date(2020, 1, 1), "Post")]) as catalog:
            assert ScopeFilter(catalog).keys_within(NO_SCOPE).tolist() == [1, 2, 3]

    def test_both_ends_are_included_and_no_date_is_in_no_time(self) -> None:
        made = [Origin(date(2020, 1, day), None) for day in (1, 2, 3, 4)]
        with catalog_of([*made, Origin(None, None)]) as catalog:
            of = ScopeFilter(catalog)
            assert of.keys_within(Scope(since=date(2020, 1, 2), until=date(2020, 1, 3))).tolist() == [2, 3]
            assert of.keys_within(Scope(since=date.min)).tolist() == [1, 2, 3, 4]
            assert of.keys_within(Scope(until=date.max)).tolist() == [1, 2, 3, 4]

    def test_the_day_is_the_one_at_the_place_of_publication(self) -> None:
        late = datetime(2020, 1, 1, 23, 30, tzinfo=timezone(timedelta(hours=-8)))
        with catalog_of([Origin(late, None)]) as catalog:
            of = ScopeFilter(catalog)
            assert of.keys_within(Scope(until=date(2020, 1, 1))).tolist() == [1]
            assert of.keys_within(Scope(since=date(2020, 1, 2))).tolist() == []

    def test_an_empty_catalog_has_none(self) -> None:
        with catalog_of([]) as catalog:
            of = ScopeFilter(catalog)
            assert of.keys_within(Scope(source="Post")).tolist() == []
            assert of.nearest(np.ones(DIMENSIONS, dtype=np.float32), of.keys_within(NO_SCOPE), 5) == []


class TestNearest:
    @given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 50), st.data())
    def test_they_are_the_nearest_by_brute_force(self, seed: int, count: int, limit: int, data: st.DataObject) -> None:
        chosen = sorted(data.draw(st.sets(st.integers(1, count))))
        question = unit(np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32))
        with catalog_of([Origin(None, None, count)], seed) as catalog:
            found = ScopeFilter(catalog).nearest(question, np.array(chosen, dtype=np.int64), limit)
            rows = {candidate.key: candidate.vectors[0] for candidate in catalog.candidates(chosen)}
        cosines = {key: float(row.astype(np.float64) @ question) for key, row in rows.items()}
        assert len(set(found)) == len(found) == min(limit, len(chosen))
        assert set(found) <= set(chosen)
        nearest = sorted(cosines.values(), reverse=True)[:limit]
        assert [cosines[key] for key in found] == pytest.approx(nearest, abs=2e-5)

    def test_equal_ones_come_in_the_order_of_their_keys(self) -> None:
        row = unit(np.random.default_rng(1).standard_normal((2, DIMENSIONS)).astype(np.float32))
        with catalog_of([]) as catalog:
            article = Article("a.txt", TEXT, "Owls", ())
            catalog.add_article(article)
            keys = [add(catalog, article, place, row) for place in range(9)]
            found = ScopeFilter(catalog).nearest(row[1], np.array(keys[1:], dtype=np.int64), 4)
        assert found == keys[1:5]

    def test_more_passages_than_are_looked_at_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        question = unit(np.random.default_rng(3).standard_normal(DIMENSIONS).astype(np.float32))
        with catalog_of([Origin(None, None, 20)]) as catalog:
            keys = np.arange(1, 21)
            at_once = ScopeFilter(catalog).nearest(question, keys, 20)
            monkeypatch.setattr("retrieval.index.filter._ROWS", 3)
            assert ScopeFilter(catalog).nearest(question, keys, 20) == at_once

    def test_a_passage_without_a_direction_is_no_error(self) -> None:
        with catalog_of([]) as catalog:
            article = Article("a.txt", TEXT, "Owls", ())
            catalog.add_article(article)
            key = add(catalog, article, 0, np.zeros((2, DIMENSIONS), dtype=np.float32))
            assert ScopeFilter(catalog).nearest(np.ones(DIMENSIONS, dtype=np.float32), np.array([key]), 4) == [key]
