"""What a message asks for: its operators, the time and source in its words, and the form of the answer."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import RetrievalError, UnreadableQuery
from retrieval.query.models import Form, Query, Scope
from retrieval.query.parse import understand

TODAY = date(2024, 5, 15)  # a Wednesday
SOURCES = ("Sky News", "The Harbour Courier", "Harbour Post", "Time")


def ask(message: str) -> Query:
    return understand(message, today=TODAY, sources=SOURCES)


MAY = date(2024, 5, 1)


@pytest.mark.parametrize(
    ("message", "text", "scope"),
    [
        ("owls since:2024-05", "owls", Scope(since=MAY)),
        ("since:2024-05-03 owls", "owls", Scope(since=date(2024, 5, 3))),
        ("owls before:2024-05 in Larvik", "owls in Larvik", Scope(until=date(2024, 4, 30))),
        ("owls after:2024-04", "owls", Scope(since=MAY)),
        ("owls until:2024-04", "owls", Scope(until=date(2024, 4, 30))),
        ("owls SINCE:2023 Before:2024", "owls", Scope(date(2023, 1, 1), date(2023, 12, 31))),
        ("owls since:2022 since:2023", "owls", Scope(since=date(2023, 1, 1))),
        ("owls since:yesterday", "owls", Scope(since=date(2024, 5, 14))),
        ('since:"last week" owls', "owls", Scope(since=date(2024, 5, 6))),
        ("owls until:“3 May 2024”", "owls", Scope(until=date(2024, 5, 3))),
        ("before:2024-05-01, where are owls?", "where are owls?", Scope(until=date(2024, 4, 30))),
        ("source:courier owls", "owls", Scope(source="The Harbour Courier")),
        ('owls source:"sky news"', "owls", Scope(source="Sky News")),
        ("owls source:“Sky News” since:2024-05", "owls", Scope(since=MAY, source="Sky News")),
        ("source:sky", "", Scope(source="Sky News")),
        ("owls in 2020 since:2024-05", "owls in 2020", Scope(since=MAY)),
        ("according to Sky News source:post", "according to Sky News", Scope(source="Harbour Post")),
        ("owls in 2020 source:post", "owls in 2020", Scope(date(2020, 1, 1), date(2020, 12, 31), "Harbour Post")),
    ],
)
def test_operators_are_cut_out_and_strict(message: str, text: str, scope: Scope) -> None:
    query = ask(message)
    assert (query.text, query.scope, query.strict) == (text, scope, True)


@pytest.mark.parametrize(
    "message",
    [
        "source: the report says otherwise",
        "Is the source:",
        "source://nowhere",
        "https://example.org/?since:2024",
        "Does it open at 10:30?",
        "What is a data-source:foo line?",
        "since: 2024-05",
        "author:Smith owls",
    ],
)
def test_what_only_looks_like_an_operator_stays(message: str) -> None:
    query = ask(message)
    assert (query.text, query.strict) == (message, False)


@pytest.mark.parametrize(
    ("message", "operator", "value"),
    [
        ("owls since:soon", "since", "soon"),
        ("owls Before:03/05/2024", "before", "03/05/2024"),
        ('owls after:""', "after", ""),
        ("owls until:2024-02-31", "until", "2024-02-31"),
        ("source:gazette owls", "source", "gazette"),
        ("source:harbour owls", "source", "harbour"),
        ("source:sky source:courier", "source", "courier"),
        ("since:2024 until:2023 owls", "until", "2023"),
        ("before:2023 since:2023", "since", "2023"),
    ],
)
def test_an_operator_that_makes_no_sense_is_named(message: str, operator: str, value: str) -> None:
    with pytest.raises(UnreadableQuery) as caught:
        ask(message)
    assert (caught.value.operator, caught.value.value) == (operator, value)
    assert str(caught.value).endswith(".")
    assert isinstance(caught.value, RetrievalError)


def test_what_words_say_stays_in_the_text_and_is_a_preference() -> None:
    message = "What does Sky News say about owls in May 2024?"
    assert ask(message) == Query(message, Scope(MAY, date(2024, 5, 31), "Sky News"))


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("timeline of the Berlin airport", "Berlin airport"),
        ("Please give me a short timeline of the Berlin airport.", "Berlin airport"),
        ("Can you show me the Berlin airport timeline?", "Berlin airport"),
        ("Chronology of the ferry strike", "ferry strike"),
        ("How has the ferry fare changed?", "ferry fare"),
        ("How has the ferry fare changed over time?", "ferry fare"),
        ("How has the ferry fare changed since 2019?", "ferry fare since 2019"),
        ("How has Norway changed its ferry law?", "Norway its ferry law"),
        ("How have owls evolved?", "owls"),
        ("How did the ferry fare change over the years?", "ferry fare"),
        ("history of Larvik over time", "Larvik"),
        ("What happened to the owls over the last decades?", "owls"),
        ("What is the timeline?", "What is the timeline?"),
    ],
)
def test_a_timeline_is_asked_for(message: str, text: str) -> None:
    query = ask(message)
    assert (query.form, query.text) == (Form.TIMELINE, text)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("What is the latest on Tegel?", "Tegel"),
        ("What’s the latest on the Berlin airport?", "Berlin airport"),
        ("give me the newest about Tegel", "Tegel"),
        ("Latest news about the harbour", "harbour"),
        ("most recent article on owls", "owls"),
        ("Latest from Larvik", "Larvik"),
        ("What are the latest plans for the bridge?", "plans for the bridge"),
        ("What's new with Tegel?", "Tegel"),
        ("Any news on the ferry strike?", "ferry strike"),
        ("What is the latest?", "What is the latest?"),
        ("latest news", "latest news"),
        ("What does the latest report on owls say?", "What does the latest report on owls say?"),
    ],
)
def test_the_latest_is_asked_for(message: str, text: str) -> None:
    query = ask(message)
    assert (query.form, query.text, query.about_now) == (Form.LATEST, text, True)


@pytest.mark.parametrize(
    "message",
    [
        "Who built the latest model Boeing?",
        "the latest model Boeing",
        "What is the latest version of the law?",
        "Was it the latest in a series of fires?",
        "When was the timeline published?",
        "How did the fire change the town?",
        "What is the history of Larvik?",
        "What happened to the owls?",
        "Who won the 2006 World Cup?",
        "In what year did Napoleon invade?",
    ],
)
def test_other_questions_want_an_answer_to_all_their_words(message: str) -> None:
    query = ask(message)
    assert (query.form, query.text) == (Form.ANSWER, message)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Is the bridge still closed?", True),
        ("Who is mayor now?", True),
        ("Who is the current mayor?", True),
        ("Who is currently mayor?", True),
        ("How many owls live there today?", True),
        ("What closed this week?", True),
        ("Who owns the newest ferry?", True),
        ("Who painted the still life?", False),
        ("How strong is the current of the river?", False),
        ("Which electric current kills?", False),
        ("Who was mayor?", False),
        ("What was still closed in 2019?", False),
        ("Who is mayor now? until:2020", False),
    ],
)
def test_a_question_about_now_is_one(message: str, expected: bool) -> None:  # noqa: FBT001 - a table's column
    assert ask(message).about_now == expected


def test_white_space_is_all_that_changes_in_an_ordinary_question() -> None:
    assert ask("  Who\nwon  the cup? ") == Query("Who won the cup?")


class TestScope:
    def test_an_empty_one_holds_every_article(self) -> None:
        assert Scope().is_empty
        assert Scope().holds(None, None)

    @pytest.mark.parametrize(("day", "expected"), [(30, False), (1, True), (31, True)])
    def test_both_ends_are_included(self, day: int, expected: bool) -> None:  # noqa: FBT001 - a table's column
        month = 4 if day == 30 else 5
        assert Scope(MAY, date(2024, 5, 31)).holds(date(2024, month, day), None) == expected

    def test_an_undated_article_is_outside_every_span_but_may_be_of_a_source(self) -> None:
        assert not Scope(since=MAY).holds(None, "Time")
        assert not Scope(until=MAY).holds(None, "Time")
        assert Scope(source="Time").holds(None, "Time")
        assert not Scope(source="Time").holds(MAY, None)
        assert not Scope(source="Time").is_empty


WORDS = (
    *("since:", "source:", "source:sky", "since:2024-05", "until:2023", "before:1999", "after:1000-01", "since:2999"),
    *("since:last", "until:“last week”", '"', "“", "”", "in", "2023", "May", "last", "week", "since", "the", "latest"),
    *("on", "timeline", "of", "how", "has", "changed", "over", "time", "owls", "Sky", "News", "reports", "and", "Time"),
    *("according", "to", "İs", "ſince:2024", "ſource:sky", "K", "٢٠٢٣", "ß"),
)
MESSAGES = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=10).map(" ".join))
NAMES = st.lists(st.sampled_from([*SOURCES, "sky news", "Sky Sport", "", "İs", "ß", "SS"]), max_size=6)


def understood(message: str, sources: list[str], today: date) -> Query | tuple[str, str]:
    """What the message is understood as, or the operator and value that are not; any other error fails the test."""
    try:
        return understand(message, today=today, sources=sources)
    except UnreadableQuery as error:
        return error.operator, error.value


@given(MESSAGES, NAMES, st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_whatever_is_written_it_is_understood_or_refused(message: str, sources: list[str], today: date) -> None:
    query = understood(message, sources, today)
    assert understood(message, sources[::-1], today) == query
    written = " ".join(message.split())
    if isinstance(query, tuple):
        operator, value = query
        assert operator in {"since", "before", "after", "until", "source"}
        assert value in written
        return
    scope = query.scope
    assert scope.since is None or scope.until is None or scope.since <= scope.until
    assert scope.source is None or scope.source in sources
    assert query.text or query.strict or not written
    if not query.strict and query.form is Form.ANSWER:
        assert query.text == written
