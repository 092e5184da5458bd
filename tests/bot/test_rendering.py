from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import rendering, texts
from corpus.readers.titles import title_from_path
from corpus.sentences import LONGEST
from tests.bot import values
from tests.telegram_api.rules import Formatted, judge_text, utf16_length, utf16_slice
from tests.telegram_api.text import TEXT_LIMIT, _tidy

if TYPE_CHECKING:
    from retrieval.models import ArticleCard, Citation

ODD = (
    "<b>&",
    "</blockquote>",
    "&nbsp;",
    '"',
    "'",
    "👩‍👩‍👧",
    "🇩🇪",
    "مرحبا",
    "\u202e",
    "\u00a0",
    "\r\n",
    "\t",
    "\x00",
    "日本語",
    "word ",
)
pieces = st.sampled_from(ODD) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
lines = st.lists(pieces, max_size=8).map("".join)
names = lines.filter(lambda text: bool(text.strip()))


@st.composite
def sentences(draw: st.DrawFn) -> str:
    """A quotable sentence of any length up to the limit: it has a letter and no white space at its ends."""
    unit = draw(st.lists(pieces, min_size=1, max_size=6).map("".join))
    return ("A" + unit * draw(st.integers(0, LONGEST)))[: draw(st.integers(1, LONGEST))].strip()


@st.composite
def contexts(draw: st.DrawFn) -> str:
    return draw(lines) * draw(st.integers(0, 100))


urls = st.none() | st.builds(
    lambda path, times: f"https://example.com/{path * times}",
    st.text("abc&?=\"'<>%-", max_size=20),
    st.integers(0, 60),
)
cards = st.builds(
    values.article,
    names.map(lambda title: title * 9),
    source=st.none() | names,
    author=st.none() | names,
    published=st.none() | st.dates() | st.datetimes(timezones=st.just(UTC)),
    url=urls,
)
citations = st.builds(
    lambda quote, before, after, card: values.citation(quote, before=before, after=after, card=card),
    sentences(),
    contexts(),
    contexts(),
    cards,
)


def shown(html: str) -> Formatted:
    """The message as Telegram shows it; fails where Telegram would refuse it."""
    formatted = judge_text(html, "HTML")
    assert utf16_length(formatted.text) <= TEXT_LIMIT
    return formatted


def as_telegram_shows(text: str) -> str:
    """White space folded, and without the characters that Telegram takes out of every text."""
    return _tidy(Formatted(" ".join(text.split())), trim=False).text


def marked_quotes(message: Formatted) -> list[str]:
    """What stands in bold inside an expandable quotation."""
    boxes = [entity for entity in message.entities if entity.type == "expandable_blockquote"]
    return [
        utf16_slice(message.text, entity.offset, entity.length).strip()
        for entity in message.entities
        if entity.type == "bold" and any(box.offset <= entity.offset and entity.end <= box.end for box in boxes)
    ]


def own_links(message: Formatted) -> set[str | None]:
    return {entity.url for entity in message.entities if entity.type == "text_link"}


# --- an answer -----------------------------------------------------------------------------------------------------


def test_an_answer_is_the_sentence_then_its_source_and_passage() -> None:
    cited = values.citation(
        "It is 400 metres\nlong & 59 wide.",
        before="The ship is <big>. ",
        after=" None was hurt.",
        card=values.article(),
    )

    html = rendering.answer(values.answer(cited))

    assert html == (
        "<b>It is 400 metres long &amp; 59 wide.</b> [1]\n"
        "\n"
        "<b>1. The canal is open</b>\n"
        'The Harbour Courier, 30 March 2021 · <a href="https://example.com/canal?a=1&amp;b=2">read</a>\n'
        "<blockquote expandable>The ship is &lt;big&gt;. <b>It is 400 metres long &amp; 59 wide.</b> "
        "None was hurt.</blockquote>"
    )


