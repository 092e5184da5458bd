"""A .zip of articles: each member goes to the reader of its own ending, under the path "archive.zip/member.md"."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from corpus import readers
from corpus.errors import UnreadableFile
from corpus.loading import MAX_BYTES, check_size
from corpus.models import Contents, Problem
from corpus.readers.decoding import is_storable
from corpus.readers.zipped import open_zip, unpack

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

    from corpus.models import Article

_ARCHIVES = frozenset({".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar"})
_LEADS_OUT = re.compile(r"[/\\]|[A-Za-z]:|.*\\|(?:.*/)?\.\.(?:/|$)", re.DOTALL)


def read(path: str, data: bytes) -> Contents:
    """Return everything readable in the archive in the order of its names; each member that is not is a problem.

    Raises:
        UnreadableFile: the archive itself is damaged or too large.
    """
    articles: list[Article] = []
    problems: list[Problem] = []
    left_out: list[str] = []
    seen: set[str] = set()
    with open_zip(path, data) as archive:
        for member in sorted(archive.infolist(), key=lambda member: member.filename):
            try:
                contents = _read_member(archive, member, path, seen)
            except UnreadableFile as error:
                problems.append(Problem(error.path, error.reason))
                continue
            articles += contents.articles
            problems += contents.problems
            left_out += contents.left_out
    return Contents(tuple(articles), tuple(problems), tuple(left_out))


def _read_member(archive: ZipFile, member: ZipInfo, path: str, seen: set[str]) -> Contents:
    name = member.filename
    if not is_storable(name) or not name.isprintable():
        raise UnreadableFile(f"{path}/{ascii(name)[1:-1]}", "has a name that cannot be shown; rename it")
    if _LEADS_OUT.match(name):
        raise UnreadableFile(f"{path}/{name}", "has a name that leads out of the archive")
    parts = PurePosixPath(name).parts
    ending = readers.ending_of(name)
    if member.is_dir() or "__MACOSX" in parts or any(part.startswith(".") for part in parts):
        return Contents(())
    if ending in _ARCHIVES:
        raise UnreadableFile(f"{path}/{name}", "is an archive within an archive; unpack it first")
    if ending not in readers.READERS:
        return Contents(())
    inner = f"{path}/{PurePosixPath(*parts)}"
    if inner in seen:
        raise UnreadableFile(inner, "stands in the archive twice; the first is read")
    seen.add(inner)
    check_size(inner, member.file_size, MAX_BYTES)
    return readers.read(inner, unpack(archive, member, inner))
