"""How good and how fast the answers are: `python -m tests.bench.quality` writes docs/benchmarks.md, all of it.

It runs `footnote eval` as a user would, each ranker in a process of its own. Beside the questions that the repository
ships it asks the development sets, where they lie beside the repository.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import textwrap
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from retrieval import question_sets, throwaway
from retrieval.answerer import Answerer
from retrieval.embedding.minilm import MiniLM
from retrieval.evaluation import PASSAGES_A_QUESTION, quality
from retrieval.ranking import Ranker, Weights
from tests.bench.machine import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from retrieval.index.generation import Generation

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
DEVELOPMENT = ROOT.parent / "shared"

ALL = tuple(Ranker)
NOT_APPLICABLE = "–"

COLUMNS = {
    "hit@1": "hit@1",
    "mrr@10": "MRR@10",
    "ndcg@10": "nDCG@10",
    "answer_in_top1": "answer in first quote",
    "answer_in_top3": "in three",
    "answered_of_answerable": "answered",
    "refused_of_unanswerable": "refused",
    "p50": "p50 ms",
    "p95": "p95 ms",
    "ingest_passages_per_s": "passages/s",
    "peak_rss_mb": "peak MB",
}

ABLATED = 1000
"""Questions asked without each part in turn."""

QUALITY = ("hit@1", "mrr@10", "answer_in_top1", "answer_in_top3", "answered_of_answerable", "refused_of_unanswerable")

INTRODUCTION = """\
# Benchmarks

Written by `make bench`; do not edit. Every line is one run of `footnote eval` in a process of its own, over an index
built anew. Growth with the size of the corpus is measured by `make bench-scale`.

Measured on {date}:
{machine}
"""

EXPLANATION = """\
- **hit@1**, **MRR@10**, **nDCG@10**: whether and where the right article stands among the ranked ones.
- **answer in first quote**, **in three**: a known answer stands word for word in what is quoted. Questions that have an
  answer and get none count as misses.
- **answered**: answerable questions that got an answer. **refused**: unanswerable ones that got none.
- **p50**, **p95**: from the question to the answer, in one thread. **passages/s**: articles to finished index, nothing
  cached. **peak**: the most memory the process held, indexing included.
"""

PARTS: dict[str, Sequence[str]] = {
    "nothing": (),
    "sentence vectors (late chunking)": ("sentence_cosine", "answer_cosine"),
    "BM25": ("passage_bm25", "sentence_bm25"),
    "late interaction": ("passage_late", "answer_late", "answer_late_even"),
    "late interaction by words alike": ("answer_late_even",),
    "the question's pairs of words": ("passage_phrases",),
    "the best sentence in its passage's score": ("best_sentence",),
    "coverage of the question by the sentence": ("answer_coverage",),
    "answer-type cues": ("answer_cue",),
    "the sentence before, for one that begins with a pronoun": ("back_reference",),
}
"""What can be taken out of the full ranker, and the weights that are zero then."""


@dataclass(frozen=True, slots=True)
class EvalSet:
    """Questions to ask, and what the page says about them."""

    title: str
    description: str
    """May name `{documents}` and `{questions}`."""
    folder: Path
    shown: str
    """The folder as the page names it: no path outside the repository."""
    articles: Path | None = None
    rankers: Sequence[Ranker] = ALL
    sample: int | None = None

    @property
    def options(self) -> tuple[str, ...]:
        """What follows the folder on the command line, but for the ranker."""
        return ("--sample", str(self.sample)) if self.sample else ()


@dataclass(frozen=True, slots=True)
class AblationRow:
    """What quality is without a part: its name, and figures named as in `COLUMNS`."""

    without: str
    figures: Mapping[str, Any] = field(default_factory=dict)


SHIPPED = (
    EvalSet(
        "Our samples",
        "{questions} questions over the {documents} articles that come with Footnote, some without an answer there.",
        ROOT / "tests" / "eval",
        "tests/eval",
    ),
)
NOT_SHIPPED = (
    EvalSet(
        "Encyclopedia, all questions",
        "A development set of {documents} encyclopedia paragraphs, {questions} questions; not shipped.",
        DEVELOPMENT / "eval" / "squad-a",
        "SET",
        rankers=(Ranker.FULL,),
    ),
    EvalSet(
        "Encyclopedia, a sample",
        "{questions} of the questions over the same {documents} paragraphs; not shipped.",
        DEVELOPMENT / "eval" / "squad-a",
        "SET",
        sample=600,
    ),
    EvalSet(
        "Real articles",
        "A development set of {documents} real news articles, {questions} questions; not shipped.",
        DEVELOPMENT / "eval" / "articles",
        "SET",
        articles=DEVELOPMENT / "articles",
    ),
)


def ablation(asked: EvalSet, models: Path) -> list[AblationRow]:
    """Return the quality of the full ranker, then without one part at a time."""
    questions = question_sets.load(asked.folder, asked.articles or ROOT / "corpus" / "articles")
    few = random.Random(0).sample(questions.questions, min(ABLATED, len(questions.questions)))
    model = MiniLM.load(models)
    bare = tuple(replace(article, title="", source=None, author=None, published=None) for article in questions.articles)

    def measured(generation: Generation, weights: Weights) -> dict[str, Any]:
        answerer = Answerer(generation, model, weights=weights, limit=PASSAGES_A_QUESTION)
        return quality(few, questions.articles, answerer)

    with throwaway.index(questions.articles, model, lambda _done, _total: None) as generation:
        rows = [
            AblationRow(part, measured(generation, replace(Weights(), **dict.fromkeys(weights, 0.0))))
            for part, weights in tqdm(PARTS.items(), unit=" parts", leave=False)
        ]
    with throwaway.index(bare, model, lambda _done, _total: None) as generation:
        rows.append(AblationRow("title, source, author and date above each passage", measured(generation, Weights())))
    return rows


def run(asked: EvalSet, ranker: Ranker, data_dir: Path) -> dict[str, Any]:
    """Return the figures of `footnote eval --json` for one ranker.

    Raises:
        CalledProcessError: the command failed; it has said why on stderr.
    """
    environment = os.environ | {"DATA_DIR": str(data_dir), "TELEGRAM_BOT_TOKEN": "", "ADMIN_IDS": ""}
    environment["ARTICLES_DIR"] = str(asked.articles) if asked.articles else ""
    command = [sys.executable, "-m", "bot", "eval", str(asked.folder), "--ranker", ranker, *asked.options, "--json"]
    # Away from the repository, so that a .env there is not read.
    environment["PYTHONPATH"] = str(ROOT)
    done = subprocess.run(command, cwd=data_dir, env=environment, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def page(sections: Iterable[str], date: str, machine: str) -> str:
    """Return the whole page."""
    return "\n".join([INTRODUCTION.format(date=date, machine=textwrap.fill(machine, 120)), EXPLANATION, *sections])


def section(asked: EvalSet, figures: Mapping[Ranker, Mapping[str, Any]]) -> str:
    """Return a set's heading, description, commands and table."""
    any_run = next(iter(figures.values()))
    described = asked.description.format(documents=f"{any_run['documents']:,}", questions=f"{any_run['questions']:,}")
    elsewhere = "ARTICLES_DIR=ARTICLES " if asked.articles else ""
    commands = [
        " ".join([f"{elsewhere}footnote eval {asked.shown} --ranker {ranker}", *asked.options, "--json"])
        for ranker in figures
    ]
    rows = [(f"`{ranker}`", measured) for ranker, measured in figures.items()]
    return "\n".join([f"## {asked.title}", "", described, "", "```sh", *commands, "```", "", table("ranker", rows), ""])