def test_an_article_without_source_date_and_link_shows_nothing_for_them() -> None:
    bare = values.article(source=None, author=None, published=None, url=None)

    html = rendering.answer(values.answer(values.citation("It is open.", card=bare)))

    assert html == (
        "<b>It is open.</b> [1]\n\n<b>1. The canal is open</b>\n<blockquote expandable><b>It is open.</b></blockquote>"
    )


@pytest.mark.parametrize(
    ("source", "published", "origin"),
    [
        ("The Courier", None, "The Courier"),
        (None, date(2021, 3, 1), "1 March 2021"),
        ("The Courier", datetime(2021, 3, 1, 23, 59, tzinfo=UTC), "The Courier, 1 March 2021"),
    ],
)
def test_the_line_of_origin_holds_only_what_is_known(
    source: str | None, published: date | datetime | None, origin: str
) -> None:
    card = values.article(source=source, published=published, url=None)

    html = rendering.answer(values.answer(values.citation("It is open.", card=card)))

    assert html.splitlines()[3] == origin


def test_sources_are_numbered_in_their_order() -> None:
    given_answer = values.answer(
        *(
            values.citation(f"Sentence {number}.", number, card=values.article(f"Title {number}"))
            for number in (1, 2, 3)
        )
    )

    message = shown(rendering.answer(given_answer))

    assert [line for line in message.text.splitlines() if "Title" in line] == [
        "1. Title 1",
        "2. Title 2",
        "3. Title 3",
    ]
    assert message.text.startswith("Sentence 1. [1]\n")
    assert marked_quotes(message) == ["Sentence 1.", "Sentence 2.", "Sentence 3."]


def test_a_long_passage_is_cut_at_words_and_the_cuts_are_marked() -> None:
    cited = values.citation("It is open.", before="before " * 100, after=" after" * 100, card=values.article())

    message = shown(rendering.answer(values.answer(cited)))

    box = next(
        utf16_slice(message.text, entity.offset, entity.length)
        for entity in message.entities
        if entity.type == "expandable_blockquote"
    )
    assert box.startswith("… before ")
    assert box.endswith(" after …")
    assert set(box.split()) == {"…", "before", "after", "It", "is", "open."}


def test_a_comma_after_the_quote_keeps_to_it() -> None:
    cited = values.citation("It is open", after=", she said.", card=values.article())

    assert "<b>It is open</b>, she said." in rendering.answer(values.answer(cited))


def test_an_address_too_long_for_a_message_is_left_out() -> None:
    card = values.article(url="https://example.com/" + "a" * 5000)

    assert "<a " not in rendering.answer(values.answer(values.citation("It is open.", card=card)))


@pytest.mark.parametrize("character", ["a", "م", "😀", "&", "<"])
def test_the_longest_sentence_there_can_be_is_still_shown_with_its_source(character: str) -> None:
    cited = [
        values.citation("A" + character * (LONGEST - 1), number, before="b " * 500, after=" a" * 500, card=card)
        for number, card in enumerate([values.article()] * 3, start=1)
    ]

    message = shown(rendering.answer(values.answer(*cited)))

    assert cited[0].quote.text in marked_quotes(message)
    assert "1. The canal is open\nThe Harbour Courier, 30 March 2021" in message.text
    assert own_links(message) == {cited[0].article.url}


@settings(max_examples=150, deadline=None)
@given(st.lists(citations, min_size=1, max_size=3))
def test_any_answer_fits_one_message_with_the_first_quote_marked_in_its_source(
    cited: list[Citation],
) -> None:
    message = shown(rendering.answer(values.answer(*cited)))

    wanted = as_telegram_shows(cited[0].quote.text).strip()
    assert wanted in message.text
    assert wanted in marked_quotes(message)


