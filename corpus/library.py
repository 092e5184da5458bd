"""A folder of files to articles and named problems; what has not changed since the last scan is not read again."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus.errors import UnavailableFile, UnreadableFile
from corpus.listing import list_files
from corpus.models import Contents, Problem
from corpus.reading import FileReader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from corpus.listing import Listed
    from corpus.loading import Stamp
    from corpus.models import Article

RACY_NANOSECONDS = 2_000_000_000
"""A file changed so shortly before a scan may change again without another time stamp: file systems tick that slowly.
Git calls such a file racily clean and reads it again, as does the next scan."""

_UNCHANGED: Mapping[str, FileRecord] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ArticleMark:
    """What must be known of an article to see that it is the same, and whether another has the same text."""

    path: str
    digest: str
    content: str


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What one file held when it was last read; without a stamp it is read again whatever the file says."""

    path: str
    stamp: Stamp | None
    articles: tuple[ArticleMark, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Scan:
    """What a folder holds, all in the order of paths.

    `articles` were read now, `kept` stand in files that have not changed and were not read; `problems` are those of
    both. `files` is what the next scan is given as known.
    """

    articles: tuple[Article, ...]
    kept: tuple[ArticleMark, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: tuple[FileRecord, ...] = ()


def scan(
    folder: Path,
    known: Mapping[str, FileRecord] = _UNCHANGED,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Scan:
    """Read every file below `folder` but those whose record in `known` (by path) has the stamp they have now.

    `progress` is told files done and files in all, and may raise to stop the scan.

    Raises:
        FolderError: there is no such folder, or it may not be listed.
    """
    began = time.time_ns()
    files, problems = list_files(folder)
    texts = _Texts()
    read: list[Article] = []
    kept: list[ArticleMark] = []
    records: list[FileRecord] = []
    with FileReader(folder) as reader:
        for done, file in enumerate(files, start=1):
            before = known.get(file.path)
            if before is not None and before.stamp is not None and before.stamp == file.stamp:
                marks, twins = texts.first(file.path, before.articles)
                kept += marks
                record = before
            else:
                contents, stamp = _read(reader, folder, file, began)
                articles = {mark_of(article): article for article in contents.articles}
                marks, twins = texts.first(file.path, tuple(articles))
                read += (articles[mark] for mark in marks)
                record = FileRecord(file.path, stamp, marks, contents.problems)
            if twins:
                # Which of two equal texts is first may change by a change in the other file.
                record = replace(record, stamp=None, articles=marks, problems=(*record.problems, *twins))
            records.append(record)
            problems += record.problems
            progress(done, len(files))
    problems.sort(key=lambda problem: problem.path.split("/"))
    return Scan(articles=tuple(read), kept=tuple(kept), problems=tuple(problems), files=tuple(records))


def mark_of(article: Article) -> ArticleMark:
    """Return what a later scan must know of an article."""
    return ArticleMark(article.path, article.digest, article.content_digest)


def _read(reader: FileReader, folder: Path, file: Listed, began: int) -> tuple[Contents, Stamp | None]:
    """Return what a file holds, and the stamp to remember if what it holds is settled."""
    stamp = file.stamp
    if stamp is not None and max(stamp.modified, stamp.changed) > began - RACY_NANOSECONDS:
        stamp = None
    try:
        return reader.read(folder / file.path, file.path), stamp
    except UnreadableFile as error:
        # Another try may find the disk mounted, the permission given, the file at rest.
        settled = None if isinstance(error, UnavailableFile) else stamp
        return Contents((), (Problem(error.path, error.reason),)), settled


class _Texts:
    """The texts seen so far: of two articles with one text the first is taken."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def first(self, file: str, marks: tuple[ArticleMark, ...]) -> tuple[tuple[ArticleMark, ...], tuple[Problem, ...]]:
        """Return the articles of a file that are the first with their text, and one problem for all others."""
        taken: list[ArticleMark] = []
        twins: list[tuple[str, str]] = []
        for mark in marks:
            first = self._first.setdefault(mark.content, mark.path)
            if first == mark.path:
                taken.append(mark)
            else:
                twins.append((mark.path, first))
        if not twins:
            return tuple(taken), ()
        path, first = twins[0]
        if len(twins) == 1:
            return tuple(taken), (Problem(path, f"has the same text as {first}; one of the two is enough"),)
        summary = f"{len(twins):,} of {len(marks):,} articles have the same text as another; the first is {path}, "
        return tuple(taken), (Problem(file, f"{summary}which has the text of {first}"),)