def ablation_section(asked: EvalSet, rows: Sequence[AblationRow]) -> str:
    """Return what each part is worth on a set."""
    measured = table("without", [(row.without, row.figures) for row in rows], QUALITY)
    title = f"## What each part is worth: {asked.title.lower()}"
    return "\n".join([title, "", f"Of a larger set a sample of {ABLATED:,} questions.", "", measured, ""])


def table(first: str, rows: Sequence[tuple[str, Mapping[str, Any]]], columns: Sequence[str] = tuple(COLUMNS)) -> str:
    """Return a Markdown table: a line a row, a column each of those of `COLUMNS` that are wanted."""
    lines = [[first, *(COLUMNS[column] for column in columns)], ["---"] * (len(columns) + 1)]
    for name, figures in rows:
        flat = {**figures, **(figures.get("query_ms") or {})}
        lines.append([name, *(cell(column, flat.get(column)) for column in columns)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(column: str, value: float | None) -> str:
    """Return a figure as the page shows it: shares with three digits, milliseconds with one, the rest whole."""
    if value is None:
        return NOT_APPLICABLE
    digits = {"p50": 1, "p95": 1, "ingest_passages_per_s": 0, "peak_rss_mb": 0}.get(column, 3)
    return f"{value:,.{digits}f}"


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.quality", description=__doc__)
    parser.add_argument("--shipped", action="store_true", help="only what the repository holds")
    parser.add_argument("--out", type=Path, default=PAGE)
    arguments = parser.parse_args()
    sets = SHIPPED + tuple(found for found in NOT_SHIPPED if found.folder.is_dir() and not arguments.shipped)
    with tempfile.TemporaryDirectory(prefix="footnote-quality-") as data_dir:
        sections = []
        for asked in tqdm(sets, unit=" sets"):
            figures = {ranker: run(asked, ranker, Path(data_dir)) for ranker in asked.rankers}
            sections.append(section(asked, figures))
        whole = [asked for asked in sets if not asked.sample]
        sections += [ablation_section(asked, ablation(asked, Path(data_dir, "models"))) for asked in tqdm(whole)]
    written = page(sections, datetime.now(UTC).date().isoformat(), in_words())
    arguments.out.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    _main()
