"""Whose question is computed next: so many at a time, few of one person, and people in turn."""

from __future__ import annotations

import asyncio
import os
from collections import Counter, OrderedDict, deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Fairness:
    """Turns at the processor. A person who asks fifty questions delays nobody who asks one."""

    def __init__(self, most: int | None = None, most_of_one: int = 2) -> None:
        # More of them would not be done sooner, but wait for each other and for Python's lock, and so would messages.
        self._most = most or max(2, os.cpu_count() or 1)
        self._most_of_one = most_of_one
        self._computing: Counter[int | None] = Counter()
        self._waiting: OrderedDict[int | None, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, user: int | None) -> AsyncIterator[None]:
        """Wait for a person's turn and hold it while the block runs; None is whoever has no name."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(user, deque()).append(waiter)
        self._advance()
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._release(user)  # it was given in the same moment
            else:
                self._leave(user, waiter)
            raise
        try:
            yield
        finally:
            self._release(user)

    def _advance(self) -> None:
        while self._computing.total() < self._most:
            user = next((user for user in self._waiting if self._computing[user] < self._most_of_one), False)
            if user is False:
                return
            waiter = self._waiting[user].popleft()
            self._waiting.move_to_end(user)
            self._settle(user)
            if not waiter.done():  # its task is being cancelled
                self._computing[user] += 1
                waiter.set_result(None)

    def _release(self, user: int | None) -> None:
        self._computing[user] -= 1
        if not self._computing[user]:
            del self._computing[user]
        self._advance()

    def _leave(self, user: int | None, waiter: asyncio.Future[None]) -> None:
        if waiter in self._waiting.get(user, ()):
            self._waiting[user].remove(waiter)
            self._settle(user)

    def _settle(self, user: int | None) -> None:
        if not self._waiting[user]:
            del self._waiting[user]
