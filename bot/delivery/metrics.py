"""What Prometheus is told: counts and times of this process, and what is stored. No label names a person or a chat."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from retrieval.models import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prometheus_client import Metric

    from bot.pulse import Pulse

ANSWER_SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30)
ENGINE_SECONDS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2, 5)


@dataclass(frozen=True, slots=True)
class Stored:
    """What is counted where it is, at the moment somebody asks; None where there is nothing to count."""

    waiting: int
    reloads: Mapping[str, int] = field(default_factory=dict)
    generation: int | None = None
    articles: int | None = None
    passages: int | None = None
    memory: int | None = None
    """Bytes of all processes."""


class Metrics:
    """The metrics of one bot, in a registry of its own; every method says what happened."""

    def __init__(self, pulse: Pulse) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._questions = Counter(
            "footnote_questions", "Questions by what became of them.", ["outcome"], registry=self._registry
        )
        self._engine_seconds = Histogram(
            "footnote_engine_seconds", "Looking up one question.", buckets=ENGINE_SECONDS, registry=self._registry
        )
        self._answer_seconds = Histogram(
            "footnote_answer_seconds", "From an update to the send of its answer that Telegram accepted.",
            buckets=ANSWER_SECONDS, registry=self._registry,
        )  # fmt: skip
        self._sends = Counter(
            "footnote_sends", "Calls that people see, by what came of them.", ["method", "result"],
            registry=self._registry,
        )  # fmt: skip
        self._updates = Counter("footnote_updates", "Updates from Telegram.", ["kind"], registry=self._registry)
        Gauge(
            "footnote_last_poll_timestamp_seconds", "When Telegram last answered.", registry=self._registry
        ).set_function(lambda: pulse.last_poll.timestamp() if pulse.last_poll else 0)
        self._stored = _StoredCollector()
        self._registry.register(self._stored)
        for outcome in Outcome:  # from the start, so that the first of a kind is an increase
            self._questions.labels(outcome)

    def asked(self, outcome: str, seconds: float) -> None:
        """Count a question that was looked up, and the seconds that took."""
        self._questions.labels(outcome).inc()
        self._engine_seconds.observe(seconds)

    def answered(self, seconds: float) -> None:
        """Note how long after its update an answer was accepted by Telegram."""
        self._answer_seconds.observe(seconds)

    def sent(self, method: str, result: str) -> None:
        """Count a call such as sendMessage, and what came of it: ok, or the kind of its failure."""
        self._sends.labels(method, result).inc()

    def received(self, kind: str) -> None:
        """Count an update by its kind, such as message or callback_query."""
        self._updates.labels(kind).inc()

    def page(self, stored: Stored) -> bytes:
        """Return all of it in Prometheus' text format."""
        self._stored.now = stored
        return generate_latest(self._registry)


class _StoredCollector(Collector):
    """Hands on what was stored when the page was asked for."""

    def __init__(self) -> None:
        self.now = Stored(0)

    def collect(self) -> Iterator[Metric]:
        """Return the metrics; those of the index only where one serves."""
        now = self.now
        yield GaugeMetricFamily("footnote_inbox_waiting", "Updates that are kept and not answered yet.", now.waiting)
        reloads = CounterMetricFamily("footnote_reloads", "Reloads by outcome, since DATA_DIR is.", labels=["outcome"])
        for outcome, count in now.reloads.items():
            reloads.add_metric([outcome], count)
        yield reloads
        for name, text, value in (
            ("footnote_generation", "The number of the generation that serves.", now.generation),
            ("footnote_articles", "Articles that serve.", now.articles),
            ("footnote_passages", "Passages that serve.", now.passages),
            ("footnote_memory_bytes", "Memory of the bot's process and the engine's.", now.memory),
        ):
            if value is not None:
                yield GaugeMetricFamily(name, text, value)
