from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot import rendering, texts
from bot.rendering import links
from bot.rendering.lists import listed
from corpus.readers.titles import title_from_path
from corpus.sentences import LONGEST
from retrieval.models import Remarks
from retrieval.query.models import NO_SCOPE, Scope
from tests.bot import values
from tests.telegram_api.rules import Formatted, judge_text, utf16_length, utf16_slice
from tests.telegram_api.text import TEXT_LIMIT, _tidy

if TYPE_CHECKING:
    from collections.abc import Callable

    from retrieval.models import Answer, ArticleCard, Citation

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
    lambda quote, before, after, card, others: values.citation(
        quote, before=before, after=after, card=card, also_in=others
    ),
    sentences(),
    contexts(),
    contexts(),
    cards,
    st.lists(cards, max_size=5).map(tuple),
)


def cited(most: int) -> st.SearchStrategy[list[Citation]]:
    """Up to so many citations, numbered in their order."""
    return st.lists(citations, min_size=1, max_size=most).map(
        lambda several: [replace(citation, number=number) for number, citation in enumerate(several, start=1)]
    )


# Beyond these years no operator is read.
days = st.none() | st.dates(date(1000, 1, 1), date(2999, 12, 31))
scopes = st.builds(Scope, days, days, st.none() | names)
remarked = st.builds(
    Remarks,
    scopes,
    st.integers(0, 100_000),
    st.just(NO_SCOPE) | scopes,
    st.sampled_from([(), (1, 2), (1, 3), (1, 2, 3)]),
    st.none() | st.dates(),
    st.booleans(),
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


def quotations(message: Formatted) -> list[str]:
    """What stands in plain quotations, as those of a timeline."""
    boxes = [entity for entity in message.entities if entity.type == "blockquote"]
    return [utf16_slice(message.text, entity.offset, entity.length).strip() for entity in boxes]


def own_links(message: Formatted) -> set[str]:
    """The addresses of links, without those of quotes within a page."""
    urls = (entity.url or "" for entity in message.entities if entity.type == "text_link")
    return {url for url in urls if ":~:" not in url}


def numbers_shown(html: str) -> list[int]:
    return [int(number) for number in re.findall(r"<b>(\d+)\. ", html)]


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
        'The Harbour Courier, 30 March 2021 · <a href="https://example.com/canal?a=1&amp;b=2">read</a> · '
        '<a href="https://example.com/canal?a=1&amp;b=2#:~:text=It%20is%20400%20metres,long%20%26%2059%20wide%2E">'
        "at the quote</a>\n"
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


@given(st.lists(citations, min_size=1, max_size=3))
def test_any_answer_fits_one_message_with_the_first_quote_marked_in_its_source(
    cited: list[Citation],
) -> None:
    message = shown(rendering.answer(values.answer(*cited)))

    wanted = as_telegram_shows(cited[0].quote.text).strip()
    assert wanted in message.text
    assert wanted in marked_quotes(message)


@given(st.lists(citations, min_size=1, max_size=3))
def test_any_answer_links_to_nothing_but_its_own_articles(sources: list[Citation]) -> None:
    message = shown(rendering.answer(values.answer(*sources)))

    hosts = {link.partition("?")[0][:20] for link in own_links(message)}
    assert hosts <= {"https://example.com/"}
    own = {card.url for source in sources for card in (source.article, *source.also_in)}
    assert len(own_links(message)) <= len(own - {None})


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60))
def test_a_link_leads_exactly_to_the_address_of_the_article(path: str) -> None:
    url = f"https://example.com/a{path}"
    html = rendering.answer(values.answer(values.citation("It is open.", card=values.article(url=url))))

    # The href of the markup, read as HTML reads it.
    assert f'<a href="{url.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")}"' in html.replace(
        "&quot;", '"'
    ).replace("&#x27;", "'")
    assert [entity.type for entity in shown(html).entities].count("text_link") <= 2


# --- who else prints it --------------------------------------------------------------------------------------------


