"""What the tests of the index and the answers share: one index of the sample articles."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest

from corpus.library import Scan, scan
from retrieval import throwaway
from retrieval.engine import Engine
from retrieval.index.generation import Generation
from retrieval.index.store import GenerationStore
from retrieval.progress import ignore
from retrieval.search import Searcher
from tests.retrieval.engines import serve_from
from tests.retrieval.newspapers import PAPERS
from tests.retrieval.small_articles import ARTICLES, builder, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from retrieval.embedding.minilm import MiniLM
    from tests.retrieval.engines import NewEngine


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


@pytest.fixture(scope="session")
def small_data(tmp_path_factory: pytest.TempPathFactory, model: MiniLM) -> Path:
    """What a DATA_DIR holds that serves the small articles; to be copied."""
    folder = tmp_path_factory.mktemp("small")
    articles_dir = write(folder / "articles", ARTICLES)
    store = GenerationStore(folder / "data")
    store.prepare()
    with store.writing() as building:
        builder(articles_dir, store.embeddings, model).build(building, 1, scan(articles_dir), ignore)
        store.place(building, 1)
        store.serve(1)
    return folder / "data"


@pytest.fixture
def engine(new_engine: NewEngine, articles_dir: Path, data_dir: Path, small_data: Path) -> Engine:
    """An engine that serves the small articles."""
    serve_from(small_data, articles_dir, data_dir)
    return new_engine(articles_dir, data_dir)
