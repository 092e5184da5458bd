"""Close reading reckoned by hand: words and tokens along a few axes, so every cosine is known."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.embedding.vectors import TokenVectors, unit
from retrieval.index.catalog import Candidate
from retrieval.ranking import (
    ClosePassage,
    PassageScores,
    QuestionSignals,
    Ranker,
    Traits,
    Weights,
    read_closely,
    score_passages,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

AXES = 4
ROUNDING = 3e-5
EAST, NORTH, UP = (1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0)
WEST = (-1.0, 0.0, 0.0, 0.0)
NORTH_EAST = (0.6, 0.8, 0.0, 0.0)
"""Cosine 0.6 to the east, 0.8 to the north."""

FULL = Weights()
PLAIN = Traits(cue=0.0, refers_back=False, heading=False)
HEADING = Traits(cue=0.0, refers_back=False, heading=True)
BACK = Traits(cue=0.0, refers_back=True, heading=False)

Vector = tuple[float, ...]


def vectors(rows: Sequence[Vector]) -> NDArray[np.float32]:
    return np.array(rows, dtype=np.float32).reshape(-1, AXES)


def codes(*stems: int) -> NDArray[np.uint32]:
    return np.array(stems, dtype=np.uint32)


def words(*rows: Vector, idf: Sequence[float] | None = None) -> QuestionSignals:
    """A question of these words; nothing else of it is looked at here."""
    return QuestionSignals(
        vector=vectors([EAST])[0],
        stems=np.zeros(0, dtype=np.uint32),
        idf=np.zeros(0, dtype=np.float32),
        tokens=vectors(rows),
        token_idf=np.array([1.0] * len(rows) if idf is None else idf, dtype=np.float32),
    )


def phrase(*stems: int, idf: Sequence[float] | None = None) -> QuestionSignals:
    """A question of these stems, of which only the order is looked at."""
    weights = np.array([1.0] * len(stems) if idf is None else idf, dtype=np.float32)
    return dataclasses.replace(words(UP), stems=codes(*stems), idf=weights)


def tokens(*texts: Sequence[Vector]) -> TokenVectors:
    """The tokens of a header and of sentences."""
    rows = vectors([row for text in texts for row in text])
    return TokenVectors(
        np.arange(len(rows), dtype=np.uint16), rows, np.array([len(text) for text in texts], dtype=np.uint16)
    )


def passage(
    *texts: Sequence[Vector], traits: Sequence[Traits] | None = None, stems: Sequence[NDArray[np.uint32]] | None = None
) -> ClosePassage:
    """A passage of a header and sentences by their tokens, plain ones without stems unless told."""
    sentences = len(texts) - 1
    return ClosePassage(tokens(*texts), stems or [codes()] * len(texts), traits or [PLAIN] * sentences)


def scores(key: int, score: float, *sentences: float) -> PassageScores:
    return PassageScores(key, score, sentences, best_cosine=0.5, coverage=0.25)


def read(
    asked: QuestionSignals, before: PassageScores, read_by: ClosePassage, weights: Weights = FULL
) -> PassageScores:
    (found,) = read_closely(asked, [before], {before.key: read_by}, weights)
    return found


class TestByHand:
    def test_each_word_takes_its_nearest_token_and_words_count_by_their_idf_and_alike(self) -> None:
        """The word east is worth 3 of 4: 0.6 in the first sentence, 1 in the second; north 0.8, and 0."""
        found = read(words(EAST, NORTH, idf=[3, 1]), scores(1, 0.5, 0.7, 0.1), passage([], [NORTH_EAST, UP], [EAST]))
        first, second, whole = (3 * 0.6 + 0.8) / 4, 3 / 4, (3 * 1 + 0.8) / 4
        evenly = (0.6 + 0.8) / 2, 1 / 2
        lifted = FULL.passage_late * whole
        expected = (
            0.7 + lifted + FULL.answer_late * first + FULL.answer_late_even * evenly[0],
            0.1 + lifted + FULL.answer_late * second + FULL.answer_late_even * evenly[1],
        )
        assert found.sentence_scores == pytest.approx(expected, abs=ROUNDING)
        assert found.score == pytest.approx(max(expected), abs=ROUNDING)
        assert found.best_late == pytest.approx(max(first, second), abs=ROUNDING)

    def test_the_headers_tokens_count_for_the_passage_and_for_no_sentence(self) -> None:
        found = read(words(EAST), scores(1, 0.5, 0.7), passage([EAST], [NORTH]))
        assert found.sentence_scores == pytest.approx((0.7 + FULL.passage_late,), abs=ROUNDING)
        assert found.best_late == 0.0

    def test_a_sentence_without_tokens_gains_what_its_passage_does(self) -> None:
        found = read(words(EAST), scores(1, 0.5, 0.7, 0.6), passage([], [EAST], []))
        alone = FULL.answer_late + FULL.answer_late_even
        assert found.sentence_scores == pytest.approx(
            (0.7 + FULL.passage_late + alone, 0.6 + FULL.passage_late), abs=ROUNDING
        )

    def test_what_points_the_other_way_is_worth_nothing_and_takes_nothing(self) -> None:
        found = read(words(EAST), scores(1, 0.5, 0.7), passage([WEST], [WEST]))
        assert (found.score, found.sentence_scores, found.best_late) == (0.7, (0.7,), 0.0)

    @pytest.mark.parametrize("tokens_of", [[[EAST], [NORTH]], [[], []]])
    def test_a_question_without_words_leaves_every_sentence_as_it_was(self, tokens_of: list[list[Vector]]) -> None:
        found = read(words(), scores(1, 0.5, 0.7), passage(*tokens_of))
        assert (found.score, found.sentence_scores) == (0.7, (0.7,))

    def test_cosine_and_coverage_are_none_of_its_business(self) -> None:
        found = read(words(EAST), scores(1, 0.5, 0.7), passage([EAST], [EAST]))
        assert (found.key, found.best_cosine, found.coverage) == (1, 0.5, 0.25)


class TestBestSentence:
    def test_a_passage_is_as_good_as_its_best_sentence(self) -> None:
        found = read(words(EAST), scores(1, 0.5, 0.9, 0.6), passage([], [NORTH], [EAST]))
        assert found.score == max(found.sentence_scores) == found.sentence_scores[1]

    def test_a_heading_gives_a_passage_nothing(self) -> None:
        asked, before = words(EAST, NORTH), scores(1, 0.5, 3.0, 0.6)
        found = read(asked, before, passage([], [EAST, NORTH], [NORTH_EAST], traits=[HEADING, PLAIN]))
        assert found.score == found.sentence_scores[1] < found.sentence_scores[0]
        assert found.best_late == pytest.approx((0.6 + 0.8) / 2, abs=ROUNDING)

    def test_headings_alone_give_a_passage_nothing(self) -> None:
        found = read(words(EAST), scores(1, 0.5, 3.0), passage([], [EAST], traits=[HEADING]))
        assert found.score == pytest.approx(0.5 + FULL.passage_late, abs=ROUNDING)
        assert found.best_late == 0.0

    def test_weight_zero_leaves_a_passage_its_own_score(self) -> None:
        weights = dataclasses.replace(FULL, best_sentence=0.0)
        found = read(words(EAST), scores(1, 0.5, 3.0), passage([], [EAST]), weights)
        assert found.score == pytest.approx(0.5 + FULL.passage_late, abs=ROUNDING)


class TestReferringBack:
    """ "The bridge was shut. It closed on Tuesday": the second sentence says the bridge, too."""

    def test_a_sentence_that_refers_back_is_credited_with_the_one_before_it(self) -> None:
        asked, before = words(EAST, NORTH), scores(1, 0.5, 0.5, 0.5)
        alone = read(asked, before, passage([], [EAST], [NORTH]))
        credited = read(asked, before, passage([], [EAST], [NORTH], traits=[PLAIN, BACK]))
        assert alone.sentence_scores[0] == alone.sentence_scores[1] == credited.sentence_scores[0]
        assert credited.sentence_scores[1] - alone.sentence_scores[1] == pytest.approx(
            0.5 * (FULL.answer_late + FULL.answer_late_even), abs=ROUNDING
        )
        assert credited.best_late == pytest.approx(1.0, abs=ROUNDING)

    def test_it_is_credited_with_one_sentence_and_not_with_the_one_before_that(self) -> None:
        found = read(
            words(EAST), scores(1, 0.5, 0, 0, 0), passage([], [EAST], [NORTH], [UP], traits=[PLAIN, PLAIN, BACK])
        )
        assert found.sentence_scores[2] == found.sentence_scores[1] < found.sentence_scores[0]

    def test_the_first_sentence_of_a_passage_has_none_before_it(self) -> None:
        asked, before = words(EAST), scores(1, 0.5, 0.5, 0.5)
        read_by = passage([EAST], [NORTH], [UP], traits=[BACK, PLAIN])
        assert read(asked, before, read_by) == read(asked, before, passage([EAST], [NORTH], [UP]))

    def test_what_a_sentence_says_better_itself_stays(self) -> None:
        asked, before = words(EAST), scores(1, 0.5, 0.5, 0.5)
        found = read(asked, before, passage([], [NORTH_EAST], [EAST], traits=[PLAIN, BACK]))
        assert found == read(asked, before, passage([], [NORTH_EAST], [EAST]))

    def test_weight_zero_credits_it_with_nothing(self) -> None:
        asked, before = words(EAST, NORTH), scores(1, 0.5, 0.5, 0.5)
        weights = dataclasses.replace(FULL, back_reference=0.0)
        found = read(asked, before, passage([], [EAST], [NORTH], traits=[PLAIN, BACK]), weights)
        assert found == read(asked, before, passage([], [EAST], [NORTH]), weights)


class TestPhrases:
    """A question of three stems has two pairs of neighbours; what a pair is worth is the idf of both."""

    asked = phrase(1, 2, 3, idf=[1.0, 2.0, 4.0])

    @pytest.mark.parametrize(
        ("stems", "share"),
        [
            ([1, 2, 3], 1.0),
            ([1, 2, 9, 3], 3 / 9),
            ([9, 2, 3], 6 / 9),
            ([2, 1], 0.0),
            ([1, 9, 2, 9, 3], 0.0),
            ([3, 2, 1], 0.0),
            ([], 0.0),
            ([2], 0.0),
            ([2, 3, 1, 2], 1.0),
        ],
    )
    def test_pairs_count_by_their_idf_where_they_stand_side_by_side(self, stems: list[int], share: float) -> None:
        found = read(self.asked, scores(1, 0.5, 0.5), passage([], [], stems=[codes(), codes(*stems)]))
        assert found.score == pytest.approx(0.5 + FULL.passage_phrases * share, abs=ROUNDING)

    def test_a_phrase_of_the_header_is_not_the_passages(self) -> None:
        found = read(self.asked, scores(1, 0.5, 0.5), passage([], [], stems=[codes(1, 2, 3), codes()]))
        assert found.score == 0.5

    @pytest.mark.parametrize("asked", [phrase(), phrase(1)])
    def test_fewer_than_two_stems_are_no_phrase(self, asked: QuestionSignals) -> None:
        found = read(asked, scores(1, 0.5, 0.5), passage([], [], stems=[codes(), codes(1, 1)]))
        assert found.score == 0.5

    def test_a_passage_without_sentences_has_no_phrase(self) -> None:
        found = read(self.asked, scores(1, 0.5), passage([], stems=[codes(1, 2, 3)]))
        assert found.score == 0.5

    def test_weight_zero_takes_them_out(self) -> None:
        weights = dataclasses.replace(FULL, passage_phrases=0.0)
        found = read(self.asked, scores(1, 0.5, 0.5), passage([], [], stems=[codes(), codes(1, 2, 3)]), weights)
        assert found.score == 0.5


class TestWeights:
    asked = words(EAST, NORTH, idf=[3, 1])

    @pytest.mark.parametrize(
        ("signal", "one", "other"),
        [
            # What the first has and the second lacks is what this weight alone looks at.
            ("passage_late", passage([EAST], [UP]), passage([], [UP])),
            (
                "answer_cue",
                passage([], [UP], traits=[Traits(0.4, refers_back=False, heading=False)]),
                passage([], [UP]),
            ),
        ],
    )
    def test_weight_zero_takes_a_signal_out(self, signal: str, one: ClosePassage, other: ClosePassage) -> None:
        before = scores(1, 0.5, 0.5)
        assert read(self.asked, before, one).score > read(self.asked, before, other).score
        without = dataclasses.replace(FULL, **{signal: 0.0})
        assert read(self.asked, before, one, without) == read(self.asked, before, other, without)

    @pytest.mark.parametrize(("signal", "share"), [("answer_late", 3 / 4), ("answer_late_even", 1 / 2)])
    def test_a_sentence_gains_each_late_interaction_by_its_weight(self, signal: str, share: float) -> None:
        """The sentence says east and not north: three quarters of the idf, one of two words."""
        before, read_by = scores(1, 0.5, 0.5), passage([], [EAST])
        without = read(self.asked, before, read_by, dataclasses.replace(FULL, **{signal: 0.0}))
        gained = read(self.asked, before, read_by).sentence_scores[0] - without.sentence_scores[0]
        assert gained == pytest.approx(getattr(FULL, signal) * share, abs=ROUNDING)

    def test_a_cue_lifts_its_sentence_by_its_weight_and_so_the_passage(self) -> None:
        cued = Traits(cue=0.4, refers_back=False, heading=False)
        found = read(words(UP), scores(1, 0.5, 0.5, 0.6), passage([], [], [], traits=[cued, PLAIN]))
        assert found.sentence_scores == pytest.approx((0.5 + 0.4 * FULL.answer_cue, 0.6), abs=ROUNDING)
        assert found.score == found.sentence_scores[0]

    @pytest.mark.parametrize("ranker", [Ranker.DENSE, Ranker.LEXICAL, Ranker.FUSED])
    def test_only_full_lets_close_reading_change_a_passages_score(self, ranker: Ranker) -> None:
        cued = Traits(cue=0.4, refers_back=True, heading=False)
        read_by = passage([EAST], [EAST], [NORTH], traits=[PLAIN, cued], stems=[codes(), codes(1, 2), codes(1)])
        asked = dataclasses.replace(self.asked, stems=codes(1, 2), idf=np.ones(2, dtype=np.float32))
        assert read(asked, scores(1, 0.5, 0.9, 0.1), read_by, ranker.weights).score == 0.5
        assert read(asked, scores(1, 0.5, 0.9, 0.1), read_by, Ranker.FULL.weights).score > 0.5


class TestOrder:
    def test_what_is_nearer_word_by_word_overtakes(self) -> None:
        ranked = [scores(1, 0.9, 0.9), scores(2, 0.8, 0.8)]
        found = read_closely(words(EAST), ranked, {1: passage([], [NORTH_EAST]), 2: passage([], [EAST])}, FULL)
        assert [after.key for after in found] == [2, 1]

    def test_what_has_one_sentence_that_answers_overtakes(self) -> None:
        """Together the first passage's sentences say more; none of them alone does."""
        ranked = [scores(1, 0.9, 0.9, 0.9), scores(2, 0.8, 0.8)]
        close = {1: passage([], [EAST], [NORTH]), 2: passage([], [EAST, NORTH])}
        assert [after.key for after in read_closely(words(EAST, NORTH), ranked, close, FULL)] == [2, 1]

    def test_equal_passages_come_in_the_order_of_their_keys(self) -> None:
        same = passage([NORTH], [EAST, NORTH_EAST])
        ranked = [scores(key, 0.5, 0.7) for key in (9, 3, 7, 1)]
        found = read_closely(words(EAST, UP), ranked, dict.fromkeys((9, 3, 7, 1), same), FULL)
        assert [after.key for after in found] == [1, 3, 7, 9]

    def test_those_that_were_read_closely_stay_before_the_others(self) -> None:
        """The second's score is the better one in the end; it was not looked at, so it may not pass."""
        ranked = [scores(5, 0.5, 0.1), scores(2, 0.5, 0.9), scores(8, 0.4, 0.3)]
        found = read_closely(words(EAST), ranked, {5: passage([], [WEST])}, FULL)
        assert [after.key for after in found] == [5, 2, 8]
        assert found[0].score < found[1].score
        assert found[1:] == ranked[1:]

    def test_nothing_ranked_is_nothing_read(self) -> None:
        assert read_closely(words(EAST), [], {}, FULL) == []

    def test_full_puts_first_what_fused_puts_second(self) -> None:
        """Both passages are one vector to the model, and words lift the wrong one; token by token only one answers."""
        asked = dataclasses.replace(words(NORTH, UP), stems=codes(4), idf=np.ones(1, np.float32))
        wrong, right = (
            Candidate(key=key, vectors=vectors([NORTH_EAST, NORTH_EAST]), stems=(codes(), codes(stem)))
            for key, stem in ((1, 4), (2, 5))
        )
        close = {1: passage([], [EAST, NORTH_EAST]), 2: passage([], [NORTH, UP])}
        order = {}
        for ranker in (Ranker.FUSED, Ranker.FULL):
            first = score_passages(asked, [wrong, right], {1: 7.0}, ranker.weights)
            order[ranker] = [found.key for found in read_closely(asked, first, close, ranker.weights)]
        assert order == {Ranker.FUSED: [1, 2], Ranker.FULL: [2, 1]}