@settings(max_examples=100, deadline=None)
@given(st.lists(citations, min_size=1, max_size=3))
def test_any_answer_links_to_nothing_but_its_own_articles(cited: list[Citation]) -> None:
    message = shown(rendering.answer(values.answer(*cited)))

    hosts = {(link or "").partition("?")[0][:20] for link in own_links(message)}
    assert hosts <= {"https://example.com/"}
    assert len(own_links(message)) <= len({citation.article.url for citation in cited} - {None})


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60))
def test_a_link_leads_exactly_to_the_address_of_the_article(path: str) -> None:
    url = f"https://example.com/a{path}"
    html = rendering.answer(values.answer(values.citation("It is open.", card=values.article(url=url))))

    # The href of the markup, read as HTML reads it.
    assert f'<a href="{url.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")}"' in html.replace(
        "&quot;", '"'
    ).replace("&#x27;", "'")
    assert [entity.type for entity in shown(html).entities].count("text_link") <= 1


# --- no answer, lists ----------------------------------------------------------------------------------------------


def test_without_an_answer_the_nearest_articles_and_the_range_are_shown() -> None:
    html = rendering.not_found(values.no_answer(values.article()), values.status())

    assert html == (
        "I could not find that in my articles.\n"
        "\n"
        "Closest by subject:\n"
        "• <b>The canal is open</b> – The Harbour Courier, 30 March 2021 · "
        '<a href="https://example.com/canal?a=1&amp;b=2">read</a>\n'
        "\n"
        "I know 12 articles, dated 17 April 2012 to 8 December 2024.\n"
        "Other words may help, and /sources lists what I know."
    )


def test_a_range_of_undated_articles_names_no_date() -> None:
    html = rendering.not_found(values.no_answer(), values.status(oldest=None, newest=None))

    assert "I know 12 articles without a date." in html
    assert texts.CLOSEST not in html


def test_a_single_article_is_not_called_articles() -> None:
    html = rendering.not_found(values.no_answer(), values.status(oldest=None, newest=None, articles=1))

    assert "I know 1 article without a date." in html


def test_a_range_of_one_day_names_it_once() -> None:
    day = date(2024, 12, 8)

    assert "dated 8 December 2024." in rendering.not_found(values.no_answer(), values.status(oldest=day, newest=day))


@settings(max_examples=50, deadline=None)
@given(st.lists(cards, max_size=3))
def test_any_message_without_an_answer_is_taken_by_telegram(nearest: list[ArticleCard]) -> None:
    message = shown(rendering.not_found(values.no_answer(*nearest), values.status()))

    assert message.text.startswith(texts.NOT_FOUND)


@settings(max_examples=50, deadline=None)
@given(st.lists(cards, min_size=6, max_size=6), sentences())
def test_any_page_of_sources_is_taken_by_telegram(page: list[ArticleCard], opening: str) -> None:
    message = shown(rendering.sources(page, [opening] * len(page), 7, 30))

    assert message.text.startswith("My articles (7–12 of 30)\n\n7. ")


def test_a_page_of_sources_shows_how_each_article_begins() -> None:
    html = rendering.sources([values.article(url=None)], ["It <b>opened</b> & " + "x" * 200], 1, 1)

    assert html == (
        "<b>My articles</b> (1–1 of 1)\n"
        "\n"
        "1. <b>The canal is open</b> – The Harbour Courier, 30 March 2021\n"
        f"<i>It &lt;b&gt;opened&lt;/b&gt; &amp; {'x' * 80}…</i>"
    )


def test_a_card_shows_what_is_known_of_an_article() -> None:
    assert rendering.card(values.article(url=None), "It is open.", 1234) == (
        "<b>The canal is open</b> – The Harbour Courier, 30 March 2021\n"
        "Rosalind Teague\n<code>canal.txt</code>\n1234 characters\n\nIt is open."
    )


# --- what admins see -----------------------------------------------------------------------------------------------


def test_a_report_names_every_changed_file_and_each_reason() -> None:
    done = values.report(
        added=("new.txt",),
        changed=("a & b.txt", "c.txt"),
        removed=("old.txt",),
        unchanged=9,
        failed=(("broken.txt", "is empty"),),
    )

    message = shown(rendering.report(done))

    assert message.text == (
        "Reloaded in 1.3 s\n"
        "Added: 1\n• new.txt\n"
        "Changed: 2\n• a & b.txt\n• c.txt\n"
        "Removed: 1\n• old.txt\n"
        "Unchanged: 9\n"
        "Skipped: 1\n• broken.txt: is empty"
    )


