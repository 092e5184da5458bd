"""Which passages a span of time or a source leaves, and the nearest of them.

Chroma filters fifty times slower than it searches. So the catalog says which passages are left, and where these are
few, their vectors are compared one by one.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from retrieval.index.catalog import Catalog
    from retrieval.query.models import Scope

UNDATED = 0
_ROWS = 4096


class ScopeFilter:
    """The days, sources and vectors of all passages, read from the catalog when first needed: 0.4 KB a passage."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._columns: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]] | None = None
        self._sources: dict[str, int] = {}
        self._vectors: NDArray[np.int8] | None = None

    def load(self) -> None:
        """Read what is needed, which takes a second at 100,000 passages: the first scope would hold up all others."""
        self._loaded()
        self._loaded_vectors()

    def keys_within(self, scope: Scope) -> NDArray[np.int64]:
        """Return the keys of the passages whose article is within the scope, ascending."""
        keys, days, sources = self._loaded()
        within = np.ones(len(keys), dtype=bool)
        if scope.source is not None:
            within &= sources == self._sources.get(scope.source, -1)
        if scope.since is not None or scope.until is not None:
            within &= days != UNDATED
        if scope.since is not None:
            within &= days >= scope.since.toordinal()
        if scope.until is not None:
            within &= days <= scope.until.toordinal()
        return np.asarray(keys[within])

    def nearest(self, question: NDArray[np.float32], keys: NDArray[np.int64], limit: int) -> list[int]:
        """Return which of the passages with these keys are nearest to the question, nearest first."""
        places = np.searchsorted(self._loaded()[0], keys)
        cosines = np.empty(len(places), dtype=np.float32)
        vectors = self._loaded_vectors()
        for start in range(0, len(places), _ROWS):
            rows = vectors[places[start : start + _ROWS]].astype(np.float32)
            cosines[start : start + _ROWS] = rows @ question / np.maximum(np.linalg.norm(rows, axis=1), 1e-9)
        best = np.argsort(-cosines.round(5), kind="stable")[:limit]
        return [int(key) for key in keys[best]]

    def _loaded(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
        with self._lock:
            if self._columns is None:
                rows = self._catalog.origins()
                for _, _, source in rows:
                    if source is not None:
                        self._sources.setdefault(source, len(self._sources))
                self._columns = (
                    np.array([key for key, _, _ in rows], dtype=np.int64),
                    np.array([_ordinal(day) for _, day, _ in rows], dtype=np.int32),
                    np.array([self._sources[source] if source else -2 for _, _, source in rows], dtype=np.int32),
                )
            return self._columns

    def _loaded_vectors(self) -> NDArray[np.int8]:
        with self._lock:
            if self._vectors is None:
                self._vectors = self._catalog.passage_vectors()
            return self._vectors


def _ordinal(day: date | None) -> int:
    return day.toordinal() if day else UNDATED
