from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot import texts
from bot.admin import feeds
from bot.state.audit import FEEDS, Action
from tests.bot.admin.words import command, noted, plain, press, quoted
from tests.corpus import documents
from tests.e2e.index import footnote_over

if TYPE_CHECKING:
    from pathlib import Path

    from bot.admin.desk import Desk
    from retrieval.engine import Engine
    from tests.corpus.web.site import Site

QUORVIA = "The lighthouse of Quorvia was painted in green stripes on Monday by three sailors from the northern harbour."
MAYOR = "The mayor of Quorvia had promised it in March, after a vote that took the council eleven hours and a recount."
COUNCIL = "The council has eleven members, of whom nine were awake when the paint was counted."
GREEN = "What was painted in green stripes in Quorvia?"
PAGE = documents.page(body=f"<h1>Green stripes</h1><p>{QUORVIA}</p><p>{MAYOR}</p>")


def rss(*items: str, title: str = "The Quay") -> str:
    listed = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{listed}</channel></rss>'


def item(link: str = "", guid: str = "", title: str = "Green stripes", html: str = "") -> str:
    named = {"title": title, "link": link, "guid": guid, "description": html and f"<![CDATA[{html}]]>"}
    return "".join(f"<{name}>{value}</{name}>" for name, value in named.items() if value)


def kept(articles: Path) -> list[str]:
    return sorted(file.relative_to(articles).as_posix() for file in articles.glob("feed-*/*"))


async def test_new_items_become_articles_that_name_the_feed_and_are_answered_from(
    desk: Desk, site: Site, articles: Path
) -> None:
    dated = item(site.url("/green"), "g-1") + "<pubDate>Tue, 05 Mar 2024 22:30:00 -0500</pubDate>"
    site.gives("/feed", rss(dated))
    site.gives("/green", PAGE, content_type="text/html")

    report = await command(desk, "refresh")

    assert plain(report) == "Feeds read: 1, new articles: 1\n• The Quay: 1 new"
    assert kept(articles) == ["feed-the-quay/2024-03-05-green-stripes.txt"]
    citation = (await desk.engine.ask(GREEN)).citations[0]
    assert " ".join(citation.quote.text.split()) == QUORVIA
    assert (citation.article.source, citation.article.url) == ("The Quay", site.url("/green"))
    assert (Action.REFRESH, "Ada", "new articles: 1") in await noted(desk)


async def test_an_item_is_fetched_once(desk: Desk, site: Site, articles: Path) -> None:
    site.gives("/feed", rss(item(site.url("/green"), "g-1")))
    site.gives("/green", PAGE, content_type="text/html")
    await command(desk, "refresh")

    again = await command(desk, "refresh")

    assert plain(again).endswith("• The Quay: 0 new")
    assert site.paths.count("/green") == 1
    assert len(kept(articles)) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("/green", "g-1"), ("/moved", "g-1")),
        (("/green", "g-1"), ("/green", "g-2")),
        (("/green", ""), ("/green?utm_source=feed#top", "")),
    ],
    ids=["the guid", "the link", "the link without tracking"],
)
async def test_an_item_is_known_again_by_its_guid_or_its_link(
    desk: Desk, site: Site, articles: Path, first: tuple[str, str], second: tuple[str, str]
) -> None:
    site.gives("/feed", *(rss(item(site.url(link), guid)) for link, guid in (first, second)))
    for path in ("/green", "/moved"):
        site.gives(path, PAGE, content_type="text/html")
    await command(desk, "refresh")

    await command(desk, "refresh")

    assert len(kept(articles)) == 1


async def test_an_item_that_a_feed_names_twice_is_kept_once(desk: Desk, site: Site, articles: Path) -> None:
    site.gives("/feed", rss(item(site.url("/green"), "g-1"), item(site.url("/green?utm_medium=rss"), "g-1")))
    site.gives("/green", PAGE, content_type="text/html")

    await command(desk, "refresh")

    assert len(kept(articles)) == 1


async def test_an_item_with_neither_guid_nor_link_is_kept_once(desk: Desk, site: Site, articles: Path) -> None:
    site.gives("/feed", rss(item(html=f"<p>{QUORVIA}</p><p>{MAYOR}</p><p>{COUNCIL}</p>")))
    for _ in range(2):
        await command(desk, "refresh")

    assert len(kept(articles)) == 1


