"""Feeds of every kind, whole and broken, to what they say and no more."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import FetchError
from corpus.web.feeds import Feed, FeedItem, normalised, parse

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://news.example/feeds/all.xml"

RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Harbour &amp; Hill</title>{}</channel></rss>"""


def item(inside: str) -> FeedItem:
    """The one item of an RSS feed, given what stands in it."""
    (only,) = parse(RSS.format(f"<item>{inside}</item>").encode(), URL).items
    return only


def test_an_rss_feed_is_read() -> None:
    feed = parse(
        RSS.format(
            """<item><title>Ferry &amp;amp; bridge reopen</title><link>https://news.example/ferry</link>
            <guid isPermaLink="false">f-1</guid><pubDate>Tue, 05 Mar 2024 22:30:00 -0500</pubDate>
            <author>ada@news.example (Ada Brook)</author><description>Short.</description>
            <content:encoded><![CDATA[<p>The ferry sails again.</p>]]></content:encoded></item>"""
        ).encode(),
        URL,
    )

    assert feed == Feed(
        "Harbour & Hill",
        (
            FeedItem(
                guid="f-1",
                link="https://news.example/ferry",
                title="Ferry & bridge reopen",
                published=datetime(2024, 3, 5, 22, 30, tzinfo=timezone(timedelta(hours=-5))),
                author="Ada Brook",
                html="<p>The ferry sails again.</p>",
            ),
        ),
    )


def test_an_atom_feed_is_read() -> None:
    feed = parse(
        b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Hill</title><entry><title type="text">a &lt; b</title>
        <id>tag:news.example,2024:1</id><link href="/one"/><published>2024-03-05T10:00:00Z</published>
        <updated>2024-04-01T00:00:00Z</updated><author><name>Ada</name></author><author><name>Ben</name></author>
        <summary type="text">1 &lt; 2</summary></entry></feed>""",
        URL,
    )

    assert feed.items == (
        FeedItem(
            guid="tag:news.example,2024:1",
            link="https://news.example/one",
            title="a < b",
            published=datetime(2024, 3, 5, 10, tzinfo=UTC),
            author="Ada, Ben",
            html="1 &lt; 2",
        ),
    )


def test_an_rdf_feed_is_read() -> None:
    feed = parse(
        b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://news.example/"><title>Hill</title>
        </channel><item rdf:about="https://news.example/one"><title>One</title><link>https://news.example/one</link>
        <dc:creator>Ada</dc:creator><dc:date>2024-03-05T22:30:00-05:00</dc:date></item></rdf:RDF>""",
        URL,
    )

    assert feed.items == (
        FeedItem(
            guid="https://news.example/one",
            link="https://news.example/one",
            title="One",
            published=datetime(2024, 3, 5, 22, 30, tzinfo=timezone(timedelta(hours=-5))),
            author="Ada",
            html=None,
        ),
    )


