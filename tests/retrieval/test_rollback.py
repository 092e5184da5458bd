"""Going back: the generation before serves again, in every process, until somebody asks for a reload."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from retrieval.errors import NoPrevious, ReloadRunning
from retrieval.index.probe import note_sizes
from retrieval.progress import Stage
from tests.retrieval.engines import ASK_FERRY, ASK_OWLS, FERRY, ONE_LINE
from tests.retrieval.small_articles import write

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.engine import Engine
    from tests.retrieval.engines import NewEngine


@pytest.fixture
async def two_generations(engine: Engine, articles_dir: Path) -> Engine:
    """An engine whose second generation has a ferry that the first has not."""
    write(articles_dir, {"ferry.txt": FERRY})
    await engine.reload()
    assert (await engine.ask(ASK_FERRY)).generation == 2
    return engine


async def is_served(engine: Engine) -> tuple[int, bool]:
    """The generation that answers, and whether it knows of the ferry."""
    answer = await engine.ask(ASK_FERRY)
    return answer.generation, FERRY.strip() in answer.text


async def test_the_generation_before_serves_again(two_generations: Engine) -> None:
    assert not await two_generations.is_rolled_back()
    assert await two_generations.roll_back() == 1
    assert await is_served(two_generations) == (1, False)
    assert await two_generations.is_rolled_back()
    assert (await two_generations.status()).is_rolled_back


async def test_another_engine_over_the_same_data_serves_it_too(
    two_generations: Engine, new_engine: NewEngine, articles_dir: Path, data_dir: Path
) -> None:
    other = new_engine(articles_dir, data_dir)
    assert await is_served(other) == (2, True)
    await two_generations.roll_back()
    assert await is_served(other) == (1, False)
    assert await other.is_rolled_back()
    restarted = new_engine(articles_dir, data_dir)
    assert await restarted.start() is None
    assert await is_served(restarted) == (1, False)


async def test_it_stays_until_a_reload_is_asked_for(two_generations: Engine) -> None:
    await two_generations.roll_back()
    report = await two_generations.reload()
    assert (report.published, report.difference.added) == (True, ("ferry.txt",))
    assert (await is_served(two_generations))[1]
    assert not await two_generations.is_rolled_back()


async def test_a_reload_that_finds_the_articles_of_before_ends_it_without_a_new_one(
    two_generations: Engine, articles_dir: Path
) -> None:
    await two_generations.roll_back()
    (articles_dir / "ferry.txt").unlink()
    report = await two_generations.reload()
    assert (report.generation, report.published) == (1, False)
    assert not await two_generations.is_rolled_back()


async def test_what_was_rolled_back_from_is_never_the_one_before(two_generations: Engine, articles_dir: Path) -> None:
    await two_generations.roll_back()
    write(articles_dir, {"ferry.txt": FERRY.replace("214", "215")})
    await two_generations.reload()
    assert await two_generations.roll_back() == 1
    assert await is_served(two_generations) == (1, False)


async def test_before_the_first_there_is_nothing_to_go_back_to(
    new_engine: NewEngine, articles_dir: Path, data_dir: Path
) -> None:
    with pytest.raises(NoPrevious, match=ONE_LINE):
        await new_engine(articles_dir, data_dir).roll_back()


async def test_after_the_first_there_is_nothing_to_go_back_to(engine: Engine) -> None:
    with pytest.raises(NoPrevious, match=ONE_LINE):
        await engine.roll_back()
    assert (await engine.ask(ASK_OWLS)).answered
    assert not await engine.is_rolled_back()


async def test_twice_in_a_row_is_refused_and_changes_nothing(two_generations: Engine) -> None:
    await two_generations.roll_back()
    with pytest.raises(NoPrevious, match=ONE_LINE):
        await two_generations.roll_back()
    assert await is_served(two_generations) == (1, False)
    assert await two_generations.is_rolled_back()


async def test_during_a_reload_it_is_refused(two_generations: Engine) -> None:
    refused: list[ReloadRunning] = []

    def go_back(stage: Stage, _done: int, _total: int) -> None:
        if stage is Stage.WRITING:
            with pytest.raises(ReloadRunning, match=ONE_LINE) as caught:
                asyncio.run(two_generations.roll_back())
            refused.append(caught.value)

    await two_generations.reload(go_back, full=True)
    assert len(refused) == 1
    assert await is_served(two_generations) == (3, True)
    assert not await two_generations.is_rolled_back()


async def test_a_damaged_one_is_not_gone_back_to(two_generations: Engine, data_dir: Path) -> None:
    file = data_dir / "generations" / "1" / "catalog.db"
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(NoPrevious, match=ONE_LINE):
        await two_generations.roll_back()
    assert await is_served(two_generations) == (2, True)


async def test_one_made_with_another_model_is_not_gone_back_to(two_generations: Engine, data_dir: Path) -> None:
    file = data_dir / "generations" / "1" / "manifest.json"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("all-MiniLM", "old-MiniLM"), encoding="utf-8")
    note_sizes(file.parent)
    with pytest.raises(NoPrevious, match=ONE_LINE):
        await two_generations.roll_back()
    assert not await two_generations.is_rolled_back()


async def test_an_engine_that_slept_through_a_rollback_and_a_reload_serves_the_newest(
    two_generations: Engine, new_engine: NewEngine, articles_dir: Path, data_dir: Path
) -> None:
    sleeper = new_engine(articles_dir, data_dir)
    assert await is_served(sleeper) == (2, True)
    await two_generations.roll_back()
    write(articles_dir, {"ferry.txt": "The ferry Solveig was scrapped in Bodo.\n"})
    await two_generations.reload()
    answer = await sleeper.ask(ASK_FERRY)
    assert FERRY.strip() not in answer.text
