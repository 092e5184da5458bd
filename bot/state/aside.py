"""Where a file or folder goes that must make room but may not be lost."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def aside(path: Path, why: str) -> Path:
    """Return a name beside `path` that nothing has: `state.db.damaged-20240531T120000Z`."""
    return free_name(path.parent, f"{path.name}.{why}")


def free_name(folder: Path, stem: str) -> Path:
    """Return a name in a folder that nothing has: the stem, the time, and a number if two fall into one second."""
    name = f"{stem}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    names = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(free for free in (folder / name for name in names) if not free.exists())


def moves_aside(database: Path, why: str) -> list[tuple[Path, Path]]:
    """Return the renames that set an SQLite file aside with the two that may lie beside it, so that it stays readable.

    The write-ahead log goes first: left beside a new database of the same name, it would be played into that one.
    """
    target = aside(database, why)
    endings = ("-wal", "-shm", "")
    pairs = [(database.with_name(database.name + end), target.with_name(target.name + end)) for end in endings]
    return [(source, to) for source, to in pairs if source.exists()]
