"""A step of a benchmark in a process of its own, so that its memory is that step's alone."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def in_child(step: Callable[..., dict[str, Any]], *arguments: object) -> dict[str, Any]:
    """Run a step in a fresh interpreter, which takes nothing over from this one, and return its figures."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(step, *arguments).result()
