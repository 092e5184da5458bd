"""Reload after reload in one process: what it holds, and what lies on the disk, stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.rounds import rounds
from tests.unbreakable import victims

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.context import ForkServerContext
    from pathlib import Path

pytestmark = pytest.mark.slow

RELOADS = rounds(30, 200)
SETTLED = rounds(12, 20)
"""Until then caches fill and allocators take what they will keep."""


def test_many_reloads_leave_memory_disk_handles_and_threads_as_they_were(
    processes: ForkServerContext,
    articles_dir: Path,
    data_dir: Path,
    capsys: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
) -> None:
    ours, theirs = processes.Pipe()
    process = processes.Process(target=victims.reload_often, args=(articles_dir, data_dir, RELOADS, theirs))
    process.start()
    theirs.close()
    held = [ours.recv() for _ in range(RELOADS)]
    process.join()
    assert process.exitcode == 0

    with capsys.disabled():
        print()  # noqa: T201 - the figures of the note
        for number in sorted({1, SETTLED, RELOADS // 2, RELOADS}):
            print(f"after {number:3} reloads: {held[number - 1]}")  # noqa: T201 - same
    settled, last = held[SETTLED - 1], held[-1]
    record_property("settled", str(settled))
    record_property("last", str(last))
    assert last.memory < settled.memory * 1.25
    assert last.disk < settled.disk * 1.25
    assert last.handles <= settled.handles + 2
    assert last.threads <= settled.threads + 2
    assert last.generations == settled.generations == 2
