"""What the tests of the state run in processes of their own."""

from __future__ import annotations

import asyncio
import resource
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

from bot.state.audit import COMMAND_LINE, Action
from bot.state.state import State

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path


def record(data_dir: Path, name: str, times: int) -> None:
    """Record that many lines."""

    async def write() -> None:
        with closing(State.open(data_dir)) as state:
            for number in range(times):
                await state.audit.record(COMMAND_LINE, Action.ADD, f"{name} {number}")

    asyncio.run(write())


def record_until_killed(data_dir: Path, parent: Connection) -> None:
    """Record line after line, and tell the parent of each when it is kept."""

    async def write() -> None:
        state = State.open(data_dir)
        for number in count(1):
            await state.audit.record(COMMAND_LINE, Action.ADD, str(number))
            try:
                parent.send(number)
            except BrokenPipeError:  # the parent's test has failed
                return

    asyncio.run(write())


def record_on_a_full_disk(data_dir: Path, room: int, parent: Connection) -> None:
    """Record where no file may grow beyond `room` bytes; send how many lines were kept and what ended it."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    async def write() -> None:
        kept = 0
        try:
            with closing(State.open(data_dir)) as state:
                for _ in range(1_000):
                    # Not through the audit itself, which tells of what has happened and so never fails.
                    await state.database.execute(
                        "INSERT INTO audit (at, name, action, detail) VALUES (?, ?, ?, ?)",
                        datetime.now(UTC).isoformat(), "x", Action.ADD, "x" * 1_000,
                    )  # fmt: skip
                    kept += 1
        except BaseException as error:  # noqa: BLE001 - the test shows what it was
            parent.send((kept, type(error).__name__, str(error)))
        else:
            parent.send((kept, "", ""))

    asyncio.run(write())
