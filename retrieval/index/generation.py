"""A generation: catalog, vectors and lexical index of one state of the articles, immutable once published."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Self

from retrieval.errors import IndexBroken, ServerUnreachable
from retrieval.index.catalog import Catalog
from retrieval.index.filter import ScopeFilter
from retrieval.index.lexical import LexicalIndex
from retrieval.index.parts import CATALOG, LEXICAL, MANIFEST, VECTORS
from retrieval.index.vectors import VectorIndex
from retrieval.models import Calibration

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.index.vector_server import VectorServer

MENDING = "a reload builds a new one"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was made of, when and how."""

    number: int
    built_at: str
    """ISO 8601 with the offset of UTC."""
    articles_dir: str
    model: str
    chunker: str
    analyser: str
    schema: str
    articles: int
    passages: int
    calibration: Calibration
    """What its answers' confidence means and where they begin."""
    readers: str = ""
    replaced: int = 0
    """Passages that were taken out of the vectors since these were last made from nothing; each leaves a hole there."""
    collection: str | None = None
    """The name of the vectors on a Chroma server; None where they lie in the generation's own folder."""
    failed: dict[str, str] = field(default_factory=dict)
    """Skipped files: path -> reason."""

    def write(self, folder: Path) -> None:
        """Write the manifest into a generation's folder."""
        (folder / MANIFEST).write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return the manifest of a generation's folder.

        Raises:
            IndexBroken: there is none, or it is not ours.
        """
        try:
            fields = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            return cls(**fields | {"calibration": Calibration(**fields["calibration"])})
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise IndexBroken(f"{folder / MANIFEST} is missing or damaged; {MENDING}.") from error


@dataclass(frozen=True, slots=True)
class Generation:
    """The open parts of a generation."""

    manifest: Manifest
    catalog: Catalog
    vectors: VectorIndex
    lexical: LexicalIndex
    filter: ScopeFilter

    @classmethod
    def open(cls, folder: Path, server: VectorServer | None = None, *, is_probed: bool = False) -> Self:
        """Return the generation in `folder`, its vectors on the server if that is where they are, ready to be searched.

        One that was probed and has not changed since is not counted through again, which takes a second at 50,000.

        Raises:
            IndexBroken: a part is missing, damaged, or holds another number of passages than the manifest says.
            ServerUnreachable: the vectors are on a server that does not answer.
        """
        manifest = Manifest.read(folder)
        if manifest.collection and server is None:
            raise IndexBroken(f"The vectors of {folder} are on a Chroma server; set CHROMA_URL, or {MENDING}.")
        catalog = vectors = None
        try:
            catalog = Catalog.open(folder / CATALOG)
            lexical = LexicalIndex.open(folder / LEXICAL)
            remote = server.open(manifest.collection) if server and manifest.collection else None
            vectors = remote or VectorIndex.open(folder / VECTORS)
            counts = {manifest.passages}
            if not is_probed or remote:
                counts |= {catalog.count_passages(), lexical.count(), vectors.count()}
        except ServerUnreachable:
            _close(catalog, vectors)
            raise
        except Exception as error:  # Chroma and tantivy have no common base of errors
            _close(catalog, vectors)
            raise IndexBroken(f"{folder} is damaged ({type(error).__name__}); {MENDING}.") from error
        if counts != {manifest.passages}:
            _close(catalog, vectors)
            raise IndexBroken(f"{folder}: its parts disagree on the number of passages; {MENDING}.")
        return cls(manifest, catalog, vectors, lexical, ScopeFilter(catalog))

    def close(self) -> None:
        """Let go of files and memory; nothing may be searching."""
        _close(self.catalog, self.vectors)


def _close(catalog: Catalog | None, vectors: VectorIndex | None) -> None:
    if catalog:
        catalog.close()
    if vectors:
        vectors.close()
