"""SIGKILL at any instant of a reload: one state of the articles serves whole, and the next reload makes good."""

from __future__ import annotations

import random
import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.rounds import rounds
from tests.unbreakable import victims
from tests.unbreakable.newsroom import NEW, QUESTIONS, STATES, put
from tests.unbreakable.victims import assert_whole

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext
    from pathlib import Path

    from tests.unbreakable.conftest import Footnote

pytestmark = pytest.mark.slow

KILLS = rounds(6, 25)
"""Of each kind, one in each of so many equal parts of a reload's duration."""


def leftovers(data_dir: Path) -> set[str]:
    """What lies in DATA_DIR that should not: anything but the files with names, and two generations."""
    expected = {"CURRENT", "LAST", "lock", "models", "generations", "embeddings.db"}
    found = {file.name for file in data_dir.iterdir()} - expected - {"embeddings.db-wal", "embeddings.db-shm"}
    found |= {file.name for file in (data_dir / "generations").iterdir() if not file.name.isdecimal()}
    generations = sorted(int(file.name) for file in (data_dir / "generations").iterdir() if file.name.isdecimal())
    parts = {"catalog.db", "tokens", "chroma", "lexical", "manifest.json", "sizes.json"}
    for number in generations:
        found |= {file.name for file in (data_dir / "generations" / str(number)).iterdir()} - parts
    return found | {str(number) for number in generations[:-2]}


def reload_until(
    processes: ForkServerContext, articles_dir: Path, data_dir: Path, seconds: float | None, *, full: bool
) -> float | None:
    """Reload in a process of its own; return how long it took, or None if it was killed after so many seconds."""
    ours, theirs = processes.Pipe()
    process = processes.Process(target=victims.reload, args=(articles_dir, data_dir, theirs), kwargs={"full": full})
    process.start()
    theirs.close()
    assert ours.recv() == "begun"
    began = time.perf_counter()
    took = None
    if not ours.poll(seconds):
        process.kill()
    else:
        assert ours.recv() == "done"
        took = time.perf_counter() - began
    process.join()
    assert process.exitcode in {0, -signal.SIGKILL}
    return took


@pytest.mark.parametrize("full", [False, True], ids=["incremental", "full"])
def test_one_state_serves_whole_and_the_next_reload_succeeds(
    processes: ForkServerContext, footnote: Footnote, articles_dir: Path, data_dir: Path, *, full: bool
) -> None:
    assert footnote("reload").code == 0
    for file in ("state.db", "state.lock"):
        (data_dir / file).unlink(missing_ok=True)
    put(articles_dir, NEW)
    duration = reload_until(processes, articles_dir, data_dir, None, full=full)
    assert duration is not None
    chance, before, served = random.Random(f"kills {full}"), 1, []
    for number in range(KILLS):
        after = 1 - before
        put(articles_dir, STATES[after])
        instant = (number + chance.random()) / KILLS * duration
        reload_until(processes, articles_dir, data_dir, instant, full=full)

        ours, theirs = processes.Pipe()
        survivor = processes.Process(target=victims.look_and_reload, args=(articles_dir, data_dir, QUESTIONS, theirs))
        survivor.start()
        theirs.close()
        found, mended = ours.recv(), ours.recv()
        survivor.join()
        state = after if found.paths == set(STATES[after]) else before
        assert_whole(found, state)
        assert_whole(mended, after)
        assert leftovers(data_dir) == set()
        served.append(state == after)
        before = after
    assert False in served, "no kill came before the new generation served"
