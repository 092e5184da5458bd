"""RSS, Atom and RDF feeds, as far as broken ones can be saved, to items that say only what the feed says."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parseaddr, parsedate_to_datetime
from html import escape, unescape
from typing import Any

import feedparser  # type: ignore[import-untyped] # ships no types
import httpx

from corpus.errors import FetchError

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One entry; `published` has a time and an offset only if the feed gives them, `html` is already sanitised."""

    guid: str | None
    link: str | None
    title: str | None
    published: date | datetime | None
    author: str | None
    html: str | None

    @property
    def keys(self) -> tuple[str, ...]:
        """What the item is known by: its guid, which is unique within its feed, and its link without tracking."""
        return tuple(key for key in (self.guid, self.link and normalised(self.link)) if key)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's name and its items, in its own order."""

    title: str | None
    items: tuple[FeedItem, ...]


def parse(content: bytes, url: str) -> Feed:
    """Return the feed in `content`, the items' links made absolute by `url`. Nothing is fetched.

    A MB takes a quarter of a second, one made to be slow five: run it in a thread.

    Raises:
        FetchError: it is no feed.
    """
    # Not the bytes themselves, for feedparser would open a file of that name; and not told where they come from, for it
    # would make a link of a guid that is none.
    parsed = feedparser.parse(io.BytesIO(content))
    if not parsed.get("version"):
        raise FetchError(url, "is not a feed")
    items = (_item(entry, url, is_atom=parsed.version.startswith("atom")) for entry in parsed.entries)
    return Feed(title=_title(parsed.feed), items=tuple(item for item in items if item.link or item.html))


def normalised(link: str) -> str:
    """Return a link without its fragment and `utm_` parameters, which say how a reader came and not what is there."""
    try:
        url = httpx.URL(link)
    except httpx.InvalidURL:
        return link
    query = "&".join(part for part in url.query.decode("ascii").split("&") if not part.lower().startswith("utm_"))
    return str(url.copy_with(query=query.encode("ascii") or None, fragment=None))


def _item(entry: dict[str, Any], feed_url: str, *, is_atom: bool) -> FeedItem:
    # A dc:date, the day of publication in RDF, arrives as "updated"; Atom's own "updated" is another day. `in`, because
    # feedparser gives the one for the other where it is missing.
    written = entry.get("published") or (entry["updated"] if "updated" in entry and not is_atom else None)
    contents = [*entry.get("content", ()), entry.get("summary_detail", {})]
    return FeedItem(
        guid=_line(entry.get("id")),
        link=_link(entry, feed_url),
        title=_title(entry),
        published=_published(written),
        author=_author(entry, is_atom=is_atom),
        html=next((_html(content) for content in contents if content.get("value", "").strip()), None),
    )


def _line(value: str | None) -> str | None:
    return " ".join(value.split()) or None if value else None


def _title(entry: dict[str, Any]) -> str | None:
    """A title as plain text; feedparser says which ones it takes for HTML."""
    title = entry.get("title", "")
    if entry.get("title_detail", {}).get("type") != "text/plain":
        title = unescape(_TAG.sub("", title))
    return _line(title)


def _author(entry: dict[str, Any], *, is_atom: bool) -> str | None:
    """The names without mail addresses; feedparser 6.0 would make "ple (Ada" of "ada@news.example (Ada)"."""
    authors = entry.get("authors", ())
    if len(authors) == 1 and not is_atom:
        written = entry.get("author", "")
        return _line(parseaddr(written)[0] if "@" in written else written)
    names = [_line(author.get("name")) for author in authors if is_atom or "email" not in author]
    return ", ".join(dict.fromkeys(name for name in names if name)) or None


def _html(content: dict[str, str]) -> str:
    return escape(content["value"]) if content.get("type") == "text/plain" else content["value"]


def _link(entry: dict[str, Any], feed_url: str) -> str | None:
    """The article's address in the web, not `javascript:` or `mailto:`; a guid counts if it is a whole address."""
    is_own = any(link.get("rel") == "alternate" for link in entry.get("links", ()))
    try:
        link = httpx.URL(entry.get("link", ""))
        url = httpx.URL(feed_url).join(link) if is_own else link
    except httpx.InvalidURL:
        return None
    return str(url) if url.scheme in {"http", "https"} and url.raw_host else None


def _published(written: str | None) -> date | datetime | None:
    """The date as it was written; where feedparser would fill in a missing day or turn it into UTC's, this does not."""
    text = (written or "").strip()
    for read in (date.fromisoformat, datetime.fromisoformat, parsedate_to_datetime, _first_day):
        with suppress(ValueError, OverflowError):
            found = read(text)
            # A year that is not written out is a guess; year 1 is how Go and .NET write that there is none.
            return found if str(found.year) in text and found.year > 1 else None
    return None


def _first_day(text: str) -> date:
    return date.fromisoformat(text[:10])
