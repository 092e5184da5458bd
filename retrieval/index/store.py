"""DATA_DIR: where generations lie, which one serves, and who may build the next."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from retrieval.errors import DataError, IndexBroken, NoPrevious, ReloadRunning
from retrieval.index.parts import MANIFEST
from retrieval.index.probe import is_as_noted, note_sizes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path


class GenerationStore:
    """The folder DATA_DIR."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._generations = data_dir / "generations"
        self._current = data_dir / "CURRENT"
        self._pinned = data_dir / "PINNED"

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

    @property
    def collections(self) -> str:
        """How the names of this installation's collections on a Chroma server begin: others may use the same server.

        Raises:
            DataError: it is the first time, and the folder cannot be written.
        """
        file = self.data_dir / "installation"
        try:
            if not file.exists():
                file.write_text(secrets.token_hex(6), encoding="utf-8")
            return f"footnote-{file.read_text(encoding='utf-8').strip()}-"
        except OSError as error:
            raise DataError(f"DATA_DIR: {file} cannot be written ({error.strerror or error}).") from error

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
        """Return the number of the generation that is to serve, or None before the first.

        Raises:
            DataError: CURRENT cannot be read.
            IndexBroken: CURRENT does not name a generation.
        """
        number = self._named()
        if number is not None and not self.folder(number).is_dir():
            raise IndexBroken(f"{self._current} names no generation; a reload builds a new one.")
        return number

    def _named(self) -> int | None:
        try:
            name = self._current.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            name = "?"
        except OSError as error:
            raise DataError(f"DATA_DIR: {self._current} cannot be read ({error}).") from error
        if not name.isdecimal() or len(name) > 18:  # Python and file systems refuse thousands of digits
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

        Raises:
            ReloadRunning: another process, or another reload of this one, holds the lock.
            DataError: the disk is full, or the folder cannot be written.
        """
        with self._locked():
            building = self._generations / "building"
            shutil.rmtree(building, ignore_errors=True)
            building.mkdir(parents=True)
            try:
                yield building
            finally:
                shutil.rmtree(building, ignore_errors=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock; it is the operating system's, so a killed process leaves none behind."""
        try:
            with FileLock(self.data_dir / "lock", timeout=0):
                yield
        except Timeout as error:
            raise ReloadRunning("A reload is running already; try again when it is done.") from error
        except OSError as error:
            raise DataError(f"DATA_DIR: {self.data_dir} cannot be written ({error.strerror or error}).") from error

    def next_number(self) -> int:
        """Return a number that no generation has had, and remember it: only the writer may ask.

        Not even one that was rolled back from and deleted: whoever has that still open would take the new one for it.
        """
        file = self.data_dir / "LAST"
        last = file.read_text(encoding="utf-8", errors="replace").strip() if file.exists() else ""
        number = max([*self.numbers(), int(last) if last.isdecimal() and len(last) < 10 else 0], default=0) + 1
        file.write_text(f"{number}\n", encoding="utf-8")
        return number

    def place(self, building: Path, number: int) -> None:
        """Move a finished generation to where it can be opened; it does not serve yet."""
        note_sizes(building)
        building.replace(self.folder(number))

    def serve(self, number: int) -> None:
        """Let a generation that lies in its place serve: one replacement of CURRENT. A rollback is over."""
        self._point_to(number)
        self._pinned.unlink(missing_ok=True)

    def previous(self) -> int | None:
        """Return the number of the generation before the serving one, or None if there is none that can serve."""
        serving = self._named()
        before = [number for number in self.numbers() if serving is not None and number < serving]
        if serving is None or not before or not is_as_noted(self.folder(before[-1])):
            return None
        # Of another model or another version's tables it could not be asked, whatever it holds.
        return before[-1] if self._made(before[-1]) == self._made(serving) else None

    def _made(self, number: int) -> tuple[str, str] | None:
        try:
            fields = json.loads((self.folder(number) / MANIFEST).read_text(encoding="utf-8"))
            return fields["model"], fields["schema"]
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def roll_back(self) -> int:
        """Let the generation before the serving one serve again, and return its number.

        It is pinned: until somebody asks for a reload, nothing that reloads by itself takes its place.

        Raises:
            ReloadRunning: a reload is running, in this process or another.
            NoPrevious: there is none before it, or it is damaged.
            DataError: DATA_DIR cannot be written.
        """
        with self._locked():
            number = self.previous()
            if number is None:
                raise NoPrevious("There is no earlier state of the articles to return to.")
            self._pinned.touch()
            self._point_to(number)
        return number

    @property
    def is_pinned(self) -> bool:
        """Whether what serves was chosen by a rollback."""
        return self._pinned.exists()

    def _point_to(self, number: int) -> None:
        written = self._current.with_suffix(".new")
        with written.open("w", encoding="utf-8") as file:
            file.write(f"{number}\n")
            file.flush()
            os.fsync(file.fileno())
        written.replace(self._current)

    def collect(self, in_use: Collection[int] = (), broken: Collection[int] = ()) -> set[int]:
        """Delete all generations but the serving one, the one before it, and those in use; return those that are left.

        A generation newer than the serving one was left by a reload that was killed just before it could serve, or by
        a rollback.

        Raises:
            IndexBroken: CURRENT does not say which one serves; nothing was deleted.
        """
        serving = self.current()
        if serving is None:
            return set()
        numbers = self.numbers()
        before = [number for number in numbers if number < serving and number not in broken]
        kept = {serving, *before[-1:], *in_use}
        for number in set(numbers) - kept:
            shutil.rmtree(self.folder(number), ignore_errors=True)
        return kept
