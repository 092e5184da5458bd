"""Which source a message asks for, and when a newspaper's name is only a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.query.sources import named, resolve

SOURCES = (
    "Sky News",
    "Sky News Arabia",
    "The Harbour Courier",
    "Harbour Post",
    "Continental Ledger",
    "Reuters",
    "Time",
    "Nature",
    "The Sun",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("According to Sky News, who won?", "Sky News"),
        ("according to sky news who won", "Sky News"),
        ("Who won according to Sky News Arabia?", "Sky News Arabia"),
        ("What stood in the Harbour Courier about owls?", "The Harbour Courier"),
        ("What stood in Harbour Courier about owls?", "The Harbour Courier"),
        ("Which fire was reported by the Continental Ledger?", "Continental Ledger"),
        ("news from the Continental Ledger", "Continental Ledger"),
        ("What does Sky News say about owls?", "Sky News"),
        ("what does reuters say about owls", "Reuters"),
        ("Sky News reported a fire; where?", "Sky News"),
        ("Where is the fire that the Harbour Post writes about?", "Harbour Post"),
        ("Who is in the Sky News article?", "Sky News"),
        ("Who is in Sky News’s report?", "Sky News"),
        ("Who is in Sky News' coverage?", "Sky News"),
        ("What does Nature say about owls?", "Nature"),
        ("Which study was published in Nature?", "Nature"),
        ("Who is on the list in Time?", "Time"),
        ("What is in The Sun about owls?", "The Sun"),
        ("What does the Sun say about owls?", "The Sun"),
        ("According to the Sun, who won?", "The Sun"),
    ],
)
def test_a_source_with_a_cue_is_found(text: str, expected: str) -> None:
    assert named(text, SOURCES) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Who owns Sky News?",
        "What is the Harbour Post building made of?",
        "Did the train come in time?",
        "What does time say about us?",
        "What happened in Time Square?",
        "What is by nature white?",
        "According to nature, who wins?",
        "How far is Earth from the Sun?",
        "How hot is it in the sun?",
        "Who works for the Continental Ledgers from Continental Ledgerton?",
        "Which sky news is good news?",
        "",
    ],
)
def test_a_name_without_a_cue_or_a_capital_is_a_word(text: str) -> None:
    assert named(text, SOURCES) is None


@pytest.mark.parametrize(
    "text",
    [
        "according to Sky News and the Continental Ledger",
        "Do Sky News and Reuters report the same?",
        "What does Sky News say, and what does Reuters say?",
    ],
)
def test_of_two_sources_none_is_preferred(text: str) -> None:
    assert named(text, SOURCES) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Sky News", "Sky News"),
        ("sky news", "Sky News"),
        ("arabia", "Sky News Arabia"),
        ("harbour courier", "The Harbour Courier"),
        ("The Reuters", "Reuters"),
        ("courier", "The Harbour Courier"),
        ("ledg", "Continental Ledger"),
        ("harbour", None),
        ("sky", None),
        ("the", None),
        ("", None),
        ("Gazette", None),
    ],
)
def test_the_value_of_the_operator_is_a_name_or_a_unique_part_of_one(value: str, expected: str | None) -> None:
    assert resolve(value, SOURCES) == expected


def test_a_name_written_as_the_corpus_writes_it_goes_first() -> None:
    assert resolve("The Sun", ["Sun", "The Sun"]) == "The Sun"
    assert resolve("Sun", ["Sun", "The Sun"]) == "Sun"


def test_a_corpus_without_sources_names_none() -> None:
    assert named("according to Sky News", []) is None
    assert resolve("Sky News", []) is None


@given(st.lists(st.text(max_size=12), max_size=5), st.text(max_size=60))
def test_any_name_and_any_text_are_taken(sources: list[str], text: str) -> None:
    assert named(text, sources) in {None, *sources}
    assert resolve(text, sources) in {None, *sources}


@given(st.permutations(SOURCES))
def test_the_order_of_the_sources_does_not_matter(sources: list[str]) -> None:
    assert named("According to Sky News Arabia, who won?", sources) == "Sky News Arabia"
    assert resolve("arabia", sources) == "Sky News Arabia"
