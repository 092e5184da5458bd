"""What runs in a process that is killed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from retrieval.process import ProcessEngine

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path


def leave_an_engine_behind(articles_dir: Path, data_dir: Path, parent: Connection) -> None:
    """Start an engine's process, tell its number and wait to be killed."""
    engine = ProcessEngine(articles_dir, data_dir)
    asyncio.run(engine.manifest())
    parent.send(engine.pid)
    parent.recv()
