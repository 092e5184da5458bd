"""What cannot be made again, in one file: the articles, state.db, what was removed, and the calibration.

The file is a .tar.gz that `tar xzf` unpacks anywhere: `articles/`, `removed/`, `state.db`, `calibration.json`, and last
`manifest.json` with the SHA-256 of each of them. The index, the cache and the model are made anew by a reload.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import tarfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING

from pydantic import TypeAdapter

from bot.errors import BackupError, StateError
from bot.state.database import NAME as STATE
from bot.state.database import check
from corpus.models import Problem
from retrieval.index.store import GenerationStore

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMAT = 1
"""Raise it when an older Footnote could not restore what a newer one wrote."""

MANIFEST, ARTICLES, REMOVED = "manifest.json", "articles", "removed"

LEFT_BY_RESTORE = (".restoring", ".before-restore-")
"""How the folders begin that a restore makes within ARTICLES_DIR where it cannot make them beside it."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: the SHA-256 of each file by its path in the archive."""

    format: int
    made: datetime
    articles: int
    files: dict[str, str]


MANIFESTS = TypeAdapter(Manifest)


@dataclass(frozen=True, slots=True)
class BackupReport:
    """How many files of ARTICLES_DIR are in a backup, how large it is, and what was left out."""

    articles: int
    bytes: int
    skipped: tuple[Problem, ...]


def backup(articles_dir: Path, data_dir: Path, file: Path) -> BackupReport:
    """Write a backup to a new file; questions, reloads and admins may go on meanwhile.

    Links, empty folders and files that cannot be read are left out; the report names links and unreadable files.

    Raises:
        BackupError: the file exists or cannot be written, or the state or the articles cannot be read.
    """
    if not articles_dir.is_dir():
        raise BackupError(f"ARTICLES_DIR: there is no folder {articles_dir}; nothing was backed up.")
    if file.resolve().is_relative_to(articles_dir.resolve()):
        raise BackupError(f"{file} lies in ARTICLES_DIR; choose another place for the backup.")
    if os.path.lexists(file):
        raise BackupError(f"{file} exists already; choose another name.")
    try:
        # Beside the target, so that the last step is a rename; removed again if anything fails.
        with TemporaryDirectory(prefix=".footnote-backup-", dir=file.parent) as folder:
            report = _write(articles_dir, data_dir, Path(folder))
            Path(folder, "backup").rename(file)
    except (OSError, tarfile.TarError, sqlite3.Error) as error:
        raise BackupError(f"The backup {file} was not made ({getattr(error, 'strerror', None) or error}).") from error
    return report


def _write(articles_dir: Path, data_dir: Path, folder: Path) -> BackupReport:
    skipped: list[Problem] = []
    digests: dict[str, str] = {}
    with (folder / "backup").open("wb") as raw:
        with tarfile.open(fileobj=raw, mode="w:gz", format=tarfile.PAX_FORMAT, compresslevel=6) as archive:
            for file, name in _contents(articles_dir, data_dir, folder, skipped):
                if digest := _add(archive, file, name, skipped):
                    digests[name] = digest
            articles = sum(name.startswith(f"{ARTICLES}/") for name in digests)
            manifest = folder / MANIFEST
            manifest.write_bytes(MANIFESTS.dump_json(Manifest(FORMAT, datetime.now(UTC), articles, digests), indent=1))
            _add(archive, manifest, MANIFEST, skipped)
        raw.flush()
        os.fsync(raw.fileno())
        return BackupReport(articles, raw.tell(), tuple(skipped))


def _contents(articles_dir: Path, data_dir: Path, folder: Path, skipped: list[Problem]) -> Iterator[tuple[Path, str]]:
    """Yield what goes into a backup, each file with its name in it."""
    if (data_dir / STATE).exists():
        yield _snapshot(data_dir / STATE, folder / STATE), STATE
    calibration = GenerationStore(data_dir).calibration
    if calibration.is_file():
        yield calibration, calibration.name
    yield from _files(articles_dir, ARTICLES, skipped, without=data_dir)
    yield from _files(data_dir / REMOVED, REMOVED, skipped, without=data_dir)


def _snapshot(database: Path, copy: Path) -> Path:
    """Return a copy of the database as it was at one moment, in one file, whoever writes to it meanwhile."""
    with closing(sqlite3.connect(database, timeout=30)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")  # else whoever opens the copy needs to write beside it
    try:
        check(copy)
    except StateError as error:
        raise BackupError(
            f"DATA_DIR: {database} is damaged or was written by a newer Footnote; start Footnote, which says more."
        ) from error
    return copy


def _files(folder: Path, prefix: str, skipped: list[Problem], without: Path) -> Iterator[tuple[Path, str]]:
    """Yield every file below a folder with its name in the archive; DATA_DIR may lie within ARTICLES_DIR."""

    def name_of(file: Path) -> str:
        return f"{prefix}/{file.relative_to(folder).as_posix()}"

    def unlisted(error: OSError) -> None:
        if Path(error.filename) == folder and prefix == ARTICLES:
            raise error
        if not isinstance(error, FileNotFoundError):
            skipped.append(_problem(name_of(Path(error.filename)), f"cannot be listed ({error.strerror})"))

    for parent, folders, names in os.walk(folder, onerror=unlisted):
        place = Path(parent)
        links = [name for name in folders if (place / name).is_symlink()]
        folders[:] = sorted(
            name
            for name in folders
            if name not in links and (place / name).resolve() != without.resolve()
            if not (place == folder and name.startswith(LEFT_BY_RESTORE))
        )
        for file in sorted(place / name for name in (*names, *links)):
            if file.is_symlink():
                skipped.append(_problem(name_of(file), "is a link"))
            elif any("\ud800" <= character <= "\udfff" for character in file.name):
                skipped.append(_problem(name_of(file), "has a name that is not UTF-8; rename it"))
            else:
                yield file, name_of(file)


def _problem(name: str, reason: str) -> Problem:
    return Problem(name.encode("utf-8", "backslashreplace").decode(), reason)


def _add(archive: tarfile.TarFile, file: Path, name: str, skipped: list[Problem]) -> str | None:
    """Add a file and return the SHA-256 of what was added; None if it cannot be read or is gone by now."""
    try:
        # Not blocking: a named pipe among the articles would wait for a writer for ever.
        handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        skipped.append(Problem(name, f"cannot be read ({error.strerror})"))
        return None
    with os.fdopen(handle, "rb") as content:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            skipped.append(Problem(name, "is no ordinary file"))
            return None
        # Without owner and rights: the names of this machine's users are of no use elsewhere.
        member = tarfile.TarInfo(name)
        member.size, member.mtime = found.st_size, int(found.st_mtime)
        reader = _Digesting(content)
        archive.addfile(member, reader)
        return reader.digest.hexdigest()


class _Digesting:
    """Reads a file and digests what was read: the digest of what is in the archive, not of what is there later."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        read = self._file.read(size)
        self.digest.update(read)
        return read
