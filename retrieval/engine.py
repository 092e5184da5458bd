"""What the bot asks for: an answer, the articles, a reload. Blocking work runs in threads; the event loop never waits.

A reload builds the next generation beside the serving one. Questions hold a lease on the generation they started with;
the old one is closed when its last lease ends.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from corpus import chunking
from corpus.errors import FolderError
from corpus.library import Problem, scan
from retrieval import calibration
from retrieval.answerer import Answerer
from retrieval.embedding.minilm import MiniLM
from retrieval.errors import DataError, IndexBroken, ReloadStopped, RetrievalError
from retrieval.index import catalog, lexical
from retrieval.index.build import Difference, build, compare, failures
from retrieval.index.generation import Generation
from retrieval.index.store import GenerationStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from corpus.library import Scan
    from retrieval.index.generation import Manifest
    from retrieval.models import Answer, ArticleCard, Calibration

logger = logging.getLogger(__name__)


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
    """An open generation and the number of questions that use it."""

    def __init__(self, generation: Generation, model: MiniLM) -> None:
        self.number = generation.manifest.number
        self.generation = generation
        self.answerer = Answerer(generation, model)
        self.leases = 0


class Engine:
    """Answers questions over one folder of articles; safe to use from several tasks and threads."""

    def __init__(self, articles_dir: Path, data_dir: Path) -> None:
        self.articles_dir = articles_dir
        self._store = GenerationStore(data_dir)
        self._model: MiniLM | None = None
        self._serving: _Serving | None = None
        self._open: dict[int, _Serving] = {}
        self._lock = threading.Lock()
        self._model_lock = threading.Lock()

    async def ask(self, question: str, today: date | None = None) -> Answer:
        """Return the answer to a question; "last week" is the one before `today`, else before the machine's date.

        Raises:
            IndexBroken: there is no usable generation yet.
            UnreadableQuery: an operator in the question makes no sense.
        """
        return await asyncio.to_thread(self._ask, question, today or datetime.now().astimezone().date())

    async def articles(self) -> list[ArticleCard]:
        """Return all articles, newest first."""
        return await asyncio.to_thread(self._articles)

    async def article(self, article_id: str) -> tuple[ArticleCard, str] | None:
        """Return an article and its text exactly as spans count it, or None."""
        return await asyncio.to_thread(self._article, article_id)

    async def opening(self, article_id: str) -> str:
        """Return an article's first sentence."""
        return await asyncio.to_thread(self._opening, article_id)

    async def sources(self) -> list[str]:
        """Return the names of the articles' sources, in the order of the alphabet."""
        return await asyncio.to_thread(self._sources)

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

        Cancelled, it stops after the passages in hand and publishes nothing.

        Raises:
            RetrievalError, CorpusError: nothing was published; what served before goes on serving.
        """
        stop = threading.Event()

        def advance(done: int, total: int) -> None:
            if stop.is_set():
                raise ReloadStopped("The reload was stopped; nothing was changed.")
            progress(done, total)

        try:
            return await asyncio.to_thread(self._reload, advance, full=full)
        except asyncio.CancelledError:
            stop.set()  # a thread cannot be cancelled, only asked
            raise

    def close(self) -> None:
        """Let go of the index."""
        with self._lock:
            self._serving = None
            self._close_drained()

    @property
    def _loaded_model(self) -> MiniLM:
        with self._model_lock:
            if self._model is None:
                self._model = MiniLM.load(self._store.models)
            return self._model

    @property
    def _calibration(self) -> Calibration:
        return calibration.load(self._store.calibration, self._loaded_model.digest)

    def _ask(self, question: str, today: date) -> Answer:
        question = question.encode("utf-8", "replace").decode()  # bytes of a terminal that were no UTF-8
        with self._lease() as serving:
            return serving.answerer.answer(question, today).answer

    def _articles(self) -> list[ArticleCard]:
        with self._lease() as serving:
            return serving.generation.catalog.cards()

    def _article(self, article_id: str) -> tuple[ArticleCard, str] | None:
        with self._lease() as serving:
            return serving.generation.catalog.article(article_id)

    def _opening(self, article_id: str) -> str:
        with self._lease() as serving:
            return serving.generation.catalog.opening(article_id)

    def _sources(self) -> list[str]:
        with self._lease() as serving:
            return serving.generation.catalog.sources()

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
        made = manifest.articles_dir, manifest.model, manifest.chunker, manifest.analyser, manifest.schema
        model = self._loaded_model.digest
        wanted = str(self.articles_dir.resolve()), model, chunking.VERSION, lexical.VERSION, catalog.VERSION
        return made == wanted and manifest.calibration == self._calibration

    def _reload(self, progress: Callable[[int, int], None], *, full: bool) -> ReloadReport:
        started = time.perf_counter()
        self._store.prepare()
        with self._store.writing() as building:
            found = scan(self.articles_dir)
            if not found.articles:
                raise FolderError(_nothing_to_read(self.articles_dir, found))
            manifest, digests = self._previous()
            difference = compare(found.articles, digests)
            is_same = difference.is_empty and manifest is not None and manifest.failed == failures(found)
            if manifest is None or full or not is_same or not self._is_current(manifest):
                number = self._publish(building, found, progress)
            else:
                number = manifest.number
        with self._lease():  # what was published is opened before what it replaces is deleted
            self._store.collect(in_use=list(self._open))
        published = manifest is None or number != manifest.number
        return ReloadReport(number, published, difference, found.problems, time.perf_counter() - started)

    def _publish(self, building: Path, found: Scan, progress: Callable[[int, int], None]) -> int:
        number, model = self._store.next_number(), self._loaded_model
        try:
            build(
                building,
                found,
                self.articles_dir,
                number,
                model,
                self._store.embeddings,
                progress,
                calibration=self._calibration,
            )
            self._store.publish(building, number)
        except RetrievalError:
            raise
        except Exception as error:  # SQLite, Chroma and tantivy have no common base for "no space left on device"
            raise DataError(
                f"DATA_DIR: the next index could not be written to {self._store.data_dir} ({error}); is the disk full?"
            ) from error
        return number

    def _previous(self) -> tuple[Manifest | None, dict[str, str]]:
        """Return the serving generation's manifest and digests; nothing where none can be opened."""
        try:
            with self._lease() as serving:
                return serving.generation.manifest, serving.generation.catalog.digests()
        except IndexBroken:
            return None, {}

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
                self._close_drained()

    def _close_drained(self) -> None:
        """Close every generation that no longer serves and that no question uses."""
        for number, opened in list(self._open.items()):
            if opened is not self._serving and not opened.leases:
                del self._open[number]
                opened.generation.close()

    def _current_number(self) -> int:
        number = self._store.current()
        if number is None:
            raise IndexBroken("There is no index yet; /reload or `footnote reload` makes one.")
        return number

    def _newest(self) -> _Serving:
        """Return the generation that CURRENT names, opened if this or another process has published it meanwhile."""
        serving = self._serving
        try:
            number = self._current_number()
            if serving and serving.number == number:
                return serving
            newest = _Serving(Generation.open(self._store.folder(number)), self._loaded_model)
        except IndexBroken as error:
            if serving is None:
                raise
            # What is open can still answer; a reload mends the rest.
            logger.warning("The newest index cannot be opened, so the one before goes on serving: %s", error)
            return serving
        self._serving = self._open[number] = newest
        self._close_drained()
        return newest


def _nothing_to_read(articles_dir: Path, found: Scan) -> str:
    if found.problems:
        listed = "; ".join(f"{problem.path} {problem.reason}" for problem in found.problems[:3])
        return f"ARTICLES_DIR: no file in {articles_dir} could be read: {listed}"
    return f"ARTICLES_DIR: {articles_dir} holds no articles (.txt or .md files)"
