"""What /status tells: what serves, who reloaded last, and how the machine is."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from bot.memory import memory
from bot.state.audit import Action

if TYPE_CHECKING:
    from bot.pulse import Pulse
    from bot.state.audit import Entry
    from bot.state.feedback import Totals
    from bot.state.state import State
    from bot.state.usage import DayUsage
    from bot.writing import Writing
    from retrieval.engine import Engine, Status
    from retrieval.llm import Figures as ModelFigures

NAMED = ("footnote", "python-telegram-bot", "llama-index-core", "chromadb")
RELOADS = (Action.RELOAD, Action.FULL_RELOAD)


@dataclass(frozen=True, slots=True)
class Words:
    """The language model that words answers, what it did since the start, and the tokens that all took today."""

    model: str
    figures: ModelFigures
    spent: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All of /status; sizes in bytes."""

    serving: Status
    last_reload: Entry | None
    today: DayUsage
    votes: Totals
    """Of thirty days."""
    started: datetime
    last_poll: datetime | None
    disk: int
    """Taken by DATA_DIR."""
    free: int
    """Left on its disk."""
    memory: int
    """Of all processes."""
    versions: dict[str, str]
    writing: Words | None = None
    """Where a language model is set."""


async def collect(
    engine: Engine, state: State, data_dir: Path, pulse: Pulse, writing: Writing | None = None
) -> Figures:
    """Return the figures of this moment.

    Raises:
        IndexBroken: nothing serves yet.
    """
    disk, free = await asyncio.to_thread(_disk, data_dir)
    today = datetime.now().astimezone().date()
    return Figures(
        serving=await engine.status(),
        last_reload=await state.audit.latest(RELOADS),
        today=await state.usage.of_day(today),
        votes=await state.feedback.totals(datetime.now(UTC) - timedelta(days=30)),
        started=pulse.started,
        last_poll=pulse.last_poll,
        disk=disk,
        free=free,
        memory=await asyncio.to_thread(memory),
        versions={name: version(name) for name in NAMED} | {"Python": platform.python_version()},
        writing=Words(writing.model, writing.figures(), await state.spending.spent(today)) if writing else None,
    )


def _disk(folder: Path) -> tuple[int, int]:
    used = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # a file of a generation that is being deleted
                used += Path(parent, name).lstat().st_size
    return used, shutil.disk_usage(folder).free
