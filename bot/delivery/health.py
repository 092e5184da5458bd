"""Whether the bot hears Telegram."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.pulse import Pulse

SILENCE = timedelta(minutes=3)
"""A poll is answered within half a minute, a webhook is looked at every minute: longer means that something broke."""


@dataclass(frozen=True, slots=True)
class Health:
    """Whether all is well, why not, and since when Telegram was not heard."""

    reason: str | None
    last_heard: datetime | None

    @property
    def is_well(self) -> bool:
        """Return whether the bot hears Telegram."""
        return self.reason is None

    def to_json(self) -> dict[str, str | None]:
        """Return the body of /healthz."""
        heard = self.last_heard.isoformat(timespec="seconds") if self.last_heard else None
        verdict = {"status": "ok"} if self.reason is None else {"status": "unavailable", "reason": self.reason}
        return verdict | {"last_heard": heard}


def of(pulse: Pulse, now: datetime | None = None) -> Health:
    """Return how the bot is."""
    now = now or datetime.now(UTC)
    reason = None
    if pulse.trouble is not None:
        reason = f"Telegram cannot reach the webhook: {pulse.trouble}"
    elif pulse.last_poll is None:
        reason = "Telegram has not answered yet."
    elif now - pulse.last_poll >= SILENCE:
        reason = f"Telegram has not answered for {(now - pulse.last_poll) // timedelta(minutes=1)} minutes."
    return Health(reason, pulse.last_poll)
