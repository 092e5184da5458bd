from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.delivery import health
from bot.delivery.health import SILENCE
from bot.pulse import Pulse

NOW = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)


def test_a_bot_that_has_not_heard_telegram_yet_is_not_well() -> None:
    seen = health.of(Pulse(), NOW)

    assert not seen.is_well
    assert seen.to_json() == {
        "status": "unavailable",
        "reason": "Telegram has not answered yet.",
        "last_heard": None,
    }


def test_a_bot_that_heard_telegram_lately_is_well() -> None:
    seen = health.of(Pulse(last_poll=NOW - SILENCE + timedelta(seconds=1)), NOW)

    assert seen.is_well
    assert seen.to_json() == {"status": "ok", "last_heard": "2024-05-06T07:05:10+00:00"}


def test_silence_is_told_in_minutes() -> None:
    assert health.of(Pulse(last_poll=NOW - SILENCE), NOW).reason == "Telegram has not answered for 3 minutes."
    assert not health.of(Pulse(last_poll=NOW - timedelta(days=1)), NOW).is_well


def test_a_webhook_that_telegram_cannot_reach_is_not_well_until_it_is_reached() -> None:
    pulse = Pulse(last_poll=NOW, trouble="Connection refused")

    assert health.of(pulse, NOW).reason == "Telegram cannot reach the webhook: Connection refused"
    pulse.beat()
    assert health.of(pulse).is_well
