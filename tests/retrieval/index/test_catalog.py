"""The catalog gives back what was put in, to the code point."""

from __future__ import annotations

import dataclasses
import math
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from corpus.chunking import split_passages
from corpus.models import Article, Block, BlockKind
from retrieval.embedding.projection import TOKEN_DIMENSIONS
from retrieval.embedding.vectors import DIMENSIONS, PassageVectors, TokenVectors, unit
from retrieval.errors import IndexBroken
from retrieval.index.cache import StoredVectors
from retrieval.index.catalog import Catalog
from retrieval.index.catalog_writer import CatalogWriter
from retrieval.index.lexical import stem_codes, stems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

TEXT = "Überschrift 🚀\r\n\r\nЙогурт “costs” 3 €. Two owls 🦉 flew.\r\n"


def article(path: str, text: str = TEXT, **fields: object) -> Article:
    heading = Block(0, 13, BlockKind.HEADING)
    paragraph = Block(17, len(text.rstrip()), BlockKind.PARAGRAPH)
    made = Article(path, text, title="A title", blocks=(heading, paragraph))
    return dataclasses.replace(made, **fields)  # type: ignore[arg-type] # the tests name real fields


def tokens_of(*texts: Sequence[int]) -> TokenVectors:
    """Tokens of a header and of sentences by their numbers, with vectors drawn at random."""
    ids = np.array([number for text in texts for number in text], dtype=np.uint16)
    drawn = np.random.default_rng(len(ids)).standard_normal((len(ids), TOKEN_DIMENSIONS))
    return TokenVectors(ids, unit(drawn.astype(np.float32)), np.array([len(text) for text in texts], dtype=np.uint16))


def stored_vectors(sentences: int, tokens: TokenVectors) -> StoredVectors:
    rows = unit(np.random.default_rng(sentences).standard_normal((1 + sentences, DIMENSIONS)).astype(np.float32))
    return StoredVectors(PassageVectors(rows[0], rows[1:], tokens).to_bytes(), tokens.to_bytes())


def add(catalog: CatalogWriter, added: Article, tokens: TokenVectors | None = None) -> list[int]:
    """Add an article and its passages, each with these tokens."""
    catalog.add_article(added)
    stored = tokens or tokens_of([])
    return [
        catalog.add_passage(added, passage, stored_vectors(len(passage.sentences), stored))
        for passage in split_passages(added)
    ]


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[CatalogWriter]:
    with closing(CatalogWriter.create(tmp_path / "catalog.db")) as made:
        yield made


class TestPassages:
    def test_a_passage_comes_back_as_it_was_cut(self, catalog: CatalogWriter) -> None:
        added = article("a.txt")
        (key,) = add(catalog, added)
        (found,) = catalog.passages([key])
        (cut,) = split_passages(added)
        assert (found.key, found.passage) == (key, cut)
        assert found.text == TEXT[cut.start : cut.end]

    def test_its_vectors_and_stems_stand_in_the_order_of_its_sentences(self, catalog: CatalogWriter) -> None:
        added = article("a.txt")
        (key,) = add(catalog, added)
        (found,), (cut,) = catalog.candidates([key]), split_passages(added)
        texts = [added.header, *(TEXT[sentence.start : sentence.end] for sentence in cut.sentences)]
        assert found.vectors.shape == (len(texts), DIMENSIONS)
        assert [codes.tolist() for codes in found.stems] == [stem_codes(stems(text)).tolist() for text in texts]

    def test_keys_and_ids_together_give_each_passage_once_in_the_order_of_keys(self, catalog: CatalogWriter) -> None:
        keys = [key for name in "cab" for key in add(catalog, article(f"{name}.txt"))]
        identities = [found.passage.id for found in catalog.passages(keys)]
        found = catalog.passages(keys[1:], reversed(identities))
        assert [passage.key for passage in found] == keys == [1, 2, 3]

    def test_unknown_keys_and_ids_find_nothing(self, catalog: CatalogWriter) -> None:
        add(catalog, article("a.txt"))
        assert catalog.passages([99], ["nobody:0"]) == []

    @pytest.mark.parametrize(("count", "limit"), [(0, 5), (1, 5), (5, 5), (7, 5), (40, 5)])
    def test_passage_ids_are_as_many_as_asked_for_or_as_there_are(
        self, catalog: CatalogWriter, count: int, limit: int
    ) -> None:
        for number in range(count):
            add(catalog, article(f"{number}.txt"))
        found = catalog.passage_ids(limit)
        assert len(set(found)) == len(found) == min(count, limit)