class TestADate:
    @pytest.mark.parametrize(
        ("written", "published"),
        [
            ("Tue, 05 Mar 2024 10:00:00 GMT", datetime(2024, 3, 5, 10, tzinfo=UTC)),
            ("5 Mar 2024 10:00:00 EST", datetime(2024, 3, 5, 10, tzinfo=timezone(timedelta(hours=-5)))),
            ("Tue, 05 Mar 2024 10:00:00", datetime(2024, 3, 5, 10)),  # noqa: DTZ001 - none is given
            ("2024-03-05T10:00:00+01:00", datetime(2024, 3, 5, 10, tzinfo=timezone(timedelta(hours=1)))),
            ("2024-03-05", date(2024, 3, 5)),
            ("2024-03-05 10:00:00 UTC", date(2024, 3, 5)),
        ],
    )
    def test_is_kept_as_it_was_written(self, written: str, published: date) -> None:
        assert item(f"<link>https://news.example/a</link><pubDate>{written}</pubDate>").published == published

    @pytest.mark.parametrize(
        "written",
        [
            "",
            "2024",
            "2024-03",
            "March 2024",
            "yesterday",
            "05/03/2024",
            "Tue, 05 Mar 24 10:00:00 GMT",
            "Mon, 01 Jan 0001 00:00:00 +0000",
            "0001-01-01T00:00:00Z",
            "Tue, 32 Mar 2024 10:00:00 GMT",
            "2024-13-05",
        ],
    )
    def test_is_not_made_up(self, written: str) -> None:
        assert item(f"<link>https://news.example/a</link><pubDate>{written}</pubDate>").published is None

    def test_of_an_atom_entrys_last_change_is_not_its_publication(self) -> None:
        feed = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="https://news.example/a"/>
        <updated>2024-03-05T10:00:00Z</updated></entry></feed>"""

        assert parse(feed, URL).items[0].published is None


@pytest.mark.parametrize(
    ("written", "author"),
    [
        ("<author>Ada Brook</author>", "Ada Brook"),
        ("<author>ada@news.example (Ada Brook)</author>", "Ada Brook"),
        ("<author>Ada Brook &lt;ada@news.example&gt;</author>", "Ada Brook"),
        ("<author>ada@news.example</author>", None),
        ("<dc:creator>Ada Brook</dc:creator><dc:creator>Ben Field</dc:creator>", "Ada Brook, Ben Field"),
        ("<dc:creator>Ada Brook</dc:creator><dc:creator>ben@news.example (Ben)</dc:creator>", "Ada Brook"),
        ("<author> </author>", None),
    ],
)
def test_an_author_is_a_name_and_no_mail_address(written: str, author: str | None) -> None:
    assert item(f"<link>https://news.example/a</link>{written}").author == author


class TestALink:
    def test_is_made_absolute(self) -> None:
        assert item("<link>../a?x=1</link>").link == "https://news.example/a?x=1"

    def test_may_be_the_guid(self) -> None:
        assert item("<guid>https://news.example/a</guid>").link == "https://news.example/a"

    def test_is_not_made_of_a_guid_that_is_none(self) -> None:
        only = item("<guid>42</guid><description>It rained.</description>")

        assert (only.guid, only.link) == ("42", None)

    @pytest.mark.parametrize(
        "link", ["javascript:alert(1)", "mailto:ada@news.example", "file:///etc/passwd", "http://a:b/"]
    )
    def test_leads_into_the_web(self, link: str) -> None:
        assert item(f"<link>{link}</link><description>It rained.</description>").link is None


@pytest.mark.parametrize(
    ("link", "known_as"),
    [
        ("https://News.Example:443/a#top", "https://news.example/a"),
        ("https://news.example/a?utm_source=rss&id=7&UTM_Medium=x", "https://news.example/a?id=7"),
        ("https://news.example/a?utm_source=rss", "https://news.example/a"),
        ("http://xn--/a#top", "http://xn--/a"),
        ("http://a:b/#top", "http://a:b/#top"),
        ("https://news.example/a?b=2&a=1&flag", "https://news.example/a?b=2&a=1&flag"),
    ],
)
def test_a_link_is_known_without_what_says_how_a_reader_came(link: str, known_as: str) -> None:
    assert normalised(link) == known_as


def test_an_item_is_known_by_guid_and_link() -> None:
    only = item("<guid isPermaLink='false'>f-1</guid><link>https://news.example/a?utm_source=rss#top</link>")

    assert only.keys == ("f-1", "https://news.example/a")


def test_an_item_with_neither_link_nor_content_is_dropped() -> None:
    feed = parse(RSS.format("<item><title>Nothing</title></item><item><link>/a</link></item>").encode(), URL)

    assert [only.link for only in feed.items] == ["https://news.example/a"]


def test_scripts_do_not_come_through() -> None:
    html = item(
        "<description>&lt;p onclick='x()'&gt;It rained.&lt;script&gt;x()&lt;/script&gt;&lt;/p&gt;</description>"
    ).html

    assert html == "<p>It rained.</p>"


def test_a_broken_feed_is_read_as_far_as_it_goes() -> None:
    broken = RSS.partition("{}")[0] + (
        "<item><title>Rain & wind</title><link>https://news.example/a</link></item>"
        "<item><title>Snow &nbsp; ice<link>https://news.example/b</link>"
    )

    assert [only.link for only in parse(broken.encode(), URL).items][:1] == ["https://news.example/a"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251"])
def test_a_feed_is_read_in_the_encoding_it_declares(encoding: str) -> None:
    feed = RSS.format("<item><title>Дождь</title><link>/a</link></item>").replace(
        '"1.0"?', f'"1.0" encoding="{encoding}"?'
    )

    assert parse(feed.encode(encoding), URL).items[0].title == "Дождь"


@pytest.mark.parametrize(
    "content", [b"", b"\0\1\2", b"{}", b"It rained.", b"<html><body><p>It rained.</p></body></html>"]
)
def test_a_page_that_is_no_feed_is_refused(content: bytes) -> None:
    with pytest.raises(FetchError, match=r"^https://news\.example/feeds/all\.xml is not a feed$"):
        parse(content, URL)


def test_a_feed_that_is_the_name_of_a_file_does_not_open_it(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(RSS.format("<item><link>/secret</link></item>"))

    with pytest.raises(FetchError, match="is not a feed"):
        parse(str(file).encode(), URL)


def test_an_entity_of_a_file_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "secret.txt"
    file.write_text("the secret")
    feed = RSS.replace("<rss", f'<!DOCTYPE rss [<!ENTITY a SYSTEM "{file.as_uri()}">]><rss', 1)

    assert "the secret" not in str(parse(feed.format("<item><link>/a</link><title>&a;</title></item>").encode(), URL))


def test_entities_of_entities_do_not_multiply() -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    feed = RSS.replace("<rss", f'<!DOCTYPE rss [<!ENTITY a0 "rain">{entities}]><rss', 1)

    (only,) = parse(feed.format("<item><link>/a</link><title>&a9;</title></item>").encode(), URL).items

    assert len(only.title or "") < 1000


@given(st.one_of(st.binary(), st.text().map(str.encode)))
def test_whatever_comes_is_a_feed_or_is_refused(inside: bytes) -> None:
    for content in (inside, RSS.encode().replace(b"{}", b"<item>" + inside + b"</item>")):
        try:
            feed = parse(content, URL)
        except FetchError:
            continue
        assert all(only.link or only.html for only in feed.items)


@given(st.text())
def test_whatever_is_written_for_a_date_or_a_link_is_understood_or_left_out(written: str) -> None:
    cdata = f"<![CDATA[{written}]]>"

    parse(RSS.format(f"<item><link>{cdata}</link><pubDate>{cdata}</pubDate></item>").encode("utf-8", "replace"), URL)
