"""That no more messages reach Telegram in a second than it takes.

Between its turn and the wire a message is noted on disk and wrapped, which takes longer for one than for another, and
so does the way: what was evenly spread arrives in clusters. So the last look at the clock is where a request leaves.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from aiohttp import TraceConfig

from bot.delivery.schedule import OVERALL, Window

if TYPE_CHECKING:
    from types import SimpleNamespace

    from aiohttp import ClientSession, TraceRequestChunkSentParams, TraceRequestEndParams

REMEMBERED = 1000
"""Calls of which the fastest tells how long the way takes at least."""
FEW = 50
"""Calls before which nothing is made of that."""
SURE = 0.8
"""Share of the fastest call's time that is relied on: the next may be faster still."""

LAST_BIT = 0.0015
"""Seconds before a departure in which the event loop's timers, which may be a millisecond late, are not relied on."""

UNCOUNTED = ("sendChatAction", "sendMessageDraft")
"""Telegram counts what stays in a chat, and edits of it."""


class Departures:
    """A window over the requests that are on their way or were answered lately."""

    def __init__(self, most: int = OVERALL[0], seconds: float = OVERALL[1]) -> None:
        self._window = Window(most, seconds)
        self._departing = asyncio.Lock()
        self._took: deque[float] = deque(maxlen=REMEMBERED)

    @property
    def trace(self) -> TraceConfig:
        """What an `aiohttp.ClientSession` has to call."""
        config = TraceConfig()
        config.on_request_chunk_sent.append(self._leaving)
        config.on_request_end.append(self._answered)
        return config

    async def depart(self) -> float:
        """Return when one more may leave, which is now; tell `arrived` of it."""
        loop = asyncio.get_running_loop()
        async with self._departing:  # one after the other: it is a queue, not a race
            while (seconds := self._window.free_at() - loop.time()) > 0:  # noqa: ASYNC110 - it is time that has to pass
                await asyncio.sleep(seconds - LAST_BIT if seconds > LAST_BIT else 0)
            now = loop.time()
            self._window.take(now)
            return now

    def arrived(self, departed: float) -> None:
        """Note that a request was answered: Telegram counted it before that, and perhaps long after it left.

        How long its answer took to come back nobody knows, nor how long the next one will be on its way. Together they
        take no less than the fastest so far, so that much less may lie between the two. One that is never answered
        counts from when it left.
        """
        took = asyncio.get_running_loop().time() - departed
        self._took.append(took)
        fastest = SURE * min(self._took) if len(self._took) >= FEW else 0.0
        self._window.move(departed, departed + took - fastest)

    async def _leaving(self, _: ClientSession, request: SimpleNamespace, chunk: TraceRequestChunkSentParams) -> None:
        """Wait before the first piece of a request that Telegram counts; headers go out with it (aiohttp 3.14)."""
        method = chunk.url.name
        if not method.startswith(("send", "edit")) or method in UNCOUNTED or hasattr(request, "departed"):
            return
        request.departed = await self.depart()

    async def _answered(self, _: ClientSession, request: SimpleNamespace, __: TraceRequestEndParams) -> None:
        if hasattr(request, "departed"):
            self.arrived(request.departed)
