from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from tests.corpus.web.site import Site, new_fetcher

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from corpus.web.fetching import Fetcher


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as running:
        yield running


@pytest.fixture
async def other_site() -> AsyncIterator[Site]:
    async with Site() as running:
        yield running


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with aclosing(new_fetcher()) as opened:
        yield opened
