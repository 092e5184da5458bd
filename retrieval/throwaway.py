"""An index in a temporary folder, for measuring: what ran before changes no figure."""

from __future__ import annotations

import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.library import Scan
from retrieval.answering.abstention import BUNDLED
from retrieval.index.build import build
from retrieval.index.generation import Generation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from corpus.models import Article
    from retrieval.embedding.minilm import MiniLM


@contextmanager
def index(articles: tuple[Article, ...], model: MiniLM, progress: Callable[[int, int], None]) -> Iterator[Generation]:
    """Build a generation of the articles and open it for as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="footnote-eval-") as folder:
        path = Path(folder, "generation")
        path.mkdir()
        cache = Path(folder, "embeddings.db")
        build(path, Scan(articles, ()), Path(folder), 1, model, cache, progress, calibration=BUNDLED)
        with closing(Generation.open(path)) as generation:
            yield generation