def test_other_papers_that_print_a_quote_are_named_below_it() -> None:
    others = (
        values.article(source="The <Ledger>", published=date(2021, 3, 31), url="https://example.org/l"),
        values.article(source="Dispatch & Son", published=None, url=None),
    )
    cited = values.citation("It is open.", card=values.article(url=None), also_in=others)

    assert rendering.answer(values.answer(cited)).splitlines()[-1] == (
        'Also in: The &lt;Ledger&gt;, 31 March 2021 · <a href="https://example.org/l">read</a>; Dispatch &amp; Son'
    )


def test_another_paper_of_which_nothing_is_known_is_named_by_its_title() -> None:
    bare = values.article("A & " + "b" * 100, source=None, published=None, url=None)
    cited = values.citation("It is open.", card=values.article(), also_in=(bare,))

    assert rendering.answer(values.answer(cited)).splitlines()[-1] == f"Also in: A &amp; {'b' * 75}…"


@pytest.mark.parametrize(
    ("count", "line"),
    [
        (1, "Also in: Paper 1"),
        (3, "Also in: Paper 1; Paper 2; Paper 3"),
        (4, "Also in: Paper 1; Paper 2; Paper 3 and 1 more"),
        (400, "Also in: Paper 1; Paper 2; Paper 3 and 397 more"),
    ],
)
def test_of_many_papers_that_print_the_same_three_are_named(count: int, line: str) -> None:
    others = tuple(values.article(source=f"Paper {n}", published=None, url=None) for n in range(1, count + 1))
    cited = values.citation("It is open.", card=values.article(), also_in=others)

    assert rendering.answer(values.answer(cited)).splitlines()[-1] == line


def test_a_quote_that_stands_in_one_paper_only_has_no_such_line() -> None:
    html = rendering.answer(values.answer(values.citation("It is open.", card=values.article())))

    assert "Also in" not in html


# --- remarks -------------------------------------------------------------------------------------------------------

MAY = Scope(date(2024, 5, 1), date(2024, 5, 31))


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (NO_SCOPE, ""),
        (MAY, "of May 2024"),
        (Scope(date(2024, 2, 1), date(2024, 2, 29)), "of February 2024"),
        (Scope(date(2023, 12, 1), date(2023, 12, 31)), "of December 2023"),
        (Scope(date(2023, 1, 1), date(2023, 12, 31)), "of 2023"),
        (Scope(date(2024, 5, 3), date(2024, 5, 3)), "of 3 May 2024"),
        (Scope(date(2024, 5, 1), date(2024, 5, 1)), "of 1 May 2024"),
        (Scope(since=date(2024, 5, 3)), "from 3 May 2024 on"),
        (Scope(until=date(2024, 5, 3)), "up to 3 May 2024"),
        (Scope(date(2024, 5, 3), date(2024, 6, 4)), "from 3 May 2024 to 4 June 2024"),
        (Scope(date(2024, 2, 1), date(2024, 2, 28)), "from 1 February 2024 to 28 February 2024"),
        (Scope(date(2022, 1, 1), date(2023, 12, 31)), "from 1 January 2022 to 31 December 2023"),
        (Scope(date(2024, 5, 1), date(2024, 6, 30)), "from 1 May 2024 to 30 June 2024"),
        (Scope(source="The <Ledger>"), "in The &lt;Ledger&gt;"),
        (replace(MAY, source="The Ledger"), "of May 2024 in The Ledger"),
        (Scope(since=date(2024, 5, 3), source="The Ledger"), "from 3 May 2024 on in The Ledger"),
        (Scope(source="L" * 100), f"in {'L' * 79}…"),
    ],
    ids=str,
)
def test_a_scope_is_described_in_words(scope: Scope, words: str) -> None:
    assert rendering.described(scope) == words


@given(scopes)
@example(Scope(date(2999, 12, 1), date(2999, 12, 31)))
def test_any_scope_is_described_in_words(scope: Scope) -> None:
    assert bool(rendering.described(scope)) == (not scope.is_empty)


SHIP = values.citation("It is 400 metres long.", card=values.article())
BOAT = values.citation("It is 99 metres long.", 2, card=values.article("Boat", published=date(2024, 12, 8)))
UNDATED_BOAT = replace(BOAT, article=replace(BOAT.article, published=None))
SAME_DAY_BOAT = replace(BOAT, article=replace(BOAT.article, published=SHIP.article.published))
RAFT = values.citation("It is 3 metres long.", 3, card=values.article("Raft", published=date(2022, 1, 1)))


