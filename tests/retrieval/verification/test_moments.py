from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.verification.moments import Moment, find


def one(text: str) -> Moment:
    (found,) = find(text)
    return found.moment


@pytest.mark.parametrize("text", ["Nov. 27", "27 November", "November 27th", "the 27th of November", "Nov 27"])
def test_a_day_is_the_same_in_all_its_forms(text: str) -> None:
    assert one(text) == Moment(month=11, day=27)


@given(st.dates(date(1500, 1, 1), date(2099, 12, 31)))
def test_a_full_date_is_the_same_in_all_its_forms(day: date) -> None:
    forms = (f"{day.day} {day:%B} {day.year}", f"{day:%B} {day.day}, {day.year}", day.isoformat())
    assert {one(form) for form in forms} == {Moment(day.year, day.month, day.day)}


@given(st.integers(0, 24 * 60 - 1))
def test_a_time_is_the_same_by_both_clocks(minute: int) -> None:
    hour, rest = divmod(minute, 60)
    twelve = f"{(hour - 1) % 12 + 1}:{rest:02} {'p.m.' if hour >= 12 else 'a.m.'}"
    assert one(f"at {hour:02}:{rest:02}") == one(f"at {twelve}") == Moment(minute=minute)


def test_less_said_is_told_by_more() -> None:
    whole = Moment(2022, 9, 26)
    assert Moment(2022).is_told_by(whole)
    assert Moment(2022, 9).is_told_by(whole)
    assert not whole.is_told_by(Moment(2022, 9))


@pytest.mark.parametrize(
    "text", ["Prime Minister May spoke", "the march of time", "2,020 people", "1500 km", "He may go"]
)
def test_names_words_and_counts_are_no_dates(text: str) -> None:
    assert list(find(text)) == []


@given(st.integers(0, 365))
def test_both_days_of_a_span_are_found(offset: int) -> None:
    first = date(2023, 1, 1) + timedelta(days=offset)
    text = f"{first.day}–{28} {first:%B} 2023"
    assert [found.moment.day for found in find(text)] == [first.day, 28]
