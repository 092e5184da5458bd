from __future__ import annotations

from datetime import UTC, datetime

import prometheus_client
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.delivery.metrics import Metrics, Stored
from bot.pulse import Pulse

Sample = tuple[str, tuple[tuple[str, str], ...]]


@pytest.fixture
def pulse() -> Pulse:
    return Pulse()


@pytest.fixture
def metrics(pulse: Pulse) -> Metrics:
    return Metrics(pulse)


def samples(metrics: Metrics, stored: Stored | None = None) -> dict[Sample, float]:
    """What a scraper reads."""
    page = metrics.page(stored or Stored(waiting=0)).decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def test_questions_are_counted_by_what_became_of_them(metrics: Metrics) -> None:
    metrics.asked("answer", 0.02)
    metrics.asked("answer", 0.04)
    metrics.asked("none", 0.01)

    seen = samples(metrics)
    assert seen["footnote_questions_total", (("outcome", "answer"),)] == 2
    assert seen["footnote_questions_total", (("outcome", "closest"),)] == 0
    assert seen["footnote_questions_total", (("outcome", "none"),)] == 1
    assert seen["footnote_engine_seconds_count", ()] == 3
    assert seen["footnote_engine_seconds_sum", ()] == pytest.approx(0.07)


def test_the_time_to_an_answer_has_a_bucket_for_the_second_it_may_take(metrics: Metrics) -> None:
    for seconds in (0.2, 0.9, 1.1):
        metrics.answered(seconds)

    assert samples(metrics)["footnote_answer_seconds_bucket", (("le", "1.0"),)] == 2


def test_sends_and_updates_are_counted(metrics: Metrics) -> None:
    metrics.sent("sendMessage", "ok")
    metrics.sent("sendMessage", "TimedOut")
    metrics.received("message")

    seen = samples(metrics)
    assert seen["footnote_sends_total", (("method", "sendMessage"), ("result", "ok"))] == 1
    assert seen["footnote_sends_total", (("method", "sendMessage"), ("result", "TimedOut"))] == 1
    assert seen["footnote_updates_total", (("kind", "message"),)] == 1


def test_what_is_stored_is_shown_as_it_is_now(metrics: Metrics) -> None:
    seen = samples(metrics, Stored(3, {"done": 4, "failed": 0}, generation=7, articles=12, passages=80, memory=5))

    assert seen["footnote_inbox_waiting", ()] == 3
    assert seen["footnote_reloads_total", (("outcome", "done"),)] == 4
    assert seen["footnote_reloads_total", (("outcome", "failed"),)] == 0
    assert seen["footnote_generation", ()] == 7
    assert seen["footnote_articles", ()] == 12
    assert seen["footnote_passages", ()] == 80
    assert seen["footnote_memory_bytes", ()] == 5


def test_without_an_index_nothing_is_claimed_of_it(metrics: Metrics) -> None:
    assert ("footnote_generation", ()) not in samples(metrics)


def test_the_last_poll_is_a_time(metrics: Metrics, pulse: Pulse) -> None:
    assert samples(metrics)["footnote_last_poll_timestamp_seconds", ()] == 0
    pulse.last_poll = datetime(2024, 5, 6, tzinfo=UTC)
    assert samples(metrics)["footnote_last_poll_timestamp_seconds", ()] == pulse.last_poll.timestamp()


def test_the_process_is_measured(metrics: Metrics) -> None:
    assert samples(metrics)["process_resident_memory_bytes", ()] > 0


def test_two_bots_in_one_process_do_not_count_each_other(metrics: Metrics) -> None:
    other = Metrics(Pulse())
    metrics.received("message")

    assert ("footnote_updates_total", (("kind", "message"),)) not in samples(other)
    assert b"footnote" not in prometheus_client.generate_latest()
