"""Commands that measure, and fit what can be fitted."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from dataclasses import asdict
from pathlib import Path  # noqa: TC003 - typer reads annotations when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import AsJson, load, open_engine, without_collecting
from bot.cli.printing import Bar, print_json, print_shares, print_table
from bot.errors import SettingsError

if TYPE_CHECKING:
    from bot.settings import Settings
    from retrieval.index.store import GenerationStore
    from retrieval.question_sets import QuestionSet

STARTED = time.time()


def evaluate(
    path: Path,
    *,
    sample: Annotated[int | None, typer.Option(min=1, help="Ask that many of the questions.")] = None,
    seed: Annotated[int, typer.Option(help="Which sample.")] = 0,
    ranker: Annotated[str, typer.Option(help="dense, lexical, fused or full.")] = "full",
    verifier: Annotated[
        bool, typer.Option("--verifier", help="Measure what lets a language model's sentences through instead.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure quality and speed on a folder of questions."""
    if verifier:
        _verify(path, sample, seed, as_json=as_json)
        return
    with without_collecting():
        from retrieval import evaluation
        from retrieval.ranking import Ranker

    if ranker not in list(Ranker):
        raise SettingsError(f"--ranker must be one of {', '.join(Ranker)}.")
    _, store, questions = _question_set(path)
    with Bar("Evaluating") as bar:
        figures = evaluation.evaluate(
            questions,
            store.models,
            ranker=Ranker(ranker),
            sample=sample,
            seed=seed,
            process_started=STARTED,
            progress=bar.stage,
        )
    if as_json:
        print_json(figures)
    else:
        print_table(figures | {f"query_ms {name}": value for name, value in figures.pop("query_ms").items()})


def _verify(path: Path, sample: int | None, seed: int, *, as_json: bool) -> None:
    """Measure the verifier on the articles of a folder, and on the claims written by hand that lie there."""
    with without_collecting():
        from retrieval.adversary import claims, measure
        from retrieval.embedding.minilm import MiniLM

    _, store, questions = _question_set(path)
    written = claims.load(path / "claims.jsonl") if (path / "claims.jsonl").exists() else ()
    with Bar("Verifying") as bar:
        model = MiniLM.load(store.models)
        figures = measure.measure(questions.articles, model, sample=sample, seed=seed, progress=bar.stage)
        if written:
            figures["written"] = claims.measure(written, model)
    if as_json:
        print_json(figures)
    else:
        print_shares(figures)


def calibrate(path: Path, *, as_json: AsJson = False) -> None:
    """Fit the confidence to a folder of questions, and rebuild the index with it."""
    with without_collecting():
        from retrieval import calibration
        from retrieval.embedding.minilm import MiniLM

    loaded, store, questions = _question_set(path)
    with Bar("Calibrating") as bar:
        model = MiniLM.load(store.models)
        found = calibration.calibrate(questions, model, bar.stage)
    calibration.save(found, model.digest, store.calibration)
    with closing(open_engine(loaded)) as engine, Bar("Reloading") as bar:
        done = asyncio.run(engine.reload(bar.reload))
    figures = asdict(found.calibration) | {
        "answerable": found.answerable,
        "answered": found.answered,
        "refused": found.refused,
        "near_misses_refused": found.near_misses_refused,
        "generation": done.generation,
    }
    if as_json:
        print_json(figures)
    else:
        print_table(figures)


def _question_set(path: Path) -> tuple[Settings, GenerationStore, QuestionSet]:
    """Return the settings, DATA_DIR and the questions in a folder, over ARTICLES_DIR where they bring no articles."""
    from retrieval import question_sets
    from retrieval.index.store import GenerationStore

    loaded = load()
    store = GenerationStore(loaded.data_dir)
    store.prepare()
    return loaded, store, question_sets.load(path, loaded.articles_dir)
