"""Files read in order, so that the system has them at hand: of a cold index a question reads hundreds of pages."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PIECE = 1 << 20

SHARE = 0.5
"""Of the memory that is free, that files may take; what is more would drive itself out again."""


def read_ahead(folder: Path, give_way: Callable[[], None] = lambda: None) -> int:
    """Read the files below a folder, the largest last, and return how many bytes that were.

    `give_way` is called before each piece. Files that are gone are passed over, and none is read that does not fit into
    half of the free memory.
    """
    files = sorted((file.stat().st_size, file) for file in folder.rglob("*") if file.is_file())
    room, total = int(psutil.virtual_memory().available * SHARE), 0
    for size, file in files:
        if total + size > room:
            break
        total += read_in_order(file, give_way)
    return total


def read_in_order(file: Path, give_way: Callable[[], None] = lambda: None) -> int:
    """Read a file from front to end and return how many bytes that were; what cannot be read is left."""
    total = 0
    with suppress(OSError), file.open("rb", buffering=0) as stream:
        give_way()
        while piece := stream.read(PIECE):
            total += len(piece)
            give_way()
    return total
