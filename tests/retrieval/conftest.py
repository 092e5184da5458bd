"""What the tests of the index and the answers share: one index of the sample articles, and real processes to kill."""

from __future__ import annotations

import multiprocessing
from contextlib import ExitStack, closing
from multiprocessing.forkserver import ensure_running
from typing import TYPE_CHECKING

import pytest

from corpus.library import Scan, scan
from retrieval import throwaway
from retrieval.engine import Engine
from retrieval.index.generation import Generation
from retrieval.index.probe import examine
from retrieval.index.store import GenerationStore
from retrieval.progress import ignore
from retrieval.search import Searcher
from tests.retrieval.newspapers import PAPERS
from tests.retrieval.small_articles import ARTICLES, builder, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.context import ForkServerContext
    from pathlib import Path

    from retrieval.embedding.minilm import MiniLM
    from retrieval.index.vector_server import VectorServer
    from tests.retrieval.engines import NewEngine


class ProberInThisProcess:
    """A probe that crashes with whoever asks."""

    def __init__(self, server: VectorServer | None = None) -> None:
        self._server = server

    def check(self, folder: Path) -> None:
        examine(folder, self._server)

    def close(self) -> None:
        """There is no process to end."""


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
    builder(folder, folder / "embeddings.db", model).build(folder / "generation", 1, sample_scan, ignore)
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


@pytest.fixture
def new_engine(model: MiniLM) -> Iterator[NewEngine]:
    """Engines that share the prepared model and are closed in the end."""
    with ExitStack() as opened:

        def make(articles_dir: Path, data_dir: Path) -> Engine:
            engine = Engine(articles_dir, data_dir)
            engine._model = model
            opened.callback(engine.close)
            return engine

        yield make


@pytest.fixture
def articles_dir(tmp_path: Path) -> Path:
    return write(tmp_path / "articles", ARTICLES)


@pytest.fixture
def engine(new_engine: NewEngine, articles_dir: Path, data_dir: Path, model: MiniLM) -> Engine:
    """An engine that serves the small articles.

    Its first generation is made without the probe, which `start` would wait for in a process of its own.
    """
    store = GenerationStore(data_dir)
    store.prepare()
    with store.writing() as building:
        builder(articles_dir, store.embeddings, model).build(building, 1, scan(articles_dir), ignore)
        store.place(building, 1)
        store.serve(1)
    return new_engine(articles_dir, data_dir)


@pytest.fixture
def probing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Probe new generations in this process: one of its own takes seconds to start, and `test_probe.py` has them."""
    monkeypatch.setattr("retrieval.reloading.Prober", ProberInThisProcess)
