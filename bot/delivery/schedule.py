"""Whose turn it is to send: Telegram's limits in sliding windows, answers before progress, one chat after another.

Times are given to every method, so nothing here waits or reads a clock.
"""

from __future__ import annotations

from bisect import insort
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Waiter = TypeVar("Waiter")
Chat = int | str

IN_CHAT = 3, 3.0
"""Calls and seconds. Telegram allows one a second "with short bursts": two quick questions are answered at once."""
IN_GROUP = 20, 60.0
OVERALL = 30, 1.0
"""What Telegram takes of all chats together."""
PACE = 3, 0.06
"""Faster than what is allowed in a second, but never all of that at once: what a crash meets on its way is repeated."""

NEVER = float("-inf")


class Window:
    """A number of calls in any span of so many seconds."""

    def __init__(self, most: int, seconds: float) -> None:
        self._seconds = seconds
        self._times: deque[float] = deque(maxlen=most)

    def free_at(self) -> float:
        """Return when one more call fits, which may be long ago."""
        full = len(self._times) == self._times.maxlen
        return self._times[0] + self._seconds if full else NEVER

    def empty_at(self) -> float:
        """Return when no call counts any more."""
        return self._times[-1] + self._seconds if self._times else NEVER

    def take(self, now: float) -> None:
        """Count a call."""
        self._times.append(now)

    def move(self, then: float, now: float) -> None:
        """Count a call at a later time than it was counted at; one that counts no more is left."""
        if then in self._times:
            self._times.remove(then)
            insort(self._times, now)


@dataclass(slots=True)
class _Line(Generic[Waiter]):
    """Who waits to send to one chat."""

    windows: tuple[Window, ...]
    answers: deque[Waiter] = field(default_factory=deque)
    progress: deque[Waiter] = field(default_factory=deque)
    paused_until: float = NEVER

    def free_at(self) -> float:
        return max(self.paused_until, *(window.free_at() for window in self.windows))

    def empty_at(self) -> float:
        return max(self.paused_until, *(window.empty_at() for window in self.windows))


class Schedule(Generic[Waiter]):
    """The lines of all chats."""

    def __init__(self) -> None:
        self._overall = Window(*OVERALL), Window(*PACE)
        self._lines: dict[Chat, _Line[Waiter]] = {}
        self._waiting: OrderedDict[Chat, _Line[Waiter]] = OrderedDict()
        self._looked_at = NEVER

    def add(self, chat: Chat, waiter: Waiter, *, progress: bool = False) -> None:
        """Let somebody stand in line for a chat."""
        line = self._line(chat)
        (line.progress if progress else line.answers).append(waiter)
        self._waiting.setdefault(chat, line)

    def leave(self, chat: Chat, waiter: Waiter) -> None:
        """Let somebody go who does not want to send any more."""
        line = self._waiting.get(chat)
        if line is None:
            return
        for queue in (line.answers, line.progress):
            if waiter in queue:
                queue.remove(waiter)
        self._settle(chat, line)

    def pause(self, chat: Chat, until: float) -> None:
        """Let nobody send to a chat before then."""
        line = self._line(chat)
        line.paused_until = max(line.paused_until, until)

    def take(self, now: float) -> Waiter | None:
        """Return who may send now, or None; the call counts from now."""
        if self._overall_free_at() > now:
            return None
        for of_answers in (True, False):
            for chat, line in self._waiting.items():
                queue = line.answers if of_answers else line.progress
                if queue and line.free_at() <= now:
                    waiter = queue.popleft()
                    self._count(line, now)
                    self._waiting.move_to_end(chat)
                    self._settle(chat, line)
                    return waiter
        return None

    def next_at(self) -> float | None:
        """Return when somebody may send next, or None if nobody waits."""
        if not self._waiting:
            return None
        return max(self._overall_free_at(), min(line.free_at() for line in self._waiting.values()))

    @property
    def is_busy(self) -> bool:
        """Whether somebody waits."""
        return bool(self._waiting)

    def _overall_free_at(self) -> float:
        return max(window.free_at() for window in self._overall)

    def _count(self, line: _Line[Waiter], now: float) -> None:
        for window in (*self._overall, *line.windows):
            window.take(now)
        if now - self._looked_at > IN_GROUP[1]:
            self._looked_at = now
            for chat in [chat for chat, one in self._lines.items() if one.empty_at() < now]:
                if chat not in self._waiting:
                    del self._lines[chat]

    def _line(self, chat: Chat) -> _Line[Waiter]:
        if chat not in self._lines:
            # Groups and channels have negative ids; a channel may also be given by its name.
            private = isinstance(chat, int) and chat > 0
            windows = (Window(*IN_CHAT),) if private else (Window(*IN_CHAT), Window(*IN_GROUP))
            self._lines[chat] = _Line(windows)
        return self._lines[chat]

    def _settle(self, chat: Chat, line: _Line[Waiter]) -> None:
        if not line.answers and not line.progress:
            self._waiting.pop(chat, None)
