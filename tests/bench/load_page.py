"""What a run under load has shown, and docs/load.md made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tests.bench.machine import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WANTED_P95_S = 1.0
PARTS = 5
"""Equal parts of the run that are shown one by one, so that a slow drift is seen."""

NOTE = """\
A question counts from the moment it is sent to the moment Telegram has accepted its answer: waiting for a poll, being
kept on disk, search, the turn to send and the call itself. Telegram is the tests' strict server with flood control on
(30 calls in any second, more are refused with 429). It runs on the same machine and takes a share of the same cores, as
the last row shows; the real one would not. What bot and engine share of memory counts for each.

What this cannot tell: the way to Telegram over a network, which adds to every answer and is the same at any load; what
Telegram's own limits are, which are not published in full; bursts, for the questions come evenly; and questions in
other languages, or about other articles than these synthetic ones."""


@dataclass(frozen=True, slots=True)
class Asked:
    """When a question was asked, and the seconds until its answer was accepted; None if it never was."""

    at: float
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Sample:
    """The memory of the bot's process and the engine's at one moment."""

    at: float
    mb: float


@dataclass(frozen=True, slots=True)
class Figures:
    """One run."""

    rate: float
    chats: int
    asked: Sequence[Asked]
    doubled: int
    refused: int
    """Calls that flood control refused."""
    other_refusals: int
    samples: Sequence[Sample]
    peak_mb: float
    bot_cores: float
    server_cores: float

    @property
    def answered(self) -> list[float]:
        """The seconds that each answer took."""
        return _seconds(self.asked)

    @property
    def lost(self) -> int:
        """How many questions had no answer a minute after the last."""
        return len(self.asked) - len(self.answered)

    def mb_at(self, share: float) -> float:
        """Return the memory after this share of the run."""
        return self.samples[round(share * (len(self.samples) - 1))].mb


def page(figures: Figures) -> str:
    """Return docs/load.md."""
    asked, spent = figures.asked, asked_for_seconds(figures)
    p50, p95, p99 = (float(np.percentile(figures.answered or [np.nan], share)) for share in (50, 95, 99))
    rows = {
        "questions": f"{len(asked):,}",
        "delivered": f"{len(figures.answered):,}",
        "lost": f"{figures.lost:,}",
        "doubled": f"{figures.doubled:,}",
        "refused with 429": f"{figures.refused:,}",
        "refused otherwise": f"{figures.other_refusals:,}",
        "p50": f"{p50:.2f} s",
        "p95": f"{p95:.2f} s",
        "p99": f"{p99:.2f} s",
        "longest": f"{max(figures.answered, default=np.nan):.2f} s",
        "memory of bot and engine: start, middle, end": " · ".join(
            f"{figures.mb_at(at):,.0f} MB" for at in (0, 0.5, 1)
        ),
        "memory of bot and engine: peak": f"{figures.peak_mb:,.0f} MB",
        "processor: bot and engine": f"{figures.bot_cores:.2f} cores",
        "processor: server and people": f"{figures.server_cores:.2f} cores",
    }
    within = "within" if p95 <= WANTED_P95_S else "above"
    return "\n".join(
        [
            "# Many people at once",
            "",
            f"Written by `make bench-load` on {datetime.now(UTC):%Y-%m-%d}. {in_words()}",
            "",
            f"{figures.chats:,} chats, {figures.rate:g} questions a second for {spent:,.0f} seconds. The 95th"
            f" percentile is {within} the one second that is wanted.",
            "",
            "| figure | value |",
            "|---|---:|",
            *(f"| {name} | {value} |" for name, value in rows.items()),
            "",
            *_drift(figures),
            "",
            NOTE,
            "",
        ]
    )


def asked_for_seconds(figures: Figures) -> float:
    """Return how long questions were asked."""
    return len(figures.asked) / figures.rate


def _drift(figures: Figures) -> Iterable[str]:
    """Return a table of the parts of the run, a line each."""
    began, seconds = figures.asked[0].at, asked_for_seconds(figures)
    yield from ("| seconds | p50 | p95 | longest | memory |", "|---|---:|---:|---:|---:|")
    for start, end in pairwise(np.linspace(0, seconds, PARTS + 1)):
        took = _seconds([asked for asked in figures.asked if start <= asked.at - began < end]) or [np.nan]
        mb = np.mean([sample.mb for sample in figures.samples if start <= sample.at - began < end] or [np.nan])
        p50, p95 = np.percentile(took, [50, 95])
        yield f"| {start:.0f}–{end:.0f} | {p50:.2f} s | {p95:.2f} s | {max(took):.2f} s | {mb:,.0f} MB |"


def _seconds(asked: Iterable[Asked]) -> list[float]:
    return [one.seconds for one in asked if one.seconds is not None]
