"""One number says whether the articles hold an answer, and a curve what it is worth."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answering.abstention import BUNDLED, evidence
from retrieval.models import Calibration

cosines = st.floats(-1, 1)
shares = st.floats(0, 1)
more = st.floats(0.001, 1)
found = st.floats(evidence(-1, 0, 0), evidence(1, 1, 1))


class TestEvidence:
    @given(cosines, shares, shares, more)
    def test_nearer_in_meaning_is_more(self, cosine: float, coverage: float, late: float, added: float) -> None:
        assert evidence(cosine + added, coverage, late) > evidence(cosine, coverage, late)

    @given(cosines, shares, shares, more)
    def test_more_of_the_questions_words_is_more(
        self, cosine: float, coverage: float, late: float, added: float
    ) -> None:
        assert evidence(cosine, coverage + added, late) > evidence(cosine, coverage, late)

    @given(cosines, shares, shares, more)
    def test_a_sentence_that_answers_word_by_word_is_more(
        self, cosine: float, coverage: float, late: float, added: float
    ) -> None:
        assert evidence(cosine, coverage, late + added) > evidence(cosine, coverage, late)

    def test_meaning_words_and_their_order_together_are_enough(self) -> None:
        assert BUNDLED.confidence(evidence(0.7, 1.0, 0.8)) >= BUNDLED.answer

    @pytest.mark.parametrize(("cosine", "coverage", "late"), [(0.7, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 0.7)])
    def test_none_alone_is_enough(self, cosine: float, coverage: float, late: float) -> None:
        assert BUNDLED.confidence(evidence(cosine, coverage, late)) < BUNDLED.answer


class TestCalibration:
    curve = Calibration(slope=2.0, midpoint=3.0, answer=0.4, closest=0.1)

    def test_at_the_midpoint_an_answer_is_as_likely_as_none(self) -> None:
        assert self.curve.confidence(3.0) == 0.5

    @given(st.floats(0.001, 1))
    def test_it_is_as_sure_above_the_midpoint_as_it_is_unsure_below(self, distance: float) -> None:
        above, below = self.curve.confidence(3.0 + distance), self.curve.confidence(3.0 - distance)
        assert above + below == pytest.approx(1)
        assert above > below

    @given(found, more)
    def test_more_evidence_is_surer_and_always_a_chance(self, evidence_found: float, added: float) -> None:
        less, surer = BUNDLED.confidence(evidence_found), BUNDLED.confidence(evidence_found + added)
        assert 0 < less < surer < 1

    def test_the_bundled_one_shows_the_closest_before_it_answers(self) -> None:
        assert 0 < BUNDLED.closest < BUNDLED.answer < 1
