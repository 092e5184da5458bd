"""Saved web pages: the article and nothing around it, and no date but the page's own."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from corpus.errors import UnreadableFile
from corpus.models import Article, BlockKind
from corpus.readers.webpage import read
from tests.corpus.documents import LONG, page
from tests.corpus.samples import assert_every_span_is_exact, kinds

PARAGRAPH, HEADING = BlockKind.PARAGRAPH, BlockKind.HEADING


def article_of(data: bytes) -> Article:
    (article,) = read("a.html", data).articles
    assert_every_span_is_exact(article)
    return article


def test_paragraphs_headings_and_lists_of_the_article_are_its_text() -> None:
    body = (
        f"<h1>The dam above Vell</h1><p>{LONG}</p><h2>What the <i>miller</i> saw</h2><p>{LONG} <b>Twice.</b></p>"
        "<ul><li>Bread was the first thing.</li><li>Milk was the second.</li></ul>"
        "<blockquote><p>We heard nothing, he said.</p></blockquote>"
    )

    article = article_of(page(body=body))

    assert kinds(article) == [
        ("The dam above Vell", HEADING),
        (LONG, PARAGRAPH),
        ("What the miller saw", HEADING),
        (f"{LONG} Twice.", PARAGRAPH),
        ("Bread was the first thing.", PARAGRAPH),
        ("Milk was the second.", PARAGRAPH),
        ("We heard nothing, he said.", PARAGRAPH),
    ]
    assert article.text == "\n\n".join(text for text, _ in kinds(article))


def test_what_stands_around_the_article_is_left_out_and_named() -> None:
    contents = read("a.html", page())

    assert contents.left_out == ("Home", "Sport", "Printed on grey paper since 1903")


def test_the_origin_is_what_the_page_says() -> None:
    head = (
        "<title>The dam above Vell | The Vell Courier</title>"
        "<meta property='og:site_name' content='The Vell Courier'><meta name='author' content='Ada Berg'>"
        "<meta property='article:published_time' content='2021-05-03T06:30:00Z'>"
        "<link rel='canonical' href='https://example.org/dam'>"
    )

    article = article_of(page(head))

    assert (article.title, article.source, article.author) == ("The dam above Vell", "The Vell Courier", "Ada Berg")
    assert article.published == datetime(2021, 5, 3, 6, 30, tzinfo=UTC)
    assert (article.url, article.language) == ("https://example.org/dam", "en")


@pytest.mark.parametrize(
    ("head", "published"),
    [
        ("<meta itemprop='datePublished' content='2021-05-03'>", date(2021, 5, 3)),
        ("<meta name='parsely-pub-date' content='2021-05-03'>", date(2021, 5, 3)),
        ('<script type=\'application/ld+json\'>{"datePublished": "2021-05-03"}</script>', date(2021, 5, 3)),
        ("<meta property='article:published_time' content='yesterday'>", None),
        ("<meta property='article:modified_time' content='2021-05-03'>", None),
    ],
)
def test_the_date_is_that_of_the_metadata(head: str, published: date | None) -> None:
    assert article_of(page(head)).published == published


@pytest.mark.parametrize(
    "mess",
    [
        "<p>On 3 May 2021 the dam broke, as it had on 2 April 2020 and on 2019-03-01.</p>",
        "<p>Copyright 2020 The Vell Courier. All rights reserved.</p>",
        "<p>Updated: 2021-05-03 14:00</p>",
        "<p>Posted on 05/03/2021 by the desk</p>",
        "<img src='https://example.org/2021/05/03/dam.jpg'>",
        "<h1>2021-05-03</h1>",
        "<time>3 May 2021</time>",
    ],
)
@pytest.mark.parametrize(
    "head",
    [
        "",
        "<title>The dam, 3 May 2021</title>",
        "<link rel='canonical' href='https://example.org/2021/05/03/dam'>",
        "<meta property='og:image' content='https://example.org/2021/05/03/dam.jpg'>",
    ],
)
def test_no_date_is_taken_from_text_addresses_or_pictures(head: str, mess: str) -> None:
    assert article_of(page(head, f"<p>{LONG}</p>{mess}<p>{LONG} Twice.</p>")).published is None


@pytest.mark.parametrize("link", ["/dam", "javascript:alert(1)", "ftp://example.org/dam", "http://", ""])
def test_a_link_that_no_browser_could_follow_is_none(link: str) -> None:
    assert article_of(page(f"<link rel='canonical' href='{link}'>")).url is None


def test_the_link_is_never_that_of_another_page() -> None:
    assert article_of(page(body=f"<p>{LONG}</p><p>See <a href='https://example.org/b'>b</a>. {LONG}</p>")).url is None


def test_a_page_in_the_encoding_it_declares_is_read() -> None:
    data = page(body=f"<p>Café. {LONG}</p><p>{LONG}</p>").decode().replace("utf-8", "windows-1252").encode("cp1252")

    assert article_of(data).text.startswith("Café.")


def test_control_characters_in_a_page_do_not_stop_it() -> None:
    assert article_of(page(body=f"<p>{LONG}</p><p>Twice\x0bover. {LONG}</p>")).text == f"{LONG}\n\nTwice over. {LONG}"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (page(body=""), "holds no article that can be told from the page around it"),
        (b"<html></html>", "holds no article that can be told from the page around it"),
        (b"<html>\xff\xe9</html>", "is neither UTF-8 nor in the encoding it declares; save it as UTF-8"),
        (b"<html>\0</html>", "is a binary file, not an HTML page"),
        (b"%PDF-1.7", "is a PDF; name it .pdf"),
    ],
)
def test_what_is_no_article_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read("a.html", data)

    assert caught.value.reason == reason
