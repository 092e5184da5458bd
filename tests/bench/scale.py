"""How time, disk and memory grow with the corpus: `python -m tests.bench.scale` writes docs/scale.json and scale.svg.

Every step of every size runs in a process of its own. Without --keep each size embeds all its passages. With --keep DIR
the largest size fills DIR/embeddings.db, and later runs take from it what they need: the column `embedded` tells.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.table import Table

from tests.bench import one_size
from tests.bench.child import in_child
from tests.bench.machine import machine, versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OUT = Path(__file__).parents[2] / "docs" / "scale.svg"
SIZES = "1000,10000,100000"
SEED = 0

NOT_YET = "–"

COLUMNS = {
    "passages": "passages",
    "articles": "articles",
    "embedded": "embedded",
    "read_s": "read s",
    "build_s": "build s",
    "passages_per_s": "passages/s",
    "generation_mb": "index MB",
    "embeddings_mb": "cache MB",
    "build_peak_mb": "build peak MB",
    "open_s": "open s",
    "query_p50_ms": "p50 ms",
    "query_p95_ms": "p95 ms",
    "hit@1": "hit@1",
    "after_mb": "memory MB",
    "asking_peak_mb": "peak MB",
    "scoped.query_p50_ms": "filtered p50 ms",
    "scoped.query_p95_ms": "filtered p95 ms",
    "scoped.hit@1": "filtered hit@1",
}

PANELS: dict[str, Mapping[str, str]] = {
    "Build (seconds)": {"build_s": "build"},
    "Disk (MB)": {"generation_mb": "index", "embeddings_mb": "cache of vectors"},
    "Memory, peak (MB)": {"build_peak_mb": "building", "asking_peak_mb": "answering"},
    "A question (ms)": {
        "query_p50_ms": "median",
        "query_p95_ms": "95th percentile",
        "scoped.query_p50_ms": "filtered, median",
        "scoped.query_p95_ms": "filtered, 95th percentile",
    },
}
"""What is plotted: panel -> figure -> its name in the legend."""


def measure(sizes: Sequence[int], keep: Path) -> list[dict[str, Any]]:
    """Return the figures of each size, smallest first; what is worth keeping lies in `keep` afterwards."""
    kept = keep / "embeddings.db"
    was_kept = kept.exists()
    return [
        _measure_one(size, keep, kept if was_kept or size == max(sizes) else keep / str(size) / "embeddings.db")
        for size in sorted(sizes)
    ]


def asked_again(rows: Sequence[Mapping[str, Any]], keep: Path) -> list[dict[str, Any]]:
    """Return earlier figures with those of the questions measured anew, over the indexes that `keep` still holds."""
    return [{**row, **_ask(keep, row["asked_for"])} for row in rows]


def fitted_exponent(sizes: Sequence[float], values: Sequence[float]) -> float | None:
    """Return b of the power law a·size^b that fits best (least squares on logarithms); None below two sizes."""
    if len(set(sizes)) < 2:
        return None
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def figure(row: Mapping[str, Any], name: str) -> float | None:
    """Return a figure by its name; "scoped.hit@1" is `hit@1` within `scoped`. None where it was not measured."""
    outer, dot, inner = name.partition(".")
    found = (row.get(outer) or {}).get(inner) if dot else row.get(name)
    return None if found is None else float(found)


def table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Return the figures as a table: a line each, a column a size."""
    made = Table("", *(f"{row['asked_for']:,}" for row in rows), title="Growth with the number of passages")
    for column in made.columns[1:]:
        column.justify = "right"
    for name, label in COLUMNS.items():
        made.add_row(label, *(_shown(figure(row, name)) for row in rows))
    return made


def plot(rows: Sequence[Mapping[str, Any]], file: Path) -> None:
    """Draw four panels over size; the same figures give the same file."""
    import matplotlib as mpl  # noqa: PLC0415 - `make test` does without the group bench

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    with mpl.rc_context({"svg.hashsalt": "footnote", "font.size": 9, "axes.grid": True, "grid.alpha": 0.3}):
        drawn, axes = plt.subplots(2, 2, figsize=(9, 6.5), layout="constrained")
        for panel, (title, lines) in zip(axes.flat, PANELS.items(), strict=True):
            panel.set(title=title, xlabel="passages", xscale="log", yscale="log")
            for name, label in lines.items():
                sizes, values = _series(rows, name)
                if values:
                    exponent = fitted_exponent(sizes, values)
                    grows = f" (grows as n^{exponent:.2f})" if exponent is not None else ""
                    panel.plot(sizes, values, marker="o", label=label + grows)
            panel.legend(fontsize=8)
        file.parent.mkdir(parents=True, exist_ok=True)
        drawn.savefig(file, format="svg", metadata={"Date": None})
        plt.close(drawn)


def _series(rows: Sequence[Mapping[str, Any]], name: str) -> tuple[list[float], list[float]]:
    found = [(float(row["passages"]), figure(row, name)) for row in rows]
    known = [(size, value) for size, value in found if value is not None]
    return [size for size, _ in known], [value for _, value in known]


def _shown(value: float | None) -> str:
    return NOT_YET if value is None else f"{value:,.4g}" if value < 1000 else f"{value:,.0f}"


def _measure_one(size: int, keep: Path, embeddings: Path) -> dict[str, Any]:
    folder = keep / str(size)
    shutil.rmtree(folder, ignore_errors=True)
    articles, generation, questions = folder / "articles", folder / "generation", folder / "questions.json"
    models = keep / "models"
    return {
        "asked_for": size,
        **in_child(one_size.write_corpus, articles, size, SEED, questions),
        **in_child(one_size.build_index, articles, generation, embeddings, models),
        **_ask(keep, size),
    }


def _ask(keep: Path, size: int) -> dict[str, Any]:
    folder = keep / str(size)
    return in_child(one_size.ask_all, folder / "generation", keep / "models", folder / "questions.json")


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scale", description=__doc__)
    parser.add_argument("--sizes", default=SIZES, help="passages, separated by commas")
    parser.add_argument("--out", type=Path, default=OUT, help="the figure; the numbers go beside it as .json")
    parser.add_argument("--keep", type=Path, help="a folder for corpora, indexes and the cache of vectors")
    parser.add_argument(
        "--ask-only", action="store_true", help="ask again over what --keep holds; figures of builds stay"
    )
    arguments = parser.parse_args()
    numbers = arguments.out.with_suffix(".json")
    sizes = [int(size) for size in arguments.sizes.split(",")]
    with tempfile.TemporaryDirectory(prefix="footnote-scale-") as temporary:
        if arguments.ask_only:
            rows = asked_again(json.loads(numbers.read_text(encoding="utf-8"))["sizes"], arguments.keep)
        else:
            rows = measure(sizes, arguments.keep or Path(temporary))
    written = {
        "measured": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "versions": versions(),
        "growth": {
            name: exponent and round(exponent, 3)
            for lines in PANELS.values()
            for name in lines
            for exponent in [fitted_exponent(*_series(rows, name))]
        },
        "sizes": rows,
    }
    plot(rows, arguments.out)
    numbers.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    Console().print(table(rows))


if __name__ == "__main__":
    _main()
