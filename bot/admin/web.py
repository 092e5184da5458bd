"""Web pages and files as articles: fetched with the site's leave, read within limits."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from corpus.errors import UnreadableFile
from corpus.readers import READERS
from corpus.reading import FileReader
from corpus.web.fetching import Fetcher
from corpus.web.robots import Robots

if TYPE_CHECKING:
    from corpus.models import Contents
    from corpus.web.fetching import Page

ENDINGS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
"""Media type -> the ending whose reader reads it."""


class Web:
    """One fetcher, what sites allow, and one reader of what they give."""

    def __init__(self, fetcher: Fetcher | None = None) -> None:
        self._fetcher = fetcher or Fetcher()
        self._robots = Robots(self._fetcher)
        self._reader = FileReader()
        self._reading = asyncio.Lock()

    async def aclose(self) -> None:
        """Close connections and the reader's worker."""
        await self._fetcher.aclose()
        await self.rest()

    async def rest(self) -> None:
        """End the reader's worker until it is needed again: it holds a hundred megabytes."""
        async with self._reading:
            await asyncio.to_thread(self._reader.close)

    async def fetch(self, url: str, *, etag: str | None = None, modified: str | None = None) -> Page:
        """Return what is at an address, if its site allows it to be fetched.

        Raises:
            FetchError: for every way in which this can fail.
        """
        return await self._fetcher.fetch(url, etag=etag, modified=modified, permit=self._robots.check)

    async def page(self, url: str) -> Contents:
        """Return the article at an address; its link is its own canonical one, or where it was found.

        Raises:
            FetchError, UnreadableFile: there is none.
        """
        page = await self.fetch(url)
        path = PurePosixPath(unquote(urlsplit(page.url).path))
        ending = ENDINGS.get(page.media_type) or path.suffix.lower()
        if ending not in READERS:
            raise UnreadableFile(url, f"is {page.media_type or 'of no known type'}, which I cannot read")
        contents = await self.read(f"{path.stem or urlsplit(page.url).hostname}{ending}", page.content)
        articles = tuple(replace(article, url=article.url or page.url) for article in contents.articles)
        return replace(contents, articles=articles)

    async def read(self, name: str, data: bytes) -> Contents:
        """Return what a file holds.

        Raises:
            UnreadableFile: it holds no article.
        """
        async with self._reading:
            return await asyncio.to_thread(self._reader.read_bytes, name, data)
