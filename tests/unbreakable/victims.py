"""What these tests run in processes of their own: the command line, and engines to be killed or watched."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import shutil
import sys
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import psutil

from bot import cli
from corpus.errors import CorpusError
from retrieval import reloading, serving
from retrieval.engine import Engine
from retrieval.errors import IndexBroken, RetrievalError
from retrieval.index.probe import examine
from retrieval.progress import Stage
from tests.unbreakable.newsroom import LIGHTHOUSE, QUESTIONS, SIGNS, STATES, put

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.synchronize import Barrier
    from pathlib import Path

    from retrieval.models import Answer


class ForkedProber:
    """The same examination in a process of its own, forked instead of started: two seconds of importing less a reload.

    The program's own way of starting it is what tests/retrieval kills and damages.
    """

    nursery: Connection

    def __init__(self, *_server: object) -> None:
        pass

    def check(self, folder: Path) -> None:
        self.nursery.send(folder)
        sentence = self.nursery.recv()
        if sentence is not None:
            raise IndexBroken(sentence or f"{folder} is damaged: it crashed the process that tried to read it.")

    def close(self) -> None:
        pass


def probe_by_forking() -> None:
    """Let this process's reloads fork their probes from what it is now, before it has threads."""
    ours, theirs = multiprocessing.Pipe()
    if os.fork() == 0:
        ours.close()
        _nurse(theirs)
    theirs.close()
    ForkedProber.nursery = ours
    for module in (reloading, serving):
        vars(module)["Prober"] = ForkedProber


def _nurse(parent: Connection) -> NoReturn:
    """Fork a process for every folder that comes, and send what was wrong with it: None if nothing was."""
    while True:
        try:
            folder = parent.recv()
        except EOFError:
            os._exit(0)
        reading, writing = multiprocessing.Pipe(duplex=False)
        if os.fork() == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            try:
                examine(folder)
            except RetrievalError as error:
                writing.send(str(error))
                os._exit(1)
            except BaseException:  # noqa: BLE001 - the program's own process ends with code 1 and says nothing
                os._exit(1)
            os._exit(0)
        writing.close()
        sentence = ""
        with suppress(EOFError):
            sentence = reading.recv()
        reading.close()
        _, status = os.wait()
        try:
            parent.send(None if status == 0 else sentence)
        except BrokenPipeError:  # who asked was killed
            os._exit(0)


def footnote(
    arguments: Sequence[str], settings: Mapping[str, str], said: Path, given: Path | None, together: Barrier | None
) -> None:
    """Be `footnote` with these arguments and settings; what it prints goes into the files `said`.out and `said`.err."""
    probe_by_forking()
    os.environ.update(settings)
    os.chdir(said.parent)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for descriptor, ending in ((1, ".out"), (2, ".err")):
        os.dup2(os.open(f"{said}{ending}", flags), descriptor)
    os.dup2(os.open(given or os.devnull, os.O_RDONLY), 0)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - multiprocessing has put /dev/null in its place
    sys.argv = ["footnote", *arguments]
    if together:
        together.wait()
    cli.main()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a generation holds and how it answers."""

    generation: int
    paths: frozenset[str]
    counts: frozenset[int]
    """How many passages each of its parts says it has."""
    answers: tuple[str | None, ...]
    """To each question the text of the answer, None where there is none."""


async def look(engine: Engine, questions: Sequence[str]) -> Seen:
    """Return what serves, whole."""
    answers = [await engine.ask(question) for question in questions]
    with engine._generations.lease() as lease:
        held = lease.generation
        catalog = held.catalog
        counts = {held.manifest.passages, catalog.count_passages(), held.vectors.count(), held.lexical.count()}
        paths = frozenset(card.path for card in catalog.cards())
        return Seen(held.manifest.number, paths, frozenset(counts), tuple(map(said, answers)))


def assert_whole(seen: Seen, state: int, steps: str = "") -> None:
    """Assert that all of one state is there and answers, and nothing of the other; `steps` are the lighthouse's."""
    signs = SIGNS[state] if not steps else (*SIGNS[state][:-1], steps)
    assert seen.paths == set(STATES[state])
    assert len(seen.counts) == 1, seen.counts
    for answer, sign in zip(seen.answers, signs, strict=True):
        assert answer is None if sign is None else answer is not None and sign in answer, (answer, sign)