@pytest.mark.parametrize(
    ("remarks", "citations_of", "line"),
    [
        (Remarks(scope=MAY), (SHIP,), "Only articles of May 2024."),
        (
            Remarks(scope=MAY, undated=1),
            (SHIP,),
            "Only articles of May 2024. 1 article without a date was left out.",
        ),
        (
            Remarks(scope=MAY, undated=12),
            (SHIP,),
            "Only articles of May 2024. 12 articles without a date were left out.",
        ),
        (
            Remarks(outside=Scope(source="The Ledger")),
            (SHIP,),
            "No article in The Ledger answers this; what follows is from elsewhere.",
        ),
        (
            Remarks(differing=(1, 2)),
            (SHIP, BOAT),
            "My articles differ here: compare [1] with [2]. The newest of these is [2].",
        ),
        (
            Remarks(differing=(1, 2, 3)),
            (SHIP, BOAT, RAFT),
            "My articles differ here: compare [1] with [2], [3]. The newest of these is [2].",
        ),
        (
            Remarks(differing=(1, 3)),
            (SHIP, BOAT, RAFT),
            "My articles differ here: compare [1] with [3]. The newest of these is [3].",
        ),
        (Remarks(differing=(1, 2)), (SHIP, UNDATED_BOAT), "My articles differ here: compare [1] with [2]."),
        (Remarks(differing=(1, 2)), (SHIP, SAME_DAY_BOAT), "My articles differ here: compare [1] with [2]."),
        (
            Remarks(outside=MAY),
            (UNDATED_BOAT, SHIP),
            "No dated article of May 2024 answers this; what follows is from one without a date.",
        ),
        (
            Remarks(outside=replace(MAY, source="The Ledger")),
            (UNDATED_BOAT,),
            "No article of May 2024 in The Ledger answers this; what follows is from elsewhere.",
        ),
        (Remarks(dateless=True), (UNDATED_BOAT,), "None of these has a date, so I cannot tell which is newer."),
        (Remarks(as_of=date(2021, 3, 30)), (SHIP,), "The newest I have on this is from 30 March 2021."),
        (
            Remarks(scope=MAY, undated=2, differing=(1, 2), as_of=date(2024, 12, 8)),
            (SHIP, BOAT),
            "Only articles of May 2024. 2 articles without a date were left out. My articles differ here: compare [1] "
            "with [2]. The newest of these is [2]. The newest I have on this is from 8 December 2024.",
        ),
    ],
)
def test_what_has_to_be_known_stands_in_one_line_above_the_answer(
    remarks: Remarks, citations_of: tuple[Citation, ...], line: str
) -> None:
    plain = rendering.answer(values.answer(*citations_of))

    assert rendering.answer(values.answer(*citations_of, remarks=remarks)) == f"<i>{line}</i>\n\n{plain}"


def test_remarks_stand_above_a_timeline_and_above_what_comes_closest() -> None:
    remarks = Remarks(scope=MAY)

    for html in (
        rendering.timeline(values.timeline(SHIP, remarks=remarks)),
        rendering.closest(values.closest(SHIP, remarks=remarks)),
        rendering.not_found(values.no_answer(remarks=remarks), values.status()),
    ):
        assert html.startswith("<i>Only articles of May 2024.</i>\n\n")


def test_without_anything_to_remark_there_is_no_such_line() -> None:
    assert "<i>" not in rendering.answer(values.answer(SHIP, BOAT))


def test_a_remark_compares_no_source_that_did_not_fit_into_the_message() -> None:
    long = [
        values.citation("A" + "a" * (LONGEST - 1), number, card=values.article(f"Title {number}"))
        for number in (1, 2, 3)
    ]

    html = rendering.answer(values.answer(*long, remarks=Remarks(differing=(1, 3))))

    named = {int(number) for number in re.findall(r"\[(\d)\]", html)}
    assert named <= set(numbers_shown(html))


# --- a timeline ----------------------------------------------------------------------------------------------------


