"""A backup put back: verified as a whole before anything is touched, and nothing that was there is deleted."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import sqlite3
import tarfile
import zlib
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from bot import renames
from bot.backup import ARTICLES, FORMAT, LEFT_BY_RESTORE, MANIFEST, MANIFESTS, REMOVED
from bot.errors import BackupError, StateError
from bot.serving import serving
from bot.state.aside import aside, free_name, moves_aside
from bot.state.database import NAME as STATE
from bot.state.database import check
from retrieval.errors import ReloadRunning
from retrieval.index.store import GenerationStore

if TYPE_CHECKING:
    from collections.abc import Iterator

WHY = "before-restore"

RESERVE = 64 * 2**20
"""Bytes that unpacking leaves free: a hostile archive must not fill the disk that others work on."""

MOST_FILES = 1_000_000
"""An archive of more files holds something else than articles."""

LARGEST_MANIFEST = 2**28
"""Bytes; a million files with long names have one of this size."""

LONGEST_READ = 16 * 2**20
"""A file is unpacked in small pieces; only a hostile header asks for this much at once."""


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """How many files of articles there are now, and where lies what was there before."""

    articles: int
    aside: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class _Places:
    """Where a restore works: each folder on the file system of what it will replace."""

    articles: Path
    data: Path
    staged_articles: Path
    staged_data: Path
    aside: Path
    """Where the present articles go."""


def restore(file: Path, articles_dir: Path, data_dir: Path, *, replace: bool) -> RestoreReport:
    """Put a backup's articles, state, removed articles and calibration in place; the next reload builds the index.

    What is there now is set aside under `<name>.before-restore-<time>`; articles only if `replace` is True. Killed at
    any instant, either the old or the new is there, or the next restore or start of the bot puts the old back.

    Raises:
        BackupError: the file is no sound backup, there are articles already, something else works on DATA_DIR, or
            the disk is full.
        DataError: DATA_DIR cannot be written.
    """
    articles, data = articles_dir.resolve(), data_dir.resolve()
    if data.is_relative_to(articles):
        raise BackupError(
            f"DATA_DIR {data} lies in ARTICLES_DIR {articles}, which cannot be replaced; move one of them."
        )
    store = GenerationStore(data)
    store.prepare()
    with _alone(store):
        try:
            articles.mkdir(parents=True, exist_ok=True)
            if _children(articles) and not replace:
                raise BackupError(f"ARTICLES_DIR: {articles} is not empty; --replace sets aside what is in it.")
            with _places(articles, data) as places:
                return _restore(file, places)
        except OSError as error:
            raise _failed(file, data, error) from error


@contextmanager
def _alone(store: GenerationStore) -> Iterator[None]:
    """Keep the bot and all reloads out."""
    try:
        with serving(store.data_dir), store.writing():
            yield
    except StateError as error:
        raise BackupError(str(error)) from error
    except ReloadRunning as error:
        raise BackupError("A reload is running; restore the backup when it is done.") from error


def _failed(file: Path, data: Path, error: OSError) -> BackupError:
    reason = error.strerror or error
    if not (data / renames.JOURNAL).exists():
        return BackupError(f"{file} was not restored ({reason}); everything is as it was.")
    return BackupError(
        f"{file} was not restored ({reason}), and not everything could be put back: what was there is under the names"
        f" that end in {WHY} and the time; mend the cause, and the next start of the bot puts it back."
    )


@contextmanager
def _places(articles: Path, data: Path) -> Iterator[_Places]:
    """Give empty folders to unpack into, removed again at the end; a killed restore's are removed as well."""
    beside, within = articles.with_name(f".{articles.name}.restoring"), articles / LEFT_BY_RESTORE[0]
    staged_data = data / "restoring"
    for left in (beside, within, staged_data):
        shutil.rmtree(left, ignore_errors=True)
    try:
        staged_data.mkdir()
        if _is_one_file_system(beside, articles):
            yield _Places(articles, data, beside, staged_data, aside(articles, WHY))
        else:
            within.mkdir()
            # Hidden, so that it is not read as articles.
            yield _Places(articles, data, within, staged_data, free_name(articles, f".{WHY}"))
    finally:
        for left in (beside, within, staged_data):
            shutil.rmtree(left, ignore_errors=True)


def _is_one_file_system(beside: Path, articles: Path) -> bool:
    """Make `beside` and try whether a file can be renamed from it into the articles: not so into a mounted folder."""
    try:
        beside.mkdir()
        probe = beside / "probe"
        probe.touch()
        probe.rename(articles / LEFT_BY_RESTORE[0]).unlink()
    except OSError:
        return False
    return True


