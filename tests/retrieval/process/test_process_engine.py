"""The engine in a process of its own: the same answers, and what becomes of them when that process dies."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from contextlib import closing
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

import psutil
import pytest

from corpus.errors import FolderError
from retrieval.engine import Engine
from retrieval.errors import EngineEnded, IndexBroken, NoPrevious, RaisedAt, ReloadStopped, UnreadableQuery
from retrieval.process import ProcessEngine
from retrieval.progress import Stage
from retrieval.query.models import Form
from tests.retrieval.engines import ASK_BRIDGE, ASK_FERRY, ASK_OWLS, FERRY, serve_from
from tests.retrieval.process.victims import leave_an_engine_behind
from tests.retrieval.small_articles import ARTICLES, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.context import ForkServerContext
    from pathlib import Path

    from retrieval.embedding.minilm import MiniLM
    from retrieval.models import Answer

IN_ORDER = [Stage.READING, Stage.EMBEDDING, Stage.WRITING, Stage.CHECKING]
PATIENCE = 20.0


@pytest.fixture
def apart(engine: Engine, articles_dir: Path, data_dir: Path) -> Iterator[ProcessEngine]:  # noqa: ARG001 - what it made
    """An engine in a process of its own over what `engine` serves."""
    with closing(ProcessEngine(articles_dir, data_dir)) as made:
        yield made


def kill(engine: ProcessEngine) -> None:
    os.kill(engine.pid, signal.SIGKILL)


def said(answer: Answer) -> Answer:
    """An answer without how long it took."""
    return replace(answer, timings_ms={})


async def gone(pid: int) -> None:
    """Return when there is no such process any more, or only what its parent has not looked at."""
    async with asyncio.timeout(PATIENCE):
        while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)


class TestTheSame:
    """Nothing here changes what is served, so one pair of engines is enough."""

    @pytest.fixture(scope="class")
    @classmethod
    def folders(cls, tmp_path_factory: pytest.TempPathFactory, models: Path, small_data: Path) -> tuple[Path, Path]:
        folder = tmp_path_factory.mktemp("same")
        articles_dir, data_dir = write(folder / "articles", ARTICLES), folder / "data"
        data_dir.mkdir()
        (data_dir / "models").symlink_to(models)
        serve_from(small_data, articles_dir, data_dir)
        return articles_dir, data_dir

    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls, folders: tuple[Path, Path], model: MiniLM) -> Iterator[Engine]:
        with closing(Engine(*folders)) as made:
            made._model = model
            yield made

    @pytest.fixture(scope="class")
    @classmethod
    def apart(cls, folders: tuple[Path, Path]) -> Iterator[ProcessEngine]:
        with closing(ProcessEngine(*folders)) as made:
            yield made

    async def test_answers(self, apart: ProcessEngine, engine: Engine) -> None:
        assert said(await apart.ask(ASK_OWLS)) == said(await engine.ask(ASK_OWLS))
        latest = await apart.ask(ASK_OWLS, form=Form.LATEST)
        assert said(latest) == said(await engine.ask(ASK_OWLS, form=Form.LATEST))
        assert await apart.evidence(ASK_OWLS, 2) == await engine.evidence(ASK_OWLS, 2)

    async def test_consultations_and_who_checks_them(self, apart: ProcessEngine, engine: Engine) -> None:
        there, here = await apart.consult(ASK_OWLS), await engine.consult(ASK_OWLS)
        assert (said(there.answer), there.excerpts) == (said(here.answer), here.excerpts)
        sentence = "Twelve snowy owls were counted in Finnmark this spring [1]."
        assert there.verifier().check(sentence) == here.verifier().check(sentence)

    async def test_articles(self, apart: ProcessEngine, engine: Engine) -> None:
        cards = await engine.articles()
        assert await apart.articles() == cards
        assert await apart.articles(2, 1, cards[1].source) == await engine.articles(2, 1, cards[1].source)
        assert await apart.place(cards[1].id) == 1
        assert await apart.counts() == await engine.counts()
        assert await apart.article(cards[0].id) == await engine.article(cards[0].id)
        assert await apart.pages(cards[0].id) == await engine.pages(cards[0].id)
        assert await apart.opening(cards[0].id) == await engine.opening(cards[0].id)
        assert await apart.sources() == await engine.sources()
        assert await apart.paths_of({"no such digest"}) == []

    async def test_what_serves(self, apart: ProcessEngine, engine: Engine) -> None:
        assert await apart.status() == await engine.status()
        assert await apart.manifest() == await engine.manifest()
        assert await apart.previous() is None
        assert not await apart.is_rolled_back()
        assert await apart.warm_up() > 0

    async def test_errors(self, apart: ProcessEngine) -> None:
        with pytest.raises(UnreadableQuery, match="no date") as caught:
            await apart.ask("since:yesteryear owls")
        assert (caught.value.operator, caught.value.value) == ("since", "yesteryear")
        with pytest.raises(NoPrevious):
            await apart.roll_back()

    async def test_an_error_that_is_no_sentence_says_where_but_not_about_what(self, apart: ProcessEngine) -> None:
        with pytest.raises(AttributeError) as caught:
            await apart.ask(["private words"])  # type: ignore[arg-type]
        assert isinstance(caught.value.__cause__, RaisedAt)
        assert "in _readable" in str(caught.value.__cause__)
        assert "private words" not in str(caught.value.__cause__)

    async def test_several_questions_at_a_time(self, apart: ProcessEngine, engine: Engine) -> None:
        asked = [ASK_OWLS, ASK_BRIDGE] * 10
        answers = await asyncio.gather(*(apart.ask(question) for question in asked))
        assert list(map(said, answers)) == [said(await engine.ask(question)) for question in asked]

    async def test_from_one_event_loop_after_another(self, apart: ProcessEngine) -> None:
        before = await asyncio.to_thread(lambda: asyncio.run(apart.ask(ASK_OWLS)))
        assert said(await apart.ask(ASK_OWLS)) == said(before)


class TestReload:
    async def test_tells_how_far_it_is(self, apart: ProcessEngine, articles_dir: Path) -> None:
        write(articles_dir, {"ferry.txt": FERRY})
        seen: list[tuple[Stage, int, int]] = []
        report = await apart.reload(lambda *step: seen.append(step), full=True)
        assert report.published
        assert [stage for stage, _ in groupby(seen, key=lambda step: step[0])] == IN_ORDER
        assert (Stage.READING, 4, 4) in seen
        assert (Stage.EMBEDDING, 4, 4) in seen
        assert (await apart.ask(ASK_FERRY)).answered

    async def test_questions_are_answered_meanwhile(self, apart: ProcessEngine, articles_dir: Path) -> None:
        write(articles_dir, {"ferry.txt": FERRY})
        reload, answered = asyncio.create_task(apart.reload(full=True)), 0
        while not reload.done():
            assert (await apart.ask(ASK_OWLS)).answered
            answered += 1
        assert (await reload).published
        assert answered > 1

    async def test_can_be_told_to_stop(self, apart: ProcessEngine, articles_dir: Path) -> None:
        write(articles_dir, {"ferry.txt": FERRY})
        stop = threading.Event()
        stop.set()
        with pytest.raises(ReloadStopped):
            await apart.reload(full=True, stop=stop)
        assert not (await apart.ask(ASK_FERRY)).answered

    async def test_is_stopped_by_what_its_progress_raises(self, apart: ProcessEngine) -> None:
        def fail(*_: object) -> None:
            raise ZeroDivisionError

        before = (await apart.manifest()).number
        with pytest.raises(ZeroDivisionError):
            await apart.reload(fail, full=True)
        await free(apart)
        assert (await apart.manifest()).number == before

    async def test_is_stopped_by_a_cancellation(self, apart: ProcessEngine, articles_dir: Path) -> None:
        write(articles_dir, {f"ferry-{number}.txt": f"{number} {FERRY}" for number in range(200)})
        before, reached = (await apart.manifest()).number, asyncio.Event()
        loop = asyncio.get_running_loop()

        def tell(*_: object) -> None:
            loop.call_soon_threadsafe(reached.set)

        task = asyncio.create_task(apart.reload(tell, full=True))
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await free(apart)
        assert (await apart.manifest()).number == before

    async def test_that_cannot_be_made_says_so(self, apart: ProcessEngine, articles_dir: Path) -> None:
        for name in ARTICLES:
            (articles_dir / name).unlink()
        with pytest.raises(FolderError, match="holds no articles"):
            await apart.reload()


async def free(engine: ProcessEngine) -> None:
    """Return when no reload runs any more: it is told to stop, but not waited for."""
    async with asyncio.timeout(PATIENCE):
        while engine._store.data_dir.joinpath("generations", "building").exists():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)


class TestDeath:
    async def test_between_two_questions(self, apart: ProcessEngine, caplog: pytest.LogCaptureFixture) -> None:
        before, pid = said(await apart.ask(ASK_OWLS)), apart.pid
        kill(apart)
        await gone(pid)
        assert said(await apart.ask(ASK_OWLS)) == before
        assert apart.pid != pid
        assert "ended unexpectedly" in caplog.text

    async def test_in_the_middle_of_a_question(self, apart: ProcessEngine) -> None:
        before, pid = said(await apart.ask(ASK_OWLS)), apart.pid
        os.kill(pid, signal.SIGSTOP)
        asked = [asyncio.create_task(apart.ask(ASK_OWLS)) for _ in range(3)]
        await asyncio.sleep(0.1)
        assert not any(task.done() for task in asked)
        kill(apart)
        assert list(map(said, await asyncio.gather(*asked))) == [before] * 3

    async def test_in_the_middle_of_a_reload(self, apart: ProcessEngine, articles_dir: Path) -> None:
        write(articles_dir, {"ferry.txt": FERRY})
        with pytest.raises(EngineEnded):
            await apart.reload(lambda *_: kill(apart), full=True)
        assert not (await apart.ask(ASK_FERRY)).answered
        await apart.reload()
        assert (await apart.ask(ASK_FERRY)).answered

    async def test_whenever_it_starts(self, apart: ProcessEngine, monkeypatch: pytest.MonkeyPatch) -> None:
        await apart.manifest()
        monkeypatch.setattr("sys.executable", "/bin/false")
        kill(apart)
        with pytest.raises(EngineEnded):
            await apart.ask(ASK_OWLS)
        monkeypatch.undo()
        assert (await apart.ask(ASK_OWLS)).answered

    async def test_before_it_starts(self, apart: ProcessEngine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.executable", "/nowhere/python")
        kill(apart)
        with pytest.raises(EngineEnded, match="No such file"):
            await apart.ask(ASK_OWLS)

    async def test_of_the_one_that_started_it(
        self, processes: ForkServerContext, articles_dir: Path, data_dir: Path, engine: Engine
    ) -> None:
        await engine.manifest()
        here, there = processes.Pipe()
        parent = processes.Process(target=leave_an_engine_behind, args=(articles_dir, data_dir, there))
        parent.start()
        pid = await asyncio.to_thread(here.recv)
        assert psutil.pid_exists(pid)
        parent.kill()
        await gone(pid)

    @pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
    async def test_is_not_what_the_bots_signals_mean(self, apart: ProcessEngine, name: signal.Signals) -> None:
        before, pid = said(await apart.ask(ASK_OWLS)), apart.pid
        os.kill(pid, name)
        assert said(await apart.ask(ASK_OWLS)) == before
        assert apart.pid == pid

    async def test_by_close(self, articles_dir: Path, data_dir: Path) -> None:
        with closing(ProcessEngine(articles_dir, data_dir)) as made:
            with pytest.raises(IndexBroken):
                await made.ask(ASK_OWLS)
            pid = made.pid
        assert not psutil.pid_exists(pid)
        with pytest.raises(EngineEnded):
            await made.ask(ASK_OWLS)
        assert made.pid == pid


async def test_what_it_logs_is_logged_here(
    apart: ProcessEngine, data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await apart.reload(full=True)
    (data_dir / "generations" / "2" / "catalog.db").write_bytes(b"damaged")
    kill(apart)
    caplog.set_level(logging.WARNING, "retrieval")
    assert (await apart.ask(ASK_OWLS)).answered
    record = next(record for record in caplog.records if record.name == "retrieval.serving")
    assert record.getMessage().startswith("Generation 2 is not used")
