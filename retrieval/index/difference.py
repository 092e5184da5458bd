"""How the articles differ from those of the serving generation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from corpus.library import Scan


@dataclass(frozen=True, slots=True)
class Difference:
    """What a reload found, by path."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int

    @property
    def is_empty(self) -> bool:
        """Whether the articles are those of the previous generation."""
        return not (self.added or self.changed or self.removed)


def compare(found: Scan, previous: Mapping[str, str]) -> Difference:
    """Return how the articles differ from the digests of the previous generation (path -> digest)."""
    present = {article.path: article.digest for article in found.articles}
    present |= {mark.path: mark.digest for mark in found.kept}
    return Difference(
        added=tuple(sorted(path for path in present if path not in previous)),
        changed=tuple(sorted(path for path, digest in present.items() if previous.get(path, digest) != digest)),
        removed=tuple(sorted(path for path in previous if path not in present)),
        unchanged=sum(previous.get(path) == digest for path, digest in present.items()),
    )
