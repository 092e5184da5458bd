"""A question's kind of thing lifts the sentences that hold one, and only those."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answering.cues import CUES, NAME_WEIGHT, SCALE, bonus


@pytest.mark.parametrize(
    ("question", "holds", "lacks"),
    [
        ("When did the bridge close?", "It closed on 14 March 2019.", "It closed for repairs."),
        ("What year was it built?", "It dates from 1931.", "It is old."),
        ("How many owls were counted?", "Twelve owls were counted.", "Some owls were counted."),
        ("How much did it cost?", "It cost $3.5 million.", "It was costly."),
        ("How tall is the tower?", "The tower is 96 metres tall.", "The tower is very tall."),
        ("Where did the ferry run aground?", "It ran aground near Bodo.", "It ran aground at night."),
        ("Why was it closed?", "It closed because its cables rusted.", "It closed yesterday."),
        ("What did the council decide?", "The council closed the bridge.", "The council will close the bridge."),
        ("Were owls counted?", "Owls were counted.", "Owls are due to be counted."),
        ("Who opened the bridge?", "It was opened by Ruth Halvorsen.", "It was opened by the minister."),
    ],
)
def test_a_sentence_that_holds_the_kind_of_thing_gains_more(question: str, holds: str, lacks: str) -> None:
    assert bonus(question, holds) > bonus(question, lacks) >= 0


def test_what_a_sentence_gains_is_the_cues_weight_on_the_scale_of_its_score() -> None:
    when, number, with_unit, *_, past = CUES
    assert bonus("When did it close?", "It closed in 2019.") == pytest.approx(SCALE * (when.weight + past.weight))
    assert bonus("How tall is it?", "It is 96 metres tall.") == pytest.approx(
        SCALE * (number.weight + with_unit.weight)
    )
    assert bonus("Who closed it?", "It was closed by Halvorsen.") == pytest.approx(SCALE * NAME_WEIGHT)


def test_a_name_that_the_question_gives_is_not_the_answer() -> None:
    assert bonus("Who is Ruth Halvorsen?", "The minister is called Ruth Halvorsen.") == 0


def test_a_question_that_asks_for_no_kind_of_thing_lifts_nothing() -> None:
    assert bonus("Tell me about the bridge", "On 14 March 2019 Ruth Halvorsen paid $3 million in Larvik.") == 0


@given(st.text(max_size=40), st.text(max_size=80))
def test_whatever_is_written_the_bonus_is_not_negative(question: str, sentence: str) -> None:
    assert bonus(question, sentence) >= 0