def _restore(file: Path, places: _Places) -> RestoreReport:
    try:
        digests = _unpack(file, places)
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, ValueError, OverflowError) as error:
        raise BackupError(f"{file} is damaged or no backup ({error}); nothing was changed.") from error
    articles = _verify(file, digests, places.staged_data)
    _settle(places.data / STATE)
    replaced = _children(places.articles)
    kept = _kept(places)
    moves = [(child, places.aside / child.name) for child in replaced]
    moves += kept
    moves += [(child, places.articles / child.name) for child in _listed(places.staged_articles / ARTICLES)]
    moves += [(staged, places.data / staged.name) for staged in _staged(places)]
    places.aside.mkdir()
    try:
        renames.carry_out(moves, places.data / renames.JOURNAL)
    finally:
        with suppress(OSError):  # it holds something
            places.aside.rmdir()
    return RestoreReport(articles, tuple(path for path in (places.aside, *(to for _, to in kept)) if path.exists()))


def _unpack(file: Path, places: _Places) -> dict[str, str]:
    """Unpack into the staging folders and return the SHA-256 of every file by its path in the archive."""
    digests: dict[str, str] = {}
    with _Stream(file) as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
        for number, member in enumerate(archive):
            path = PurePosixPath(member.name)
            name = path.as_posix()
            if member.isdir():
                continue
            is_strange = not path.parts or path.is_absolute() or ".." in path.parts or not member.isreg()
            if is_strange or name in digests or number > MOST_FILES:
                raise BackupError(f"{file} is no backup that Footnote made: {name!r} does not belong in one.")
            root = places.staged_articles if path.parts[0] == ARTICLES else places.staged_data
            if member.size > shutil.disk_usage(root).free - RESERVE:
                raise BackupError(f"There is no room on the disk for what {file} holds; nothing was changed.")
            archive.extract(member, root, filter="data")
            with (root / name).open("rb") as unpacked:
                digests[name] = hashlib.file_digest(unpacked, "sha256").hexdigest()
        # The end of the compressed stream holds its checksum; tarfile stops before it.
        stream.read(LONGEST_READ)
    return digests


class _Stream(gzip.GzipFile):
    """A decompressed archive that gives no more at once than an honest one is asked for."""

    def read(self, size: int | None = -1) -> bytes:
        if size is None or not 0 <= size <= LONGEST_READ:
            raise tarfile.ReadError("a header of absurd length")
        return super().read(size)


def _verify(file: Path, digests: dict[str, str], staged: Path) -> int:
    """Return the number of articles of a backup that holds what its manifest says, and a state that can be used."""
    manifest = staged / MANIFEST
    if digests.pop(MANIFEST, None) is None or manifest.stat().st_size > LARGEST_MANIFEST:
        raise BackupError(f"{file} is no backup that Footnote made, or not all of it; nothing was changed.")
    try:
        stored = json.loads(manifest.read_bytes())
        version = stored["format"]
        if version != FORMAT:
            raise BackupError(f"{file} has format {version!r}, this Footnote reads {FORMAT}; restore it with another.")
        found = MANIFESTS.validate_python(stored)
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise BackupError(f"{file} has a manifest that cannot be read; nothing was changed.") from error
    wrong = sorted(name for name, _ in digests.items() ^ found.files.items())
    articles = sum(name.startswith(f"{ARTICLES}/") for name in digests)
    if wrong or articles != found.articles:
        example = f" ({wrong[0]!r} is the first of {len(set(wrong))})" if wrong else ""
        raise BackupError(f"{file} does not hold what its manifest says{example}; nothing was changed.")
    if STATE in digests:
        try:
            check(staged / STATE)
        except StateError as error:
            raise BackupError(f"{file} holds a {STATE} that this Footnote cannot use; update it.") from error
    return articles


def _settle(database: Path) -> None:
    """Bring the write-ahead log into the database, so that it is one file when it is set aside."""
    if not database.exists():
        return
    try:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        # Closing the last connection has deleted the log.
        is_in_use = database.with_name(database.name + "-wal").exists()
    except sqlite3.OperationalError:
        is_in_use = True
    except sqlite3.DatabaseError:
        is_in_use = False  # damaged: it is set aside with its log
    if is_in_use:
        raise BackupError(f"DATA_DIR: {database} is in use by another `footnote`; restore the backup when it is done.")


def _kept(places: _Places) -> list[tuple[Path, Path]]:
    """Return the renames that set aside what DATA_DIR has of what the backup brings."""
    renamed = []
    for staged in _staged(places):
        present = places.data / staged.name
        if staged.name == STATE:
            renamed += moves_aside(present, WHY)
        elif present.exists():
            renamed.append((present, aside(present, WHY)))
    return renamed


def _staged(places: _Places) -> list[Path]:
    names = (STATE, REMOVED, GenerationStore(places.data).calibration.name)
    return [staged for name in names if (staged := places.staged_data / name).exists()]


def _children(articles: Path) -> list[Path]:
    """Return what lies in ARTICLES_DIR but for what an earlier restore set aside there."""
    return [child for child in _listed(articles) if not child.name.startswith(LEFT_BY_RESTORE)]


def _listed(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
