"""A probe that costs no process: for tests of what a reload does, not of what a damaged index does to its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval.index.probe import examine

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.index.vector_server import VectorServer


class ProberInThisProcess:
    """A probe that crashes with whoever asks."""

    def __init__(self, server: VectorServer | None = None) -> None:
        self._server = server

    def check(self, folder: Path) -> None:
        """Do what `Prober.check` does."""
        examine(folder, self._server)

    def close(self) -> None:
        """There is no process to end."""