async def test_where_the_page_gives_nothing_the_feeds_own_words_are_kept(
    desk: Desk, site: Site, articles: Path
) -> None:
    site.gives("/feed", rss(item(site.url("/gone"), html=f"<p>{QUORVIA}</p><p>{MAYOR}</p><p>{COUNCIL}</p>")))

    await command(desk, "refresh")

    (path,) = kept(articles)
    assert f"url: {site.url('/gone')}\n" in (articles / path).read_text(encoding="utf-8")
    assert " ".join((await quoted(desk, GREEN)).split()) == QUORVIA


async def test_an_unchanged_feed_is_not_sent_again(desk: Desk, site: Site) -> None:
    asked: list[str | None] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.headers.get("If-None-Match"))
        if asked[-1]:
            return web.Response(status=304)
        return web.Response(text=rss(item(site.url("/green"))), headers={"ETag": '"one"'})

    site.on("/feed", answer)
    site.gives("/green", PAGE, content_type="text/html")
    for _ in range(2):
        report = await command(desk, "refresh")

    assert asked == [None, '"one"']
    assert plain(report).startswith("Feeds read: 1, new articles: 0")


async def test_an_item_that_fails_is_tried_three_times_more_and_then_left(
    desk: Desk, site: Site, articles: Path
) -> None:
    site.gives("/feed", rss(item(site.url("/gone"), "g-1")), ETag='"one"')
    for _ in range(6):
        await command(desk, "refresh")

    assert site.paths.count("/gone") == 4
    assert kept(articles) == []


async def test_an_item_that_failed_for_a_while_is_kept_when_it_is_there(desk: Desk, site: Site, articles: Path) -> None:
    site.gives("/feed", rss(item(site.url("/green"), "g-1")), ETag='"one"')
    site.gives("/green", 404, PAGE, content_type="text/html")
    for _ in range(3):
        await command(desk, "refresh")

    assert len(kept(articles)) == 1
    assert site.paths.count("/green") == 2


async def test_what_one_look_does_not_take_comes_with_the_next(
    desk: Desk, site: Site, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "MOST", 2)
    words = [f"<p>{QUORVIA}</p><p>{MAYOR}</p><p>{COUNCIL} Day {number}.</p>" for number in range(3)]
    site.gives("/feed", rss(*(item(guid=f"g-{n}", title=f"Story {n}", html=html) for n, html in enumerate(words))))

    assert plain(await command(desk, "refresh")).endswith("• The Quay: 2 new")
    assert plain(await command(desk, "refresh")).endswith("• The Quay: 1 new")
    assert len(kept(articles)) == 3


@pytest.mark.parametrize(("body", "said"), [("<html></html>", "is not a feed"), (404, "answered 404"), (500, "500")])
async def test_a_feed_that_cannot_be_read_is_reported_once(desk: Desk, site: Site, body: str | int, said: str) -> None:
    site.gives("/feed", body)

    shown = plain(await command(desk, "refresh"))

    assert shown.startswith("Feeds read: 0, new articles: 0\n• ")
    assert said in shown
    assert shown.count(site.url("/feed")) == 1


async def test_of_many_feeds_that_fail_the_report_still_fits(own_engine: Engine, own_data: Path) -> None:
    urls = tuple(f"http://127.0.0.1/{number}/{'long-name/' * 20}" for number in range(40))
    footnote = footnote_over(own_engine, own_data, feeds=urls)

    shown = plain(await command(footnote.desk, "refresh"))
    await footnote.aclose()

    assert shown.count("leads to a private address") <= 10
    assert "… and 30 more" in shown


async def test_after_a_rollback_new_items_wait_for_the_next_reload(desk: Desk, site: Site) -> None:
    await command(desk, "reload")
    await press(desk, await command(desk, "rollback"), texts.ROLLBACK_YES)
    site.gives("/feed", rss(item(site.url("/green"), "g-1")))
    site.gives("/green", PAGE, content_type="text/html")

    assert texts.KEPT_FOR_LATER in (await command(desk, "refresh")).html
    assert (await desk.engine.status()).is_rolled_back

    await command(desk, "reload")
    assert " ".join((await quoted(desk, GREEN)).split()) == QUORVIA


async def test_a_look_by_itself_that_found_nothing_is_not_noted(desk: Desk, site: Site) -> None:
    site.gives("/feed", rss())

    await desk.feeds.refresh(FEEDS)

    assert await noted(desk) == []


async def test_without_feeds_refresh_says_how_to_set_them(own_engine: Engine, own_data: Path) -> None:
    footnote = footnote_over(own_engine, own_data)

    reply = await command(footnote.desk, "refresh")
    await footnote.aclose()

    assert reply.html == texts.NO_FEEDS
