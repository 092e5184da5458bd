"""The engine for a bot that has more to do than to search."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from retrieval.engine import Engine
from retrieval.errors import EngineEnded
from retrieval.process.messages import Setup
from retrieval.process.process import EngineProcess
from retrieval.progress import ignore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retrieval.index.vector_server import VectorServer
    from retrieval.progress import Progress
    from retrieval.reloading import ReloadReport

logger = logging.getLogger(__name__)

P = ParamSpec("P")
Given = TypeVar("Given")

LOOK_EVERY = 0.1
"""Seconds between two looks whether a reload is to stop."""

ONCE = {"_roll_back"}
"""What is not done a second time when the process ended in the middle of it."""


class ProcessEngine(Engine):
    """An engine whose work is done in a process of its own, so that a search never holds this one's Python lock.

    Where that process ends, a new one answers what was asked. Besides what `Engine` says, everything raises
    EngineEnded if the new one ends, too, and reloads and rollbacks do if the first one does.
    """

    def __init__(self, articles_dir: Path, data_dir: Path, server: VectorServer | None = None) -> None:
        super().__init__(articles_dir, data_dir, server)
        token = server.token.get_secret_value() if server and server.token else None
        level = logging.getLogger(__package__).getEffectiveLevel()
        self._setup = Setup(articles_dir, data_dir, (server.url, token) if server else None, level)
        self._process_lock = threading.Lock()
        self._is_closed = False
        self._process = EngineProcess(self._setup)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    async def reload(
        self, progress: Progress = ignore, *, full: bool = False, stop: threading.Event | None = None
    ) -> ReloadReport:
        """Reload as `Engine.reload` does; `progress` is told ten times a second at most."""
        process = self._running()
        asked = process.reload(progress, full=full)
        report: asyncio.Future[ReloadReport] = asyncio.wrap_future(asked.answer)
        try:
            while not report.done():
                if stop and stop.is_set():
                    process.stop(asked)
                await asyncio.wait({report}, timeout=LOOK_EVERY)
        except asyncio.CancelledError:
            process.stop(asked)
            report.cancel()
            raise
        return report.result()

    def close(self) -> None:
        """End the process."""
        with self._process_lock:
            self._is_closed = True
        self._process.close()
        super().close()

    async def _run(self, work: Callable[P, Given], *args: P.args, **kwargs: P.kwargs) -> Given:
        name = work.__name__
        try:
            return await self._asked(name, args, kwargs)
        except EngineEnded:
            if name in ONCE:
                raise
            return await self._asked(name, args, kwargs)

    async def _asked(self, name: str, args: tuple[object, ...], kwargs: dict[str, object]) -> Given:
        answer: asyncio.Future[Given] = asyncio.wrap_future(self._running().call(name, *args, **kwargs).answer)
        return await answer

    def _running(self) -> EngineProcess:
        """Return the process, a new one if it has ended."""
        with self._process_lock:
            if self._process.has_ended and not self._is_closed:
                logger.error("The engine's process ended unexpectedly; it is started again.")
                self._process = EngineProcess(self._setup)
            return self._process
