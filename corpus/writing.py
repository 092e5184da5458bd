"""Articles to files of the folder, and files out of it and back: nothing is ever overwritten or half written."""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from contextlib import suppress
from io import BytesIO
from itertools import count
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, BinaryIO

import yaml

from corpus.errors import FolderError
from corpus.models import BlockKind
from corpus.reading import leads_out

if TYPE_CHECKING:
    from corpus.models import Article

SLUG_LENGTH = 60


def as_file(article: Article) -> str:
    """Return the article as a .txt file: front matter, then each paragraph and heading in a line of its own.

    Read back it has the same title, origin and paragraphs, white space within a paragraph aside; furniture is left out.
    """
    fields = {
        "title": article.title,
        "source": article.source,
        "author": article.author,
        "published": article.published,
        "url": article.url,
        "language": article.language if article.language != "en" else None,
    }
    known = {name: value for name, value in fields.items() if value is not None}
    front = yaml.safe_dump(known, allow_unicode=True, sort_keys=False, width=float("inf"))
    lines = [
        " ".join(article.text[block.start : block.end].split())
        for block in article.blocks
        if block.kind is not BlockKind.FURNITURE
    ]
    return f"---\n{front}---\n\n" + "\n\n".join(lines) + "\n"


def file_name(article: Article) -> str:
    """Return the name of a new file for an article, such as 2024-05-31-title-words.txt."""
    day = f"{article.published:%Y-%m-%d}-" if article.published else ""
    return f"{day}{slug(article.title)}.txt"


def slug(words: str) -> str:
    """Return words as at most 60 small ASCII letters, digits and dashes; "article" if none are left."""
    folded = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    if len(found) > SLUG_LENGTH:
        found = found[:SLUG_LENGTH].rpartition("-")[0] or found[:SLUG_LENGTH]
    return found or "article"


def save(folder: Path, name: str, data: bytes) -> str:
    """Write a new file below `folder` and return its path there: `name` made safe, with -2, -3 … where it is taken.

    Of the folders in `name` only the last is kept, and made if need be.

    Raises:
        FolderError: it cannot be written.
    """
    *folders, last = PurePosixPath(name).parts or ("",)
    inner = [slug(part) for part in folders[-1:] if part not in {"/", ".", ".."}]
    ending = re.sub(r"[^a-z0-9.]", "", PurePosixPath(last).suffix.lower())
    return _place(folder, "/".join([*inner, f"{slug(PurePosixPath(last).stem)}{ending}"]), BytesIO(data))


def move(folder: Path, path: str, to: Path) -> str:
    """Move a file of one folder into another, which may lie on another disk, and return its path there.

    The path stays what it was, with -2, -3 … where it is taken; moving it back is the same call the other way round.

    Raises:
        FolderError: there is no such file in `folder`, or it cannot be moved.
    """
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts:
        raise FolderError(f"{path} does not lie in {folder}")
    file = folder / pure
    if leads_out(file, os.path.realpath(folder)):
        raise FolderError(f"{path} does not lie in {folder}")
    try:
        with file.open("rb") as stream:
            to.mkdir(parents=True, exist_ok=True)
            moved = _place(to, pure.as_posix(), stream)
        try:
            shutil.copystat(file, to / moved)
            file.unlink()
        except OSError:
            (to / moved).unlink()
            raise
    except FileNotFoundError as error:
        raise FolderError(f"there is no file {path} in {folder}") from error
    except OSError as error:
        raise FolderError(f"{path} cannot be moved to {to} ({error.strerror or error})") from error
    return moved


def _place(folder: Path, path: str, stream: BinaryIO) -> str:
    """Copy a stream to a path, or the next free one, in one step that shows either the whole file or none."""
    target = folder / path
    try:
        if not folder.is_dir():
            raise FolderError(f"there is no folder {folder}")
        if leads_out(target.parent, os.path.realpath(folder)):
            raise FolderError(f"{path} does not lie in {folder}")
        target.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=target.parent, prefix=".", suffix=".part") as hidden:
            shutil.copyfileobj(stream, hidden)
            hidden.flush()
            Path(hidden.name).chmod(0o644)
            os.fsync(hidden.fileno())
            for number in count(1):
                free = target if number == 1 else target.with_name(f"{target.stem}-{number}{target.suffix}")
                with suppress(FileExistsError):
                    os.link(hidden.name, free)  # unlike a rename it never replaces what another process just wrote
                    break
        _sync(target.parent)
    except OSError as error:
        raise FolderError(f"{folder} cannot be written to ({error.strerror or error})") from error
    return free.relative_to(folder).as_posix()


def _sync(folder: Path) -> None:
    """Write the folder's own entry to disk where the system has such a thing."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
