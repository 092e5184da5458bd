"""Who serves from DATA_DIR: one bot at a time, and none while a backup is restored."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from bot import renames
from bot.errors import ServingAlready, StateError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def serving(data_dir: Path) -> Iterator[None]:
    """Be the only one who serves from DATA_DIR, after undoing what a killed restore left half done.

    The lock is the operating system's, so a killed process leaves none behind.

    Raises:
        ServingAlready: a bot serves from it already.
        StateError: it cannot be written.
    """
    lock = FileLock(data_dir / "serving.lock", timeout=0)
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        renames.undo(data_dir / renames.JOURNAL)
    except Timeout as error:
        raise ServingAlready(f"DATA_DIR: a bot is serving from {data_dir} already; stop it first.") from error
    except OSError as error:
        lock.release()
        raise StateError(f"DATA_DIR: {data_dir} cannot be written ({error.strerror or error}).") from error
    try:
        yield
    finally:
        lock.release()


def mend(data_dir: Path) -> None:
    """Undo what a killed restore left half done, unless somebody serves or restores at this moment.

    Raises:
        StateError: DATA_DIR cannot be written.
    """
    if (data_dir / renames.JOURNAL).exists():
        with suppress(ServingAlready), serving(data_dir):
            pass
