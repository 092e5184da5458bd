"""The values of the language model's package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

BreakerState = Literal["closed", "open", "half-open"]

BYTES_A_TOKEN = 4
"""Of UTF-8, for prose: English has about four letters a token, Cyrillic two to three of two bytes each."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The longest waits in seconds, and how many tokens a completion may have."""

    connect: float = 3.0
    first_token: float = 10.0
    """From the request to the first piece of text."""
    between: float = 5.0
    """From each piece to the next."""
    total: float = 25.0
    """For all together, with what the endpoint asks to be waited for."""
    tokens: int = 700


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a completion took: the endpoint's own count where it tells one, else estimated from the length of the texts.

    Many endpoints tell it with the last piece only, so what failed or was abandoned half-way is mostly estimated. A
    request that was not taken (refused, busy, not connected) took none.
    """

    prompt: int = 0
    completion: int = 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.prompt + self.completion

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(self.prompt + other.prompt, self.completion + other.completion)


@dataclass(frozen=True, slots=True)
class Spread:
    """The median and the 95th percentile, in seconds; None where nothing was measured yet."""

    p50: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened since the process's start; probes do not count."""

    calls: int
    """Completions that were asked for of the endpoint; those that the breaker held back are not among them."""
    failures: Mapping[str, int]
    """By the names of the errors' classes, the held back ones among them as Resting."""
    tokens: Tokens
    first_token: Spread
    """From the first iteration to the first piece, over the last 200 calls that had one."""
    total: Spread
    """From the first iteration to the end, over the last 200 calls that ended well."""
    breaker: BreakerState


def estimated_tokens(size: int) -> int:
    """Return about how many tokens prose of so many bytes has."""
    return -(-size // BYTES_A_TOKEN)