def said(answer: Answer) -> str | None:
    """Return what an answer says, or None for a refusal."""
    return answer.text if answer.answered else None


@contextmanager
def opened(articles_dir: Path, data_dir: Path) -> Iterator[Engine]:
    """An engine that probes by forking, closed in the end."""
    probe_by_forking()
    with closing(Engine(articles_dir, data_dir)) as engine:
        yield engine


def reload(articles_dir: Path, data_dir: Path, parent: Connection, *, full: bool) -> None:
    """Load the model, tell the parent, reload, and tell it again: it measures, or kills in between."""
    with opened(articles_dir, data_dir) as engine:
        assert engine._loaded_model
        parent.send("begun")
        asyncio.run(engine.reload(full=full))
        parent.send("done")


def look_and_reload(articles_dir: Path, data_dir: Path, questions: Sequence[str], parent: Connection) -> None:
    """Send what serves before and after a reload."""

    async def talk() -> None:
        parent.send(await look(engine, questions))
        await engine.reload()
        parent.send(await look(engine, questions))

    with opened(articles_dir, data_dir) as engine:
        asyncio.run(talk())


def reload_halfway(articles_dir: Path, data_dir: Path, parent: Connection) -> None:
    """Reload until passages have been embedded, tell the parent, and go on when it says so."""

    def stall(stage: Stage, _done: int, _total: int) -> None:
        if stage is Stage.EMBEDDING:
            parent.send("halfway")
            parent.recv()

    with opened(articles_dir, data_dir) as engine:
        asyncio.run(engine.reload(stall, full=True))
        parent.send("published")


def reload_from_a_vanishing_folder(articles_dir: Path, data_dir: Path, parent: Connection) -> None:
    """Reload all, the folder removed when three files were read, and send what that gives."""

    def vanish(stage: Stage, done: int, _total: int) -> None:
        if stage is Stage.READING and done == 3:
            shutil.rmtree(articles_dir)

    with opened(articles_dir, data_dir) as engine:
        try:
            report = asyncio.run(engine.reload(vanish, full=True))
        except CorpusError as error:
            parent.send(str(error))
        else:
            parent.send(f"published {report}")


def serve(articles_dir: Path, data_dir: Path, parent: Connection) -> None:
    """Answer what the parent asks until it hangs up: the text of the answer, None, or the error's."""
    with opened(articles_dir, data_dir) as engine:
        while True:
            try:
                question = parent.recv()
            except EOFError:
                return
            try:
                parent.send(said(asyncio.run(engine.ask(question))))
            except RetrievalError as error:
                parent.send(f"RetrievalError: {error}")


@dataclass(frozen=True, slots=True)
class Held:
    """What a process and its DATA_DIR hold: bytes of memory and disk, open files, threads, generations."""

    memory: int
    disk: int
    handles: int
    threads: int
    generations: int


def _held(process: psutil.Process, data_dir: Path) -> Held:
    files = [file for file in data_dir.rglob("*") if file.is_file() and not file.name.startswith("embeddings")]
    return Held(
        memory=process.memory_info().rss,
        disk=sum(file.stat().st_size for file in files),
        handles=process.num_fds(),
        threads=process.num_threads(),
        generations=len(list((data_dir / "generations").iterdir())),
    )


def reload_often(articles_dir: Path, data_dir: Path, times: int, parent: Connection) -> None:
    """Reload that often, the articles changed a little each time, and send what is held after each."""
    process = psutil.Process()

    async def talk() -> None:
        await engine.reload()
        for number in range(times):
            state = number % 2
            steps = f"{5000 + number}"
            text = LIGHTHOUSE.format(steps)
            put(articles_dir, STATES[state] | {"lighthouse.md": text})
            report = await engine.reload(full=number % 50 == 0)
            assert report.published
            seen = await look(engine, QUESTIONS)
            assert_whole(seen, state, steps)
            gc.collect()
            parent.send(_held(process, data_dir))

    with opened(articles_dir, data_dir) as engine:
        asyncio.run(talk())
