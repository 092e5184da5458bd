from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.llm.meter import Meter
from retrieval.llm.models import Tokens


def test_what_is_not_sent_takes_nothing() -> None:
    assert Meter("A long question.", 10).tokens == Tokens(0, 0)


@given(st.lists(st.text(min_size=1)))
def test_what_is_sent_is_estimated_by_its_length(pieces: list[str]) -> None:
    meter = Meter("", 10)
    meter.is_sent = True
    for piece in pieces:
        meter.count(piece)

    size = len("".join(pieces).encode("utf-8", "replace"))
    assert meter.tokens.prompt == 0
    assert size / 4 <= meter.tokens.completion < size / 4 + 1


@given(st.integers(1, 100), st.integers(1, 4))
def test_an_answer_of_as_many_tokens_as_were_asked_for_is_not_cut(most: int, letters: int) -> None:
    meter = Meter("", most)
    for _ in range(most):
        meter.count("x" * letters)

    assert not meter.is_over


def test_an_answer_that_comes_letter_by_letter_is_not_cut_at_so_many_letters() -> None:
    meter = Meter("", 10)
    for letter in "Two masons repaired it in May, says one.":
        meter.count(letter)

    assert not meter.is_over


def test_an_answer_of_one_piece_is_cut_where_no_tokens_are_that_long() -> None:
    meter = Meter("", 10)
    meter.count("x" * 81)

    assert meter.is_over
