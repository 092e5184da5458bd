"""Late interaction reckoned by hand: words and tokens along a few axes, so every cosine is known."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.models import Passage, Sentence
from retrieval.embedding.vectors import TokenVectors, unit
from retrieval.index.catalog import IndexedPassage
from retrieval.models import ArticleCard
from retrieval.ranking import (
    ANSWER_LATE,
    PASSAGE_LATE,
    PassageScores,
    QuestionSignals,
    Ranker,
    rescore,
    score_passages,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

AXES = 4
ROUNDING = 2e-5
EAST, NORTH, UP = (1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0)
WEST = (-1.0, 0.0, 0.0, 0.0)
NORTH_EAST = (0.6, 0.8, 0.0, 0.0)
"""Cosine 0.6 to the east, 0.8 to the north."""

Vector = tuple[float, ...]


def vectors(rows: Sequence[Vector]) -> NDArray[np.float32]:
    return np.array(rows, dtype=np.float32).reshape(-1, AXES)


def words(*rows: Vector, idf: Sequence[float] | None = None) -> QuestionSignals:
    """A question of these words; nothing else of it is looked at here."""
    return QuestionSignals(
        vector=vectors([EAST])[0],
        stems=np.zeros(0, dtype=np.uint32),
        idf=np.zeros(0, dtype=np.float32),
        tokens=vectors(rows),
        token_idf=np.array([1.0] * len(rows) if idf is None else idf, dtype=np.float32),
    )


def tokens(*texts: Sequence[Vector]) -> TokenVectors:
    """The tokens of a header and of sentences."""
    rows = vectors([row for text in texts for row in text])
    return TokenVectors(
        np.arange(len(rows), dtype=np.uint16), rows, np.array([len(text) for text in texts], dtype=np.uint16)
    )


def scores(key: int, score: float, *sentences: float) -> PassageScores:
    return PassageScores(key, score, sentences, best_cosine=0.5, coverage=0.25)


class TestByHand:
    def test_each_word_takes_its_nearest_token_and_words_count_by_their_idf(self) -> None:
        """The word east is worth 3 of 4: 0.6 in the first sentence, 1 in the second; north 0.8, and 0."""
        (found,) = rescore(
            words(EAST, NORTH, idf=[3, 1]), [scores(1, 0.5, 0.7, 0.1)], {1: tokens([], [NORTH_EAST, UP], [EAST])}
        )
        first, second, whole = (3 * 0.6 + 0.8) / 4, 3 / 4, (3 * 1 + 0.8) / 4
        assert found.score == pytest.approx(0.5 + PASSAGE_LATE * whole, abs=ROUNDING)
        assert found.sentence_scores == pytest.approx(
            (
                0.7 + PASSAGE_LATE * whole + ANSWER_LATE * first,
                0.1 + PASSAGE_LATE * whole + ANSWER_LATE * second,
            ),
            abs=ROUNDING,
        )

    def test_the_headers_tokens_count_for_the_passage_and_for_no_sentence(self) -> None:
        (found,) = rescore(words(EAST), [scores(1, 0.5, 0.7)], {1: tokens([EAST], [NORTH])})
        assert found.score == pytest.approx(0.5 + PASSAGE_LATE, abs=ROUNDING)
        assert found.sentence_scores == pytest.approx((0.7 + PASSAGE_LATE,), abs=ROUNDING)

    def test_a_sentence_without_tokens_gains_what_its_passage_does(self) -> None:
        (found,) = rescore(words(EAST), [scores(1, 0.5, 0.7, 0.6)], {1: tokens([], [EAST], [])})
        assert found.sentence_scores == pytest.approx(
            (0.7 + PASSAGE_LATE + ANSWER_LATE, 0.6 + PASSAGE_LATE), abs=ROUNDING
        )

    def test_what_points_the_other_way_is_worth_nothing_and_takes_nothing(self) -> None:
        (found,) = rescore(words(EAST), [scores(1, 0.5, 0.7)], {1: tokens([WEST], [WEST])})
        assert (found.score, found.sentence_scores) == (0.5, (0.7,))

    @pytest.mark.parametrize("given_tokens", [tokens([EAST], [NORTH]), tokens([], [])])
    def test_a_question_without_words_changes_nothing(self, given_tokens: TokenVectors) -> None:
        ranked = [scores(1, 0.5, 0.7)]
        assert rescore(words(), ranked, {1: given_tokens}) == ranked

    def test_a_passage_without_tokens_keeps_its_score(self) -> None:
        ranked = [scores(1, 0.5, 0.7)]
        assert rescore(words(EAST), ranked, {1: tokens([], [])}) == ranked

    def test_confidence_is_none_of_its_business(self) -> None:
        (found,) = rescore(words(EAST), [scores(1, 0.5, 0.7)], {1: tokens([EAST], [EAST])})
        assert (found.key, found.best_cosine, found.coverage) == (1, 0.5, 0.25)


class TestOrder:
    def test_what_is_nearer_word_by_word_overtakes(self) -> None:
        ranked = [scores(1, 0.9, 0.0), scores(2, 0.8, 0.0)]
        found = rescore(words(EAST), ranked, {1: tokens([], [NORTH_EAST]), 2: tokens([], [EAST])})
        assert [after.key for after in found] == [2, 1]

    def test_equal_passages_come_in_the_order_of_their_keys(self) -> None:
        same = tokens([NORTH], [EAST, NORTH_EAST])
        ranked = [scores(key, 0.5, 0.7) for key in (9, 3, 7, 1)]
        found = rescore(words(EAST, UP), ranked, dict.fromkeys((9, 3, 7, 1), same))
        assert [after.key for after in found] == [1, 3, 7, 9]

    def test_the_others_stay_behind_as_they_were(self) -> None:
        """The second's score is as good as the first's; it was not looked at, so it may not pass."""
        ranked = [scores(5, 0.5, 0.1), scores(2, 0.5, 0.9), scores(8, 0.4, 0.3)]
        found = rescore(words(EAST), ranked, {5: tokens([], [WEST])})
        assert found == ranked

    def test_nothing_ranked_is_nothing_rescored(self) -> None:
        assert rescore(words(EAST), [], {}) == []

    def test_full_puts_first_what_fused_puts_second(self) -> None:
        """Both passages are one vector to the model, and words lift the wrong one; token by token only one answers."""
        asked = dataclasses.replace(words(NORTH, UP), stems=np.array([4], dtype=np.uint32), idf=np.ones(1, np.float32))
        wrong, right = (
            IndexedPassage(
                key=key,
                passage=Passage("0" * 12, key, 0, 9, (Sentence(0, 9),)),
                article=ArticleCard("0" * 12, "a.txt", "A", None, None, None, None),
                text="x" * 9,
                vectors=vectors([NORTH_EAST, NORTH_EAST]),
                stems=(np.zeros(0, dtype=np.uint32), np.array([stem], dtype=np.uint32)),
            )
            for key, stem in ((1, 4), (2, 5))
        )
        fused = score_passages(asked, [wrong, right], {1: 7.0}, Ranker.FUSED)
        assert [found.key for found in fused] == [1, 2]
        full = rescore(
            asked,
            score_passages(asked, [wrong, right], {1: 7.0}, Ranker.FULL),
            {1: tokens([], [EAST, NORTH_EAST]), 2: tokens([], [NORTH, UP])},
        )
        assert [found.key for found in full] == [2, 1]


@dataclasses.dataclass(frozen=True)
class Case:
    """A question, ranked passages and the tokens of the first of them, drawn at random."""

    asked: QuestionSignals
    ranked: list[PassageScores]
    tokens: dict[int, TokenVectors]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))

    def directions(count: int) -> list[Vector]:
        drawn = unit(random.standard_normal((count, AXES)).astype(np.float32))
        return [tuple(row) for row in drawn.tolist()]

    asked = draw(st.integers(0, 5))
    keys = random.permutation(50)[: draw(st.integers(0, 8))].tolist()
    values = np.sort(random.uniform(-1, 2, size=len(keys)).round(5))[::-1].tolist()
    counts = [random.integers(0, 4, size=random.integers(1, 5)).tolist() for _ in keys]
    ranked = [
        scores(key, value, *random.uniform(-1, 3, size=len(texts) - 1).round(5).tolist())
        for key, value, texts in zip(keys, values, counts, strict=True)
    ]
    first = draw(st.integers(0, len(keys)))
    return Case(
        words(*directions(asked), idf=random.uniform(0.1, 8, size=asked).tolist()),
        ranked,
        {
            key: tokens(*(directions(count) for count in texts))
            for key, texts in list(zip(keys, counts, strict=True))[:first]
        },
    )


class TestWhateverIsAsked:
    @given(cases())
    def test_it_is_never_negative_and_at_most_its_weights(self, case: Case) -> None:
        before = {ranked.key: ranked for ranked in case.ranked}
        for after in rescore(case.asked, case.ranked, case.tokens):
            gained = after.score - before[after.key].score
            assert -ROUNDING <= gained <= PASSAGE_LATE + ROUNDING
            pairs = zip(before[after.key].sentence_scores, after.sentence_scores, strict=True)
            for old, new in pairs:
                assert gained - ROUNDING <= new - old <= gained + ANSWER_LATE + ROUNDING

    @given(cases())
    def test_what_is_rescored_stays_before_the_rest_and_all_is_sorted(self, case: Case) -> None:
        found = rescore(case.asked, case.ranked, case.tokens)
        rescored = len(case.tokens)
        assert {after.key for after in found[:rescored]} == set(case.tokens)
        assert found[rescored:] == case.ranked[rescored:]
        values = [after.score for after in found]
        assert values == sorted(values, reverse=True)

    @given(cases(), st.randoms(use_true_random=False))
    def test_the_order_before_does_not_matter(self, case: Case, random: object) -> None:
        among = [ranked for ranked in case.ranked if ranked.key in case.tokens]
        expected = rescore(case.asked, among, case.tokens)
        random.shuffle(among)  # type: ignore[attr-defined] # it is a random.Random
        assert rescore(case.asked, among, case.tokens) == expected