def test_a_report_of_nothing_says_so() -> None:
    assert shown(rendering.report(values.report(unchanged=12, published=False))).text == (
        "Nothing to do: the articles are as they were.\nUnchanged: 12"
    )


def test_a_report_of_many_files_names_some_and_counts_all() -> None:
    message = shown(rendering.report(values.report(added=tuple(f"{number}.txt" for number in range(25)))))

    assert "Added: 25\n" in message.text
    assert message.text.count("•") == 10
    assert "… and 15 more" in message.text


file_names = st.builds(lambda name, times: f"{name * times}.txt", names, st.integers(1, 100))


@settings(max_examples=50, deadline=None)
@given(st.lists(file_names, max_size=12).map(tuple), st.text(max_size=40).filter(str.isascii))
@example(tuple(f"{number}-{'long-file-name' * 17}.txt" for number in range(12)), "has the same text as another")
def test_any_report_is_taken_by_telegram(paths: tuple[str, ...], reason: str) -> None:
    failed = tuple((path, reason) for path in paths)

    shown(rendering.report(values.report(added=paths, changed=paths, removed=paths, failed=failed)))


def test_a_file_name_in_a_report_does_not_become_a_link() -> None:
    """`.md` is also the ending of Moldova's addresses, and Telegram links whatever looks like one."""
    done = values.report(added=("2012-04-17-berlin-airport.md",), failed=(("broken.md", "is empty"),))

    assert [entity for entity in shown(rendering.report(done)).entities if entity.type == "url"] == []


def test_a_status_shows_what_serves() -> None:
    assert shown(rendering.status(values.status())).text == (
        "Articles: 12 from 4 sources\nPassages: 70\nDates: 17 April 2012 – 8 December 2024\n"
        "Generation: 3, built 2026-01-02 03:04:05 UTC\nModel: all-MiniLM-L6-v2-int8\nSkipped files: 1"
    )


def test_a_failed_reload_says_why_and_escapes_it() -> None:
    assert rendering.reload_failed("ARTICLES_DIR: there is no folder /<x>") == (
        "<b>Nothing was changed.</b> ARTICLES_DIR: there is no folder /&lt;x&gt;\n"
        "I keep answering from the articles I had."
    )


def test_a_subject_is_the_title() -> None:
    assert rendering.subject(values.article("Sand & ships"), "The canal is open.") == "• <i>Sand &amp; ships</i>"


def test_a_subject_is_how_the_article_begins_where_the_title_is_only_its_file_name() -> None:
    unnamed = values.article(title_from_path("canal-2.txt"), path="canal-2.txt")

    assert rendering.subject(unnamed, "The <b> is open.") == "• <i>The &lt;b&gt; is open.</i>"
    assert rendering.subject(unnamed, "") == f"• <i>{unnamed.title}</i>"


# --- every fixed sentence ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        texts.START,
        texts.HELP.format(subjects=rendering.subject(values.article("<b>&"), "<i>")) + texts.HELP_ADMIN,
        texts.HELP_EMPTY,
        texts.ASK_WHAT,
        texts.NO_WORDS,
        texts.TOO_LONG.format(length=4096, limit=1000),
        texts.NOT_TEXT,
        texts.UNKNOWN_COMMAND,
        texts.NO_INDEX,
        texts.FAILED,
        texts.NO_SUCH_PAGE,
        texts.ADMINS_ONLY,
        texts.RELOADING,
        texts.ALREADY_RELOADING,
        rendering.progress(3, 7),
        rendering.progress(0, 0),
    ],
)
def test_every_fixed_sentence_is_taken_by_telegram(html: str) -> None:
    shown(html)


@settings(max_examples=100, deadline=None)
@given(lines)
def test_the_visible_length_is_what_telegram_counts(text: str) -> None:
    html = f"<b>{rendering._escaped('A' + text + 'B')}</b> [1]"

    assert rendering.visible_length(html) >= utf16_length(shown(html).text)