def test_a_timeline_is_each_day_its_title_and_its_quote() -> None:
    given_answer = values.timeline(
        values.citation("It is\nopen & <big>.", card=values.article(url="https://example.com/a?b=1&c")),
        values.citation(
            "It is 3 m.", 2, card=values.article("Raft <1>", published=datetime(2024, 5, 3, 23, 59, tzinfo=UTC))
        ),
        values.citation("It is old.", 3, card=values.article("Old", source=None, published=None, url=None)),
    )

    assert rendering.timeline(given_answer) == (
        "<b>What my articles say, oldest first</b>\n"
        "\n"
        "<b>1. 30 March 2021</b> – The canal is open\n"
        'The Harbour Courier · <a href="https://example.com/a?b=1&amp;c">read</a> · '
        '<a href="https://example.com/a?b=1&amp;c#:~:text=It%20is,open%20%26%20%3Cbig%3E%2E">at the quote</a>\n'
        "<blockquote>It is open &amp; &lt;big&gt;.</blockquote>\n"
        "\n"
        "<b>2. 3 May 2024</b> – Raft &lt;1&gt;\n"
        'The Harbour Courier · <a href="https://example.com/canal?a=1&amp;b=2">read</a> · '
        '<a href="https://example.com/canal?a=1&amp;b=2#:~:text=It%20is%203%20m%2E">at the quote</a>\n'
        "<blockquote>It is 3 m.</blockquote>\n"
        "\n"
        "<b>3. undated</b> – Old\n"
        "<blockquote>It is old.</blockquote>"
    )


@pytest.mark.parametrize("character", ["a", "م", "😀", "&", "<"])
def test_a_timeline_of_the_longest_sentences_shows_the_first_of_them_whole(character: str) -> None:
    entries = [
        values.citation("A" + character * (LONGEST - 1), number, card=values.article("😀" * 400))
        for number in range(1, 9)
    ]

    message = shown(html := rendering.timeline(values.timeline(*entries, remarks=Remarks(scope=MAY))))

    assert set(quotations(message)) == {entries[0].quote.text}
    assert message.text.startswith(
        "Only articles of May 2024.\n\nWhat my articles say, oldest first\n\n1. 30 March 2021"
    )
    assert numbers_shown(html) == list(range(1, len(quotations(message)) + 1))


@given(cited(8), remarked)
def test_any_timeline_fits_one_message_with_whole_quotes_in_their_order(
    entries: list[Citation], remarks: Remarks
) -> None:
    message = shown(html := rendering.timeline(values.timeline(*entries, remarks=replace(remarks, differing=()))))

    count = len(quotations(message))
    assert count >= 1
    assert quotations(message) == [as_telegram_shows(entry.quote.text).strip() for entry in entries[:count]]
    assert numbers_shown(html) == list(range(1, count + 1))


# --- the closest ---------------------------------------------------------------------------------------------------


def test_what_comes_closest_is_shown_as_no_more_than_that() -> None:
    html = rendering.closest(values.closest(values.citation("It is <open>.", after=" Yes.", card=values.article())))

    assert html == (
        "I found no answer to that in my articles. The closest I have:\n"
        "\n"
        "<b>1. The canal is open</b>\n"
        'The Harbour Courier, 30 March 2021 · <a href="https://example.com/canal?a=1&amp;b=2">read</a> · '
        '<a href="https://example.com/canal?a=1&amp;b=2#:~:text=It%20is%20%3Copen%3E%2E">at the quote</a>\n'
        "<blockquote expandable><b>It is &lt;open&gt;.</b></blockquote>"
    )


@given(cited(2), remarked)
def test_anything_closest_fits_one_message_and_says_that_it_is_no_answer(
    near: list[Citation], remarks: Remarks
) -> None:
    message = shown(rendering.closest(values.closest(*near, remarks=replace(remarks, differing=()))))

    assert texts.NO_ANSWER in message.text
    wanted = [as_telegram_shows(citation.quote.text).strip() for citation in near]
    assert marked_quotes(message) == wanted[: len(marked_quotes(message))] != []


# --- whatever is remarked and whoever else prints it ---------------------------------------------------------------

