"""A folder of files to articles and named problems."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import FolderError, UnreadableFile
from corpus.readers import READERS
from corpus.readers.decoding import decode_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.models import Article


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that was skipped, and the reason in words."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What a folder holds: readable articles and the files that were skipped, both in the order of their paths."""

    articles: tuple[Article, ...]
    problems: tuple[Problem, ...]


def scan(folder: Path) -> Scan:
    """Read every article below `folder`; hidden files and endings without a reader are passed over.

    Raises:
        FolderError: there is no such folder, or it may not be listed.
    """
    articles: list[Article] = []
    problems: list[Problem] = []
    first_with_text: dict[str, str] = {}
    for file in _files(folder, problems):
        path = file.relative_to(folder).as_posix()
        try:
            article = READERS[file.suffix.lower()](path, decode_file(file, path))
        except UnreadableFile as error:
            problems.append(Problem(error.path, error.reason))
            continue
        twin = first_with_text.setdefault(article.content_digest, path)
        if twin == path:
            articles.append(article)
        else:
            problems.append(Problem(path, f"has the same text as {twin}; one of the two is enough"))
    return Scan(tuple(articles), tuple(problems))


def _is_encodable(name: str) -> bool:
    # A name that is not UTF-8 could be neither stored nor shown.
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _files(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    """Yield the files that have a reader, sorted by path so that every run sees them in the same order."""
    try:
        folder.stat()
    except FileNotFoundError as error:
        raise FolderError(f"ARTICLES_DIR: there is no folder {folder}") from error
    except OSError as error:
        raise FolderError(f"ARTICLES_DIR: {folder} cannot be reached ({error.strerror})") from error
    if not folder.is_dir():
        raise FolderError(f"ARTICLES_DIR: {folder} is a file, not a folder")

    def unlisted(error: OSError) -> None:
        place = Path(error.filename)
        if place == folder:
            raise FolderError(f"ARTICLES_DIR: {folder} may not be listed ({error.strerror})") from error
        problems.append(Problem(place.relative_to(folder).as_posix(), f"cannot be listed ({error.strerror})"))

    found = []
    for parent, folders, names in os.walk(folder, onerror=unlisted):
        folders[:] = [name for name in folders if not name.startswith(".") and _is_encodable(name)]
        for name in names:
            file = Path(parent, name)
            if not _is_encodable(name):
                readable = file.relative_to(folder).as_posix().encode("utf-8", "backslashreplace").decode()
                problems.append(Problem(readable, "has a name that is not UTF-8; rename it"))
            elif not name.startswith(".") and file.suffix.lower() in READERS:
                found.append(file)
    yield from sorted(found, key=lambda file: file.relative_to(folder).parts)