@dataclasses.dataclass(frozen=True)
class Case:
    """A question, ranked passages and what the first of them are read by, drawn at random."""

    asked: QuestionSignals
    ranked: list[PassageScores]
    close: dict[int, ClosePassage]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))

    def directions(count: int) -> list[Vector]:
        drawn = unit(random.standard_normal((count, AXES)).astype(np.float32))
        return [tuple(row) for row in drawn.tolist()]

    def close_passage(counts: Sequence[int]) -> ClosePassage:
        traits = [
            Traits(float(random.uniform(0, 1)), bool(random.random() < 0.4), bool(random.random() < 0.2))
            for _ in counts[1:]
        ]
        stems = [codes(*random.integers(0, 5, size=random.integers(0, 5))) for _ in counts]
        return passage(*(directions(count) for count in counts), traits=traits, stems=stems)

    asked, stems = draw(st.integers(0, 5)), draw(st.integers(0, 5))
    keys = random.permutation(50)[: draw(st.integers(0, 8))].tolist()
    values = np.sort(random.uniform(-1, 2, size=len(keys)).round(5))[::-1].tolist()
    counts = [random.integers(0, 4, size=random.integers(2, 6)).tolist() for _ in keys]
    ranked = [
        scores(key, value, *(value + random.uniform(-0.5, 1.1, size=len(texts) - 1)).round(5).tolist())
        for key, value, texts in zip(keys, values, counts, strict=True)
    ]
    question = dataclasses.replace(
        words(*directions(asked), idf=random.uniform(0.1, 8, size=asked).tolist()),
        stems=codes(*random.permutation(5)[:stems]),
        idf=random.uniform(0.1, 8, size=stems).astype(np.float32),
    )
    first = list(zip(keys, counts, strict=True))[: draw(st.integers(0, len(keys)))]
    return Case(question, ranked, {key: close_passage(texts) for key, texts in first})


