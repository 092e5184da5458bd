"""The files of a folder that have a reader, found without opening any."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.errors import FolderError
from corpus.loading import Stamp
from corpus.models import Problem
from corpus.readers import READERS, ending_of
from corpus.reading import leads_out

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Listed:
    """A file by its path below the folder; `stamp` is None where the system would not tell it."""

    path: str
    stamp: Stamp | None

    @property
    def key(self) -> tuple[str, ...]:
        """What files are sorted by, so that every run sees them in the same order."""
        return tuple(self.path.split("/"))


def list_files(folder: Path) -> tuple[list[Listed], list[Problem]]:
    """Return the files that have a reader, in the order of their paths, and what could not be listed.

    Hidden files and folders are passed over, as are endings without a reader. A link to a folder is not followed.

    Raises:
        FolderError: there is no such folder, or it may not be listed.
    """
    _check(folder)
    try:
        with os.scandir(folder):
            pass
    except OSError as error:
        raise FolderError(f"ARTICLES_DIR: {folder} may not be listed ({error.strerror})") from error
    problems: list[Problem] = []
    found = list(_walk(str(folder), "", os.path.realpath(folder), problems))
    return sorted(found, key=lambda listed: listed.key), problems


def _check(folder: Path) -> None:
    try:
        folder.stat()
    except FileNotFoundError as error:
        raise FolderError(f"ARTICLES_DIR: there is no folder {folder}") from error
    except OSError as error:
        raise FolderError(f"ARTICLES_DIR: {folder} cannot be reached ({error.strerror})") from error
    if not folder.is_dir():
        raise FolderError(f"ARTICLES_DIR: {folder} is a file, not a folder")


def _walk(place: str, below: str, root: str, problems: list[Problem]) -> Iterator[Listed]:
    try:
        with os.scandir(place) as listing:
            entries = [entry for entry in listing if not entry.name.startswith(".")]
    except OSError as error:
        problems.append(Problem(below.rstrip("/"), f"cannot be listed ({error.strerror})"))
        return
    for entry in entries:
        path = below + entry.name
        if entry.is_symlink() and entry.is_dir():
            if leads_out(entry.path, root):
                problems.append(Problem(_shown(path), "is a link that leads out of the folder"))
        elif entry.is_dir(follow_symlinks=False):
            if _is_encodable(entry.name):
                yield from _walk(entry.path, f"{path}/", root, problems)
        elif not _is_encodable(entry.name):
            # Such a name could be neither stored nor shown.
            problems.append(Problem(_shown(path), "has a name that is not UTF-8; rename it"))
        elif ending_of(entry.name) in READERS:
            yield Listed(path, _stamp(entry))


def _stamp(entry: os.DirEntry[str]) -> Stamp | None:
    try:
        return Stamp.of(entry.stat())
    except OSError:
        return None


def _is_encodable(name: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _shown(path: str) -> str:
    return path.encode("utf-8", "backslashreplace").decode()
