"""A quote where it stands in its article."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot import rendering, texts
from bot.rendering import Page
from retrieval.models import Quote
from tests.bot import values
from tests.bot.test_rendering import as_telegram_shows, shown

TEXT = "The canal was shut.\n\nIt is 400 metres\nlong & <wide>. It was bound for Rotterdam."
QUOTE = "It is 400 metres\nlong & <wide>."


def page(text: str = TEXT, quote: str | None = QUOTE, *, at: int = 100) -> Page:
    start = at + text.index(quote) if quote else 0
    return Page(
        values.article(url=None),
        Quote(text, at, at + len(text)),
        index=1,
        total=7,
        quote=Quote(quote, start, start + len(quote)) if quote else None,
    )


def test_a_page_is_its_article_the_passage_with_the_quote_in_bold_and_where_one_is() -> None:
    assert rendering.page(page()) == (
        "<b>The canal is open</b> – The Harbour Courier, 30 March 2021\n\n"
        "<blockquote>The canal was shut.\n\n"
        "<b>It is 400 metres long &amp; &lt;wide&gt;.</b> It was bound for Rotterdam.</blockquote>\n\n"
        "Passage 2 of 7"
    )


def test_a_passage_without_the_quote_is_shown_plain() -> None:
    html = rendering.page(page(quote=None))

    assert "<blockquote>The canal was shut.\n\nIt is 400 metres long" in html


def test_lines_too_long_to_be_broken_to_a_width_are_paragraphs() -> None:
    first = "Ships are moving through the canal again, and the queue at both of its ends is getting shorter " * 2

    message = shown(rendering.page(page(f"{first.strip()}\nIt is open.", "It is open.")))

    assert message.text.count("\n\nIt is open.") == 1


def test_what_became_of_the_article_is_said_above_the_passage() -> None:
    message = shown(rendering.page(replace(page(), notes=(texts.ARTICLE_CHANGED,))))

    assert "\n\nThe article was changed since; the quote stands in it still.\n\n" in message.text


def test_a_quote_that_is_gone_is_shown_as_what_was_said() -> None:
    assert rendering.as_it_was("A <b>", "It & is.", texts.ARTICLE_GONE) == (
        f"<b>A &lt;b&gt;</b>\n\n{texts.ARTICLE_GONE}\n\nIt said:\n<blockquote><b>It &amp; is.</b></blockquote>"
    )


words = st.text(st.characters(codec="utf-8"), max_size=60)


@given(words, st.integers(1, 100), words.filter(lambda quote: bool(as_telegram_shows(quote).strip())), words)
def test_any_page_fits_one_message_and_holds_its_quote_whole(before: str, times: int, quote: str, after: str) -> None:
    text = before * times + quote + after * times
    start = len(before * times)
    long = Page(values.article(), Quote(text, 0, len(text)), 0, 1, Quote(quote, start, start + len(quote)))

    message = shown(rendering.page(long))

    wanted = "".join(as_telegram_shows(quote).split())
    assert wanted in "".join(message.text.split())