class TestDuplicates:
    @pytest.fixture
    def told_twice(self, catalog: CatalogWriter) -> Catalog:
        """Passages 1, 3, 4 and 5 tell one story, 3 and 4 stand in one article; 2 tells its own."""
        add(catalog, article("a.txt"))
        add(catalog, article("b.txt", TEXT.replace("owls", "hawks")))
        longer = article("c.txt", published=date(2020, 1, 1))
        catalog.add_article(longer)
        (passage,) = split_passages(longer)
        for number in range(2):
            numbered = dataclasses.replace(passage, number=number)
            catalog.add_passage(longer, numbered, stored_vectors(len(passage.sentences), tokens_of([])))
        add(catalog, article("d.txt", published=date(2021, 1, 1)))
        catalog.set_duplicates(catalog.duplicates())
        catalog.commit()
        return catalog

    def test_passages_know_their_story_and_one_of_its_own_has_none(self, told_twice: Catalog) -> None:
        assert told_twice.stories([5, 2, 1, 99]) == {1: 1, 5: 1}
        assert told_twice.stories([]) == {}

    def test_copies_are_newest_first_one_an_article(self, told_twice: Catalog) -> None:
        found = told_twice.copies(1)
        assert [(key, card.path) for key, card in found] == [(5, "d.txt"), (3, "c.txt"), (1, "a.txt")]
        assert {card.id for _, card in found} < {card.id for card in told_twice.cards()}

    def test_a_story_nobody_tells_has_no_copies(self, told_twice: Catalog) -> None:
        assert told_twice.copies(2) == []


class TestTokens:
    """Three articles of one passage: token 7 stands in all of them, 8 in one (twice), 9 in two, 10 in none."""

    tokens = tokens_of([7], [8, 8, 9], []), tokens_of([], [7, 9], [7]), tokens_of([], [], [7])

    @pytest.fixture
    def keys(self, catalog: CatalogWriter) -> list[int]:
        keys = [
            key for number, tokens in enumerate(self.tokens) for key in add(catalog, article(f"{number}.txt"), tokens)
        ]
        catalog.commit()
        return keys

    def test_a_passages_tokens_come_back_by_its_key(self, catalog: CatalogWriter, keys: list[int]) -> None:
        found = catalog.tokens(reversed(keys))
        assert sorted(found) == keys == [1, 2, 3]
        for key, expected in zip(keys, self.tokens, strict=True):
            assert found[key].ids.tolist() == expected.ids.tolist()
            assert found[key].counts.tolist() == expected.counts.tolist()
            assert (found[key].vectors * expected.vectors).sum(axis=1).min() > 0.99

    def test_only_what_is_asked_for_comes_back(self, catalog: CatalogWriter, keys: list[int]) -> None:
        assert list(catalog.tokens([keys[1], 99])) == [keys[1]]
        assert catalog.tokens([]) == {}

    def test_idf_counts_passages_and_not_occurrences(self, catalog: CatalogWriter, keys: list[int]) -> None:
        assert len(keys) == 3
        expected = [math.log(1 + (3 - passages + 0.5) / (passages + 0.5)) for passages in (3, 1, 2, 0)]
        found = catalog.token_idf(np.array([7, 8, 9, 10], dtype=np.uint16))
        assert found.dtype == np.float32
        assert found.tolist() == pytest.approx(expected)

    def test_a_token_nobody_has_is_the_rarest(self, catalog: CatalogWriter, keys: list[int]) -> None:
        assert keys
        everywhere, two, one, nowhere = catalog.token_idf(np.array([7, 9, 8, 60_000], dtype=np.uint16))
        assert nowhere > one > two > everywhere > 0

    def test_idf_stands_in_the_order_of_the_question_with_repeats(
        self, catalog: CatalogWriter, keys: list[int]
    ) -> None:
        assert keys
        one, two, again = catalog.token_idf(np.array([10, 7, 10], dtype=np.uint16))
        assert one == again > two

    def test_no_tokens_have_no_idf(self, catalog: CatalogWriter, keys: list[int]) -> None:
        assert keys
        assert catalog.token_idf(np.array([], dtype=np.uint16)).shape == (0,)

    def test_a_published_catalog_has_the_same_idf(
        self, catalog: CatalogWriter, keys: list[int], tmp_path: Path
    ) -> None:
        assert keys
        asked = np.array([7, 8, 9, 10], dtype=np.uint16)
        with closing(Catalog.open(tmp_path / "catalog.db")) as published:
            assert published.token_idf(asked).tolist() == catalog.token_idf(asked).tolist()


