"""Answers in a language model's words: what is written, who wrote it, and the quotes that every number leads to."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot import rendering, texts
from retrieval.models import Answer, Written, WrittenSentence
from tests.bot.values import answer, article, citation

NUMBER = re.compile(r"\[(\d+)\]")


def written(count: int, length: int = 40) -> Answer:
    """An answer of as many sentences as quotes, each of so many characters."""
    quotes = tuple(
        citation(f"Quote {number}: {'x' * length}.", number, card=article()) for number in range(1, count + 1)
    )
    sentences = tuple(
        WrittenSentence(f"Sentence {number} <says> {'y' * length}.", (number,)) for number in range(1, count + 1)
    )
    return replace(answer(*quotes), written=Written("small & sharp", sentences))


def test_the_words_come_first_then_who_wrote_them_then_the_quotes() -> None:
    (html,) = rendering.messages(written(2))
    words, by, *_ = html.split("\n\n")
    assert words.startswith("<b>Sentence 1 &lt;says&gt;")
    assert by == texts.WRITTEN_BY.format(model="small &amp; sharp")
    assert html.count("<blockquote") == 2


@given(st.integers(1, 6), st.integers(1, 900))
def test_no_number_leads_nowhere(count: int, length: int) -> None:
    html = rendering.in_one(written(count, length))
    assert rendering.fits(html)
    head = html.split("<b>1. ")[0]
    assert {int(number) for number in NUMBER.findall(head)} <= set(range(1, html.count("<blockquote") + 1))


@given(st.integers(1, 6), st.integers(1, 900))
def test_all_quotes_are_sent(count: int, length: int) -> None:
    pages = rendering.messages(written(count, length))
    assert all(map(rendering.fits, pages))
    assert sum(page.count("<blockquote") for page in pages) == count


def test_a_draft_has_the_words_alone() -> None:
    html = rendering.draft(written(2))
    assert "&lt;says&gt;" in html
    assert "<blockquote" not in html
    assert html.endswith(texts.STILL_WRITING)


def test_a_draft_that_does_not_fit_says_that_it_is_written() -> None:
    assert rendering.draft(written(6, 900)) == texts.STILL_WRITING
