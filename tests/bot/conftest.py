"""The sample articles, indexed once a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.conversation import Conversation
from corpus.library import scan
from tests.e2e.index import ARTICLES, sample_engine, sample_index

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from retrieval.engine import Engine


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
    return Conversation(engine, frozenset({7}))
