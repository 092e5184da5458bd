"""The sample articles, indexed once a session, and all of Footnote over them or over a copy."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from bot.conversation import Conversation
from corpus.library import scan
from retrieval.engine import Engine
from tests.e2e.index import ARTICLES, copy_of, footnote_over, sample_engine, sample_index

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from bot.app import Footnote


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Path:
    """A DATA_DIR with an index of the sample articles; to be read, not to be written."""
    return sample_index(tmp_path_factory, models)


@pytest.fixture(scope="session")
def engine(sample_data: Path) -> Iterator[Engine]:
    yield from sample_engine(sample_data)


@pytest.fixture(scope="session")
def article_texts() -> dict[str, str]:
    """The text of every sample article, by path, as spans count it."""
    return {article.path: article.text for article in scan(ARTICLES).articles}


@pytest.fixture
def conversation(engine: Engine) -> Conversation:
    return Conversation(engine)


@pytest.fixture
async def footnote(engine: Engine, tmp_path: Path) -> AsyncIterator[Footnote]:
    """All of Footnote over the sample articles, which it must not change."""
    built = footnote_over(engine, tmp_path / "state")
    yield built
    await built.aclose()


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A copy of the sample articles that a test may change."""
    return shutil.copytree(ARTICLES, tmp_path / "articles")


@pytest.fixture
def own_data(sample_data: Path, tmp_path: Path) -> Path:
    """A DATA_DIR of the test's own, with the sample articles indexed."""
    return copy_of(sample_data, tmp_path / "data")


@pytest.fixture
def own_engine(articles: Path, own_data: Path) -> Iterator[Engine]:
    """An engine over `articles` that a test may let reload."""
    engine = Engine(articles, own_data)
    yield engine
    engine.close()
