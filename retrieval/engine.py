"""What the bot asks for: an answer, the articles, a reload. Blocking work runs in threads; the event loop never waits.

A reload builds the next generation beside the serving one. Questions hold a lease on the generation they started with;
the old one is closed when its last lease ends.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from retrieval import calibration
from retrieval.answering.excerpts import excerpts
from retrieval.embedding.minilm import MiniLM
from retrieval.errors import IndexBroken, ReloadStopped, ServerUnreachable
from retrieval.index.build import Builder
from retrieval.index.generation import Manifest
from retrieval.index.read_ahead import read_ahead
from retrieval.index.store import GenerationStore
from retrieval.models import ArticlePages, Quote
from retrieval.precedence import Precedence
from retrieval.progress import Stage, ignore
from retrieval.reloading import Reloader, ReloadReport
from retrieval.serving import OpenGenerations
from retrieval.writing.models import Consultation

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import date
    from pathlib import Path

    from retrieval.answerer import Answerer
    from retrieval.index.vector_server import VectorServer
    from retrieval.models import Answer, ArticleCard, Citation
    from retrieval.progress import Progress
    from retrieval.query.models import Form
    from retrieval.verification.models import Excerpt
    from retrieval.verification.verifier import Verifier

P = ParamSpec("P")
Given = TypeVar("Given")

WARMING_WITH_TIME = "the news of last week"


@dataclass(frozen=True, slots=True)
class Status:
    """What serves now."""

    manifest: Manifest
    sources: int
    oldest: date | None
    newest: date | None
    is_rolled_back: bool


class Engine:
    """Answers questions over one folder of articles; safe to use from several tasks and threads."""

    def __init__(self, articles_dir: Path, data_dir: Path, server: VectorServer | None = None) -> None:
        self.articles_dir = articles_dir
        self._store = GenerationStore(data_dir)
        self._server = server
        self._model: MiniLM | None = None
        self._model_lock = threading.Lock()
        self._precedence = Precedence()
        self._generations = OpenGenerations(self._store, lambda: self._loaded_model, server)

    async def ask(self, question: str, today: date | None = None, *, form: Form | None = None) -> Answer:
        """Return the answer to a question, in the form that is given or else the question asks for.

        "Last week" is the one before `today`, else before the machine's date.

        Raises:
            IndexBroken: there is no usable generation yet.
            UnreadableQuery: an operator in the question makes no sense.
        """
        return await self._run(self._ask, question, today or _today(), form)

    async def consult(self, question: str, today: date | None = None, *, form: Form | None = None) -> Consultation:
        """Return what `ask` does with the passages that it was found in, and how to check what is said of them.

        Raises:
            IndexBroken, UnreadableQuery: as for `ask`.
        """
        answer, shown = await self._run(self._consult, question, today or _today(), form)
        return Consultation(answer, shown, lambda: self._verifier(shown))

    async def evidence(self, question: str, most: int) -> tuple[Citation, ...]:
        """Return up to so many quotes that bear on a question, best first, whether or not they answer it.

        Raises:
            IndexBroken, UnreadableQuery: as for `ask`.
        """
        return await self._run(self._evidence, question, most)

    async def pages(self, article_id: str) -> ArticlePages | None:
        """Return an article in the passages that it is read in, or None if there is no such article."""
        return await self._run(self._pages, article_id)

    async def articles(self, most: int | None = None, first: int = 0, source: str | None = None) -> list[ArticleCard]:
        """Return the articles, newest first: all, or at most so many from one on.

        `source` is the one they are of, "" for those without any, None for all.
        """
        return await self._run(self._articles, most, first, source)

    async def place(self, article_id: str, source: str | None = None) -> int | None:
        """Return how many of these articles, of one source or of all, come before one, or None if it is not there."""
        return await self._run(self._place, article_id, source)

    async def counts(self) -> dict[str, int]:
        """Return the number of articles of each source, "" for those without any."""
        return await self._run(self._counts)

    async def article(self, article_id: str) -> tuple[ArticleCard, str] | None:
        """Return an article and its text exactly as spans count it, or None."""
        return await self._run(self._article, article_id)

    async def opening(self, article_id: str) -> str:
        """Return an article's first sentence."""
        return await self._run(self._opening, article_id)

    async def sources(self) -> list[str]:
        """Return the names of the articles' sources, in the order of the alphabet."""
        return await self._run(self._sources)

    async def paths_of(self, contents: Collection[str]) -> list[str]:
        """Return the paths of the articles whose text has one of these digests (`Article.content_digest`)."""
        return await self._run(self._paths_of, contents)

    async def status(self) -> Status:
        """Return what serves now."""
        return await self._run(self._status)

    async def manifest(self) -> Manifest:
        """Return what is known of the generation that serves, without a look at its articles."""
        return await self._run(self._manifest)

    async def start(self, progress: Progress = ignore) -> ReloadReport | None:
        """Bring the index in step with ARTICLES_DIR where it has to be made; return None if one serves already.

        Raises:
            RetrievalError, CorpusError: there is none and none can be made.
        """
        if await self._run(self._is_usable):
            return None
        return await self.reload(progress)

    async def warm_up(self) -> int:
        """Let the system have the serving generation's files at hand, and return how many bytes that took.

        It stands back for questions. Without it the first ones after a start wait for the disk, and the first that
        names a time for what reads it, which takes half a second to import.
        """
        return await self._run(self._warm_up)

    async def reload(
        self, progress: Progress = ignore, *, full: bool = False, stop: threading.Event | None = None
    ) -> ReloadReport:
        """Build and publish the next generation if anything changed, or in any case if `full`.

        When `stop` is set, or the task is cancelled, it ends after the passages in hand and publishes nothing.

        Raises:
            ReloadStopped: it was told to.
            RetrievalError, CorpusError: nothing was published; what served before goes on serving.
        """
        stop = stop or threading.Event()

        def advance(stage: Stage, done: int, total: int) -> None:
            if stop.is_set():
                raise ReloadStopped("The reload was stopped; nothing was changed.")
            progress(stage, done, total)

        try:
            return await asyncio.to_thread(self._reload, advance, full=full)
        except asyncio.CancelledError:
            stop.set()  # a thread cannot be cancelled, only asked
            raise

    async def is_rolled_back(self) -> bool:
        """Return whether what serves was chosen by a rollback, and should stay until somebody asks for a reload."""
        return await self._run(self._is_rolled_back)

    async def previous(self) -> Manifest | None:
        """Return what a rollback would let serve, or None if there is nothing to return to."""
        return await self._run(self._previous)

    async def roll_back(self) -> int:
        """Let the generation before the serving one serve again, and return its number.

        Raises:
            NoPrevious: there is none.
            ReloadRunning, DataError, IndexBroken: nothing was changed.
        """
        return await self._run(self._roll_back)

    def close(self) -> None:
        """Let go of the index."""
        self._generations.close()
        if self._server:
            self._server.close()

    async def _run(self, work: Callable[P, Given], *args: P.args, **kwargs: P.kwargs) -> Given:
        """Return what one of the methods below returns; blocking work runs in a thread."""
        return await asyncio.to_thread(work, *args, **kwargs)

    @property
    def _loaded_model(self) -> MiniLM:
        with self._model_lock:
            if self._model is None:
                self._model = MiniLM.load(self._store.models)
            return self._model

    @property
    def _reloader(self) -> Reloader:
        builder = Builder(
            articles_dir=self.articles_dir,
            model=self._loaded_model,
            cache=self._store.embeddings,
            calibration=calibration.load(self._store.calibration, self._loaded_model.digest),
            server=self._server,
            collections=self._store.collections if self._server else "",
            precedence=self._precedence,
        )
        return Reloader(self._store, self._generations, builder)

    def _ask(self, question: str, today: date, form: Form | None = None) -> Answer:
        return self._of_answerer(lambda answerer: answerer.answer(_readable(question), today, form).answer)

    def _consult(self, question: str, today: date, form: Form | None) -> tuple[Answer, tuple[Excerpt, ...]]:
        def consult(answerer: Answerer) -> tuple[Answer, tuple[Excerpt, ...]]:
            given = answerer.answer(_readable(question), today, form)
            return given.answer, excerpts(answerer.telling(given.found))

        return self._of_answerer(consult)

    def _verifier(self, shown: tuple[Excerpt, ...]) -> Verifier:
        # Only where a language model has written something: its tables take 70 ms to import.
        from retrieval.verification.verifier import Verifier  # noqa: PLC0415

        return Verifier(shown, self._loaded_model)

    def _evidence(self, question: str, most: int) -> tuple[Citation, ...]:
        return self._of_answerer(lambda answerer: answerer.evidence(_readable(question), _today(), most))

    def _of_answerer(self, work: Callable[[Answerer], Given]) -> Given:
        """Return what the serving generation's answerer gives, while reloads stand back."""
        with self._precedence.question():
            try:
                with self._generations.lease() as serving:
                    return work(serving.answerer)
            except IndexBroken:  # the generation before answers, if this one turned out to be damaged
                with self._generations.lease() as serving:
                    return work(serving.answerer)

    def _pages(self, article_id: str) -> ArticlePages | None:
        with self._generations.lease() as serving:
            catalog = serving.generation.catalog
            found = catalog.article(article_id)
            if found is None:
                return None
            card, text = found
            quotes = tuple(Quote(text[start:end], start, end) for start, end in catalog.spans(article_id))
            return ArticlePages(card, text, quotes)

    def _articles(self, most: int | None, first: int, source: str | None) -> list[ArticleCard]:
        with self._generations.lease() as serving:
            return serving.generation.catalog.cards(most, first, source)

    def _place(self, article_id: str, source: str | None) -> int | None:
        with self._generations.lease() as serving:
            return serving.generation.catalog.place(article_id, source)

    def _counts(self) -> dict[str, int]:
        with self._generations.lease() as serving:
            return serving.generation.catalog.counts()

    def _article(self, article_id: str) -> tuple[ArticleCard, str] | None:
        with self._generations.lease() as serving:
            return serving.generation.catalog.article(article_id)

    def _opening(self, article_id: str) -> str:
        with self._generations.lease() as serving:
            return serving.generation.catalog.opening(article_id)

    def _sources(self) -> list[str]:
        with self._generations.lease() as serving:
            return serving.generation.catalog.sources()

    def _paths_of(self, contents: Collection[str]) -> list[str]:
        try:
            with self._generations.lease() as serving:
                records = serving.generation.catalog.files().values()
        except IndexBroken:
            return []
        return sorted(mark.path for record in records for mark in record.articles if mark.content in contents)

    def _manifest(self) -> Manifest:
        with self._generations.lease() as serving:
            return serving.generation.manifest

    def _status(self) -> Status:
        with self._generations.lease() as serving:
            cards = serving.generation.catalog.cards()
            days = [card.day for card in cards if card.day]
            return Status(
                manifest=serving.generation.manifest,
                sources=len({card.source for card in cards if card.source}),
                oldest=min(days, default=None),
                newest=max(days, default=None),
                is_rolled_back=self._store.is_pinned,
            )

    def _is_usable(self) -> bool:
        """Whether a generation of this folder, this model and this version can be opened."""
        self._store.prepare()
        try:
            with self._generations.lease() as serving:
                return self._reloader.cause(serving.generation.manifest) is None
        except IndexBroken:
            return False

    def _warm_up(self) -> int:
        try:
            self._ask(WARMING_WITH_TIME, _today())
            with self._generations.lease() as serving:
                size = read_ahead(self._store.folder(serving.number), self._precedence.give_way)
                serving.generation.filter.load()
                return size
        except (IndexBroken, ServerUnreachable):
            return 0

    def _reload(self, progress: Progress, *, full: bool) -> ReloadReport:
        self._store.prepare()
        with self._precedence.work():
            return self._reloader.run(progress, full=full)

    def _is_rolled_back(self) -> bool:
        return self._store.is_pinned and self._is_usable()

    def _previous(self) -> Manifest | None:
        number = self._store.previous()
        return None if number is None else Manifest.read(self._store.folder(number))

    def _roll_back(self) -> int:
        number = self._store.roll_back()
        with self._generations.lease():  # opened now, so that nobody who asks has to wait
            return number


def _today() -> date:
    return datetime.now().astimezone().date()


def _readable(question: str) -> str:
    """Return a question without what UTF-8 cannot hold: a terminal may send any bytes."""
    return question.encode("utf-8", "replace").decode()