SHOWN: list[Callable[[Answer], str]] = [rendering.answer, rendering.timeline, rendering.closest]
LONG_LINK = values.article("t" * 300, source="s" * 200, url="https://example.com/" + "&" * 900)


@given(cited(3), remarked)
def test_an_answer_with_remarks_fits_one_message_whose_quotes_are_whole(
    sources: list[Citation], remarks: Remarks
) -> None:
    message = shown(rendering.answer(values.answer(*sources, remarks=remarks)))

    wanted = [as_telegram_shows(citation.quote.text).strip() for citation in sources]
    assert marked_quotes(message) == wanted[: len(marked_quotes(message))] != []


@pytest.mark.parametrize("render", SHOWN)
@given(sources=cited(3), remarks=remarked)
def test_what_is_remarked_is_said_however_long_the_quotes_are(
    render: Callable[[Answer], str], sources: list[Citation], remarks: Remarks
) -> None:
    html = render(values.answer(*sources, remarks=replace(remarks, scope=MAY)))

    assert html.startswith("<i>Only articles of May 2024.")


@pytest.mark.parametrize("render", SHOWN)
@given(sources=cited(3), remarks=remarked)
def test_links_lead_to_the_cited_articles_and_to_those_that_print_the_same_only(
    render: Callable[[Answer], str], sources: list[Citation], remarks: Remarks
) -> None:
    html = render(values.answer(*sources, remarks=remarks))

    own = {card.url for source in sources for card in (source.article, *source.also_in) if card.url}
    wanted = {links.read(url) for url in own} | {
        links.at_quote(source.article.url, source.quote.text) for source in sources
    }
    assert set(re.findall(r"<a .*?</a>", html)) <= wanted
    assert html.count("<a ") == html.count("</a>") == len(re.findall(r"<a .*?</a>", html))
    assert {link.partition("?")[0][:20] for link in own_links(shown(html))} <= {"https://example.com/"}


@pytest.mark.parametrize("render", SHOWN)
@given(sources=cited(3), remarks=remarked)
def test_what_articles_and_people_write_becomes_no_markup(
    render: Callable[[Answer], str], sources: list[Citation], remarks: Remarks
) -> None:
    html = render(values.answer(*sources, remarks=remarks))

    tags = set(re.findall(r"<[^>]*>", re.sub(r'<a href="[^"]*">', "", html)))
    assert tags <= {"<b>", "</b>", "<i>", "</i>", "<blockquote>", "<blockquote expandable>", "</blockquote>", "</a>"}
    assert re.findall(r"&(?!amp;|lt;|gt;|quot;|#x27;)", html) == []


@pytest.mark.parametrize("render", SHOWN)
@pytest.mark.parametrize("character", ["a", "م", "😀", "&", "<"])
def test_the_longest_sentence_with_the_longest_links_around_it_is_still_shown(
    render: Callable[[Answer], str], character: str
) -> None:
    long = [
        values.citation("A" + character * (LONGEST - 1), number, card=LONG_LINK, also_in=(LONG_LINK,) * 300)
        for number in (1, 2, 3)
    ]

    message = shown(render(values.answer(*long, remarks=Remarks(scope=MAY, undated=3, as_of=date(2024, 1, 1)))))

    assert message.text.startswith("Only articles of May 2024. 3 articles without a date were left out. The newest I")
    assert long[0].quote.text in message.text
    assert "t" * 199 in message.text


# --- operators that make no sense ----------------------------------------------------------------------------------


def test_a_date_that_cannot_be_read_is_repeated_with_those_that_can() -> None:
    assert rendering.unreadable_date("since", "<b>&") == (
        "I do not understand the date in <code>since:&lt;b&gt;&amp;</code>. "
        "These work: 2024-05-03, 2024-05, 2024, “May 2024”."
    )


def test_a_source_that_is_not_known_is_repeated_with_those_that_are() -> None:
    assert rendering.unknown_source("<i>", ["Dispatch & Son", "The <Ledger>"]) == (
        "I have no single source called “&lt;i&gt;”. I know: Dispatch &amp; Son, The &lt;Ledger&gt;."
    )


def test_of_many_sources_ten_are_named() -> None:
    known = [f"Paper {number}" for number in range(1, 13)]

    assert rendering.unknown_source("x", known).endswith("Paper 9, Paper 10 and 2 more.")