class TestArticles:
    @pytest.mark.parametrize(
        "published", [None, date(1999, 1, 2), datetime(2024, 5, 31, 8, 30), datetime(2024, 5, 31, 8, 30, tzinfo=UTC)]  # noqa: DTZ001 - a file may give no offset
    )  # fmt: skip
    def test_an_articles_date_comes_back_as_precise_as_it_was(
        self, catalog: CatalogWriter, published: date | datetime | None
    ) -> None:
        added = article("a.txt", published=published)
        add(catalog, added)
        found = catalog.article(added.id)
        assert found is not None
        card, text = found
        assert (card.published, type(card.published), text) == (published, type(published), TEXT)

    def test_an_articles_origin_comes_back(self, catalog: CatalogWriter) -> None:
        added = article("b/ä.md", source="The Post", author="O. Writer", url="https://example.com/?a=1&b=2")
        add(catalog, added)
        (card,) = catalog.cards()
        assert (card.id, card.path, card.title, card.source, card.author, card.url) == (
            *(added.id, "b/ä.md", "A title"),
            *("The Post", "O. Writer", "https://example.com/?a=1&b=2"),
        )

    def test_cards_are_newest_first_the_undated_last_and_then_by_title(self, catalog: CatalogWriter) -> None:
        for path, published, title in [
            ("1.txt", None, "B"),
            ("2.txt", date(2020, 1, 1), "D"),
            ("3.txt", date(2021, 1, 1), "C"),
            ("4.txt", None, "A"),
            ("5.txt", datetime(2020, 1, 1, 9, tzinfo=UTC), "E"),
        ]:
            add(catalog, article(path, published=published, title=title))
        assert [card.title for card in catalog.cards()] == ["C", "E", "D", "A", "B"]

    def test_a_list_of_articles_is_read_piece_by_piece(self, catalog: CatalogWriter) -> None:
        for number in range(7):
            published = date(2020, 1, 1 + number % 3) if number % 4 else None
            add(catalog, article(f"{number}.txt", published=published, source=(None, "The Post", "")[number % 3]))
        everything = catalog.cards()
        for source in (None, "", "The Post", "Nobody"):
            wanted = [card for card in everything if source is None or (card.source or "") == source]
            pieces = [catalog.cards(2, first, source) for first in range(0, 8, 2)]
            assert [card for piece in pieces for card in piece] == wanted
            assert [catalog.place(card.id, source) for card in wanted] == list(range(len(wanted)))
            assert len(wanted) == (len(everything) if source is None else catalog.counts().get(source, 0))
        assert catalog.place("nobody") is None
        assert catalog.place(everything[0].id, "Nobody") is None

    def test_an_unknown_article_is_none(self, catalog: CatalogWriter) -> None:
        assert catalog.article("nobody") is None

    def test_the_opening_is_the_first_sentence_that_is_no_heading(self, catalog: CatalogWriter) -> None:
        added = article("a.txt")
        add(catalog, added)
        assert catalog.opening(added.id) == "Йогурт “costs” 3 €."
        assert catalog.opening("nobody") == ""

    def test_digests_are_by_path_and_passages_are_counted(self, catalog: CatalogWriter) -> None:
        one, two = article("a.txt"), article("b.txt")
        add(catalog, one)
        add(catalog, two)
        assert catalog.digests() == {"a.txt": one.digest, "b.txt": two.digest}
        assert catalog.count_passages() == 2


