"""The file state.db: opened, brought up to date, and shared by threads and processes."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from filelock import FileLock

from bot.errors import StateError
from bot.state.aside import moves_aside
from bot.state.migrations import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Result = TypeVar("Result")

logger = logging.getLogger(__name__)

NAME = "state.db"

PATIENCE = 10.0
"""Seconds to wait while another process writes; every write here takes milliseconds."""


class Database:
    """One connection to DATA_DIR/state.db; every async method works in a thread: no handler waits for a disk."""

    def __init__(self, file: Path, connection: sqlite3.Connection) -> None:
        self._file = file
        self._connection = connection
        # Not one of the threads that questions are answered in, which would wait here for each other.
        self._thread = ThreadPoolExecutor(1, "state")
        self._settling = ThreadPoolExecutor(1, "settling")

    @classmethod
    def open(cls, data_dir: Path) -> Self:
        """Return the state of DATA_DIR with all tables, made new if there is none; a damaged one is set aside.

        Raises:
            StateError: the folder or file cannot be written, or a newer Footnote wrote it.
        """
        file = data_dir / NAME
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            # Two processes that find the same damage must not set the new file aside as well.
            with FileLock(data_dir / "state.lock", timeout=PATIENCE):
                try:
                    return cls(file, _connect(file))
                except sqlite3.DatabaseError as error:
                    if not _is_damage(error):
                        raise
                    moves = moves_aside(file, "damaged")
                    for source, target in moves:
                        source.rename(target)
                    logger.warning(
                        "%s is damaged (%s); it is now %s, and a new one was made.", file, error, moves[-1][1]
                    )
                    return cls(file, _connect(file))
        except (OSError, sqlite3.Error) as error:
            raise _unusable(file, error) from error

    def close(self) -> None:
        """Wait for the statement in hand and let go of the file."""
        self._settling.shutdown()
        self._thread.shutdown()
        self._connection.close()

    async def rows(self, statement: str, *values: object) -> list[Any]:
        """Return what one SELECT finds.

        Raises:
            StateError: it cannot be read.
        """
        return await self.change(lambda connection: connection.execute(statement, values).fetchall(), begin="BEGIN")

    async def execute(self, statement: str, *values: object, hasty: bool = False) -> int:
        """Carry out one statement that writes and return how many rows it changed.

        Raises:
            StateError: it cannot be written.
        """
        return await self.change(lambda connection: connection.execute(statement, values).rowcount, hasty=hasty)

    async def change(
        self, work: Callable[[sqlite3.Connection], Result], *, begin: str = "BEGIN IMMEDIATE", hasty: bool = False
    ) -> Result:
        """Return what `work` does in one transaction, which is undone as a whole where it fails.

        What is written `hasty` outlives the process, but not always a power cut.

        Raises:
            StateError: the file cannot be read or written.
        """
        return await self._in(self._thread, lambda: self._change(work, begin, hasty))

    async def settle(self) -> None:
        """Return when all that was written hastily before outlives a power cut as well.

        Others write meanwhile: SQLite keeps them waiting while it waits for a disk, which may take half a second.

        Raises:
            StateError: the disk does not take it.
        """
        await self._in(self._settling, self._settle)

    async def _in(self, thread: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
        try:
            done = asyncio.get_running_loop().run_in_executor(thread, work)
        except RuntimeError as error:  # the thread has ended
            raise StateError(f"DATA_DIR: {self._file} cannot be used (it is closed).") from error
        return await done

    def _settle(self) -> None:
        try:
            with Path(f"{self._file}-wal").open("rb+") as log:
                os.fsync(log.fileno())
        except FileNotFoundError:
            return  # SQLite has moved it into the database, and waited for the disk
        except OSError as error:
            raise _unusable(self._file, error) from error

    def _change(self, work: Callable[[sqlite3.Connection], Result], begin: str, hasty: bool) -> Result:  # noqa: FBT001 - private
        try:
            with _haste(self._connection, hasty), _transaction(self._connection, begin):
                return work(self._connection)
        except sqlite3.Error as error:
            raise _unusable(self._file, error) from error


def check(file: Path) -> None:
    """Make sure that a copy of a state.db can be used in its place.

    Raises:
        StateError: it is damaged, or a newer Footnote wrote it.
    """
    try:
        with closing(sqlite3.connect(file)) as connection:
            _version(connection, file)
    except sqlite3.Error as error:
        raise _unusable(file, error) from error


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        version = _version(connection, file)
        connection.execute("PRAGMA journal_mode = WAL")
        # With NORMAL the last transactions before a power cut are lost. An audit line tells who did what to the
        # articles, and there are few writes: each is worth the wait for the disk.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            _migrate(connection, script, number)
    except BaseException:
        connection.close()
        raise
    return connection


def _version(connection: sqlite3.Connection, file: Path) -> int:
    """Return how many migrations a sound database has had."""
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        damage = sqlite3.DatabaseError(found)
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise StateError(
            f"DATA_DIR: {file} was written by a newer Footnote; update Footnote, or choose another DATA_DIR."
        )
    return int(version)


def _migrate(connection: sqlite3.Connection, script: str, number: int) -> None:
    # `executescript` ends a transaction that was begun before it, so the script brings its own.
    connection.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;")


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk ends the transaction by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _haste(connection: sqlite3.Connection, hasty: bool) -> Iterator[None]:  # noqa: FBT001 - private
    """Do not wait for the disk in the block, if `hasty`."""
    if hasty:
        connection.execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        if hasty:
            connection.execute("PRAGMA synchronous = FULL")


def _is_damage(error: sqlite3.Error) -> bool:
    # The low byte; the others tell more of the same.
    return error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _unusable(file: Path, error: Exception) -> StateError:
    reason = getattr(error, "strerror", None) or error
    return StateError(f"DATA_DIR: {file} cannot be used ({reason}).")
