"""A saved web page: trafilatura tells the article from the page around it; dates come from the page's metadata only."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from lxml import etree, html  # type: ignore[import-untyped] # lxml ships no types
from trafilatura import bare_extraction, extract_metadata

from corpus.errors import UnreadableFile
from corpus.models import BlockKind, Contents
from corpus.readers.assembly import clean, compose
from corpus.readers.dates import understand
from corpus.readers.front_matter import FrontMatter, is_link
from corpus.readers.signatures import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from lxml.html import HtmlElement  # type: ignore[import-untyped] # lxml ships no types

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f]")  # lxml refuses to build a tree with them
_LANGUAGE = re.compile(r"[a-z]{2,3}(?=$|[-_])", re.IGNORECASE)
_JSON_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]+)"')
_DATES = (
    "//meta[translate(@property, 'ADEPRTUBLIHCM', 'adeprtublihcm')='article:published_time']/@content",
    "//*[@itemprop='datePublished']/@content | //*[@itemprop='datePublished']/@datetime",
    "//time[@pubdate]/@datetime",
    "//meta[@name='parsely-pub-date' or @name='pubdate' or @name='publishdate' or @name='publish-date'"
    " or @name='publication_date' or @name='citation_publication_date' or @name='DC.date.issued'"
    " or @name='dc.date.issued' or @name='dcterms.issued' or @name='sailthru.date' or @name='date']/@content",
)
"""Where a page says when it was published. `htmldate` finds more, but takes dates from pictures' names and the text."""

_LINKS = ("//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content")
_BLOCKS = {
    "head": BlockKind.HEADING,
    "p": BlockKind.PARAGRAPH,
    "item": BlockKind.PARAGRAPH,
    "quote": BlockKind.PARAGRAPH,
}
SHORTEST = 100
"""Characters; where trafilatura finds no article it gives whatever words there are, menus and all."""

_UNSEEN = ("script", "style", "noscript", "template", "svg", "iframe")
_INLINE = frozenset({"a", "abbr", "b", "cite", "code", "em", "font", "i", "mark", "q", "s", "small", "span", "strong"})
_INLINE_TOO = frozenset({"sub", "sup", "time", "u", "wbr", "label"})


def read(path: str, data: bytes) -> Contents:
    """Return the article of a saved page, and the lines of the page that are not of it.

    Raises:
        UnreadableFile: no web page, or none that holds an article.
    """
    text = _decoded(path, data)
    try:
        page = html.document_fromstring(text)
    except (etree.LxmlError, ValueError) as error:
        raise UnreadableFile(path, "is not an HTML page") from error
    front = _front_matter(page)
    lines = _lines(page)
    document = bare_extraction(html.document_fromstring(text), include_comments=False, include_tables=False)
    body = document if document is None or isinstance(document, dict) else document.body
    if body is None or isinstance(body, dict):
        raise UnreadableFile(path, "holds no article that can be told from the page around it")
    parts = list(_parts(body))
    if sum(len(clean(words)) for kind, words in parts if kind is BlockKind.PARAGRAPH) < SHORTEST:
        raise UnreadableFile(path, "holds no article that can be told from the page around it")
    article = compose(path, front, parts)
    return Contents((article,), left_out=tuple(line for line in lines if line not in article.text))


def _decoded(path: str, data: bytes) -> str:
    """Return the page as text without its declaration of an encoding, which lxml would read once more."""
    kind = kind_of(data)
    if kind is not None and kind.name not in {"HTML page", "UTF-16"}:
        raise UnreadableFile(path, kind.advice)
    declared = _CHARSET.search(data[:4096])
    names = ["utf-16"] if kind is not None and kind.name == "UTF-16" else ["utf-8-sig"]
    if declared:
        names.append(declared.group(1).decode("ascii", "replace"))
    for name in names:
        try:
            text = codecs.decode(data, name)
        except (UnicodeDecodeError, LookupError):
            continue
        if not isinstance(text, str) or "\0" in text:
            raise UnreadableFile(path, "is a binary file, not an HTML page")
        if not text.strip():
            raise UnreadableFile(path, "is empty")
        return _UNPRINTABLE.sub(" ", re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    raise UnreadableFile(path, "is neither UTF-8 nor in the encoding it declares; save it as UTF-8")


def _front_matter(page: HtmlElement) -> FrontMatter:
    found = extract_metadata(page, date_config={"extensive_search": False})
    language = _LANGUAGE.match(page.get("lang") or page.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    return FrontMatter(
        body_start=0,
        title=clean(found.title or "") or None,
        source=clean(found.sitename or "") or None,
        author=clean(found.author or "") or None,
        published=_published(page),
        url=next((link for link in _values(page, *_LINKS) if is_link(link)), None),
        language=language.group().lower() if language else "en",
    )


def _published(page: HtmlElement) -> date | datetime | None:
    in_scripts = [
        found
        for script in page.iterfind(".//script[@type='application/ld+json']")
        for found in _JSON_DATE.findall(script.text or "")
    ]
    return next((day for written in [*_values(page, *_DATES), *in_scripts] if (day := understand(written))), None)


def _values(page: HtmlElement, *places: str) -> Iterator[str]:
    for place in places:
        yield from (clean(str(value)) for value in page.xpath(place))


def _parts(body: etree._Element) -> Iterator[tuple[BlockKind, str]]:
    """Yield headings and paragraphs in order; of nested ones the outermost, except where it only holds others."""
    for element in body.iterchildren(etree.Element):
        kind = _BLOCKS.get(str(element.tag))
        holds_blocks = any(True for _ in element.iterchildren("p", "item", "head", "quote", "list"))
        if kind is not None and not holds_blocks:
            for break_ in element.iter("lb"):
                break_.tail = "\n" + (break_.tail or "")
            yield kind, "".join(element.itertext())
        else:
            if element.text and element.text.strip():
                yield BlockKind.PARAGRAPH, element.text
            yield from _parts(element)
        if element.tail and element.tail.strip():
            yield BlockKind.PARAGRAPH, element.tail


def _lines(page: HtmlElement) -> list[str]:
    """Return the lines that a browser would show, each once; changes `page`."""
    body = page.find("body")
    if body is None:
        return []
    etree.strip_elements(body, etree.Comment, *_UNSEEN, with_tail=False)
    for element in body.iter(etree.Element):
        if element.tag not in _INLINE | _INLINE_TOO:
            element.text = "\n" + (element.text or "")
            element.tail = "\n" + (element.tail or "")
    return [line for line in dict.fromkeys(map(clean, "".join(body.itertext()).split("\n"))) if line]
