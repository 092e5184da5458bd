"""Signs of life of the running bot: since when, and when Telegram last answered a poll."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(slots=True)
class Pulse:
    """Written by whoever polls, read by /status."""

    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    last_poll: datetime | None = None

    def beat(self) -> None:
        """Note that a poll was answered just now."""
        self.last_poll = datetime.now(UTC)
