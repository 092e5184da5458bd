"""The text of one request, each wait for it within its limit."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from retrieval.errors import Broken, LanguageModelError, TooSlow

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from retrieval.llm.endpoint import Chunk
    from retrieval.llm.meter import Meter

COUNT_SECONDS = 1.0
"""How long the endpoint's count of tokens is waited for when the answer is whole."""


class TextStream:
    """Reads an endpoint's chunks; `is_whole` as soon as the endpoint says that the answer is."""

    def __init__(self, chunks: AsyncGenerator[Chunk, None], meter: Meter, end: float) -> None:
        """Take the loop's time at which all must be over."""
        self._chunks = chunks
        self._meter = meter
        self._end = end
        self._has_answered = False
        self.is_whole = False

    async def read(self, limit: float) -> str:
        """Return the next piece of text, which is empty only at the end.

        Raises:
            LanguageModelError: none came within so many seconds, or none will.
        """
        due = asyncio.get_running_loop().time() + limit
        # Who stops waiting for an answer may be charged for the question all the same.
        self._meter.is_sent = True
        try:
            async with asyncio.timeout_at(min(due, self._end)):
                return await self._text()
        except TimeoutError:
            if due > self._end:
                raise TooSlow("The language model's answer was not whole in time.") from None
            what = "paused" if self._has_answered else "did not begin"
            raise TooSlow(f"The language model {what} for {limit:g} seconds.") from None
        except LanguageModelError:
            self._meter.is_sent = self._has_answered
            raise

    async def read_count(self) -> None:
        """Wait for a moment for the endpoint's count of tokens, which comes after the end if at all."""
        with suppress(TimeoutError, LanguageModelError):
            async with asyncio.timeout(COUNT_SECONDS):
                while True:
                    await self._text()

    async def aclose(self) -> None:
        """Let go of the connection."""
        await self._chunks.aclose()

    async def _text(self) -> str:
        async for chunk in self._chunks:
            self._has_answered = True
            if chunk.tokens:
                self._meter.tell(chunk.tokens)
            if chunk.is_end:
                self.is_whole = True
            if chunk.text or chunk.is_end:
                return chunk.text
        raise Broken("The language model's answer stopped before its end.")
