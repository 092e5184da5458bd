"""How much memory the bot takes, in all of its processes."""

from __future__ import annotations

from contextlib import suppress

import psutil


def memory() -> int:
    """Return the bytes that this process and those it started hold; what they share counts for each."""
    here = psutil.Process()
    held = 0
    for process in (here, *here.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):  # one that reads a file, or probes an index
            held += process.memory_info().rss
    return held
