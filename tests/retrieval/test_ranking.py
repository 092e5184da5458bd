"""Scores from hand-made vectors and stems: order, ranges, ties, and what each signal is worth."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.models import Passage, Sentence
from retrieval.embedding.vectors import unit
from retrieval.index.catalog import IndexedPassage
from retrieval.models import ArticleCard
from retrieval.ranking import (
    ANSWER_COSINE,
    ANSWER_COVERAGE,
    PassageScores,
    QuestionSignals,
    Ranker,
    score_passages,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

CARD = ArticleCard("0" * 12, "a.txt", "A", None, None, None, None)
ROUNDING = 1e-5
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
) -> IndexedPassage:
    spans = tuple(Sentence(10 * number, 10 * number + 9) for number in range(len(sentences)))
    return IndexedPassage(
        key=key,
        passage=Passage("0" * 12, key, 0, spans[-1].end, spans),
        article=CARD,
        text="x" * spans[-1].end,
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
    candidates: list[IndexedPassage]
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
        ranked = score_passages(case.asked, case.candidates, case.bm25, ranker)
        assert sorted(scores.key for scores in ranked) == sorted(found.key for found in case.candidates)
        values = [scores.score for scores in ranked]
        assert values == sorted(values, reverse=True)

    @given(cases(), rankers)
    def test_coverage_and_cosine_stay_in_their_ranges(self, case: Case, ranker: Ranker) -> None:
        for scores in score_passages(case.asked, case.candidates, case.bm25, ranker):
            assert -ROUNDING <= scores.coverage <= 1 + ROUNDING
            assert abs(scores.best_cosine) <= 1 + ROUNDING

    @given(cases(), rankers)
    def test_each_sentence_has_one_finite_score(self, case: Case, ranker: Ranker) -> None:
        counts = {found.key: len(found.passage.sentences) for found in case.candidates}
        for scores in score_passages(case.asked, case.candidates, case.bm25, ranker):
            assert len(scores.sentence_scores) == counts[scores.key]
            assert np.isfinite([scores.score, *scores.sentence_scores]).all()

    @given(cases(), rankers, st.randoms(use_true_random=False))
    def test_the_order_of_the_candidates_does_not_matter(self, case: Case, ranker: Ranker, random: object) -> None:
        shuffled = list(case.candidates)
        random.shuffle(shuffled)  # type: ignore[attr-defined] # it is a random.Random
        assert_nearly_equal(
            score_passages(case.asked, shuffled, case.bm25, ranker),
            score_passages(case.asked, case.candidates, case.bm25, ranker),
        )

    @given(cases())
    def test_best_cosine_is_that_of_the_nearest_sentence(self, case: Case) -> None:
        by_key = {found.key: found for found in case.candidates}
        for scores in score_passages(case.asked, case.candidates, case.bm25):
            cosines = by_key[scores.key].vectors[1:] @ case.asked.vector
            assert scores.best_cosine == pytest.approx(float(cosines.max()), abs=ROUNDING)

    @given(cases())
    def test_coverage_is_the_share_of_idf_found_in_header_and_sentences(self, case: Case) -> None:
        by_key = {found.key: found for found in case.candidates}
        total = float(case.asked.idf.sum())
        for scores in score_passages(case.asked, case.candidates, case.bm25):
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
        ranked = score_passages(case.asked, twins, dict.fromkeys((9, 3, 7, 1), 2.0))
        assert [scores.key for scores in ranked] == [1, 3, 7, 9]
        for scores in ranked:
            assert scores.sentence_scores == pytest.approx(ranked[0].sentence_scores, abs=ROUNDING)

    def test_equal_candidates_of_the_models_size_come_in_the_order_of_their_keys(self) -> None:
        """A row of a matrix product may differ in its last digit by where it stands; that is no difference."""
        random = np.random.default_rng(0)
        for _ in range(100):
            rows = unit(random.standard_normal((3, 384)).astype(np.float32))
            twins = [candidate(key, rows[0], [(rows[1], codes(0))]) for key in (1, 3, 7, 9, 11)]
            ranked = score_passages(question(rows[2], 0), twins, {})
            assert [scores.key for scores in ranked] == [1, 3, 7, 9, 11]


def assert_nearly_equal(one: Sequence[PassageScores], other: Sequence[PassageScores]) -> None:
    """Sums of floats in another order differ in the last digit."""
    assert [scores.key for scores in one] == [scores.key for scores in other]
    for first, second in zip(one, other, strict=True):
        assert (first.score, *first.sentence_scores) == pytest.approx(
            (second.score, *second.sentence_scores), abs=ROUNDING
        )


def order(
    asked: QuestionSignals, candidates: Sequence[IndexedPassage], bm25: Mapping[int, float], ranker: Ranker
) -> list[int]:
    return [scores.key for scores in score_passages(asked, candidates, bm25, ranker)]


class TestRankers:
    near_in_meaning = candidate(1, direction(1), [(direction(1), codes(5))])
    near_in_words = candidate(2, direction(0, 1), [(direction(0, 1), codes(0))])
    asked = question(direction(1), 0)

    @pytest.mark.parametrize(("ranker", "expected"), [(Ranker.DENSE, [1, 2]), (Ranker.LEXICAL, [2, 1])])
    def test_one_leg_alone_looks_at_its_own_signal(self, ranker: Ranker, expected: list[int]) -> None:
        assert order(self.asked, [self.near_in_meaning, self.near_in_words], {2: 7.0}, ranker) == expected

    def test_a_dense_score_is_the_passages_cosine(self) -> None:
        (scores,) = score_passages(question(direction(1, 1)), [self.near_in_meaning], {}, Ranker.DENSE)
        assert scores.score == pytest.approx(2**-0.5, abs=1e-5)

    def test_a_lexical_score_is_relative_to_the_best(self) -> None:
        ranked = score_passages(
            self.asked, [self.near_in_meaning, self.near_in_words], {1: 3.0, 2: 12.0}, Ranker.LEXICAL
        )
        assert [scores.score for scores in ranked] == pytest.approx([1.0, 0.25])

    @given(cases())
    def test_full_is_fused_until_late_interaction_is_added(self, case: Case) -> None:
        full = score_passages(case.asked, case.candidates, case.bm25, Ranker.FULL)
        assert full == score_passages(case.asked, case.candidates, case.bm25, Ranker.FUSED)

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


class TestSentences:
    def test_the_sentence_near_in_meaning_scores_higher(self) -> None:
        (scores,) = score_passages(
            question(direction(1)),
            [candidate(1, direction(1, 1), [(direction(0, 1), codes()), (direction(1), codes())])],
            {},
        )
        assert scores.sentence_scores[1] > scores.sentence_scores[0]

    def test_between_equal_meanings_the_one_with_the_rarer_word_scores_higher(self) -> None:
        (scores,) = score_passages(
            question(direction(1), 0, 1, idf=[0.5, 4.0]),
            [candidate(1, direction(1), [(direction(1), codes(0)), (direction(1), codes(1))])],
            {1: 1.0},
        )
        assert scores.sentence_scores[1] > scores.sentence_scores[0]

    @given(cases(), rankers)
    def test_a_score_is_the_passages_and_the_weighted_cosine_and_coverage(self, case: Case, ranker: Ranker) -> None:
        by_key = {found.key: found for found in case.candidates}
        total = max(float(case.asked.idf.sum()), 1e-9)
        for scores in score_passages(case.asked, case.candidates, case.bm25, ranker):
            found = by_key[scores.key]
            for score, vector, stems in zip(scores.sentence_scores, found.vectors[1:], found.stems[1:], strict=True):
                coverage = float(case.asked.idf[np.isin(case.asked.stems, stems)].sum()) / total
                expected = scores.score + ANSWER_COSINE * float(vector @ case.asked.vector) + ANSWER_COVERAGE * coverage
                assert score == pytest.approx(expected, abs=3 * ROUNDING)

    def test_saying_a_word_more_often_makes_no_better_answer(self) -> None:
        (scores,) = score_passages(
            question(direction(1), 0),
            [candidate(1, direction(1), [(direction(1), codes(0)), (direction(1), codes(0, 0, 0))])],
            {1: 1.0},
        )
        assert scores.sentence_scores[0] == scores.sentence_scores[1]

    def test_a_word_of_the_header_covers_the_question_but_is_no_sentences(self) -> None:
        plain = candidate(1, direction(1), [(direction(1), codes(3))])
        titled = candidate(2, direction(1), [(direction(1), codes(3))], header=codes(0))
        one, two = sorted(score_passages(question(direction(1), 0), [plain, titled], {}), key=lambda scores: scores.key)
        assert (one.coverage, two.coverage) == (0.0, 1.0)
        assert one.sentence_scores == pytest.approx(two.sentence_scores)


class TestNothing:
    def test_no_candidates_have_no_scores(self) -> None:
        assert score_passages(question(direction(1), 0), [], {}) == []

    def test_a_question_without_stems_is_ranked_by_meaning(self) -> None:
        near, far = (
            candidate(2, direction(1), [(direction(1), codes(0))]),
            candidate(1, direction(0, 1), [(direction(0, 1), codes(0))]),
        )
        ranked = score_passages(question(direction(1)), [far, near], {})
        assert [scores.key for scores in ranked] == [2, 1]
        assert {scores.coverage for scores in ranked} == {0.0}

    def test_a_candidate_without_any_stem_is_scored(self) -> None:
        (scores,) = score_passages(
            question(direction(1), 0), [candidate(1, direction(1), [(direction(1), codes())])], {}
        )
        assert scores.coverage == 0.0
        assert scores.best_cosine == pytest.approx(1.0)
