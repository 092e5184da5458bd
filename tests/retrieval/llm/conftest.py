from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Protocol

import pytest

from retrieval.llm import LanguageModel, Limits
from tests.llm_server import LlmServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PATIENT = Limits(connect=30, first_token=60, between=60, total=120, tokens=700)
"""For what shall succeed: a busy machine is slow for a moment."""


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Open(Protocol):
    def __call__(
        self, limits: Limits = ..., *, base_url: str = ..., model: str = ..., api_key: str | None = ...
    ) -> LanguageModel: ...


@pytest.fixture
async def server() -> AsyncIterator[LlmServer]:
    async with LlmServer() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def opened(server: LlmServer, clock: Clock) -> AsyncIterator[Open]:
    """Opens models at the server, and closes them at the end."""
    async with AsyncExitStack() as stack:

        def make(
            limits: Limits = PATIENT, *, base_url: str = "", model: str = "", api_key: str | None = None
        ) -> LanguageModel:
            key = server.key if api_key is None else api_key
            made = LanguageModel(base_url or server.base_url, model or server.model, key, limits, clock=clock)
            stack.push_async_callback(made.aclose)
            return made

        yield make


@pytest.fixture
def llm(opened: Open) -> LanguageModel:
    return opened()
