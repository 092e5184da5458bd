"""A circuit breaker (Nygard, "Release It!", 2007) whose trial calls nobody waits for.

Libraries let the next caller be the trial. Here that caller is a person, so the breaker only says when a probe is due.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval.errors import LanguageModelError, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from retrieval.llm.models import BreakerState

FAILURES = 3
"""In a row, until it opens."""

SHORTEST = 30.0
LONGEST = 300.0
"""Seconds of rest; each probe that fails doubles them."""


class Breaker:
    """Counts failures in a row and says when the endpoint may be asked."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures = 0
        self._rest = SHORTEST
        self._until = 0.0
        self.state: BreakerState = "closed"

    def take_probe(self) -> bool:
        """Return whether a probe is due; whoever is told so makes it and says how it ended."""
        if self.state != "open" or self._clock() < self._until:
            return False
        self.state = "half-open"
        return True

    def succeeded(self) -> None:
        """Note a call that ended well."""
        # A late answer to a call from before it opened says less than the probe will.
        if self.state == "closed":
            self._failures = 0

    def failed(self, error: LanguageModelError) -> None:
        """Note a call that failed."""
        if self.state != "closed":
            return
        self._failures += 1
        rest = _asked_for(error)
        if rest is not None or self._failures >= FAILURES:
            self._open(rest or SHORTEST)

    def probe_succeeded(self) -> None:
        """Let calls through again."""
        self._failures = 0
        self.state = "closed"

    def probe_failed(self, error: LanguageModelError) -> None:
        """Rest again, twice as long unless the endpoint said how long."""
        self._open(_asked_for(error) or max(2 * self._rest, SHORTEST))

    def _open(self, rest: float) -> None:
        self._rest = min(rest, LONGEST)
        self._until = self._clock() + self._rest
        self.state = "open"


def _asked_for(error: LanguageModelError) -> float | None:
    """Return the seconds of rest that follow from the error itself."""
    return LONGEST if isinstance(error, Refused) and error.is_lasting else error.retry_after
