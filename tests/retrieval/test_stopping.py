"""A reload says how far it is, and can be told to stop at any point, which leaves everything as it was."""

from __future__ import annotations

import asyncio
import threading
from itertools import groupby
from typing import TYPE_CHECKING

import pytest

from corpus.library import scan
from retrieval.errors import ReloadStopped
from retrieval.progress import Stage
from tests.retrieval.engines import ASK_FERRY, ASK_OWLS, FERRY, ONE_LINE
from tests.retrieval.small_articles import BRIDGE, write

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.engine import Engine


IN_ORDER = [Stage.READING, Stage.EMBEDDING, Stage.WRITING, Stage.CHECKING]


@pytest.mark.parametrize("full", [False, True])
async def test_the_stages_come_in_order_and_count_up(engine: Engine, articles_dir: Path, *, full: bool) -> None:
    write(articles_dir, {"ferry.txt": FERRY})
    seen: list[tuple[Stage, int, int]] = []
    await engine.reload(lambda *step: seen.append(step), full=full)
    assert [stage for stage, _ in groupby(seen, key=lambda step: step[0])] == IN_ORDER
    assert [step[1:] for step in seen if step[0] is Stage.READING] == [(done, 4) for done in range(1, 5)]
    passages = 4 if full else 1
    assert [step for step in seen if step[0] is Stage.EMBEDDING][-1] == (Stage.EMBEDDING, passages, passages)


async def test_without_a_change_it_only_reads(engine: Engine) -> None:
    seen: list[Stage] = []
    await engine.reload(lambda stage, _done, _total: seen.append(stage))
    assert set(seen) == {Stage.READING}


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("at", IN_ORDER)
async def test_told_to_stop_it_changes_nothing(
    engine: Engine, articles_dir: Path, data_dir: Path, at: Stage, *, full: bool
) -> None:
    write(articles_dir, {"ferry.txt": FERRY})
    stop = threading.Event()

    def tell(stage: Stage, _done: int, _total: int) -> None:
        # Every stage but the first is told of once at least before it, so the next word of this one ends it.
        if IN_ORDER.index(stage) >= IN_ORDER.index(at) - 1:
            stop.set()

    with pytest.raises(ReloadStopped, match=ONE_LINE):
        await engine.reload(tell, full=full, stop=stop)
    answer = await engine.ask(ASK_OWLS)
    assert (answer.answered, answer.generation) == (True, 1)
    assert [folder.name for folder in (data_dir / "generations").iterdir()] == ["1"]
    assert (data_dir / "CURRENT").read_text(encoding="utf-8") == "1\n"
    assert (await engine.reload()).published
    assert (await engine.ask(ASK_FERRY)).text == FERRY.strip()


async def test_a_cancelled_task_stops_its_reload(engine: Engine, articles_dir: Path) -> None:
    write(articles_dir, {"ferry.txt": FERRY})
    loop, reached, go_on = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def wait(_stage: Stage, _done: int, _total: int) -> None:
        loop.call_soon_threadsafe(reached.set)
        assert go_on.wait(30)

    reloading = asyncio.create_task(engine.reload(wait))
    await reached.wait()
    reloading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reloading
    go_on.set()
    assert (await engine.ask(ASK_OWLS)).generation == 1


async def test_articles_are_found_by_their_contents(engine: Engine, articles_dir: Path) -> None:
    digest = next(a.content_digest for a in scan(articles_dir).articles if a.path == "bridge.txt")
    assert await engine.paths_of([digest, "nothing"]) == ["bridge.txt"]
    assert await engine.paths_of([]) == []
    write(articles_dir, {"bridge.txt": f"{BRIDGE}More follows.\n"})
    await engine.reload()
    assert await engine.paths_of([digest]) == []