class TestWhateverIsAsked:
    @given(cases())
    def test_every_score_is_finite_and_a_share_is_one(self, case: Case) -> None:
        for found in read_closely(case.asked, case.ranked, case.close, FULL):
            assert np.isfinite([found.score, *found.sentence_scores]).all()
            assert 0 <= found.best_late <= 1 + ROUNDING

    @given(cases())
    def test_a_passage_is_as_good_as_its_best_sentence_that_is_no_heading(self, case: Case) -> None:
        for found in read_closely(case.asked, case.ranked, case.close, FULL)[: len(case.close)]:
            traits = case.close[found.key].traits
            telling = [score for score, kind in zip(found.sentence_scores, traits, strict=True) if not kind.heading]
            if telling:
                assert found.score == pytest.approx(max(telling), abs=ROUNDING)

    @given(cases())
    def test_a_sentence_gains_no_more_than_the_weights_say(self, case: Case) -> None:
        before = {ranked.key: ranked for ranked in case.ranked}
        most = FULL.passage_late + FULL.passage_phrases + FULL.answer_late + FULL.answer_late_even + FULL.answer_cue
        for after in read_closely(case.asked, case.ranked, case.close, FULL)[: len(case.close)]:
            for old, new in zip(before[after.key].sentence_scores, after.sentence_scores, strict=True):
                assert -ROUNDING <= new - old <= most + ROUNDING

    @given(cases())
    def test_what_is_read_closely_stays_before_the_rest_which_keeps_its_scores(self, case: Case) -> None:
        found, closely = read_closely(case.asked, case.ranked, case.close, FULL), len(case.close)
        assert {after.key for after in found[:closely]} == set(case.close)
        assert found[closely:] == case.ranked[closely:]
        values = [after.score for after in found[:closely]]
        assert values == sorted(values, reverse=True)

    @given(cases(), st.randoms(use_true_random=False))
    def test_the_order_before_does_not_matter(self, case: Case, random: object) -> None:
        among = [ranked for ranked in case.ranked if ranked.key in case.close]
        expected = read_closely(case.asked, among, case.close, FULL)
        random.shuffle(among)  # type: ignore[attr-defined] # it is a random.Random
        assert read_closely(case.asked, among, case.close, FULL) == expected

    @given(cases())
    def test_without_any_weight_everything_stays_as_it_was(self, case: Case) -> None:
        nothing = Weights(**dict.fromkeys((field.name for field in dataclasses.fields(Weights)), 0.0))
        before = {ranked.key: (ranked.score, ranked.sentence_scores) for ranked in case.ranked}
        for after in read_closely(case.asked, case.ranked, case.close, nothing):
            score, sentence_scores = before[after.key]
            assert after.score == pytest.approx(score, abs=ROUNDING)
            assert after.sentence_scores == pytest.approx(sentence_scores, abs=ROUNDING)
