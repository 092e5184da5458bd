"""Sources, newest articles and pages, over the sample articles; buttons are pressed by their data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import browse, texts
from bot.browse import ARTICLES, PRESSED, digest
from bot.rendering import plain
from tests.e2e.index import footnote_over

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.app import Footnote
    from bot.browse import Browse
    from bot.rendering import Reply
    from retrieval.engine import Engine


@pytest.fixture
def around(footnote: Footnote) -> Browse:
    return footnote.browse


@pytest.fixture
async def unindexed(engine: Engine, tmp_path: Path) -> AsyncIterator[Browse]:
    """A look around where no article was ever read."""
    new = type(engine)(tmp_path / "missing", tmp_path / "new")
    built = footnote_over(new, tmp_path / "new")
    yield built.browse
    await built.aclose()
    new.close()


def labels(reply: Reply) -> list[str]:
    return [button.label for row in reply.rows for button in row]


async def press(around: Browse, reply: Reply, label: str) -> Reply:
    (data,) = [button.data for row in reply.rows for button in row if button.label == label]
    pressed = await around.press(data)
    assert pressed is not None
    return pressed


async def test_sources_are_buttons_with_their_counts_and_all_among_them(around: Browse) -> None:
    reply = await around.sources()

    assert plain(reply.html).startswith("My sources: 12 articles from 4 sources\n")
    assert labels(reply)[0] == "All articles (12)"
    assert sorted(labels(reply)[1:]) == [
        "The Continental Ledger (3)",
        "The Harbour Courier (3)",
        "The Meridian Dispatch (3)",
        "The Perihelion Review (3)",
    ]


async def test_a_source_lists_its_articles_newest_first_with_a_way_back(around: Browse) -> None:
    first = await around.sources()

    reply = await press(around, first, "The Continental Ledger (3)")

    titles = [line for line in plain(reply.html).splitlines() if re.match(r"\d\. ", line)]
    assert [title.partition(" – ")[0] for title in titles] == [
        "1. Finland becomes the 31st member of NATO",
        "2. Croatia adopts the euro and drops border checks",
        "3. Berlin's new airport to open on 3 June",
    ]
    assert await press(around, reply, texts.TO_SOURCES) == first


@pytest.mark.parametrize("named", ["The Continental Ledger", "ledger", "  LEDGER "])
async def test_a_source_may_be_written_out(around: Browse, named: str) -> None:
    assert plain((await around.sources(named)).html).startswith("The Continental Ledger (1–3 of 3)\n")


@pytest.mark.parametrize("named", ["gazette", "the", "1"])
async def test_a_name_that_means_no_single_source_is_said_to(around: Browse, named: str) -> None:
    assert plain((await around.sources(named)).html).startswith(f"I have no single source called “{named}”.")


async def test_articles_without_a_source_are_a_list_of_their_own(own_engine: Engine, tmp_path: Path) -> None:
    (own_engine.articles_dir / "note.md").write_text("# A note\n\nThe lighthouse of Quorvia is green.\n")
    await own_engine.reload()
    built = footnote_over(own_engine, tmp_path / "state")

    listed = await press(built.browse, await built.browse.sources(), "Without a source (1)")

    assert plain(listed.html).splitlines()[0] == "Without a source (1–1 of 1)"
    await built.aclose()


async def test_many_sources_are_paged(around: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browse, "SOURCES", 3)

    second = await press(around, await around.sources(), texts.ONWARD)

    assert labels(second) == ["All articles (12)", "The Perihelion Review (3)", texts.BACKWARD]


async def test_the_pages_of_all_articles_show_each_once(around: Browse, engine: Engine) -> None:
    first = await press(around, await around.sources(), "All articles (12)")
    second = await press(around, first, texts.NEXT)

    shown = plain(first.html) + plain(second.html)
    titles = [card.title for card in await engine.articles()]
    assert len(titles) == 2 * ARTICLES
    assert [shown.count(f". {title}") for title in titles] == [1] * len(titles)
    assert texts.NEXT not in labels(second)


async def test_the_latest_come_with_their_first_sentences(around: Browse) -> None:
    lines = plain((await around.latest()).html).splitlines()

    assert lines[0] == "Newest articles (1–6 of 12)"
    assert lines[3].startswith("1. Notre-Dame opens its doors five years after the fire – The Meridian Dispatch")
    assert lines[4].startswith("Notre-Dame cathedral in Paris reopened on 7 December 2024")


async def test_a_number_opens_an_article_that_can_be_read_to_its_end_and_left(around: Browse, engine: Engine) -> None:
    listed = await press(around, await around.latest(), texts.NEXT)
    page = await press(around, listed, "8")
    article = (await engine.articles())[7]
    pages = await engine.pages(article.id)
    assert pages is not None

    assert plain(page.html).startswith(article.title)
    assert "<blockquote>" in page.html
    for number in range(2, len(pages.passages) + 1):
        page = await press(around, page, texts.ONWARD)
        assert f"Passage {number} of {len(pages.passages)}" in page.html
    assert texts.ONWARD not in labels(page)
    assert await press(around, page, texts.TO_LIST) == listed


async def test_an_article_that_was_opened_from_a_source_leads_back_to_it(around: Browse) -> None:
    listed = await around.sources("dispatch")

    page = await press(around, listed, "2")

    assert await press(around, page, texts.TO_LIST) == listed


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("read:0123456789ab:0", texts.NO_SUCH_ARTICLE),
        ("source:00000000:0", texts.SOURCE_GONE),
        ("latest:999999", "Newest articles (7–12 of 12)"),
        ("source:all:999999", "All articles (7–12 of 12)"),
        ("sources:999999", "My sources: 12 articles from 4 sources"),
    ],
)
async def test_a_button_older_than_the_articles_still_leads_somewhere(around: Browse, data: str, said: str) -> None:
    reply = await around.press(data)

    assert reply is not None
    assert plain(reply.html).startswith(said)
    assert reply.rows


async def test_what_is_no_button_of_these_is_left_to_others(around: Browse) -> None:
    assert [await around.press(data) for data in ("quote:1:1", "latest:", "read:a/b:0", "sources:-1")] == [None] * 4
    assert await around.example("example:unknown") is None


@given(st.text())
def test_the_button_of_any_source_fits_and_is_known(source: str) -> None:
    data = f"read:{'0' * 12}:999999:{digest(source.encode('utf-8', 'replace').decode())}"

    assert len(data.encode()) <= 64
    assert re.match(PRESSED, data)


async def test_help_offers_three_questions_that_the_articles_answer(around: Browse, footnote: Footnote) -> None:
    reply = await around.help(admin=False)

    questions = [await around.example(row[0].data) for row in reply.rows]
    assert questions == labels(reply)
    assert len(questions) == 3
    assert [(await footnote.conversation.answer(question or "")).answered for question in questions] == [True] * 3
    assert all(command in reply.html for command in ("/ask", "/latest", "/timeline", "/sources", "/new", "/share"))


async def test_without_an_index_every_list_says_so(unindexed: Browse) -> None:
    replies = [await unindexed.sources(), await unindexed.sources("x"), await unindexed.latest()]

    assert [reply.html for reply in replies] == [texts.NO_INDEX] * 3
    assert (await unindexed.help(admin=False)).html == texts.HELP_EMPTY
