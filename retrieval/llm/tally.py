"""What the calls of a process came to."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

import numpy as np

from retrieval.llm.models import Figures, Spread, Tokens

if TYPE_CHECKING:
    from retrieval.errors import LanguageModelError
    from retrieval.llm.models import BreakerState

REMEMBERED = 200


class Tally:
    """Counts calls, failures and tokens, and remembers the times of the last ones."""

    def __init__(self) -> None:
        self._calls = 0
        self._failures: Counter[str] = Counter()
        self._tokens = Tokens()
        self._first_token: deque[float] = deque(maxlen=REMEMBERED)
        self._total: deque[float] = deque(maxlen=REMEMBERED)

    def began(self) -> None:
        """Count a call."""
        self._calls += 1

    def spoke(self, seconds: float) -> None:
        """Note how long a first piece took."""
        self._first_token.append(seconds)

    def ended(self, seconds: float) -> None:
        """Note how long a call took that ended well."""
        self._total.append(seconds)

    def failed(self, error: LanguageModelError) -> None:
        """Count a failure by its kind."""
        self._failures[type(error).__name__] += 1

    def spent(self, tokens: Tokens) -> None:
        """Add what a call took, however it ended."""
        self._tokens += tokens

    def figures(self, breaker: BreakerState) -> Figures:
        """Return all of it; the breaker's state comes from elsewhere."""
        return Figures(
            self._calls,
            dict(self._failures),
            self._tokens,
            _spread(self._first_token),
            _spread(self._total),
            breaker,
        )


def _spread(seconds: deque[float]) -> Spread:
    if not seconds:
        return Spread(None, None)
    p50, p95 = np.percentile(seconds, [50, 95])
    return Spread(float(p50), float(p95))
