"""What a reload costs, and what it costs those who ask meanwhile: `python -m tests.bench.reload` writes docs/reload.md.

With --keep DIR the articles, the index and the cache of vectors stay there, and the next run begins where this one was.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console

from retrieval.engine import Engine
from retrieval.errors import IndexBroken
from tests.bench import corpus
from tests.bench.machine import disk_bytes, in_words, memory_mb, peak_memory_mb

if TYPE_CHECKING:
    from collections.abc import Sequence

OUT = Path(__file__).parents[2] / "docs" / "reload.md"
ARTICLES = 10_000
IDLE = 120
"""Questions asked while nothing else runs."""

EVERY = 0.5
"""Seconds between two questions, idle or not: at another pace the system would keep another part of the files."""

QUESTIONS = 300


async def measure(articles_dir: Path, data_dir: Path, *, embed: bool) -> dict[str, Any]:
    """Return the figures, in the order they were taken."""
    articles = list(corpus.articles(3_000))
    asked = [question.text for question in corpus.questions(articles, QUESTIONS)]
    with closing(Engine(articles_dir, data_dir)) as engine:
        first = await engine.reload()
        figures: dict[str, Any] = {
            "articles": (status := await engine.status()).manifest.articles,
            "passages": status.manifest.passages,
            "first_reload_s": first.seconds,
        }
        figures["unchanged_s"] = await _median(engine, lambda: None)
        changed = sorted(articles_dir.glob("*.md"))[ARTICLES // 20]  # noqa: ASYNC240 - nobody waits for this loop
        text = changed.read_text(encoding="utf-8")
        await asyncio.sleep(2.1)  # a file that was changed less than two seconds ago is read again
        figures["one_changed_s"] = await _median(engine, lambda: _append(changed))
        newest = data_dir / "generations" / str((await engine.status()).manifest.number)
        figures["one_changed_own_mb"] = _own_bytes(newest) / 1e6
        figures["rollback_s"] = await _timed(engine.roll_back)
        changed.write_text(text, encoding="utf-8")
        figures |= _percentiles("idle", await _paced(engine, asked[:IDLE]))
        figures |= await _during(engine, asked, "full")
        if embed:
            (data_dir / "embeddings.db").unlink()
            figures |= await _during(engine, asked, "embedding")
        figures["memory_mb"] = memory_mb()
        figures["peak_mb"] = peak_memory_mb()
    figures["command_unchanged_s"] = _command(articles_dir, data_dir, "reload")
    figures["command_rollback_s"] = _command(articles_dir, data_dir, "rollback")
    generations = list((data_dir / "generations").iterdir())
    figures["generation_mb"] = sum(map(disk_bytes, generations)) / 1e6 / len(generations)
    return figures


async def _timed(work: Any) -> float:  # noqa: ANN401 - any coroutine function
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def _median(engine: Engine, change: Any) -> float:  # noqa: ANN401 - any function
    seconds = []
    for _ in range(3):
        change()
        seconds.append(await _timed(engine.reload))
    return float(np.median(seconds))


def _own_bytes(generation: Path) -> int:
    """Return how many bytes its files hold that no other generation has too."""
    found = [file.stat() for file in generation.rglob("*") if file.is_file()]
    return sum(of_file.st_size for of_file in found if of_file.st_nlink == 1)


def _append(file: Path) -> None:
    with file.open("a", encoding="utf-8") as stream:
        stream.write(f"\n\nThe harbour master of Quorvia counted {time.time_ns()} gulls that morning.\n")


async def _paced(engine: Engine, questions: Sequence[str]) -> list[float]:
    milliseconds = []
    for question in questions:
        milliseconds.append(1000 * await _timed(lambda question=question: engine.ask(question)))
        await asyncio.sleep(EVERY - milliseconds[-1] / 1000)
    return milliseconds


async def _during(engine: Engine, questions: Sequence[str], name: str) -> dict[str, Any]:
    """Ask every half second while everything is rebuilt; what is late does not hold up the next question."""
    reload = asyncio.create_task(engine.reload(full=True))
    began, milliseconds, failed, asking = time.perf_counter(), [], 0, set()

    async def ask(question: str) -> None:
        nonlocal failed
        try:
            milliseconds.append(1000 * await _timed(lambda: engine.ask(question)))
        except IndexBroken:
            failed += 1

    number = 0
    while not reload.done():
        asking.add(asyncio.create_task(ask(questions[number % len(questions)])))
        number += 1
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(reload), EVERY)
    await asyncio.gather(*asking)
    seconds = time.perf_counter() - began
    return {f"{name}_s": seconds, f"{name}_asked": number, f"{name}_failed": failed} | _percentiles(name, milliseconds)


def _percentiles(name: str, milliseconds: Sequence[float]) -> dict[str, float]:
    return {
        f"{name}_p50_ms": float(np.percentile(milliseconds, 50)),
        f"{name}_p95_ms": float(np.percentile(milliseconds, 95)),
        f"{name}_max_ms": max(milliseconds),
    }


def _command(articles_dir: Path, data_dir: Path, *arguments: str) -> float:
    environment = os.environ | {"ARTICLES_DIR": str(articles_dir), "DATA_DIR": str(data_dir)}
    began = time.perf_counter()
    command = [sys.executable, "-m", "bot", *arguments]
    subprocess.run(command, env=environment, check=True, capture_output=True)  # noqa: S603 - our own module
    return time.perf_counter() - began


def page(figures: dict[str, Any]) -> str:
    """Return docs/reload.md."""
    rows = [
        f"| {name} | {value:,.1f} |" if isinstance(value, float) else f"| {name} | {value:,} |"
        for name, value in figures.items()
    ]
    return "\n".join(
        [
            "# What a reload costs",
            "",
            f"Written by `make bench-reload` on {datetime.now(UTC):%Y-%m-%d}. {in_words()}",
            "",
            "Synthetic articles. `unchanged` and `one_changed` are medians of three reloads in a process that serves;",
            "`command_…` are whole processes of the command line. During `full` (vectors from the cache) and",
            "`embedding` (none in the cache) everything is made anew. A question is asked every half second, then and",
            "for `idle`. `one_changed_own` are the files that such a reload does not share.",
            "",
            "| figure | value |",
            "|---|---:|",
            *rows,
            "",
        ]
    )


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--keep", type=Path)
    parser.add_argument(
        "--embed", action="store_true", help="also rebuild without the cache of vectors (a quarter of an hour)"
    )
    parser.add_argument("--out", type=Path, default=OUT)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = wanted.keep or Path(temporary)
        articles_dir, data_dir = folder / "articles", folder / "data"
        if not articles_dir.exists():
            articles_dir.mkdir(parents=True)
            corpus.write(articles_dir, wanted.articles)
        data_dir.mkdir(exist_ok=True)
        figures = asyncio.run(measure(articles_dir, data_dir, embed=wanted.embed))
    wanted.out.write_text(page(figures), encoding="utf-8")
    Console(soft_wrap=True).print(page(figures), markup=False)


if __name__ == "__main__":
    main()
