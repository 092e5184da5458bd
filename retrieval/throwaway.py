"""An index in a temporary folder, for measuring: what ran before changes no figure."""

from __future__ import annotations

import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.library import Scan
from retrieval.answering.abstention import BUNDLED
from retrieval.index.build import Builder
from retrieval.index.generation import Generation
from retrieval.progress import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from corpus.models import Article
    from retrieval.embedding.minilm import MiniLM


@contextmanager
def index(articles: tuple[Article, ...], model: MiniLM, progress: Callable[[int, int], None]) -> Iterator[Generation]:
    """Build a generation of the articles and open it for as long as the block runs; `progress` is told of passages."""

    def told(stage: Stage, done: int, total: int) -> None:
        if stage is Stage.EMBEDDING:
            progress(done, total)

    with tempfile.TemporaryDirectory(prefix="footnote-eval-") as folder:
        path = Path(folder, "generation")
        path.mkdir()
        cache = Path(folder, "embeddings.db")
        builder = Builder(articles_dir=Path(folder), model=model, cache=cache, calibration=BUNDLED)
        builder.build(path, 1, Scan(articles=articles), told)
        with closing(Generation.open(path)) as generation:
            yield generation
