"""One answer of the language model, as it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from retrieval.llm.meter import Meter
    from retrieval.llm.models import Tokens


class Completion:
    """The pieces of an answer, none of them empty; nothing is sent before the first is asked for.

    Whoever stops before the end calls `aclose` (`contextlib.aclosing` does). Iterating raises LanguageModelError where
    the answer does not come or does not come whole.
    """

    def __init__(self, pieces: AsyncGenerator[str, None], meter: Meter) -> None:
        self._pieces = pieces
        self._meter = meter

    @property
    def tokens(self) -> Tokens:
        """What it took so far; final when it ended, failed or was closed."""
        return self._meter.tokens

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        return await anext(self._pieces)

    async def aclose(self) -> None:
        """Let go of the connection; the endpoint sees it and can stop writing."""
        await self._pieces.aclose()
