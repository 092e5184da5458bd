"""A reload that is killed at any instant leaves a whole generation serving."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import pytest

from retrieval.errors import ReloadRunning
from tests.retrieval import victims
from tests.retrieval.engines import ASK_FERRY, ASK_OWLS, FERRY, ONE_LINE, assert_stands_in_its_file
from tests.retrieval.small_articles import write

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext
    from pathlib import Path

    from retrieval.engine import Engine
    from tests.retrieval.engines import NewEngine


class TestKilledReload:
    """SIGKILL at real instants: the victim's own file operations, as Python's audit reports them, trigger it."""

    @pytest.fixture
    async def two_generations(self, engine: Engine, data_dir: Path, articles_dir: Path) -> Path:
        """A DATA_DIR that serves its second generation, and a third to be made."""
        await engine.reload(full=True)
        engine.close()
        write(articles_dir, {"ferry.txt": FERRY})
        return data_dir

    async def assert_whole_and_mendable(self, engine: Engine, data_dir: Path) -> None:
        answer = await engine.ask(ASK_OWLS)
        assert answer.generation in {2, 3}
        assert_stands_in_its_file(answer.citations[0], engine.articles_dir)
        assert ((await engine.ask(ASK_FERRY)).text == FERRY.strip()) is (answer.generation == 3)
        await engine.reload()
        assert (await engine.ask(ASK_FERRY)).text == FERRY.strip()
        left = {folder.name for folder in (data_dir / "generations").iterdir()}
        assert "building" not in left
        assert len(left) <= 2

    @pytest.mark.parametrize(
        ("event", "place", "serves"),
        [
            ("os.link", "generations/2/tokens/1", 2),
            ("shutil.copyfile", "generations/2/catalog.db", 2),
            ("open", "building/tokens/2", 2),
            ("sqlite3.connect", "building/catalog.db", 2),
            ("open", "building/manifest.json", 2),
            ("subprocess.Popen", sys.executable, 2),
            ("open", "building/sizes.json", 2),
            ("os.rename", "generations/building", 2),
            ("sqlite3.connect", "generations/3/catalog.db", 2),
            ("open", "CURRENT.new", 2),
            ("os.rename", "CURRENT.new", 2),
            ("os.remove", "PINNED", 3),
            ("os.rmdir", "generations/1", 3),
        ],
    )
    async def test_a_whole_generation_serves_and_the_next_reload_succeeds(
        self,
        two_generations: Path,
        new_engine: NewEngine,
        articles_dir: Path,
        processes: ForkServerContext,
        event: str,
        place: str,
        serves: int,
    ) -> None:
        victim = processes.Process(target=victims.reload_and_die, args=(articles_dir, two_generations, event, place))
        victim.start()
        victim.join()
        assert victim.exitcode == -signal.SIGKILL
        survivor = new_engine(articles_dir, two_generations)
        assert (await survivor.status()).manifest.number == serves
        await self.assert_whole_and_mendable(survivor, two_generations)

    async def test_killed_from_outside_while_embedding(
        self, two_generations: Path, new_engine: NewEngine, articles_dir: Path, processes: ForkServerContext
    ) -> None:
        ours, theirs = processes.Pipe()
        victim = processes.Process(target=victims.reload_and_stall, args=(articles_dir, two_generations, theirs))
        victim.start()
        ours.recv()
        survivor = new_engine(articles_dir, two_generations)
        with pytest.raises(ReloadRunning, match=ONE_LINE):
            await survivor.reload()
        victim.kill()
        victim.join()
        await self.assert_whole_and_mendable(survivor, two_generations)
