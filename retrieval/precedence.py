"""Questions go before a reload: it pauses between two pieces of work while one is being answered."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Piece = TypeVar("Piece")

LONGEST = 0.05
"""Seconds a piece of work waits at most: a question takes half of it, and a reload has to end in busy hours too."""

TURN = 0.0005
"""Seconds after which a thread that runs Python lets another one."""


class Precedence:
    """Knows whether a question is being answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._questions = 0
        self._nobody_asks = threading.Event()
        self._nobody_asks.set()

    @contextmanager
    def question(self) -> Iterator[None]:
        """Go first for as long as the block runs."""
        with self._lock:
            self._questions += 1
            self._nobody_asks.clear()
        try:
            yield
        finally:
            with self._lock:
                self._questions -= 1
                if not self._questions:
                    self._nobody_asks.set()

    @contextmanager
    def work(self) -> Iterator[None]:
        """Let threads take turns ten times as often for as long as the block runs.

        A question asks for Python's lock some thirty times, and would wait for its turn, five milliseconds, each time.
        """
        usual = sys.getswitchinterval()
        sys.setswitchinterval(TURN)
        try:
            yield
        finally:
            sys.setswitchinterval(usual)

    def give_way(self) -> None:
        """Wait while a question is being answered."""
        self._nobody_asks.wait(LONGEST)

    def between(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        """Yield pieces of work, giving way before each."""
        for piece in pieces:
            self.give_way()
            yield piece
