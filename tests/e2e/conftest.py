"""The application as people meet it: the sample articles, a strict Telegram, a person in a private chat."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from bot import app
from bot.settings import Settings
from retrieval.engine import Engine
from tests.e2e.application import Running, serving
from tests.e2e.index import ARTICLES, copy_of, footnote_over, sample_engine, sample_index
from tests.telegram_server import PrivateChat, TelegramServer, User

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from bot.app import Footnote


@pytest.fixture(autouse=True)
def _only_this_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine or the working folder, and no warning of the library about its own future."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """An application that gives up on a call much sooner than after twenty seconds."""
    monkeypatch.setattr(app, "SECONDS", 1.5)


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Path:
    """A DATA_DIR with an index of the sample articles; to be read, not to be written."""
    return sample_index(tmp_path_factory, models)


@pytest.fixture(scope="session")
def engine(sample_data: Path) -> Iterator[Engine]:
    yield from sample_engine(sample_data)


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A copy of the sample articles that a test may change."""
    return shutil.copytree(ARTICLES, tmp_path / "articles")


@pytest.fixture
def own_engine(articles: Path, sample_data: Path, tmp_path: Path) -> Iterator[Engine]:
    """An engine over `articles` that a test may let reload."""
    engine = Engine(articles, copy_of(sample_data, tmp_path / "data"))
    yield engine
    engine.close()


@pytest.fixture
async def footnote(engine: Engine, tmp_path: Path) -> AsyncIterator[Footnote]:
    """All of Footnote over the sample articles, without admins."""
    built = footnote_over(engine, tmp_path / "state")
    yield built
    await built.aclose()


@pytest.fixture
async def footnote_of_ada(own_engine: Engine, ada: User, tmp_path: Path) -> AsyncIterator[Footnote]:
    """All of Footnote over articles of its own, whose admin is Ada."""
    built = footnote_over(own_engine, tmp_path / "data", frozenset({ada.id}))
    yield built
    await built.aclose()


@pytest.fixture
def refusals() -> list[int]:
    """The statuses of the calls that the test makes Telegram refuse; empty unless it says so."""
    return []


@pytest.fixture
async def server(refusals: list[int]) -> AsyncIterator[TelegramServer]:
    """Telegram; at the end of the test it must not have refused anything that the test did not provoke."""
    async with TelegramServer() as running:
        yield running
        assert [call.status for call in running.refusals] == refusals, running.refusals


@pytest.fixture
async def bot(server: TelegramServer, footnote: Footnote) -> AsyncIterator[Running]:
    """The application over the sample articles, without admins."""
    async with serving(server, footnote) as running:
        yield running


@pytest.fixture
async def bot_of_ada(server: TelegramServer, footnote_of_ada: Footnote) -> AsyncIterator[Running]:
    """A bot over articles of its own, whose admin is Ada."""
    async with serving(server, footnote_of_ada) as running:
        yield running


@pytest.fixture
def ada(server: TelegramServer) -> User:
    return server.user(first_name="Ada")


@pytest.fixture
def chat(ada: User) -> PrivateChat:
    return ada.private_chat()
