"""Which messages are completed from the question before, how they then read, and which are left alone."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retrieval.query.followups import LONGEST, Previous, complete
from tests.bench.followups import Dialogue, dialogues

AIRPORT = Previous(
    "When did the Lisbon airport open?",
    "Lisbon's new airport opened on 4 May 2016, said Mayor Ines Caldeira.",
    ("Lisbon's new airport opens", "Airport of Lisbon to open in May"),
)
SHIP = Previous("How long is the Merry Gannet?", "The Merry Gannet is 90 metres long.", ("Merry Gannet sails again",))
HARVEST = Previous("How many olives did Greece harvest in 2022?", "Greece harvested many olives.", ())
SMALL = Previous("when did peru join the league?", "Peru joined the league in 1999.", ("Peru joins the league",))
DIALOGUES = dialogues()

VOCABULARY = """
    and but what about the The it its he his they that there why when in 2023 Rome source:x how many is was did ship
    year before really of ? , ’s it’s “ 1 who said Berlin
    last second one tell me more sure year
"""
# What people write is made of few words; random letters would never come near a pattern.
WORDS = st.lists(st.sampled_from(VOCABULARY.split()), max_size=14).map(" ".join)
TEXT = st.text() | WORDS


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda dialogue: f"{dialogue.previous.question}+{dialogue.message}")
def test_a_dialogue_of_the_development_set_comes_out_as_written_there(dialogue: Dialogue) -> None:
    assert dialogue.came_out == dialogue.completed


@pytest.mark.parametrize("dialogue", [dialogue for dialogue in DIALOGUES if dialogue.completed])
def test_a_completed_question_is_one_of_its_own(dialogue: Dialogue) -> None:
    assert complete(str(dialogue.completed), dialogue.previous) is None


@pytest.mark.parametrize(
    ("message", "previous", "expected"),
    [
        ("why?", AIRPORT, "Why did the Lisbon airport open?"),
        ("but why", AIRPORT, "Why did the Lisbon airport open?"),
        ("when was that?", SHIP, "How long is the Merry Gannet, and when?"),
        ("how much?", AIRPORT, "When did the Lisbon airport open, and how much?"),
        ("when?", AIRPORT, "When: “Lisbon's new airport opened on 4 May 2016, said Mayor Ines Caldeira”?"),
        ("when?", Previous("the Lisbon airport", "", ()), "The Lisbon airport: when?"),
    ],
)
def test_a_bare_question_word_asks_the_question_before_for_more(
    message: str, previous: Previous, expected: str
) -> None:
    assert complete(message, previous) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("and in 2023?", "How many olives did Greece harvest in 2023?"),
        ("2019?", "How many olives did Greece harvest in 2019?"),
        ("and last year?", "How many olives did Greece harvest last year?"),
        ("what about the year before?", "How many olives did Greece harvest in 2021?"),
        ("and since May 2021?", "How many olives did Greece harvest since May 2021?"),
        ("and now?", "How many olives did Greece harvest now?"),
    ],
)
def test_a_time_takes_the_place_of_the_time(message: str, expected: str) -> None:
    assert complete(message, HARVEST) == expected


def test_a_time_is_added_where_there_is_none() -> None:
    assert complete("and in 2010?", SHIP) == "How long is the Merry Gannet in 2010?"


@pytest.mark.parametrize(
    ("message", "previous", "expected"),
    [
        ("what about Prague?", AIRPORT, "When did the Prague airport open?"),
        ("and Italy?", HARVEST, "How many olives did Italy harvest in 2022?"),
        ("and in Italy?", HARVEST, "How many olives did Greece harvest in 2022 in Italy?"),
        ("and the Sea Otter?", SHIP, "How long is the Sea Otter?"),
        ("and chile?", SMALL, "When did chile join the league?"),
        ("and Greece?", HARVEST, None),
    ],
)
def test_a_name_takes_the_place_of_the_name(message: str, previous: Previous, expected: str | None) -> None:
    assert complete(message, previous) == expected


@pytest.mark.parametrize(
    ("message", "previous", "expected"),
    [
        ("where is it?", AIRPORT, "Where is the Lisbon airport?"),
        ("what is its length?", SHIP, "What is the Merry Gannet's length?"),
        ("why did she resign?", AIRPORT, "Why did Ines Caldeira resign?"),
        ("why did he resign?", SHIP, "The Merry Gannet: why did he resign?"),
        ("what did the mayor say about it?", AIRPORT, "What did the mayor say about the Lisbon airport?"),
        ("how many people live there?", Previous("Who governs in Lisbon?", "", ()), "How many people live in Lisbon?"),
        ("and who built it?", SHIP, "Who built the Merry Gannet?"),
    ],
)
def test_a_pronoun_becomes_what_it_stands_for(message: str, previous: Previous, expected: str) -> None:
    assert complete(message, previous) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("who said that?", "Who said “Lisbon's new airport opened on 4 May 2016, said Mayor Ines Caldeira”?"),
        ("really?", "Is it true: “Lisbon's new airport opened on 4 May 2016, said Mayor Ines Caldeira”?"),
        ("tell me more", "Tell me more about the Lisbon airport"),
        ("the second one", "Tell me more about “Airport of Lisbon to open in May”"),
        ("what happened next?", "The Lisbon airport: what happened next?"),
    ],
)
def test_a_remark_becomes_a_question(message: str, expected: str) -> None:
    assert complete(message, AIRPORT) == expected


@pytest.mark.parametrize(
    "message",
    [
        "When did the Eiffel Tower open?",
        "When did Acme say it would deliver?",
        "Who moved his court to Warsaw?",
        "Did the crew leave its ship?",
        "is it raining",
        "how long has it been since the bridge fell down",
        "How many years has it been since Greece joined the euro?",
        "how far is it from Rome to Milan?",
        "Is there a train strike?",
        "what time is it?",
        "what can you do?",
        "Prague",
        "thanks, that's good",
        "",
        "?!",
    ],
)
def test_a_question_of_its_own_is_left_alone(message: str) -> None:
    assert complete(message, AIRPORT) is None


@pytest.mark.parametrize("message", ["the hangar", "opening hours?", "ticket prices"])
def test_a_short_reply_is_completed_where_the_same_message_is_not(message: str) -> None:
    assert str(complete(message, AIRPORT, is_reply=True)).startswith("The Lisbon airport: ")
    assert complete(message, AIRPORT) is None or message.endswith("?")


@pytest.mark.parametrize("message", ["Prague trams", "no, that is wrong", "thank you!", "is it raining?"])
def test_a_reply_with_a_name_of_its_own_or_without_a_question_is_left_alone(message: str) -> None:
    assert complete(message, AIRPORT, is_reply=True) is None


@pytest.mark.parametrize("message", ["the first one", "the second", "number 3", "the last one"])
def test_there_is_nothing_to_count_among_no_articles(message: str) -> None:
    assert complete(message, HARVEST) is None


def test_operators_stay() -> None:
    assert complete('since:2020 why? source:"The Post"', SHIP) == (
        'Why is the Merry Gannet that long? since:2020 source:"The Post"'
    )


def test_the_operators_of_the_question_before_hold_until_there_are_others() -> None:
    before = Previous("When did Peru join the league? source:Post", "", ())
    assert complete("why?", before) == "Why did Peru join the league? source:Post"
    assert complete("why? source:Sun", before) == "Why did Peru join the league? source:Sun"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("How long is the Merry Gannet, and why?", "How long is the Merry Gannet, and when?"),
        ("How long is the Merry Gannet, and how much more?", "How long is the Merry Gannet, and when?"),
        ("The Lisbon airport: what is this about?", "The Lisbon airport: when?"),
        ("The Lisbon airport: who said that?", "The Lisbon airport: when?"),
        ("Breaking: who won the cup?", "Breaking: who won the cup: when?"),
        ("When: “Lisbon's new airport opened on 4 May 2016”?", None),
    ],
)
def test_one_is_not_put_on_top_of_another(before: str, expected: str | None) -> None:
    completed = complete("when?", Previous(before, "", ()))
    assert completed == expected


def test_without_a_question_before_nothing_is_completed() -> None:
    assert complete("why?", Previous("", "", ())) is None


@given(message=TEXT, question=TEXT, answer=TEXT, titles=st.lists(TEXT, max_size=3), is_reply=st.booleans())
@example(message="why?", question="x" * 1000, answer="y" * 1000, titles=["z" * 1000], is_reply=False)
@example(message="and in 2023?", question="Who won " + "the cup in 2021 " * 50, answer="", titles=[], is_reply=True)
def test_whatever_is_written_gives_a_short_question_or_none(
    *, message: str, question: str, answer: str, titles: list[str], is_reply: bool
) -> None:
    completed = complete(message, Previous(question, answer, tuple(titles)), is_reply=is_reply)
    assert completed is None or 0 < len(completed) <= LONGEST


@given(WORDS, st.sampled_from([AIRPORT, SHIP, HARVEST, SMALL]))
def test_the_same_message_is_always_completed_in_the_same_way(message: str, previous: Previous) -> None:
    assert complete(message, previous) == complete(message, previous)
