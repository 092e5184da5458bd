"""What is kept may be acknowledged once the disk has it; nobody else waits for that."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.errors import StateError
from bot.state.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.state.inbox import Inbox


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    with closing(State.open(tmp_path)) as state:
        yield state.inbox


class Disk:
    """What the disk was asked to have, and what it does first."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        """The files' numbers."""
        self.first: Callable[[], None] = lambda: None

    def sync(self, number: int) -> None:
        self.asked.append(os.fstat(number).st_ino)
        self.first()


@pytest.fixture
def disk(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> Disk:  # noqa: ARG001 - not while it is opened
    made = Disk()
    monkeypatch.setattr("bot.state.database.os.fsync", made.sync)
    return made


async def test_what_was_kept_is_on_the_disk_when_it_is_settled(inbox: Inbox, disk: Disk, tmp_path: Path) -> None:
    await inbox.keep([(1, "{}"), (2, "{}")])
    await inbox.keep([(3, "{}")])
    assert disk.asked == []
    await inbox.settle()
    assert disk.asked == [(tmp_path / "state.db-wal").stat().st_ino]


async def test_there_is_nothing_to_settle_where_nothing_was_kept(inbox: Inbox, disk: Disk) -> None:
    await inbox.settle()
    await inbox.keep([(1, "{}")])
    await inbox.settle()
    await inbox.settle()
    assert len(disk.asked) == 1


async def test_a_slow_disk_keeps_nobody_else_waiting(inbox: Inbox, disk: Disk) -> None:
    let_go = threading.Event()
    disk.first = let_go.wait  # type: ignore[assignment] # whatever it returns
    await inbox.keep([(1, "{}")])
    settling = asyncio.create_task(inbox.settle())
    async with asyncio.timeout(10):
        assert await inbox.begin_send(1, 0) is None
        await inbox.done(1)
        assert await inbox.keep([(2, "{}")]) == {2}
    assert not settling.done()
    let_go.set()
    await settling


async def test_what_is_kept_meanwhile_is_settled_after(inbox: Inbox, disk: Disk) -> None:
    let_go = threading.Event()
    disk.first = let_go.wait  # type: ignore[assignment] # whatever it returns
    await inbox.keep([(1, "{}")])
    first = asyncio.create_task(inbox.settle())
    await asyncio.sleep(0.05)
    await inbox.keep([(2, "{}")])
    second = asyncio.create_task(inbox.settle())
    await asyncio.sleep(0.05)
    assert not first.done()
    assert not second.done()
    let_go.set()
    await asyncio.gather(first, second)
    assert len(disk.asked) == 2


async def test_what_the_disk_does_not_take_is_not_settled(inbox: Inbox, disk: Disk) -> None:
    def fail() -> None:
        disk.first = lambda: None
        raise OSError(errno.EIO, "Input/output error")

    disk.first = fail
    await inbox.keep([(1, "{}")])
    with pytest.raises(StateError, match="Input/output error"):
        await inbox.settle()
    await inbox.settle()
    assert len(disk.asked) == 2
