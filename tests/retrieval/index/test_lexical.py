"""The lexical leg: which words count, how much, and in what order passages come."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.index.lexical import HEADER_WEIGHT, LexicalIndex, stem_codes, stems

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    made = LexicalIndex.create(tmp_path / "lexical")
    made.add(
        [
            (1, "Owls return | The Nordic Post", "Twelve snowy owls were counted in spring."),
            (2, "Harbour news | The Harbour Courier", "The bridge closed to lorries. Cables hold the bridge."),
            (3, "Owls | The Harbour Courier", "Nobody knows why the birds came back."),
        ]
    )
    return made


class TestStems:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("opened", "opening"),
            ("Telescope", "telescopes"),
            ("café", "CAFE"),
            ("Lütke", "lutke"),
            ("refloated", "refloat"),
        ],
    )
    def test_forms_of_one_word_have_one_stem(self, one: str, other: str) -> None:
        assert stems(one) == stems(other) != []

    @pytest.mark.parametrize(("one", "other"), [("1931", "1932"), ("bridge", "bride"), ("NATO", "nation")])
    def test_different_words_keep_different_stems(self, one: str, other: str) -> None:
        assert stems(one) != stems(other)

    @pytest.mark.parametrize("question", ["What is it?", "Who are you and why?", "How much did he get?", "", " ?! "])
    def test_a_question_of_function_words_has_none(self, question: str) -> None:
        assert stems(question) == []

    @pytest.mark.parametrize("words", ["US", "May"])
    def test_a_country_and_a_month_are_no_function_words(self, words: str) -> None:
        assert stems(words) == [words.lower()]

    def test_stems_come_in_the_order_of_the_words_with_repeats(self) -> None:
        assert stems("The bridge, the lorry, the bridge.") == ["bridg", "lorri", "bridg"]

    def test_codes_are_equal_where_stems_are(self) -> None:
        codes = stem_codes(["bridg", "lorri", "bridg"])
        assert codes.dtype == np.uint32
        assert codes[0] == codes[2] != codes[1]


class TestSearch:
    def test_only_passages_that_share_a_stem_are_found(self, index: LexicalIndex) -> None:
        assert set(index.search(stems("bridges"), 10)) == {2}

    def test_the_header_is_searched_and_counts_less_than_the_text(self, index: LexicalIndex) -> None:
        found = index.search(stems("owl"), 10)
        assert list(found) == [1, 3]
        assert found[1] > found[3] > 0

    def test_a_source_named_in_the_question_finds_its_articles(self, index: LexicalIndex) -> None:
        assert set(index.search(stems("Harbour Courier"), 10)) == {2, 3}

    def test_more_of_the_questions_words_score_higher(self, index: LexicalIndex) -> None:
        one, two = index.search(stems("bridge"), 10)[2], index.search(stems("bridge cables"), 10)[2]
        assert two > one

    def test_the_best_come_first_and_no_more_than_asked_for(self, index: LexicalIndex) -> None:
        everything = index.search(stems("owls bridge birds"), 10)
        assert list(everything.values()) == sorted(everything.values(), reverse=True)
        assert index.search(stems("owls bridge birds"), 2) == dict(list(everything.items())[:2])

    @pytest.mark.parametrize("question", ["", "what is it", "zeppelin"])
    def test_nothing_in_common_finds_nothing(self, index: LexicalIndex, question: str) -> None:
        assert index.search(stems(question), 10) == {}

    def test_characters_of_a_query_language_are_only_words(self, index: LexicalIndex) -> None:
        assert set(index.search(stems('text:"bridge" AND (-owls) ^2 *'), 10)) >= {2}

    def test_a_score_is_bm25_with_the_header_at_its_weight(self, tmp_path: Path) -> None:
        """One word in each field of one of two equally long documents: tf 1, df 1, length the mean, so BM25 is idf."""
        made = LexicalIndex.create(tmp_path / "two")
        made.add([(1, "owl", "bridge"), (2, "gull", "tunnel")])
        idf = math.log(1 + (2 - 1 + 0.5) / (1 + 0.5))
        assert made.search(["bridg"], 10) == pytest.approx({1: idf})
        assert made.search(["owl"], 10) == pytest.approx({1: HEADER_WEIGHT * idf})


WORDS = ("owl", "bridg", "bird", "courier", "spring")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    made = LexicalIndex.create(tmp_path_factory.mktemp("many") / "lexical")
    made.add(
        (key, WORDS[key % 3], " ".join(WORDS[place % 5] for place in range(key, key + key % 7))) for key in range(1, 60)
    )
    return made


class TestWithin:
    """Only among passages with certain keys, as a span of time or a source leaves them."""

    @given(st.sets(st.integers(1, 60)), st.lists(st.sampled_from(WORDS), min_size=1, max_size=4))
    def test_nothing_else_is_found_and_scores_stay_as_they_were(
        self, many: LexicalIndex, within: set[int], asked: list[str]
    ) -> None:
        everything = many.search(asked, 60)
        found = many.search(asked, 60, sorted(within))
        assert set(found) == set(everything) & within
        assert found == pytest.approx({key: everything[key] for key in found}, abs=1e-5)
        assert list(found.values()) == sorted(found.values(), reverse=True)

    def test_the_limit_counts_what_is_left(self, index: LexicalIndex) -> None:
        assert list(index.search(stems("owls bridge birds"), 1, [3])) == [3]

    @pytest.mark.parametrize("within", [[], [99], [0]])
    def test_among_none_nothing_is_found(self, index: LexicalIndex, within: list[int]) -> None:
        assert index.search(stems("owls bridge birds"), 10, within) == {}

    def test_a_question_of_function_words_finds_nothing(self, index: LexicalIndex) -> None:
        assert index.search(stems("what is it"), 10, [1, 2, 3]) == {}


class TestInverseDocumentFrequency:
    def test_it_is_bm25s_formula(self, index: LexicalIndex) -> None:
        expected = [math.log(1 + 2.5 / 1.5), math.log(1 + 3.5 / 0.5)]
        assert index.inverse_document_frequencies(stems("bridge zeppelin")).tolist() == pytest.approx(expected)

    def test_a_stem_nobody_has_is_the_rarest(self, index: LexicalIndex) -> None:
        known, unknown = index.inverse_document_frequencies(stems("bridge zeppelin"))
        assert unknown > known > 0

    def test_no_stems_have_no_frequencies(self, index: LexicalIndex) -> None:
        assert index.inverse_document_frequencies([]).shape == (0,)


class TestOnDisk:
    def test_an_index_opened_again_finds_the_same(self, index: LexicalIndex, tmp_path: Path) -> None:
        again = LexicalIndex.open(tmp_path / "lexical")
        assert again.count() == index.count() == 3
        assert again.search(stems("owls in spring"), 10) == index.search(stems("owls in spring"), 10)

    def test_two_builds_order_equal_scores_alike(self, tmp_path: Path) -> None:
        rows = [(key, "", "The same words stand here.") for key in range(1, 400)]
        found = []
        for name in ("first", "second"):
            made = LexicalIndex.create(tmp_path / name)
            made.add(rows)
            found.append(list(made.search(stems("same words"), 50)))
        assert found[0] == found[1] == list(range(1, 51))

    def test_a_missing_index_is_a_value_error(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match=r"."):
            LexicalIndex.open(tmp_path / "nowhere")
