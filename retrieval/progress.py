"""How far a reload is: what it is doing, how much of it is done, how much there is."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Stage(StrEnum):
    """What a reload does, in this order."""

    READING = "reading"
    """Counted in files."""
    EMBEDDING = "embedding"
    """Counted in passages."""
    WRITING = "writing"
    """The parts that are made of all passages; not counted."""
    CHECKING = "checking"
    """Not counted."""


Progress = Callable[[Stage, int, int], None]
"""Told the stage, what is done and what there is to do; what it raises stops the reload."""


def ignore(_stage: Stage, _done: int, _total: int) -> None:
    """Tell nobody."""
