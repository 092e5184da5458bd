"""Which days a phrase means, and which words are no dates at all."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.query.dates import said, value

TODAY = date(2024, 5, 15)  # a Wednesday


def days(text: str) -> tuple[date | None, date | None]:
    """What "2024-05-01 .. 2024-05-31" writes; an end left out is open."""
    first, _, last = text.partition("..")
    return (
        date.fromisoformat(first.strip()) if first.strip() else None,
        date.fromisoformat(last.strip()) if last.strip() else None,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What closed in December 2023?", "2023-12-01 .. 2023-12-31"),
        ("what closed in march 2023", "2023-03-01 .. 2023-03-31"),
        ("What closed in 2023?", "2023-01-01 .. 2023-12-31"),
        ("What closed on 27 November?", "2023-11-27 .. 2023-11-27"),
        ("What closed on the 3rd of May?", "2024-05-03 .. 2024-05-03"),
        ("What closed on Nov. 27, 2023?", "2023-11-27 .. 2023-11-27"),
        ("What closed on Monday, 13 May 2024?", "2024-05-13 .. 2024-05-13"),
        ("What closed in 2024-02?", "2024-02-01 .. 2024-02-29"),
        ("The ferry strike 3 may 2024", "2024-05-03 .. 2024-05-03"),
        ("What closed in March?", "2024-03-01 .. 2024-03-31"),
        ("What closed in June?", "2023-06-01 .. 2023-06-30"),
        ("What closed in may?", "2024-05-01 .. 2024-05-31"),
        ("What closed last December?", "2023-12-01 .. 2023-12-31"),
        ("What closed last May?", "2023-05-01 .. 2023-05-31"),
        ("What closed in early 2022?", "2022-01-01 .. 2022-12-31"),
        ("What closed at the end of March 2021?", "2021-03-01 .. 2021-03-31"),
        ("What closed in summer 2021?", "2021-06-01 .. 2021-08-31"),
        ("What closed in the winter of 2022?", "2022-12-01 .. 2023-02-28"),
        ("What closed last summer?", "2023-06-01 .. 2023-08-31"),
        ("What closed in the 1990s?", "1990-01-01 .. 1999-12-31"),
        ("What closed in the late 1950's?", "1950-01-01 .. 1959-12-31"),
        ("What closed yesterday?", "2024-05-14 .. 2024-05-14"),
        ("What closed the day before yesterday?", "2024-05-13 .. 2024-05-13"),
        ("What closed last week?", "2024-05-06 .. 2024-05-12"),
        ("What closed this week?", "2024-05-13 .. 2024-05-19"),
        ("What closed last month?", "2024-04-01 .. 2024-04-30"),
        ("last month's vote", "2024-04-01 .. 2024-04-30"),
        ("What closed this month?", "2024-05-01 .. 2024-05-31"),
        ("What closed last year?", "2023-01-01 .. 2023-12-31"),
        ("What closed this year?", "2024-01-01 .. 2024-12-31"),
        ("What closed last Friday?", "2024-05-10 .. 2024-05-10"),
        ("What closed on Monday?", "2024-05-13 .. 2024-05-13"),
        ("What closed two weeks ago?", "2024-04-29 .. 2024-05-05"),
        ("What closed 3 days ago?", "2024-05-12 .. 2024-05-12"),
        ("What closed in the last three months?", "2024-02-15 .. 2024-05-15"),
        ("What closed in the past two weeks?", "2024-05-01 .. 2024-05-15"),
        ("What closed over the last month?", "2024-04-15 .. 2024-05-15"),
        ("What closed in the past few days?", "2024-05-10 .. 2024-05-15"),
        ("What happened today?", "2024-05-15 .. 2024-05-15"),
        ("today's headlines", "2024-05-15 .. 2024-05-15"),
        ("What closed since May 2024?", "2024-05-01 .."),
        ("What closed since last week?", "2024-05-06 .."),
        ("What closed from 2019 onwards?", "2019-01-01 .."),
        ("What closed after 3 May 2024?", "2024-05-04 .."),
        ("What closed after 2020?", "2021-01-01 .."),
        ("What closed before 2020?", ".. 2019-12-31"),
        ("What closed before May?", ".. 2024-04-30"),
        ("What closed until March 2021?", ".. 2021-03-31"),
        ("What closed by March 2021?", ".. 2021-03-31"),
        ("What closed since 2020 and before 2022?", "2020-01-01 .. 2021-12-31"),
        ("What closed between January 2021 and March 2022?", "2021-01-01 .. 2022-03-31"),
        ("What closed from May to July 2023?", "2023-05-01 .. 2023-07-31"),
        ("What closed from November to February 2024?", "2023-11-01 .. 2024-02-29"),
        ("What closed from 3 to 5 May 2024?", "2024-05-03 .. 2024-05-05"),
        ("What closed between May and July?", "2023-05-01 .. 2023-07-31"),
        ("What closed in 2020-2022?", "2020-01-01 .. 2022-12-31"),
        ("What closed in 2019 and 2021?", "2019-01-01 .. 2021-12-31"),
        ("What closed in 2019, and what in 2021?", "2019-01-01 .. 2021-12-31"),
        ("Which cup was won in 2006?", "2006-01-01 .. 2006-12-31"),
        ("How many soldiers were recruited in 2023?", "2023-01-01 .. 2023-12-31"),
    ],
)
def test_a_span_of_time_in_words(text: str, expected: str) -> None:
    assert said(text, TODAY) == days(expected)


@pytest.mark.parametrize(
    "text",
    [
        "What may happen to the bridge?",
        "Who may 2020 have helped?",
        "last may be first",
        "Did May resign after May lost the vote?",
        "What did Theresa May say about May's cabinet?",
        "Where does the march end?",
        "Who wrote the last march of the band?",
        "Which songs are in June Carter's estate?",
        "Who played in August Wilson's dramas?",
        "What lies in Mar del Plata?",
        "Wait a second, who came second?",
        "Where is it now?",
        "Who owns the Sun?",
        "How many people live there today?",
        "Who landed with Apollo 11?",
        "When did World War 2 end?",
        "When did World War II end?",
        "Who won the 2006 World Cup?",
        "In what year did Napoleon invade?",
        "Were 2023 people there?",
        "Why was flight 2023 late?",
        "Who slept in room 2020?",
        "Is it in 1,000 houses?",
        "Is it in 2000 houses?",
        "an army of 2000 men",
        "What stood there in 1850?",
        "What stood there in March 1848?",
        "What stood there in the 19th century?",
        "What will be built by 2050?",
        "What was lost in the crisis of 2008-09?",
        "Who won in 2020-21?",
        "Who was born on 31 February 2023?",
        "What was the last year he won?",
        "How did he spend the last three months of his life?",
        "What changed after 9/11?",
        "Does it open at 10:30?",
        "Who ruled in 1945 BC?",
        "200 years ago",
        "",
    ],
)
def test_words_that_are_no_span_of_time(text: str) -> None:
    assert said(text, TODAY) == (None, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05", "2024-05-01 .. 2024-05-31"),
        ("2024", "2024-01-01 .. 2024-12-31"),
        ("1850", "1850-01-01 .. 1850-12-31"),
        ("2024-05-03", "2024-05-03 .. 2024-05-03"),
        ("May 2024", "2024-05-01 .. 2024-05-31"),
        ("may", "2024-05-01 .. 2024-05-31"),
        ("3 May 2024", "2024-05-03 .. 2024-05-03"),
        ("yesterday", "2024-05-14 .. 2024-05-14"),
        ("TODAY", "2024-05-15 .. 2024-05-15"),
        ("last week", "2024-05-06 .. 2024-05-12"),
        ("last 3 months", "2024-02-15 .. 2024-05-15"),
        ("1990s", "1990-01-01 .. 1999-12-31"),
    ],
)
def test_the_value_of_an_operator(text: str, expected: str) -> None:
    assert value(text, TODAY) == days(expected)


@pytest.mark.parametrize(
    "text", ["", "soon", "now", "tomorrow", "2024-13", "2024-02-31", "03/05/2024", "0001", "99999"]
)
def test_a_value_that_is_no_date(text: str) -> None:
    assert value(text, TODAY) is None


def test_last_of_a_month_is_not_the_one_that_runs() -> None:
    assert said("last May", date(2024, 6, 1)) == days("2024-05-01 .. 2024-05-31")
    assert said("last May", date(2024, 5, 31)) == days("2023-05-01 .. 2023-05-31")


WORDS = (
    *(
        "in",
        "since",
        "before",
        "after",
        "until",
        "between",
        "from",
        "to",
        "and",
        "the",
        "last",
        "past",
        "this",
        "early",
    ),
    *("of", "on", "two", "3", "weeks", "months", "ago", "week", "summer", "winter", "May", "march", "december", "27"),
    *("31", "1900", "1999", "2023", "2024", "2025", "2024-02", "1990s", "Friday", "yesterday", "today's", "week,"),
)


@given(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_a_span_begins_before_it_ends(text: str, today: date) -> None:
    since, until = said(text, today)
    assert since is None or until is None or since <= until
    span = value(text, today)
    assert span is None or span[0] <= span[1]
