"""The one reload that may run, whoever asked for it: all who ask meanwhile are shown the same."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from bot import texts
from bot.admin import pages
from bot.rendering import Button, Reply, escaped
from bot.state.audit import Action, Actor
from corpus.errors import CorpusError
from retrieval.errors import NoPrevious, ReloadRunning, ReloadStopped, RetrievalError
from retrieval.progress import Stage

if TYPE_CHECKING:
    from bot.state.audit import Audit
    from retrieval.engine import Engine
    from retrieval.progress import Progress
    from retrieval.reloading import ReloadReport

logger = logging.getLogger(__name__)

PROGRESS_SECONDS = 3.0
"""Between two edits of a progress message; Telegram counts edits against its limits."""

Show = Callable[[Reply], Awaitable[None]]
"""Shows how far a reload is, in place of what it showed before."""


class Running:
    """A reload under way."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.stop = threading.Event()
        self._started = time.monotonic()
        self._stage, self._done, self._total = Stage.READING, 0, 0

    def note(self, stage: Stage, done: int, total: int) -> None:
        """Take how far it is; called by its thread, read by the event loop."""
        self._stage, self._done, self._total = stage, done, total

    def page(self) -> Reply:
        """Return how far it is."""
        if self.stop.is_set():
            return Reply(texts.STOPPING)
        seconds = time.monotonic() - self._started
        return pages.progress(self._stage, self._done, self._total, self.actor.name, seconds)


class Reloads:
    """Reloads and rollbacks, each noted in the audit."""

    def __init__(self, engine: Engine, audit: Audit) -> None:
        self._engine = engine
        self._audit = audit
        self._running: Running | None = None
        self._task: asyncio.Task[ReloadReport] | None = None

    async def reload(self, actor: Actor, show: Show, *, full: bool = False) -> Reply:
        """Reload, or follow the reload that runs, and return its report."""
        if self._running is None or self._task is None:
            self._running = Running(actor)
            self._task = asyncio.create_task(self._run(self._running, full=full))
        running, task = self._running, self._task
        await show(running.page())
        while not (await asyncio.wait({task}, timeout=PROGRESS_SECONDS))[0]:
            await show(running.page())
        try:
            return pages.report(task.result())
        except ReloadRunning:
            return Reply(texts.RELOAD_ELSEWHERE)
        except ReloadStopped:
            return Reply(texts.RELOAD_STOPPED)
        except (RetrievalError, CorpusError) as error:
            return Reply(pages.reload_failed(str(error)))

    async def bring_in(self, actor: Actor) -> ReloadReport:
        """Reload for a change of the files that was just made; a reload that runs may have looked before it.

        Raises:
            RetrievalError, CorpusError: nothing was published.
        """
        while self._task is not None:
            await asyncio.wait({self._task})
        self._running = Running(actor)
        self._task = asyncio.create_task(self._run(self._running, full=False))
        return await asyncio.shield(self._task)

    def cancel(self) -> Reply:
        """Ask the reload that runs to stop."""
        if self._running is None:
            return Reply(texts.NO_RELOAD)
        self._running.stop.set()
        return self._running.page()

    async def ask_to_roll_back(self) -> Reply:
        """Return the question whether to roll back, which is about the generation that serves now."""
        try:
            serving, previous = (await self._engine.status()).manifest, await self._engine.previous()
        except RetrievalError as error:
            return Reply(pages.reload_failed(str(error)))
        if previous is None:
            return Reply(texts.ROLLBACK_NONE)
        html = texts.ROLLBACK_WHICH.format(
            articles=texts.ARTICLES.format(count=previous.articles), age=pages.built(previous)
        )
        yes = Button(texts.ROLLBACK_YES, f"rollback:{serving.number}")
        return Reply(html, (yes, Button(texts.ROLLBACK_NO, "rollback:no")))

    async def roll_back(self, actor: Actor, asked: int) -> Reply:
        """Return to the generation before `asked`, if that one still serves."""
        try:
            if (await self._engine.status()).manifest.number != asked:
                return Reply(texts.ROLLBACK_OUTDATED)
            number = await self._engine.roll_back()
            manifest = (await self._engine.status()).manifest
        except NoPrevious as error:
            return Reply(escaped(str(error)))
        except RetrievalError as error:
            return Reply(pages.reload_failed(str(error)))
        await self._audit.record(actor, Action.ROLLBACK, f"from generation {asked} to {number}")
        age = pages.built(manifest)
        return Reply(
            texts.ROLLED_BACK.format(
                generation=number, articles=texts.ARTICLES.format(count=manifest.articles), age=age
            )
        )

    async def _run(self, running: Running, *, full: bool) -> ReloadReport:
        try:
            return await noted(self._engine, self._audit, running.actor, running.note, full=full, stop=running.stop)
        except (ReloadRunning, ReloadStopped):
            raise
        except (RetrievalError, CorpusError) as error:
            logger.warning("A reload failed: %s", error)
            raise
        finally:
            self._running = self._task = None


async def noted(
    engine: Engine,
    audit: Audit,
    actor: Actor,
    progress: Progress,
    *,
    full: bool = False,
    stop: threading.Event | None = None,
) -> ReloadReport:
    """Reload, and note in the audit what came of it.

    Raises:
        RetrievalError, CorpusError: nothing was published.
    """
    try:
        report = await engine.reload(progress, full=full, stop=stop)
    except ReloadRunning:
        raise
    except ReloadStopped:
        await audit.record(actor, Action.RELOAD_CANCELLED)
        raise
    except (RetrievalError, CorpusError) as error:
        await audit.record(actor, Action.RELOAD_FAILED, str(error))
        raise
    await audit.record(actor, Action.FULL_RELOAD if full else Action.RELOAD, pages.in_short(report))
    return report
