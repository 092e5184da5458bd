"""The steps of the scale benchmark for one size, each for a process of its own so that memory is that step's alone."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from corpus import chunking
from corpus.library import scan
from retrieval.answerer import Answerer
from retrieval.answering.abstention import BUNDLED
from retrieval.embedding.minilm import MiniLM
from retrieval.index.build import Builder, passage_text
from retrieval.index.generation import Generation
from retrieval.index.probe import examine
from retrieval.progress import Stage
from tests.bench.machine import disk_bytes, memory_mb, peak_memory_mb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from corpus.library import Scan

QUESTIONS = 300
WARM_UP = "Which harbour was closed?"
TODAY = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the articles that answer it, and the operators that narrow it to them, empty for an undated one."""

    text: str
    paths: tuple[str, ...]
    operators: str


def write_corpus(
    folder: Path, passages: int, seed: int, questions_file: Path, count: int = QUESTIONS
) -> dict[str, Any]:
    """Write articles of so many passages into `folder`, and so many questions about them into a file."""
    from tests.bench import corpus  # noqa: PLC0415 - Faker's memory is not that of the other steps

    folder.mkdir(parents=True)
    articles = []
    for article in tqdm(corpus.articles(passages, seed), desc=f"{passages:,}: writing", unit=" articles", leave=False):
        (folder / article.path).write_text(article.text, encoding="utf-8", newline="")
        articles.append(article)
    by_path = {article.path: article for article in articles}
    asked = []
    for question in corpus.questions(articles, count, seed):
        article = by_path[next(iter(question.relevant))]
        year = article.published.year if article.published else None
        operators = f'source:"{article.source}" since:{year} until:{year}' if year else ""
        asked.append({"text": question.text, "paths": list(question.relevant), "operators": operators})
    questions_file.write_text(json.dumps(asked, ensure_ascii=False), encoding="utf-8")
    return {"articles": len(articles)}


def build_index(articles_dir: Path, generation: Path, embeddings: Path, models: Path) -> dict[str, Any]:
    """Read the articles and build a generation; `embedded` counts the passages that the cache did not hold."""
    model = MiniLM.load(models)
    generation.mkdir(parents=True)
    began = time.perf_counter()
    everything = scan(articles_dir)
    read = time.perf_counter()
    known = _known(embeddings, model, everything)
    with tqdm(desc="building", unit=" passages", leave=False) as bar:

        def advance(stage: Stage, done: int, total: int) -> None:
            if stage is Stage.EMBEDDING:
                bar.total = total
                bar.update(done - bar.n)

        builder = Builder(articles_dir=articles_dir, model=model, cache=embeddings, calibration=BUNDLED)
        resumed = time.perf_counter()
        manifest = builder.build(generation, 1, everything, advance)
        examine(generation)
        seconds = time.perf_counter() - resumed
    return {
        "passages": manifest.passages,
        "embedded": manifest.passages - known,
        "read_s": round(read - began, 2),
        "build_s": round(seconds, 2),
        "passages_per_s": round(manifest.passages / seconds, 1),
        "generation_mb": round(disk_bytes(generation) / 1e6, 1),
        "embeddings_mb": round(_cache_bytes(embeddings, manifest.passages) / 1e6, 1),
        "build_peak_mb": round(peak_memory_mb()),
    }


def ask_all(generation: Path, models: Path, questions_file: Path) -> dict[str, Any]:
    """Open the generation and ask every question one after the other, then again within its scope."""
    model = MiniLM.load(models)
    began = time.perf_counter()
    with closing(Generation.open(generation)) as opened:
        open_seconds = time.perf_counter() - began
        answerer = Answerer(opened, model)
        answerer.answer(WARM_UP, TODAY)
        questions = load_questions(questions_file)
        whole = _timed(answerer, questions)
        narrowed = [
            replace(question, text=f"{question.text} {question.operators}")
            for question in questions
            if question.operators
        ]
        answerer.answer(narrowed[0].text, TODAY)
        within = _timed(answerer, narrowed)
        after = memory_mb()
    return {
        "open_s": round(open_seconds, 2),
        "questions": len(questions),
        **whole,
        "after_mb": round(after) if after is not None else None,
        "asking_peak_mb": round(peak_memory_mb()),
        "scoped": within,
    }


def load_questions(file: Path) -> list[Asked]:
    """Return the questions that `write_corpus` wrote."""
    return [
        Asked(asked["text"], tuple(asked["paths"]), asked["operators"])
        for asked in json.loads(file.read_text(encoding="utf-8"))
    ]


def _timed(answerer: Answerer, asked: Sequence[Asked]) -> dict[str, float]:
    milliseconds, hits = [], []
    for question in asked:
        began = time.perf_counter()
        answer = answerer.answer(question.text, TODAY).answer
        milliseconds.append((time.perf_counter() - began) * 1000)
        shown = [citation.article.path for citation in answer.citations] or [card.path for card in answer.nearest]
        hits.append(shown[:1] != [] and shown[0] in question.paths)
    return {
        "query_p50_ms": round(float(np.percentile(milliseconds, 50)), 1),
        "query_p95_ms": round(float(np.percentile(milliseconds, 95)), 1),
        "hit@1": round(sum(hits) / len(hits), 4),
    }


def _known(embeddings: Path, model: MiniLM, everything: Scan) -> int:
    """Return how many of the passages a cache from an earlier run holds."""
    if not embeddings.exists():
        return 0
    with closing(sqlite3.connect(embeddings)) as connection:
        held = {
            digest for (digest,) in connection.execute("SELECT passage FROM embeddings WHERE model = ?", [model.digest])
        }
    passages = ((article, passage) for article in everything.articles for passage in chunking.split_passages(article))
    return sum(passage_text(article, passage).digest in held for article, passage in passages)


def _cache_bytes(embeddings: Path, passages: int) -> float:
    """Return what the cache takes for so many passages; a kept one may hold more of them."""
    with closing(sqlite3.connect(embeddings)) as connection:
        rows = int(connection.execute("SELECT count(*) FROM embeddings").fetchone()[0])
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return embeddings.stat().st_size * passages / rows
