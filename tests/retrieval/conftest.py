"""What the tests of the index and the answers share: one index of the sample articles, and real processes to kill."""

from __future__ import annotations

import multiprocessing
from contextlib import closing
from multiprocessing.forkserver import ensure_running
from typing import TYPE_CHECKING

import pytest

from corpus.library import Scan, scan
from retrieval import throwaway
from retrieval.answering.abstention import BUNDLED
from retrieval.index.build import build
from retrieval.index.generation import Generation
from retrieval.search import Searcher
from tests.retrieval.newspapers import PAPERS
from tests.retrieval.small_articles import write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.context import ForkServerContext
    from pathlib import Path

    from retrieval.embedding.minilm import MiniLM


@pytest.fixture(scope="session", autouse=True)
def processes() -> ForkServerContext:
    """Processes of their own memory and files, forked from one that has imported the engine already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["retrieval.engine"])
    ensure_running()  # it imports beside the first tests, not in the middle of one
    return context


@pytest.fixture(scope="session")
def sample_scan(sample_articles: Path) -> Scan:
    return scan(sample_articles)


@pytest.fixture(scope="session")
def sample(sample_scan: Scan, model: MiniLM, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    """A generation of the sample articles."""
    folder = tmp_path_factory.mktemp("sample")
    (folder / "generation").mkdir()
    cache = folder / "embeddings.db"
    build(folder / "generation", sample_scan, folder, 1, model, cache, lambda _done, _total: None, calibration=BUNDLED)
    with closing(Generation.open(folder / "generation")) as generation:
        yield generation


@pytest.fixture(scope="session")
def searcher(sample: Generation, model: MiniLM) -> Searcher:
    return Searcher(sample, model)


@pytest.fixture(scope="session")
def newspapers(model: MiniLM, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    """A generation of three small newspapers, two of which print one story."""
    articles = scan(write(tmp_path_factory.mktemp("newspapers"), PAPERS)).articles
    with throwaway.index(articles, model, lambda _done, _total: None) as generation:
        yield generation
