"""One number says whether the articles hold an answer; both of its parts must speak for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answering.abstention import THRESHOLD, confidence

cosines = st.floats(-1, 1)
shares = st.floats(0, 1)


@given(cosines, shares, st.floats(0.001, 1))
def test_nearer_in_meaning_is_surer(cosine: float, coverage: float, more: float) -> None:
    assert confidence(cosine + more, coverage) > confidence(cosine, coverage)


@given(cosines, shares, st.floats(0.001, 1))
def test_more_of_the_questions_words_is_surer(cosine: float, coverage: float, more: float) -> None:
    assert confidence(cosine, coverage + more) > confidence(cosine, coverage)


def test_meaning_and_words_together_are_enough() -> None:
    assert confidence(0.7, 1.0) >= THRESHOLD


@pytest.mark.parametrize(("cosine", "coverage"), [(0.0, 1.0), (0.5, 0.0), (0.1, 0.5)])
def test_neither_alone_is_enough(cosine: float, coverage: float) -> None:
    assert confidence(cosine, coverage) < THRESHOLD
