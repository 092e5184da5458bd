"""What the bot asks for: an answer, the articles, a reload. Blocking work runs in threads; the event loop never waits.

A reload builds the next generation beside the serving one. Questions hold a lease on the generation they started with;
the old one is closed when its last lease ends.
"""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus import chunking
from corpus.errors import FolderError
from corpus.library import Problem, scan
from retrieval.answering import extractive
from retrieval.embedding.minilm import MiniLM
from retrieval.errors import IndexBroken
from retrieval.index.build import Difference, build, compare
from retrieval.index.generation import Generation
from retrieval.index.store import GenerationStore
from retrieval.search import Searcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from corpus.library import Scan
    from retrieval.index.generation import Manifest
    from retrieval.models import Answer, ArticleCard


@dataclass(frozen=True, slots=True)
class ReloadReport:
    """What a reload did; `generation` serves now, `published` says whether it is a new one."""

    generation: int
    published: bool
    difference: Difference
    failed: tuple[Problem, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Status:
    """What serves now."""

    manifest: Manifest
    sources: int
    oldest: date | None
    newest: date | None


class _Serving:
    """An open generation, the number of questions that use it, and whether a newer one has taken its place."""

    def __init__(self, generation: Generation, model: MiniLM) -> None:
        self.generation = generation
        self.searcher = Searcher(generation, model)
        self.leases = 0
        self.retired = False


class Engine:
    """Answers questions over one folder of articles; safe to use from several tasks and threads."""

    def __init__(self, articles_dir: Path, data_dir: Path) -> None:
        self.articles_dir = articles_dir
        self._store = GenerationStore(data_dir)
        self._model: MiniLM | None = None
        self._serving: _Serving | None = None
        self._lock = threading.Lock()
        self._model_lock = threading.Lock()

    async def ask(self, question: str) -> Answer:
        """Return the answer to a question.

        Raises:
            IndexBroken: there is no usable generation yet.
        """
        return await asyncio.to_thread(self._ask, question)

    async def articles(self) -> list[ArticleCard]:
        """Return all articles, newest first."""
        return await asyncio.to_thread(self._articles)

    async def article(self, article_id: str) -> tuple[ArticleCard, str] | None:
        """Return an article and its text exactly as spans count it, or None."""
        return await asyncio.to_thread(self._article, article_id)

    async def opening(self, article_id: str) -> str:
        """Return an article's first sentence."""
        return await asyncio.to_thread(self._opening, article_id)

    async def status(self) -> Status:
        """Return what serves now."""
        return await asyncio.to_thread(self._status)

    async def start(self, progress: Callable[[int, int], None] = lambda _done, _total: None) -> ReloadReport | None:
        """Bring the index in step with ARTICLES_DIR where it has to be made; return None if one serves already.

        Raises:
            RetrievalError, CorpusError: there is none and none can be made.
        """
        if await asyncio.to_thread(self._is_usable):
            return None
        return await self.reload(progress)

    async def reload(
        self, progress: Callable[[int, int], None] = lambda _done, _total: None, *, full: bool = False
    ) -> ReloadReport:
        """Build and publish the next generation if anything changed, or in any case if `full`.

        Raises:
            RetrievalError, CorpusError: nothing was published; what served before goes on serving.
        """
        return await asyncio.to_thread(self._reload, progress, full=full)

    def close(self) -> None:
        """Let go of the index."""
        with self._lock:
            serving, self._serving = self._serving, None
        if serving:
            self._retire(serving)

    @property
    def _loaded_model(self) -> MiniLM:
        with self._model_lock:
            if self._model is None:
                self._model = MiniLM.load(self._store.models)
            return self._model

    def _ask(self, question: str) -> Answer:
        started = time.perf_counter()
        with self._lease() as serving:
            found = serving.searcher.search(question)
            searched = time.perf_counter()
            timings = {"search": (searched - started) * 1000}
            answer = extractive.compose(question, found, serving.generation.manifest.number, timings)
        timings["total"] = (time.perf_counter() - started) * 1000
        return answer

    def _articles(self) -> list[ArticleCard]:
        with self._lease() as serving:
            return serving.generation.catalog.cards()

    def _article(self, article_id: str) -> tuple[ArticleCard, str] | None:
        with self._lease() as serving:
            return serving.generation.catalog.article(article_id)

    def _opening(self, article_id: str) -> str:
        with self._lease() as serving:
            return serving.generation.catalog.opening(article_id)

    def _status(self) -> Status:
        with self._lease() as serving:
            cards = serving.generation.catalog.cards()
            days = [card.day for card in cards if card.day]
            return Status(
                manifest=serving.generation.manifest,
                sources=len({card.source for card in cards if card.source}),
                oldest=min(days, default=None),
                newest=max(days, default=None),
            )

    def _is_usable(self) -> bool:
        """Whether a generation of this folder, this model and this chunker can be opened."""
        self._store.prepare()
        try:
            with self._lease() as serving:
                return self._is_current(serving.generation.manifest)
        except IndexBroken:
            return False

    def _is_current(self, manifest: Manifest) -> bool:
        made = manifest.articles_dir, manifest.model, manifest.chunker
        return made == (str(self.articles_dir.resolve()), self._loaded_model.digest, chunking.VERSION)

    def _reload(self, progress: Callable[[int, int], None], *, full: bool) -> ReloadReport:
        started = time.perf_counter()
        self._store.prepare()
        with self._store.writing() as building:
            found = scan(self.articles_dir)
            if not found.articles:
                raise FolderError(_nothing_to_read(self.articles_dir, found))
            previous, is_current = self._previous()
            difference = compare(found.articles, previous)
            published = full or not is_current or not difference.is_empty
            if published:
                number = self._store.next_number()
                build(building, found, self.articles_dir, number, self._loaded_model, self._store.embeddings, progress)
                self._store.publish(building, number)
            else:
                number = self._store.current() or 0
        with self._lease():
            pass  # open what was published before the old one is collected
        self._store.collect()
        return ReloadReport(number, published, difference, found.problems, time.perf_counter() - started)

    def _previous(self) -> tuple[dict[str, str], bool]:
        """Return the serving generation's digests, and whether it was made as the next one would be."""
        try:
            with self._lease() as serving:
                return serving.generation.catalog.digests(), self._is_current(serving.generation.manifest)
        except IndexBroken:
            return {}, False

    @contextmanager
    def _lease(self) -> Iterator[_Serving]:
        """Hold the serving generation open for as long as the block runs.

        Raises:
            IndexBroken: there is none, or it cannot be opened.
        """
        with self._lock:
            serving = self._newest()
            serving.leases += 1
        try:
            yield serving
        finally:
            with self._lock:
                serving.leases -= 1
                drained = serving.retired and not serving.leases
            if drained:
                serving.generation.close()

    def _newest(self) -> _Serving:
        """Return the generation that CURRENT names, opened if this or another process has published it meanwhile."""
        number = self._store.current()
        if number is None:
            raise IndexBroken("There is no index yet; /reload or `footnote reload` makes one.")
        serving = self._serving
        if serving is None or serving.generation.manifest.number != number:
            opened = _Serving(Generation.open(self._store.folder(number)), self._loaded_model)
            self._serving = opened
            if serving:
                serving.retired = True
                if not serving.leases:
                    serving.generation.close()
            return opened
        return serving

    def _retire(self, serving: _Serving) -> None:
        with self._lock:
            serving.retired = True
            drained = not serving.leases
        if drained:
            serving.generation.close()


def _nothing_to_read(articles_dir: Path, found: Scan) -> str:
    if found.problems:
        listed = "; ".join(f"{problem.path} {problem.reason}" for problem in found.problems[:3])
        return f"ARTICLES_DIR: no file in {articles_dir} could be read: {listed}"
    return f"ARTICLES_DIR: {articles_dir} holds no articles (.txt or .md files)"
