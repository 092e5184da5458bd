"""What a site wants left alone: its robots.txt (RFC 9309), for pages and for feeds."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx
from protego import Protego

from corpus.errors import FetchError
from corpus.web.fetching import AGENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from corpus.web.fetching import Fetcher

KEPT = 3600.0
"""Seconds for which a robots.txt is believed."""

_LONGEST = 500 * 1024
"""Bytes that count, as in RFC 9309 section 2.5."""


@dataclass(slots=True)
class _Site:
    """What one origin said; the lock keeps pages fetched side by side from asking it side by side."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    rules: Protego | None = None
    until: float = 0.0


class Robots:
    """Knows what each site allows, and asks it at most once an hour."""

    def __init__(self, fetcher: Fetcher, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self._sites: dict[str, _Site] = {}

    async def check(self, url: str) -> None:
        """Return if the site allows `url`, an address that can be fetched, to be fetched.

        Raises:
            FetchError: it forbids it, or could not be asked; that is not remembered.
        """
        origin = str(httpx.URL(url).copy_with(raw_path=b"/robots.txt", fragment=None))
        site = self._sites.setdefault(origin, _Site())
        async with site.lock:
            if site.rules is None or self._clock() >= site.until:
                site.rules = await self._ask(url, origin)
                site.until = self._clock() + KEPT
                self._forget()
        # In threads, because half a megabyte of wildcards takes half a second.
        if not await asyncio.to_thread(site.rules.can_fetch, url, AGENT):
            raise FetchError(url, "is forbidden by its robots.txt")

    async def _ask(self, url: str, origin: str) -> Protego:
        try:
            page = await self._fetcher.fetch(origin, accept="text/plain,*/*;q=0.5")
        except FetchError as error:
            if error.status and 400 <= error.status < 500:
                return Protego.parse("")
            raise FetchError(url, f"is left alone, because {error}", status=error.status) from error
        return await asyncio.to_thread(Protego.parse, page.content[:_LONGEST].decode("utf-8-sig", "replace"))

    def _forget(self) -> None:
        """Drop what is too old to be believed, so that a year of links does not stay in memory."""
        now = self._clock()
        for origin, site in list(self._sites.items()):
            if site.until <= now and not site.lock.locked():
                del self._sites[origin]
