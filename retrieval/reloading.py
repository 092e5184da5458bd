"""The next generation: what changed since the serving one, built beside it, probed, and then let serve."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from corpus import chunking, readers
from corpus.errors import CorpusError, FolderError
from corpus.library import scan
from corpus.readers import READERS
from retrieval.errors import DataError, IndexBroken, ReloadStopped, RetrievalError, ServerUnreachable
from retrieval.index import catalog, lexical
from retrieval.index.catalog import Catalog
from retrieval.index.difference import Difference, compare
from retrieval.index.generation import Manifest
from retrieval.index.parts import CATALOG
from retrieval.index.probe import Prober
from retrieval.progress import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from corpus.library import FileRecord, Scan
    from corpus.models import Problem
    from retrieval.index.build import Builder
    from retrieval.index.store import GenerationStore
    from retrieval.progress import Progress
    from retrieval.serving import OpenGenerations

logger = logging.getLogger(__name__)

HOLES = 0.25
"""Share of passages taken out of the vectors from which these are made anew: Chroma's graph never shrinks."""


class Cause(StrEnum):
    """Why all of the index was made anew."""

    FIRST = "first"
    ASKED = "asked"
    FOLDER = "folder"
    """ARTICLES_DIR is another folder than before."""
    MODEL = "model"
    VERSION = "version"
    """This version cuts, analyses or stores articles in another way."""
    CALIBRATION = "calibration"
    SERVER = "server"
    """The vectors move to a Chroma server, or back."""
    CHANGES = "changes"
    """So much has changed that a copy would be worth little."""
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class ReloadReport:
    """What a reload did; `generation` serves now, `published` says whether it is a new one."""

    generation: int
    published: bool
    difference: Difference
    failed: tuple[Problem, ...]
    seconds: float
    rebuilt: Cause | None = None
    """Why all was made anew; None where only what had changed was."""


@dataclass(frozen=True, slots=True)
class _Previous:
    """What serves while the next generation is made."""

    manifest: Manifest
    folder: Path
    digests: dict[str, str]
    files: dict[str, FileRecord]

    def check_tokens(self) -> None:
        """Read what the next generation would share with this one, and this one may share with a damaged one.

        Raises:
            IndexBroken: it is damaged.
        """
        with closing(Catalog.open(self.folder / CATALOG)) as read:
            read.check_tokens()


