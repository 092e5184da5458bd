"""Answers that one message does not hold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from bot import rendering, texts
from corpus.sentences import LONGEST
from retrieval.models import Remarks
from tests.bot import values
from tests.bot.test_rendering import as_telegram_shows, cited, marked_quotes, numbers_shown, quotations, remarked, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from retrieval.models import Answer, Citation

LONG = [values.citation("A" + "a" * (LONGEST - 1), number, card=values.article()) for number in range(1, 9)]


def test_an_answer_that_fits_is_one_message_and_the_same_as_ever() -> None:
    given_answer = values.answer(*LONG[:2])

    assert rendering.messages(given_answer) == (rendering.answer(given_answer),)


def test_quotes_that_do_not_fit_one_message_go_on_in_the_next() -> None:
    messages = rendering.messages(values.answer(*LONG[:3]))

    assert [numbers_shown(html) for html in messages] == [[1, 2], [3]]
    assert messages[0].startswith("<b>A")


def test_a_long_timeline_is_told_to_its_end() -> None:
    messages = rendering.messages(values.timeline(*LONG))

    assert [number for html in messages for number in numbers_shown(html)] == list(range(1, 9))
    assert [html.startswith(texts.TIMELINE) for html in messages] == [True] + [False] * (len(messages) - 1)
    assert all("more" not in html for html in messages)


def test_what_is_put_above_stands_in_the_first_message_only() -> None:
    first, *others = rendering.messages(values.answer(*LONG[:3]), "<i>above</i>")

    assert first.startswith("<i>above</i>\n\n")
    assert not any("above" in html for html in others)


@pytest.mark.parametrize("make", [values.answer, values.timeline, values.closest])
@given(sources=cited(8), remarks=remarked)
def test_every_quote_stands_whole_once_with_its_source_in_messages_that_fit(
    make: Callable[..., Answer], sources: list[Citation], remarks: Remarks
) -> None:
    given_answer = make(*sources, remarks=replace(remarks, differing=()))

    messages = rendering.messages(given_answer, "<i>above</i>")

    quotes = quotations if make is values.timeline else marked_quotes
    seen = [quote for html in messages for quote in quotes(shown(html))]
    wanted = [as_telegram_shows(source.quote.text).strip() for source in sources]
    assert "".join(seen) == "".join(wanted)
    assert [number for html in messages for number in numbers_shown(html)] == [source.number for source in sources]
    assert all(quotes(shown(html)) for html in messages[1:])


@pytest.mark.parametrize("make", [values.answer, values.timeline, values.closest])
@pytest.mark.parametrize("character", ["a", "م", "😀", "&", "<"])
def test_the_longest_quotes_there_can_be_are_all_shown(make: Callable[..., Answer], character: str) -> None:
    long = [
        values.citation("A" + character * (LONGEST - 1), number, card=values.article("t" * 300, source="s" * 200))
        for number in range(1, 9)
    ]

    messages = rendering.messages(make(*long, remarks=Remarks(undated=3)))

    quotes = quotations if make is values.timeline else marked_quotes
    assert [quote for html in messages for quote in quotes(shown(html))] == [entry.quote.text for entry in long]


@pytest.mark.parametrize("make", [values.answer, values.timeline, values.closest])
def test_what_takes_a_messages_place_is_one_message(make: Callable[..., Answer]) -> None:
    html = rendering.in_one(make(*LONG), "<i>above</i>")

    assert rendering.fits(html)
    assert html.startswith("<i>above</i>\n\n")
    assert numbers_shown(html)[0] == 1


@given(sources=cited(3))
def test_more_quotes_fit_one_message_below_what_is_said_of_them(sources: list[Citation]) -> None:
    message = shown(rendering.further(sources, "<b>More</b>"))

    assert marked_quotes(message)[0] == as_telegram_shows(sources[0].quote.text).strip()
