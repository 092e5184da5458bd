"""The page about a run under load, from figures given here."""

from __future__ import annotations

from tests.bench.load_page import Asked, Figures, Sample, page


def run(*seconds: float | None, doubled: int = 0) -> Figures:
    """A run of a question every second."""
    return Figures(
        rate=1,
        chats=2,
        asked=[Asked(float(at), took) for at, took in enumerate(seconds)],
        doubled=doubled,
        refused=0,
        other_refusals=0,
        samples=[Sample(float(at), 500.0 + at) for at in range(len(seconds))],
        peak_mb=600.0,
        bot_cores=1.25,
        server_cores=0.5,
    )


def row(written: str, name: str) -> str:
    return next(line.split("|")[2].strip() for line in written.splitlines() if line.startswith(f"| {name} |"))


def test_a_question_without_an_answer_is_lost_and_not_a_quick_one() -> None:
    written = page(run(*[0.5] * 9, None, doubled=1))
    assert [row(written, name) for name in ("questions", "delivered", "lost", "doubled", "p50")] == [
        "10", "9", "1", "1", "0.50 s",
    ]  # fmt: skip


def test_it_says_whether_the_wanted_second_was_kept() -> None:
    assert "is within the one second" in page(run(*[0.9] * 10))
    assert "is above the one second" in page(run(*[1.1] * 10))


def test_a_slow_drift_is_seen_part_by_part() -> None:
    written = page(run(*[0.1] * 8, 2.0, 2.0))
    parts = [line for line in written.splitlines() if line.startswith(("| 0–2", "| 8–10"))]
    assert parts == ["| 0–2 | 0.10 s | 0.10 s | 0.10 s | 500 MB |", "| 8–10 | 2.00 s | 2.00 s | 2.00 s | 508 MB |"]
