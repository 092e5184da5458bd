"""Scores from hand-made vectors and stems: order, ranges, ties, and what each signal is worth."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.embedding.vectors import unit
from retrieval.index.catalog import Candidate
from retrieval.ranking import (
    PassageScores,
    QuestionSignals,
    Ranker,
    Weights,
    score_passages,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

ROUNDING = 1e-5
WEIGHTS = Weights()
VOCABULARY = 6
"""Stems are the codes 0 to 5."""


def codes(*stems: int) -> NDArray[np.uint32]:
    return np.array(stems, dtype=np.uint32)


def direction(*parts: float) -> NDArray[np.float32]:
    vector = np.zeros(4, dtype=np.float32)
    vector[: len(parts)] = parts
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def candidate(
    key: int,
    passage: NDArray[np.float32],
    sentences: Sequence[tuple[NDArray[np.float32], NDArray[np.uint32]]],
    header: NDArray[np.uint32] | None = None,
) -> Candidate:
    return Candidate(
        key=key,
        vectors=np.vstack([passage, *(vector for vector, _ in sentences)]),
        stems=(codes() if header is None else header, *(stems for _, stems in sentences)),
    )


def question(vector: NDArray[np.float32], *stems: int, idf: Sequence[float] | None = None) -> QuestionSignals:
    weights = np.array([1.0] * len(stems) if idf is None else idf, dtype=np.float32)
    no_tokens = np.zeros((0, 4), dtype=np.float32)
    return QuestionSignals(vector, codes(*stems), weights, no_tokens, np.zeros(0, dtype=np.float32))


@dataclasses.dataclass(frozen=True)
class Case:
    """A question, candidates and BM25 scores drawn at random."""

    asked: QuestionSignals
    candidates: list[Candidate]
    bm25: dict[int, float]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))

    def vector() -> NDArray[np.float32]:
        return direction(*random.standard_normal(4))

    def stems() -> NDArray[np.uint32]:
        return codes(*random.integers(0, VOCABULARY, size=random.integers(0, 6)))

    asked = random.permutation(VOCABULARY)[: draw(st.integers(0, VOCABULARY))].tolist()
    keys = random.permutation(50)[: draw(st.integers(1, 8))].tolist()
    candidates = [
        candidate(key, vector(), [(vector(), stems()) for _ in range(random.integers(1, 5))], stems()) for key in keys
    ]
    bm25 = {key: float(random.uniform(0.1, 20)) for key in keys if random.random() < 0.6}
    idf = random.uniform(0.1, 8, size=len(asked)).tolist()
    return Case(question(vector(), *asked, idf=idf), candidates, bm25)


rankers = st.sampled_from(Ranker)


class TestWhateverIsAsked:
    @given(cases(), rankers)
    def test_every_candidate_is_scored_once_best_first(self, case: Case, ranker: Ranker) -> None:
        ranked = score_passages(case.asked, case.candidates, case.bm25, ranker.weights)
        assert sorted(scores.key for scores in ranked) == sorted(found.key for found in case.candidates)
        values = [scores.score for scores in ranked]
        assert values == sorted(values, reverse=True)

    @given(cases(), rankers)
    def test_coverage_and_cosine_stay_in_their_ranges(self, case: Case, ranker: Ranker) -> None:
        for scores in score_passages(case.asked, case.candidates, case.bm25, ranker.weights):
            assert -ROUNDING <= scores.coverage <= 1 + ROUNDING
            assert abs(scores.best_cosine) <= 1 + ROUNDING

    @given(cases(), rankers)
    def test_each_sentence_has_one_finite_score(self, case: Case, ranker: Ranker) -> None:
        counts = {found.key: len(found.vectors) - 1 for found in case.candidates}
        for scores in score_passages(case.asked, case.candidates, case.bm25, ranker.weights):
            assert len(scores.sentence_scores) == counts[scores.key]
            assert np.isfinite([scores.score, *scores.sentence_scores]).all()

    @given(cases(), rankers, st.randoms(use_true_random=False))
    def test_the_order_of_the_candidates_does_not_matter(self, case: Case, ranker: Ranker, random: object) -> None:
        shuffled = list(case.candidates)
        random.shuffle(shuffled)  # type: ignore[attr-defined] # it is a random.Random
        assert_nearly_equal(
            score_passages(case.asked, shuffled, case.bm25, ranker.weights),
            score_passages(case.asked, case.candidates, case.bm25, ranker.weights),
        )

    @given(cases())
    def test_best_cosine_is_that_of_the_nearest_sentence(self, case: Case) -> None:
        by_key = {found.key: found for found in case.candidates}
        for scores in score_passages(case.asked, case.candidates, case.bm25, WEIGHTS):
            cosines = by_key[scores.key].vectors[1:] @ case.asked.vector
            assert scores.best_cosine == pytest.approx(float(cosines.max()), abs=ROUNDING)

    @given(cases())
    def test_coverage_is_the_share_of_idf_found_in_header_and_sentences(self, case: Case) -> None:
        by_key = {found.key: found for found in case.candidates}
        total = float(case.asked.idf.sum())
        for scores in score_passages(case.asked, case.candidates, case.bm25, WEIGHTS):
            held = set(np.concatenate(by_key[scores.key].stems).tolist())
            found = sum(
                weight
                for stem, weight in zip(case.asked.stems.tolist(), case.asked.idf.tolist(), strict=True)
                if stem in held
            )
            assert scores.coverage == pytest.approx(found / total if total else 0, abs=ROUNDING)

    @given(cases())
    def test_equal_candidates_come_in_the_order_of_their_keys(self, case: Case) -> None:
        twins = [dataclasses.replace(case.candidates[0], key=key) for key in (9, 3, 7, 1)]
        ranked = score_passages(case.asked, twins, dict.fromkeys((9, 3, 7, 1), 2.0), WEIGHTS)
        assert [scores.key for scores in ranked] == [1, 3, 7, 9]
        for scores in ranked:
            assert scores.sentence_scores == pytest.approx(ranked[0].sentence_scores, abs=ROUNDING)

    def test_equal_candidates_of_the_models_size_come_in_the_order_of_their_keys(self) -> None:
        """A row of a matrix product may differ in its last digit by where it stands; that is no difference."""
        random = np.random.default_rng(0)
        for _ in range(100):
            rows = unit(random.standard_normal((3, 384)).astype(np.float32))
            twins = [candidate(key, rows[0], [(rows[1], codes(0))]) for key in (1, 3, 7, 9, 11)]
            ranked = score_passages(question(rows[2], 0), twins, {}, WEIGHTS)
            assert [scores.key for scores in ranked] == [1, 3, 7, 9, 11]


def assert_nearly_equal(one: Sequence[PassageScores], other: Sequence[PassageScores]) -> None:
    """Sums of floats in another order differ in the last digit."""
    assert [scores.key for scores in one] == [scores.key for scores in other]
    for first, second in zip(one, other, strict=True):
        assert (first.score, *first.sentence_scores) == pytest.approx(
            (second.score, *second.sentence_scores), abs=ROUNDING
        )


def order(
    asked: QuestionSignals, candidates: Sequence[Candidate], bm25: Mapping[int, float], ranker: Ranker
) -> list[int]:
    return [scores.key for scores in score_passages(asked, candidates, bm25, ranker.weights)]


class TestRankers:
    near_in_meaning = candidate(1, direction(1), [(direction(1), codes(5))])
    near_in_words = candidate(2, direction(0, 1), [(direction(0, 1), codes(0))])
    asked = question(direction(1), 0)

    @pytest.mark.parametrize(("ranker", "expected"), [(Ranker.DENSE, [1, 2]), (Ranker.LEXICAL, [2, 1])])
    def test_one_leg_alone_looks_at_its_own_signal(self, ranker: Ranker, expected: list[int]) -> None:
        assert order(self.asked, [self.near_in_meaning, self.near_in_words], {2: 7.0}, ranker) == expected

    def test_a_dense_score_is_the_passages_cosine(self) -> None:
        (scores,) = score_passages(question(direction(1, 1)), [self.near_in_meaning], {}, Ranker.DENSE.weights)
        assert scores.score == pytest.approx(2**-0.5, abs=1e-5)

    def test_a_lexical_score_is_relative_to_the_best(self) -> None:
        ranked = score_passages(
            self.asked, [self.near_in_meaning, self.near_in_words], {1: 3.0, 2: 12.0}, Ranker.LEXICAL.weights
        )
        assert [scores.score for scores in ranked] == pytest.approx([1.0, 0.25])

    @given(cases())
    def test_full_is_fused_until_the_best_are_read_closely(self, case: Case) -> None:
        full = score_passages(case.asked, case.candidates, case.bm25, Ranker.FULL.weights)
        assert full == score_passages(case.asked, case.candidates, case.bm25, Ranker.FUSED.weights)

    def test_fused_prefers_what_both_legs_like(self) -> None:
        both = candidate(3, direction(0.9, 0.1), [(direction(0.9, 0.1), codes(0))])
        everything = [self.near_in_meaning, self.near_in_words, both]
        assert order(self.asked, everything, {2: 7.0, 3: 7.0}, Ranker.FUSED)[0] == 3

    def test_fused_lets_words_decide_between_equal_meanings(self) -> None:
        other = candidate(2, direction(1), [(direction(1), codes(0))])
        assert order(self.asked, [self.near_in_meaning, other], {2: 7.0}, Ranker.FUSED) == [2, 1]

    def test_fused_lets_one_good_sentence_lift_its_passage(self) -> None:
        vague = candidate(1, direction(1, 1), [(direction(1, 1), codes()), (direction(1, 1), codes())])
        sharp = candidate(2, direction(1, 1), [(direction(1), codes()), (direction(0, 1), codes())])
        assert order(question(direction(1)), [vague, sharp], {}, Ranker.FUSED) == [2, 1]


FIRST = ("passage_cosine", "sentence_cosine", "passage_bm25", "sentence_bm25")
NO_WEIGHTS = Weights(**dict.fromkeys((field.name for field in dataclasses.fields(Weights)), 0.0))


def by_key(ranked: Sequence[PassageScores]) -> dict[int, PassageScores]:
    return {scores.key: scores for scores in ranked}


class TestPresets:
    def test_full_is_the_weights_as_they_were_fitted(self) -> None:
        assert Ranker.FULL.weights == WEIGHTS

    def test_fused_has_the_four_signals_of_the_first_score_and_nothing_read_closely(self) -> None:
        fused = dataclasses.asdict(Ranker.FUSED.weights)
        assert {name: fused[name] for name in FIRST} == {name: getattr(WEIGHTS, name) for name in FIRST}
        closely = ("passage_late", "passage_phrases", "answer_late", "answer_late_even", "best_sentence")
        assert [fused[name] for name in closely] == [0, 0, 0, 0, 0]

    @pytest.mark.parametrize(("ranker", "only"), [(Ranker.DENSE, "passage_cosine"), (Ranker.LEXICAL, "passage_bm25")])
    def test_one_leg_orders_passages_by_one_signal(self, ranker: Ranker, only: str) -> None:
        assert {name: getattr(ranker.weights, name) for name in FIRST} == {name: float(name == only) for name in FIRST}

    @pytest.mark.parametrize("ranker", Ranker)
    def test_whatever_orders_passages_sentences_are_chosen_by_meaning_words_and_cues(self, ranker: Ranker) -> None:
        weights = ranker.weights
        assert (weights.answer_cosine, weights.answer_coverage, weights.answer_cue) == (
            *(WEIGHTS.answer_cosine, WEIGHTS.answer_coverage, WEIGHTS.answer_cue),
        )


class TestWeights:
    @given(cases())
    def test_a_score_is_the_sum_of_its_four_signals(self, case: Case) -> None:
        parts = [
            by_key(
                score_passages(
                    case.asked,
                    case.candidates,
                    case.bm25,
                    dataclasses.replace(NO_WEIGHTS, **{name: getattr(WEIGHTS, name)}),
                )
            )
            for name in FIRST
        ]
        for scores in score_passages(case.asked, case.candidates, case.bm25, WEIGHTS):
            assert scores.score == pytest.approx(sum(part[scores.key].score for part in parts), abs=5 * ROUNDING)

    @given(cases())
    def test_without_any_weight_nothing_counts(self, case: Case) -> None:
        ranked = score_passages(case.asked, case.candidates, case.bm25, NO_WEIGHTS)
        assert {value for scores in ranked for value in (scores.score, *scores.sentence_scores)} == {0.0}
        assert [scores.key for scores in ranked] == sorted(scores.key for scores in ranked)

    asked = question(direction(1), 0)
    plain = candidate(1, direction(0, 1), [(direction(0, 1), codes(5))])
    better: ClassVar = {
        "passage_cosine": (candidate(2, direction(1), [(direction(0, 1), codes(5))]), {}),
        "sentence_cosine": (candidate(2, direction(0, 1), [(direction(1), codes(5))]), {}),
        "passage_bm25": (candidate(2, direction(0, 1), [(direction(0, 1), codes(5))]), {2: 3.0}),
        "sentence_bm25": (candidate(2, direction(0, 1), [(direction(0, 1), codes(0))]), {}),
    }
    """What is better than `plain` by one signal alone."""

    @pytest.mark.parametrize("signal", FIRST)
    def test_each_signal_lifts_a_passage_and_its_weight_of_zero_takes_it_out(self, signal: str) -> None:
        other, bm25 = self.better[signal]
        with_it = score_passages(self.asked, [self.plain, other], bm25, WEIGHTS)
        assert [scores.key for scores in with_it] == [2, 1]
        without = score_passages(self.asked, [self.plain, other], bm25, dataclasses.replace(WEIGHTS, **{signal: 0.0}))
        assert [scores.key for scores in without] == [1, 2]
        assert without[0].score == without[1].score

    @pytest.mark.parametrize(
        ("signal", "one", "other"),
        [
            ("answer_cosine", (direction(1), codes(5)), (direction(0, 1), codes(5))),
            ("answer_coverage", (direction(1), codes(0)), (direction(1), codes(5))),
        ],
    )
    def test_a_weight_of_zero_takes_a_sentences_signal_out(
        self,
        signal: str,
        one: tuple[NDArray[np.float32], NDArray[np.uint32]],
        other: tuple[NDArray[np.float32], NDArray[np.uint32]],
    ) -> None:
        made = [candidate(1, direction(1), [one, other])]
        (with_it,) = score_passages(self.asked, made, {}, WEIGHTS)
        assert with_it.sentence_scores[0] > with_it.sentence_scores[1]
        (without,) = score_passages(self.asked, made, {}, dataclasses.replace(WEIGHTS, **{signal: 0.0}))
        assert without.sentence_scores[0] == without.sentence_scores[1]


class TestSentences:
    def test_the_sentence_near_in_meaning_scores_higher(self) -> None:
        (scores,) = score_passages(
            question(direction(1)),
            [candidate(1, direction(1, 1), [(direction(0, 1), codes()), (direction(1), codes())])],
            {},
            WEIGHTS,
        )
        assert scores.sentence_scores[1] > scores.sentence_scores[0]

    def test_between_equal_meanings_the_one_with_the_rarer_word_scores_higher(self) -> None:
        (scores,) = score_passages(
            question(direction(1), 0, 1, idf=[0.5, 4.0]),
            [candidate(1, direction(1), [(direction(1), codes(0)), (direction(1), codes(1))])],
            {1: 1.0},
            WEIGHTS,
        )
        assert scores.sentence_scores[1] > scores.sentence_scores[0]

    @given(cases(), rankers)
    def test_a_score_is_the_passages_and_the_weighted_cosine_and_coverage(self, case: Case, ranker: Ranker) -> None:
        by_key = {found.key: found for found in case.candidates}
        total = max(float(case.asked.idf.sum()), 1e-9)
        for scores in score_passages(case.asked, case.candidates, case.bm25, ranker.weights):
            found = by_key[scores.key]
            for score, vector, stems in zip(scores.sentence_scores, found.vectors[1:], found.stems[1:], strict=True):
                coverage = float(case.asked.idf[np.isin(case.asked.stems, stems)].sum()) / total
                cosine = float(vector @ case.asked.vector)
                expected = scores.score + WEIGHTS.answer_cosine * cosine + WEIGHTS.answer_coverage * coverage
                assert score == pytest.approx(expected, abs=3 * ROUNDING)

    def test_saying_a_word_more_often_makes_no_better_answer(self) -> None:
        (scores,) = score_passages(
            question(direction(1), 0),
            [candidate(1, direction(1), [(direction(1), codes(0)), (direction(1), codes(0, 0, 0))])],
            {1: 1.0},
            WEIGHTS,
        )
        assert scores.sentence_scores[0] == scores.sentence_scores[1]

    def test_a_word_of_the_header_covers_the_question_but_is_no_sentences(self) -> None:
        plain = candidate(1, direction(1), [(direction(1), codes(3))])
        titled = candidate(2, direction(1), [(direction(1), codes(3))], header=codes(0))
        ranked = score_passages(question(direction(1), 0), [plain, titled], {}, WEIGHTS)
        one, two = sorted(ranked, key=lambda scores: scores.key)
        assert (one.coverage, two.coverage) == (0.0, 1.0)
        assert one.sentence_scores == pytest.approx(two.sentence_scores)


class TestNothing:
    def test_no_candidates_have_no_scores(self) -> None:
        assert score_passages(question(direction(1), 0), [], {}, WEIGHTS) == []

    def test_a_question_without_stems_is_ranked_by_meaning(self) -> None:
        near, far = (
            candidate(2, direction(1), [(direction(1), codes(0))]),
            candidate(1, direction(0, 1), [(direction(0, 1), codes(0))]),
        )
        ranked = score_passages(question(direction(1)), [far, near], {}, WEIGHTS)
        assert [scores.key for scores in ranked] == [2, 1]
        assert {scores.coverage for scores in ranked} == {0.0}

    def test_a_candidate_without_any_stem_is_scored(self) -> None:
        (scores,) = score_passages(
            question(direction(1), 0), [candidate(1, direction(1), [(direction(1), codes())])], {}, WEIGHTS
        )
        assert scores.coverage == 0.0
        assert scores.best_cosine == pytest.approx(1.0)
