"""DATA_DIR: where generations lie, which one serves, and who may build the next."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from retrieval.errors import DataError, IndexBroken, ReloadRunning

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path


class GenerationStore:
    """The folder DATA_DIR."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._generations = data_dir / "generations"
        self._current = data_dir / "CURRENT"

    @property
    def models(self) -> Path:
        """Where the prepared embedding model is kept."""
        return self.data_dir / "models"

    @property
    def embeddings(self) -> Path:
        """Where the cache of vectors is kept."""
        return self.data_dir / "embeddings.db"

    @property
    def calibration(self) -> Path:
        """Where the calibration of the next generations is kept, if one was made here."""
        return self.data_dir / "calibration.json"

    def prepare(self) -> None:
        """Make the folder if it is missing and make sure that it can be written.

        Raises:
            DataError: it cannot.
        """
        try:
            self._generations.mkdir(parents=True, exist_ok=True)
            probe = self.data_dir / ".writable"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise DataError(f"DATA_DIR: {self.data_dir} cannot be written ({error.strerror or error}).") from error

    def current(self) -> int | None:
        """Return the number of the serving generation, or None before the first.

        Raises:
            DataError: CURRENT cannot be read.
            IndexBroken: CURRENT does not name a generation.
        """
        try:
            name = self._current.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            name = "?"
        except OSError as error:
            raise DataError(f"DATA_DIR: {self._current} cannot be read ({error}).") from error
        if not name.isdecimal() or not self.folder(int(name)).is_dir():
            raise IndexBroken(f"{self._current} names no generation; a reload builds a new one.")
        return int(name)

    def folder(self, number: int) -> Path:
        """Return where a generation lies."""
        return self._generations / str(number)

    def numbers(self) -> list[int]:
        """Return the numbers of all published generations, oldest first."""
        if not self._generations.is_dir():
            return []
        return sorted(int(folder.name) for folder in self._generations.iterdir() if folder.name.isdecimal())

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Hold the lock of the only writer and give a fresh folder for the next generation's parts.

        The lock is the operating system's, so a killed process leaves none behind; what it left half built is removed.

        Raises:
            ReloadRunning: another process, or another reload of this one, holds the lock.
            DataError: the disk is full, or the folder cannot be written.
        """
        lock = FileLock(self.data_dir / "lock", timeout=0)
        try:
            with lock:
                building = self._generations / "building"
                shutil.rmtree(building, ignore_errors=True)
                building.mkdir(parents=True)
                try:
                    yield building
                finally:
                    shutil.rmtree(building, ignore_errors=True)
        except Timeout as error:
            raise ReloadRunning("A reload is running already; this one was not started.") from error
        except OSError as error:
            raise DataError(f"DATA_DIR: {self.data_dir} cannot be written ({error.strerror or error}).") from error

    def next_number(self) -> int:
        """Return a number that no generation has had."""
        return max(self.numbers(), default=0) + 1

    def publish(self, building: Path, number: int) -> None:
        """Let the generation in `building` serve: one rename, then one replacement of CURRENT."""
        building.replace(self.folder(number))
        self._point_to(number)

    def _point_to(self, number: int) -> None:
        written = self._current.with_suffix(".new")
        with written.open("w", encoding="utf-8") as file:
            file.write(f"{number}\n")
            file.flush()
            os.fsync(file.fileno())
        written.replace(self._current)

    def collect(self, in_use: Collection[int] = ()) -> None:
        """Delete all generations but the serving one, the one before it, and those in use.

        A generation newer than the serving one was left by a reload that was killed just before it could serve.
        """
        serving = self.current()
        if serving is None:
            return
        numbers = self.numbers()
        before = [number for number in numbers if number < serving]
        for number in set(numbers) - {serving, *before[-1:], *in_use}:
            shutil.rmtree(self.folder(number), ignore_errors=True)
