"""The generations that are open: the serving one, and older ones for as long as a question uses them."""

from __future__ import annotations

import logging
import threading
from contextlib import closing, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from retrieval.answerer import Answerer
from retrieval.errors import IndexBroken
from retrieval.index import catalog
from retrieval.index.generation import Generation
from retrieval.index.probe import Prober, is_as_noted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from retrieval.embedding.minilm import MiniLM
    from retrieval.index.store import GenerationStore
    from retrieval.index.vector_server import VectorServer

logger = logging.getLogger(__name__)

WARMING = "the news of today"
"""Asked of a generation before it serves: what it reads when first asked, nobody has to wait for."""


class Serving:
    """An open generation and the number of questions that use it."""

    def __init__(self, generation: Generation, model: MiniLM) -> None:
        self.number = generation.manifest.number
        self.generation = generation
        self.answerer = Answerer(generation, model)
        self.leases = 0


class OpenGenerations:
    """Gives whoever asks the serving generation, and closes it when it is replaced and nobody uses it any more."""

    def __init__(self, store: GenerationStore, model: Callable[[], MiniLM], server: VectorServer | None) -> None:
        self._store = store
        self._model = model
        self._server = server
        self._serving: Serving | None = None
        self._open: dict[int, Serving] = {}
        self._broken: dict[int, IndexBroken] = {}
        self._lock = threading.Lock()

    @contextmanager
    def lease(self) -> Iterator[Serving]:
        """Hold the serving generation open for as long as the block runs.

        Where the one that is to serve is damaged, the one that served before goes on, or the newest older one; so too
        where the damage is met within the block.

        Raises:
            IndexBroken: there is none, or none can be opened.
            ServerUnreachable: its vectors are on a server that does not answer.
        """
        with self._lock:
            serving = self._newest()
            serving.leases += 1
        try:
            yield serving
        except IndexBroken as error:
            with self._lock:
                self._break(serving, error)
            raise
        finally:
            with self._lock:
                serving.leases -= 1
                self._close_drained()

    @property
    def in_use(self) -> list[int]:
        """The numbers of all open generations."""
        with self._lock:
            return list(self._open)

    @property
    def broken(self) -> list[int]:
        """The numbers of those that could not be opened."""
        with self._lock:
            return list(self._broken)

    def adopt(self, number: int, serve: Callable[[int], None]) -> None:
        """Open a new generation, let `serve` announce it, and give it to all who ask from now on.

        Raises:
            IndexBroken: it cannot be opened; nothing was announced.
        """
        opened = self._opened(number)
        try:
            opened.answerer.answer(WARMING, datetime.now().astimezone().date())
            opened.generation.filter.load()
        except BaseException:
            opened.generation.close()
            raise
        with self._lock:
            serve(number)
            self._serving = self._open[number] = opened
            self._broken.pop(number, None)
            self._close_drained()

    def close(self) -> None:
        """Let go of all that nobody uses."""
        with self._lock:
            self._serving = None
            self._close_drained()

    def _newest(self) -> Serving:
        """Return the generation that CURRENT names, opened if this or another process has published it meanwhile."""
        serving = self._serving
        try:
            number = self._current()
            if serving and serving.number == number:
                return serving
            newest = self._tried(number)
        except IndexBroken as error:
            newest = serving or self._fallback(error)
        if newest is not serving:
            self._serving = self._open[newest.number] = newest
            self._close_drained()
        return newest

    def _current(self) -> int:
        number = self._store.current()
        if number is None:
            raise IndexBroken("There is no index yet; /reload or `footnote reload` makes one.")
        return number

    def _break(self, serving: Serving, error: IndexBroken) -> None:
        """Let no further question use a generation that turned out to be damaged."""
        logger.warning("Generation %d is not used any more: %s", serving.number, error)
        self._broken[serving.number] = error
        if self._serving is serving:
            self._serving = None

    def _fallback(self, error: IndexBroken) -> Serving:
        for number in reversed(self._store.numbers()):
            if number not in self._broken:
                try:
                    return self._tried(number)
                except IndexBroken:
                    continue
        raise error

    def _tried(self, number: int) -> Serving:
        """Return a generation opened, or raise what it failed with when it was tried before."""
        if number in self._broken:
            raise self._broken[number]
        try:
            return self._open.get(number) or self._opened(number)
        except IndexBroken as error:
            self._broken[number] = error
            logger.warning("Generation %d is not used: %s", number, error)
            raise

    def _opened(self, number: int) -> Serving:
        folder = self._store.folder(number)
        if folder.is_dir() and not is_as_noted(folder):
            with closing(Prober(self._server)) as prober:
                prober.check(folder)
        generation = Generation.open(folder, self._server, is_probed=True)
        if (generation.manifest.model, generation.manifest.schema) != (self._model().digest, catalog.VERSION):
            generation.close()
            raise IndexBroken("The index was made by another version of Footnote; a reload builds a new one.")
        return Serving(generation, self._model())

    def _close_drained(self) -> None:
        """Close every generation that no longer serves and that no question uses."""
        for number, opened in list(self._open.items()):
            if opened is not self._serving and not opened.leases:
                del self._open[number]
                opened.generation.close()
