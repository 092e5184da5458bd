"""What the engine's tests run in processes of their own, to end them by SIGKILL or to compare what they answer."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from retrieval.engine import Engine
from retrieval.errors import RetrievalError
from retrieval.progress import Stage
from tests.retrieval.canned_model import CannedModel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection
    from pathlib import Path


def reload_and_die(articles_dir: Path, data_dir: Path, event: str, place: str) -> None:
    """Reload; die by SIGKILL right before Python's first audit event of this name that mentions `place`."""

    def kill(happening: str, arguments: tuple[object, ...]) -> None:
        if happening == event and place in str(arguments[0]):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(kill)
    asyncio.run(Engine(articles_dir, data_dir).reload())


def reload_and_stall(articles_dir: Path, data_dir: Path, parent: Connection) -> None:
    """Reload until the passages are embedded, say so, and wait to be killed."""

    def stall(stage: Stage, done: int, total: int) -> None:
        if stage is Stage.EMBEDDING:
            parent.send((done, total))
            parent.recv()

    asyncio.run(Engine(articles_dir, data_dir).reload(stall))


def reload(articles_dir: Path, data_dir: Path) -> None:
    """Reload as any other process would."""
    with closing(Engine(articles_dir, data_dir)) as engine:
        asyncio.run(engine.reload())


def reload_on_a_full_disk(articles_dir: Path, data_dir: Path, room: int, parent: Connection) -> None:
    """Reload where no file may grow beyond `room` bytes; send the plain error, or what escaped instead of one."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    with closing(Engine(articles_dir, data_dir)) as engine:
        try:
            asyncio.run(engine.reload(full=True))
        except RetrievalError as error:
            parent.send(("RetrievalError", str(error)))
        except BaseException as error:  # noqa: BLE001 - the test shows what it was
            parent.send((type(error).__name__, str(error)))
        else:
            parent.send(("published", ""))


def reload_with_no_model(articles_dir: Path, data_dir: Path, parent: Connection) -> None:
    """Reload with the canned model; send why all was made anew and the articles that then stand in the index."""
    with closing(Engine(articles_dir, data_dir)) as engine:
        engine._model = CannedModel()
        report = asyncio.run(engine.reload())
        parent.send((report.rebuilt, len(asyncio.run(engine.articles()))))


def answer(articles_dir: Path, data_dir: Path, questions: Sequence[str], parent: Connection) -> None:
    """Index anew and send what each question gets."""

    async def talk() -> list[object]:
        with closing(Engine(articles_dir, data_dir)) as engine:
            await engine.start()
            answers = [await engine.ask(question) for question in questions]
        return [(given.confidence, given.citations, given.nearest) for given in answers]

    parent.send(asyncio.run(talk()))
