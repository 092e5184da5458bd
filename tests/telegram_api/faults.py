"""What goes wrong on the way to Telegram: the faults a test can order, and flood control."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.telegram_api.rules import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

POLLING_CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


def too_many_requests(retry_after: int) -> Refusal:
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


class Fault:
    """Something that happens to a call instead of its answer."""


@dataclass(frozen=True)
class TooManyRequests(Fault):
    """Refused with 429; nothing happens."""

    retry_after: int = 1


@dataclass(frozen=True)
class Conflict(Fault):
    """Refused with 409, as when a second copy of the bot is polling."""


@dataclass(frozen=True)
class ServerError(Fault):
    """Refused by a gateway in front of Telegram, with a page of HTML instead of JSON; nothing happens."""

    status: int = 502


@dataclass(frozen=True)
class Hang(Fault):
    """No answer for a while, then the usual one. A caller who has left by then has caused nothing.

    With `effect_first` the call takes effect at once and only its answer is late, so a caller who gives up and tries
    again does the thing twice.
    """

    seconds: float
    effect_first: bool = False


@dataclass(frozen=True)
class DropBefore(Fault):
    """The connection breaks before Telegram has read the call; nothing happens."""


@dataclass(frozen=True)
class DropAfter(Fault):
    """The call takes effect and the connection breaks before the answer: the caller cannot know."""


@dataclass(frozen=True)
class FloodLimits:
    """How much a bot may send and edit: `burst` calls in any `window` seconds.

    Telegram publishes 1 message a second in a chat, "short bursts" allowed, 20 a minute in a group and about 30 a
    second in all. The size of a burst is not published: here 20 calls in 20 seconds, which is 1 a second on average.
    """

    private_burst: int = 20
    private_window: float = 20.0
    group_burst: int = 20
    group_window: float = 60.0
    overall_burst: int = 30
    overall_window: float = 1.0


class FloodControl:
    """Counts what a bot sends, chat by chat, in sliding windows. A refused call is not counted."""

    def __init__(self, limits: FloodLimits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._overall: deque[float] = deque()
        self._by_chat: dict[int, deque[float]] = {}

    def admit(self, chat_id: int, *, private: bool) -> None:
        """Count one call to a chat, or refuse it."""
        limits, now = self._limits, self._clock()
        in_chat = self._by_chat.setdefault(chat_id, deque())
        burst, window = (
            (limits.private_burst, limits.private_window) if private else (limits.group_burst, limits.group_window)
        )
        wait = max(
            _wait(in_chat, burst, window, now),
            _wait(self._overall, limits.overall_burst, limits.overall_window, now),
        )
        if wait > 0:
            raise too_many_requests(max(1, math.ceil(wait)))
        in_chat.append(now)
        self._overall.append(now)


def _wait(sent: deque[float], burst: int, window: float, now: float) -> float:
    """Seconds until one more call fits into the window."""
    while sent and sent[0] <= now - window:
        sent.popleft()
    return 0.0 if len(sent) < burst else sent[len(sent) - burst] + window - now
