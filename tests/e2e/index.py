"""One index of the sample articles for all tests of a session."""

from __future__ import annotations

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import SecretStr

import corpus
from bot.app import Footnote, build
from bot.settings import Settings
from retrieval.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    import pytest

    from bot.admin.web import Web
    from tests.llm_server import LlmServer

ARTICLES = Path(corpus.__file__).parent / "articles"

T = TypeVar("T")


def run(work: Coroutine[None, None, T]) -> T:
    """The result of a coroutine, run where it meets no other event loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def sample_index(factory: pytest.TempPathFactory, models: Path) -> Path:
    """A DATA_DIR with an index of the sample articles, made by whoever asks first."""
    folder = factory.getbasetemp() / "sample-data"
    if not folder.exists():
        folder.mkdir()
        (folder / "models").symlink_to(models)
        engine = Engine(ARTICLES, folder)
        run(engine.start())
        engine.close()
    return folder


def sample_engine(sample_data: Path) -> Iterator[Engine]:
    """An engine that serves `sample_data`, closed after use."""
    engine = Engine(ARTICLES, sample_data)
    assert run(engine.start()) is None, "the index was made already, it must not be made again"
    yield engine
    engine.close()


def footnote_over(
    engine: Engine,
    data_dir: Path,
    admin_ids: frozenset[int] = frozenset(),
    *,
    feeds: tuple[str, ...] = (),
    web: Web | None = None,
    words: LlmServer | None = None,
) -> Footnote:
    """All of Footnote over an engine; what users and admins do is kept in `data_dir`."""
    settings = Settings(articles_dir=engine.articles_dir, data_dir=data_dir, admin_ids=admin_ids, feeds=feeds)
    if words:
        endpoint = {"llm_base_url": words.base_url, "llm_model": words.model, "llm_api_key": SecretStr(words.key)}
        settings = settings.model_copy(update=endpoint)
    return build(settings, engine, web)


def copy_of(sample_data: Path, to: Path) -> Path:
    """A DATA_DIR of one's own that need not prepare the model or embed anything again; nothing was done in it yet."""
    shutil.copytree(sample_data, to, symlinks=True, ignore=shutil.ignore_patterns("state.*"))
    return to
