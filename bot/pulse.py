"""Signs of life of the running bot: since when, when Telegram last answered, and what it last complained of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(slots=True)
class Pulse:
    """Written by whoever talks to Telegram, read by /status, /healthz and /metrics."""

    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    last_poll: datetime | None = None
    trouble: str | None = None
    """Why Telegram cannot bring updates to the webhook, in its words."""

    def beat(self) -> None:
        """Note that Telegram answered just now and had nothing to complain of."""
        self.last_poll = datetime.now(UTC)
        self.trouble = None