class TestOrigins:
    """Three articles of one, one and two passages; the first has neither date nor source."""

    @pytest.fixture
    def keys(self, catalog: CatalogWriter) -> list[int]:
        add(catalog, article("a.txt"))
        add(catalog, article("b.txt", source="The Post", published=date(2020, 1, 2)))
        longer = article("c.txt", source="Courier", published=datetime(2021, 3, 4, 23, 30, tzinfo=UTC))
        catalog.add_article(longer)
        (passage,) = split_passages(longer)
        for number in range(2):
            numbered = dataclasses.replace(passage, number=number)
            catalog.add_passage(longer, numbered, stored_vectors(len(passage.sentences), tokens_of([])))
        return [1, 2, 3, 4]

    def test_each_passage_has_its_articles_day_and_source(self, catalog: CatalogWriter, keys: list[int]) -> None:
        later = (date(2021, 3, 4), "Courier")
        assert catalog.origins() == [(1, None, None), (2, date(2020, 1, 2), "The Post"), (3, *later), (4, *later)]
        assert [key for key, _, _ in catalog.origins()] == keys

    def test_sources_are_named_once_in_the_order_of_the_alphabet(self, catalog: CatalogWriter, keys: list[int]) -> None:
        assert keys
        add(catalog, article("d.txt", source="The Post"))
        assert catalog.sources() == ["Courier", "The Post"]

    def test_the_undated_are_counted_by_source_or_all(self, catalog: CatalogWriter, keys: list[int]) -> None:
        assert keys
        add(catalog, article("d.txt", source="The Post"))
        assert (catalog.count_undated(), catalog.count_undated("The Post"), catalog.count_undated("Courier")) == (
            2,
            1,
            0,
        )

    def test_all_passages_vectors_stand_in_the_order_of_the_keys(self, catalog: CatalogWriter, keys: list[int]) -> None:
        found = catalog.passage_vectors()
        assert found.shape == (len(keys), DIMENSIONS)
        assert found.dtype == np.int8
        for row, candidate in zip(found, catalog.candidates(keys), strict=True):
            assert unit(row.astype(np.float32)) @ candidate.vectors[0] == pytest.approx(1, abs=1e-5)

    def test_keys_come_in_the_order_of_the_ids_and_unknown_ids_have_none(
        self, catalog: CatalogWriter, keys: list[int]
    ) -> None:
        identities = [found.passage.id for found in catalog.passages(keys)]
        asked = [identities[2], "nobody:0", identities[0], identities[3]]
        assert catalog.keys_of(asked) == [3, 1, 4]
        assert catalog.keys_of([]) == []

    def test_an_empty_catalog_has_no_origins(self, catalog: CatalogWriter) -> None:
        assert (catalog.origins(), catalog.sources(), catalog.count_undated()) == ([], [], 0)
        assert catalog.passage_vectors().shape == (0, DIMENSIONS)


class TestPublished:
    @pytest.fixture
    def file(self, catalog: CatalogWriter, tmp_path: Path) -> Path:
        add(catalog, article("a.txt"))
        catalog.commit()
        return tmp_path / "catalog.db"

    def test_a_published_catalog_cannot_be_written(self, file: Path) -> None:
        with (
            closing(CatalogWriter.open(file)) as published,
            pytest.raises(sqlite3.OperationalError, match="readonly"),
        ):
            published.add_article(article("b.txt"))

    def test_opening_leaves_no_file_beside_it(self, file: Path) -> None:
        before = sorted(file.parent.iterdir())
        with closing(Catalog.open(file)) as published:
            assert published.count_passages() == 1
            assert sorted(file.parent.iterdir()) == before

    def test_a_path_with_the_marks_of_a_uri_is_opened(self, file: Path, tmp_path: Path) -> None:
        odd = tmp_path / "50% off? #1 & more"
        odd.mkdir()
        with closing(Catalog.open(file.rename(odd / "catalog.db"))) as published:
            assert published.count_passages() == 1

    def test_a_truncated_catalog_is_a_broken_index(self, file: Path) -> None:
        file.write_bytes(file.read_bytes()[:-4096])
        with closing(Catalog.open(file)) as published, pytest.raises(IndexBroken, match=r"\A[^\n]+\Z"):
            published.count_passages()

    def test_many_threads_read_the_same(self, file: Path) -> None:
        with closing(Catalog.open(file)) as published, ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: published.passages([1])[0].passage, range(200)))
        assert set(found) == {found[0]}


class TestStreams:
    def test_a_stream_left_half_way_says_nothing_when_it_is_collected_after_its_catalog_was_closed(
        self, tmp_path: Path
    ) -> None:
        """As after a full disk: the traceback still holds the stream when the catalog is closed."""
        with closing(CatalogWriter.create(tmp_path / "catalog.db")) as catalog:
            add(catalog, article("a.txt"))
            add(catalog, article("b.txt", TEXT + "More."))
            left = catalog.texts()
            next(left)
        unraisable: list[sys.UnraisableHookArgs] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "unraisablehook", unraisable.append)
            del left
        assert not unraisable
