"""Who asks gets the generation that serves, while reloads pass and after them."""

from __future__ import annotations

import asyncio
import threading
from datetime import date
from typing import TYPE_CHECKING

import psutil

from retrieval.answerer import Answerer
from retrieval.index.store import GenerationStore
from retrieval.progress import Stage
from tests.retrieval import victims
from tests.retrieval.engines import ASK_FERRY, ASK_OWLS, FERRY
from tests.retrieval.small_articles import write

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext
    from pathlib import Path

    import pytest

    from retrieval.answerer import Response
    from retrieval.engine import Engine
    from retrieval.models import Answer
    from tests.retrieval.engines import NewEngine


class TestWhileReloading:
    async def test_questions_are_answered_by_the_old_generation(self, engine: Engine, articles_dir: Path) -> None:
        loop, reached, go_on = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

        def wait(stage: Stage, _done: int, _total: int) -> None:
            if stage is Stage.EMBEDDING:
                loop.call_soon_threadsafe(reached.set)
                assert go_on.wait(30)

        write(articles_dir, {"ferry.txt": FERRY})
        reloading = asyncio.create_task(engine.reload(wait))
        await reached.wait()
        answers = [await engine.ask(question) for question in (ASK_OWLS, ASK_FERRY)]
        go_on.set()
        await reloading
        assert [answer.generation for answer in answers] == [1, 1]
        assert answers[0].answered
        assert FERRY.strip() not in answers[1].text
        assert (await engine.ask(ASK_FERRY)).generation == 2

    async def test_a_question_keeps_the_generation_it_began_with(self, engine: Engine) -> None:
        with engine._generations.lease() as serving:
            await engine.reload(full=True)
            await engine.reload(full=True)
            found = serving.answerer.answer(ASK_OWLS, date(2024, 5, 31)).found
            assert found[0].article.path == "owls.md"
            assert serving.generation.manifest.number == 1
        assert (await engine.ask(ASK_OWLS)).generation == 3

    async def test_no_question_fails_however_many_reloads_pass(self, engine: Engine, articles_dir: Path) -> None:
        finished = asyncio.Event()

        async def keep_asking() -> list[Answer]:
            answers = []
            while not finished.is_set():
                answers.append(await engine.ask(ASK_OWLS))
            return answers

        asking = [asyncio.create_task(keep_asking()) for _ in range(3)]
        for number in range(4):
            write(articles_dir, {"ferry.txt": FERRY.replace("214", str(number))})
            await engine.reload()
        finished.set()
        answers = [answer for task in asking for answer in await task]
        assert {answer.text for answer in answers} == {"Twelve snowy owls were counted in Finnmark this spring."}
        assert len({answer.generation for answer in answers}) > 1

    async def test_a_reload_by_another_process_is_picked_up(
        self, engine: Engine, articles_dir: Path, data_dir: Path, processes: ForkServerContext
    ) -> None:
        assert (await engine.ask(ASK_FERRY)).generation == 1
        write(articles_dir, {"ferry.txt": FERRY})
        child = processes.Process(target=victims.reload, args=(articles_dir, data_dir))
        child.start()
        child.join()
        answer = await engine.ask(ASK_FERRY)
        assert (child.exitcode, answer.generation, answer.text) == (0, 2, FERRY.strip())

    async def test_two_engines_in_one_process_do_not_disturb_each_other(
        self, engine: Engine, new_engine: NewEngine, articles_dir: Path, data_dir: Path
    ) -> None:
        other = new_engine(articles_dir, data_dir)
        assert (await other.ask(ASK_OWLS)).answered
        other.close()
        assert (await engine.ask(ASK_OWLS)).answered
        await other.reload(full=True)
        assert (await engine.ask(ASK_OWLS)).generation == 2


class TestManyReloads:
    async def test_no_file_stays_open(self, engine: Engine, articles_dir: Path) -> None:
        ours, opened = psutil.Process(), []
        for number in range(20):
            write(articles_dir, {"ferry.txt": FERRY.replace("214", str(number))})
            await engine.reload()
            assert str(number) in (await engine.ask(ASK_FERRY)).text
            opened.append(ours.num_fds())
        # Threads come and go, and files of token vectors are one or two; a file a reload would be seventeen.
        assert max(opened[3:]) < max(opened[:3]) + 5

    async def test_a_generation_has_answered_before_it_serves(
        self, engine: Engine, articles_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        happened: list[str] = []
        answer, point_to = Answerer.answer, GenerationStore._point_to

        def noted_answer(self: Answerer, message: str, today: date) -> Response:
            happened.append(f"answered {self._generation.manifest.number}")
            return answer(self, message, today)

        def noted_serve(self: GenerationStore, number: int) -> None:
            happened.append(f"serves {number}")
            point_to(self, number)

        monkeypatch.setattr(Answerer, "answer", noted_answer)
        monkeypatch.setattr(GenerationStore, "_point_to", noted_serve)
        write(articles_dir, {"ferry.txt": FERRY})
        await engine.reload()
        assert happened == ["answered 2", "serves 2"]
