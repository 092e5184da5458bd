"""The update that the running task answers: its number, and how many messages its answer has taken so far."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class Current:
    """One update that stands in the inbox, while its handlers run."""

    update_id: int
    since: float
    """The time of the event loop when its answer began."""
    sends: int = 0
    undelivered: bool = False
    """Whether Telegram could not be reached with something, so the update is to be answered again later."""
    is_open: bool = True
    """A task that outlives its update, such as a reload, sends on its own account."""

    def next_send(self) -> int:
        """Return the number of the send that begins now; a replay makes the same sends in the same order."""
        self.sends += 1
        return self.sends - 1


_current: ContextVar[Current | None] = ContextVar("current", default=None)
_progress: ContextVar[bool] = ContextVar("progress", default=False)


def current() -> Current | None:
    """Return the update that is being answered, or None outside of one."""
    found = _current.get()
    return found if found and found.is_open else None


@contextmanager
def answering(number: int) -> Iterator[Current]:
    """Answer the update of this number for as long as the block runs."""
    now = Current(number, asyncio.get_running_loop().time())
    token = _current.set(now)
    try:
        yield now
    finally:
        now.is_open = False
        _current.reset(token)


@contextmanager
def progress() -> Iterator[None]:
    """Let what is sent or edited in the block wait for every answer: it only tells how far something has come."""
    token = _progress.set(True)
    try:
        yield
    finally:
        _progress.reset(token)


def is_progress() -> bool:
    """Return whether what is sent now is only progress."""
    return _progress.get()