def test_where_no_source_is_known_none_is_named() -> None:
    assert rendering.unknown_source("x", []) == "I have no single source called “x”."


@given(st.sampled_from(["since", "before", "after", "until"]), names.map(lambda value: value * 200))
def test_any_value_that_cannot_be_read_is_taken_by_telegram(operator: str, value: str) -> None:
    shown(rendering.unreadable_date(operator, value))


@given(names.map(lambda value: value * 200), st.lists(names.map(lambda name: name * 20), max_size=30))
def test_any_unknown_source_is_taken_by_telegram(value: str, known: list[str]) -> None:
    shown(rendering.unknown_source(value, known))


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


@given(st.lists(cards, max_size=3), remarked)
def test_any_message_without_an_answer_is_taken_by_telegram(nearest: list[ArticleCard], remarks: Remarks) -> None:
    # Where nothing is quoted, nothing differs and nothing is from elsewhere.
    given_answer = values.no_answer(*nearest, remarks=replace(remarks, differing=(), outside=NO_SCOPE))
    message = shown(rendering.not_found(given_answer, values.status()))

    assert texts.NOT_FOUND in message.text


@given(st.lists(cards, min_size=6, max_size=6), sentences())
def test_any_list_of_articles_is_taken_by_telegram(page: list[ArticleCard], opening: str) -> None:
    message = shown(listed("<b>My articles</b>", page, [opening] * len(page), 7))

    assert message.text.startswith("My articles\n\n7. ")


def test_a_list_of_articles_shows_how_each_begins() -> None:
    html = listed("<b>My articles</b>", [values.article(url=None)], ["It <b>opened</b> & " + "x" * 200], 1)

    assert html == (
        "<b>My articles</b>\n"
        "\n"
        "1. <b>The canal is open</b> – The Harbour Courier, 30 March 2021\n"
        f"<i>It &lt;b&gt;opened&lt;/b&gt; &amp; {'x' * 180}…</i>"
    )


@given(cards.map(lambda card: replace(card, author=card.author and card.author * 99)), sentences())
def test_any_card_is_taken_by_telegram(card: ArticleCard, opening: str) -> None:
    shown(rendering.card(card, opening, 10**7) + texts.REMOVE_SURE)


def test_a_card_shows_what_is_known_of_an_article() -> None:
    assert rendering.card(values.article(url=None), "It is open.", 1234) == (
        "<b>The canal is open</b> – The Harbour Courier, 30 March 2021\n"
        "Rosalind Teague\n<code>canal.txt</code>\n1234 characters\n\nIt is open."
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
        texts.GREETING,
        texts.THANKS,
        texts.GOODBYE,
        texts.OTHER_LANGUAGE.format(language="German"),
        texts.SUBJECT_ONLY,
        texts.NO_QUESTION,
        texts.TIMELINE_WHAT,
        texts.ONLY_OPERATORS,
        texts.NO_INDEX,
        texts.FAILED,
        texts.ADMINS_ONLY,
        texts.OUT_OF_REACH,
        texts.WORKING,
        texts.NO_LONGER,
        texts.STOPPING,
        texts.RELOAD_STOPPED,
        texts.NO_RELOAD,
        texts.RELOAD_ELSEWHERE,
        texts.ROLLBACK_OUTDATED,
        texts.LEFT,
        texts.NO_SUCH_ARTICLE,
        texts.NOT_SET_ASIDE,
        texts.ADD_WHAT.format(endings=".txt, .md"),
        texts.TOO_LARGE.format(size="21.5 MB"),
        texts.DISCARDED,
        texts.NO_FEEDS,
        texts.REFRESH_RUNNING,
        texts.KEPT_FOR_LATER,
        texts.AUDIT_EMPTY,
    ],
)
def test_every_fixed_sentence_is_taken_by_telegram(html: str) -> None:
    shown(html)


@given(lines)
def test_the_visible_length_is_what_telegram_counts(text: str) -> None:
    html = f"<b>{rendering.escaped('A' + text + 'B')}</b> [1]"

    assert rendering.visible_length(html) >= utf16_length(shown(html).text)
