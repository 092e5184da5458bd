"""A disk that fills at any stage of a reload: one sentence, the articles of before, and all is well with room again."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.rounds import SOAK, rounds
from tests.unbreakable.conftest import remount
from tests.unbreakable.newsroom import ASK_SHARED, NEW, put

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

    from tests.unbreakable.conftest import Footnote

pytestmark = pytest.mark.slow

PAGE = 4096
LEVELS = (0, 1, 8, 32, 64, 96, 128, 192, 256, 384, 512)
"""Pages that are left on the disk when a reload begins."""
OPENING = 8
"""Chroma writes so many pages, and takes them back, when a process that was not serving yet opens its files."""

ASK_OWLS = "How many snowy owls were counted in Finnmark?"


@pytest.fixture
def footnote(small_disk: Path, models: Path, footnote: Footnote) -> Footnote:
    """A first generation on the small disk."""
    footnote.data_dir = small_disk
    (small_disk / "models").symlink_to(models)
    assert footnote("reload").code == 0
    return footnote


def room(disk: Path) -> int:
    return shutil.disk_usage(disk).free


def leave(disk: Path, free: int) -> None:
    """Fill the disk but for so many bytes."""
    rest = room(disk) - free
    if rest > 0:
        (disk / "ballast").write_bytes(b"\xff" * rest)


@pytest.mark.parametrize("full", [False, True], ids=["incremental", "full"])
def test_wherever_a_reload_runs_out_of_room_the_articles_of_before_go_on_answering(
    footnote: Footnote, server: Connection, small_disk: Path, *, full: bool
) -> None:
    put(footnote.articles_dir, NEW)
    arguments = ("reload", "--full") if full else ("reload",)
    failed = 0
    for free in LEVELS if SOAK else LEVELS[::3]:
        leave(small_disk, free * PAGE)
        done = footnote(*arguments)
        if done.code == 0:
            break
        failed += 1
        # The audit on the same disk may have lost its line, which the log says.
        (sentence,) = (line for line in done.err.splitlines() if "logger=bot.state.audit " not in line)
        assert (done.code, done.out) == (1, "")
        assert str(small_disk) in sentence
        server.send(ASK_SHARED)
        assert "1014" in server.recv()
        asked = footnote("ask", ASK_SHARED)
        assert "1014" in asked.out or (free < OPENING and asked.failed_plainly()), asked
        (small_disk / "ballast").unlink()
    assert failed >= rounds(2, 5)
    (small_disk / "ballast").unlink(missing_ok=True)
    assert footnote(*arguments).code == 0
    assert "Twelve" in footnote("ask", ASK_OWLS).out


def test_no_room_for_the_model(footnote: Footnote, small_disk: Path) -> None:
    (small_disk / "models").unlink()
    leave(small_disk, 8_000_000)
    done = footnote("reload")
    assert done.failed_plainly(), done
    assert str(small_disk) in done.err
    (small_disk / "ballast").unlink()
    remount(small_disk, "size=256000000")
    assert footnote("reload").code == 0
    assert "1014" in footnote("ask", ASK_SHARED).out
    assert [file.suffix for file in (small_disk / "models").iterdir()] == [".onnx"]


def test_an_audit_line_that_cannot_be_kept_does_not_make_a_failure_of_a_reload(
    footnote: Footnote, small_disk: Path
) -> None:
    """The state alone is out of room: its file may not grow, as with a quota of its own."""
    with closing(sqlite3.connect(small_disk / "state.db")) as state, state:
        state.execute("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT raise(ABORT, 'disk is full'); END")
    put(footnote.articles_dir, NEW)
    done = footnote("reload")
    assert (done.code, done.err.count("\n")) == (0, 1)
    assert f"{small_disk / 'state.db'} cannot be used (disk is full)" in done.err
    assert "owls.md" in done.out
    assert "Twelve" in footnote("ask", ASK_OWLS).out
