"""A desk over articles and a state of the test's own, and a web that is this machine's loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.admin.web import Web
from tests.corpus.web.site import Site, new_fetcher
from tests.e2e.index import footnote_over

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.admin.desk import Desk
    from retrieval.engine import Engine


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as running:
        yield running


@pytest.fixture
async def desk(own_engine: Engine, own_data: Path, site: Site) -> AsyncIterator[Desk]:
    """The desk; its one feed is the site's /feed."""
    built = footnote_over(own_engine, own_data, feeds=(site.url("/feed"),), web=Web(new_fetcher()))
    yield built.desk
    await built.aclose()