class Reloader:
    """Makes the next generation of one folder; one run at a time, held by the lock of DATA_DIR."""

    def __init__(self, store: GenerationStore, generations: OpenGenerations, builder: Builder) -> None:
        self._store = store
        self._generations = generations
        self._builder = builder

    def run(self, progress: Progress, *, full: bool) -> ReloadReport:
        """Build and publish the next generation if anything changed, or in any case if `full`.

        Raises:
            RetrievalError, CorpusError: nothing was published; what served before goes on serving.
        """
        started = time.perf_counter()
        with self._store.writing() as building:
            self._collect()  # what was rolled back from must not become the previous generation again
            previous = self._previous()
            cause = self.cause(previous.manifest if previous else self._manifest(), full=full)
            if previous is None and cause is None:
                cause = Cause.DAMAGED
            found = self._scan(previous.files if previous and not cause else {}, progress)
            difference = compare(found, previous.digests if previous else self._digests())
            failed = {problem.path: problem.reason for problem in found.problems}
            published = bool(cause) or not difference.is_empty or previous is None or previous.manifest.failed != failed
            number = self._store.next_number() if published or previous is None else previous.manifest.number
            if published:
                cause = self._build(building, number, found, difference, None if cause else previous, progress) or cause
                self._publish(building, number)
            else:
                self._store.serve(number)  # a rollback is over, and a damaged successor is passed over for good
            self._collect()
        return ReloadReport(
            number, published, difference, found.problems, time.perf_counter() - started, cause if published else None
        )

    def cause(self, manifest: Manifest | None, *, full: bool = False) -> Cause | None:
        """Return why a generation cannot be built upon, or None if it can."""
        builder = self._builder
        if manifest is None:
            return Cause.FIRST if not self._store.numbers() else Cause.DAMAGED
        reasons = {
            Cause.ASKED: full,
            Cause.FOLDER: manifest.articles_dir != str(builder.articles_dir.resolve()),
            Cause.MODEL: manifest.model != builder.model.digest,
            Cause.VERSION: (manifest.readers, manifest.chunker, manifest.analyser, manifest.schema)
            != (readers.VERSION, chunking.VERSION, lexical.VERSION, catalog.VERSION),
            Cause.CALIBRATION: manifest.calibration != builder.calibration,
            Cause.SERVER: bool(manifest.collection) != bool(builder.server),
        }
        return next((cause for cause, holds in reasons.items() if holds), None)

    def _previous(self) -> _Previous | None:
        """Return what serves now, or None where nothing can be opened."""
        try:
            with self._generations.lease() as serving:
                manifest, read = serving.generation.manifest, serving.generation.catalog
                return _Previous(manifest, self._store.folder(manifest.number), read.digests(), read.files())
        except IndexBroken:
            return None

    def _manifest(self) -> Manifest | None:
        """Return what the generation that cannot be opened was made of: perhaps only another version can."""
        try:
            number = self._store.current()
            return None if number is None else Manifest.read(self._store.folder(number))
        except IndexBroken:
            return None

    def _digests(self) -> dict[str, str]:
        """Return the digests of the articles of a generation that cannot be opened, where its catalog still tells."""
        try:
            number = self._store.current()
            with closing(Catalog.open(self._store.folder(number or 0) / CATALOG)) as read:
                return read.digests()
        except (IndexBroken, sqlite3.Error):
            return {}

    def _scan(self, known: Mapping[str, FileRecord], progress: Progress) -> Scan:
        articles_dir = self._builder.articles_dir
        found = scan(articles_dir, known, lambda done, total: progress(Stage.READING, done, total))
        if not (found.articles or found.kept):
            raise FolderError(_nothing_to_read(articles_dir, found))
        if not articles_dir.is_dir():  # a disk that went away while it was read must not wipe what serves either
            raise FolderError(f"ARTICLES_DIR: {articles_dir} vanished while it was read")
        return found

    def _build(
        self,
        building: Path,
        number: int,
        found: Scan,
        difference: Difference,
        previous: _Previous | None,
        progress: Progress,
    ) -> Cause | None:
        """Write and probe the next generation; return why it was made anew although there is a previous one."""
        cause = None
        if previous and not _is_worth_copying(previous, difference):
            cause = Cause.CHANGES
        elif previous:
            try:
                with closing(self._prober()) as prober:
                    if set(self._generations.broken) & set(self._store.numbers()):
                        previous.check_tokens()
                    self._builder.update(building, number, found, previous.folder, difference, progress)
                    progress(Stage.CHECKING, 0, 1)
                    prober.check(building)
            except (ReloadStopped, ServerUnreachable):
                raise
            except Exception as error:  # noqa: BLE001 - whatever a damaged part makes Chroma, tantivy or SQLite say
                logger.warning("The index could not be changed and is made anew: %s", error)
                shutil.rmtree(building)
                building.mkdir()
                cause = Cause.DAMAGED
            else:
                return None
        if found.kept:
            found = self._scan({}, progress)
        try:
            with closing(self._prober()) as prober:
                self._builder.build(building, number, found, progress)
                progress(Stage.CHECKING, 0, 1)
                prober.check(building)
        except (RetrievalError, CorpusError):
            raise
        except Exception as error:  # they have no common base for "no space left on device"
            folder = self._store.data_dir
            raise DataError(
                f"DATA_DIR: the next index could not be written to {folder} ({error}); is the disk full?"
            ) from error
        return cause

    def _prober(self) -> Prober:
        return Prober(self._builder.server)

    def _publish(self, building: Path, number: int) -> None:
        self._store.place(building, number)
        self._generations.adopt(number, self._store.serve)

    def _collect(self) -> None:
        """Delete the generations, and their vectors on the server, that nobody will ask again."""
        try:
            kept = self._store.collect(self._generations.in_use, self._generations.broken)
        except IndexBroken:
            return
        server, prefix = self._builder.server, self._builder.collections
        if server is None:
            return
        names = {f"{prefix}{number}" for number in kept}
        try:
            for name in server.names():
                if name.startswith(prefix) and name not in names:
                    server.remove(name)
        except ServerUnreachable as error:
            logger.warning("Old vectors stay on the server until the next reload: %s", error)


def _is_worth_copying(previous: _Previous, difference: Difference) -> bool:
    """Whether few enough passages are taken out; how many an article has is not known before it is read."""
    manifest = previous.manifest
    share = (len(difference.changed) + len(difference.removed)) / max(1, manifest.articles)
    return manifest.replaced / max(1, manifest.passages) + share <= HOLES


def _nothing_to_read(articles_dir: Path, found: Scan) -> str:
    if found.problems:
        listed = "; ".join(f"{problem.path} {problem.reason}" for problem in found.problems[:3])
        return f"ARTICLES_DIR: no file in {articles_dir} could be read: {listed}"
    endings = ", ".join(sorted(READERS))
    return f"ARTICLES_DIR: {articles_dir} holds no articles ({endings} files)"
