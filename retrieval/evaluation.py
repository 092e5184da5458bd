"""Quality and speed of the whole road on a set of questions.

The index is built anew in a throw-away folder, so a figure never depends on what ran before; only the prepared
embedding model is taken from DATA_DIR.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import ir_measures
import numpy as np
from ir_measures import RR, R, Success, nDCG

from retrieval import throwaway
from retrieval.answerer import Answerer
from retrieval.embedding.minilm import MiniLM
from retrieval.errors import UnreadableQuery
from retrieval.ranking import Ranker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from corpus.models import Article
    from retrieval.models import Answer, ScoredPassage
    from retrieval.question_sets import Question, QuestionSet

    Progress = Callable[[str, int, int], None]

DEPTH = 10
"""Documents judged a question."""

PASSAGES_A_QUESTION = 30
"""Ranked to have ten different documents even where one document has several passages."""


@dataclass(slots=True)
class _Tally:
    """What was seen so far."""

    ranked: dict[str, list[str]] = field(default_factory=dict)
    answered: dict[str, bool] = field(default_factory=dict)
    in_first: list[bool] = field(default_factory=list)
    in_first_three: list[bool] = field(default_factory=list)
    exact: list[bool] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)


def evaluate(
    questions: QuestionSet,
    models: Path,
    *,
    ranker: Ranker = Ranker.FULL,
    sample: int | None = None,
    seed: int = 0,
    process_started: float | None = None,
    progress: Progress = lambda _stage, _done, _total: None,
) -> dict[str, Any]:
    """Return the figures of the design's `eval --json`, None where one does not apply.

    `sample` takes that many questions, always the same for one `seed`. `process_started` is the time.time() at which
    the process began, to tell how long a user waits for the first answer. `progress` is told the stage and how far it
    is.
    """
    asked = list(questions.questions)
    if sample is not None and sample < len(asked):
        asked = random.Random(seed).sample(asked, sample)  # noqa: S311 - a sample, not a secret
    model = MiniLM.load(models)
    began = time.perf_counter()
    with throwaway.index(questions.articles, model, partial(progress, "indexing")) as generation:
        build_seconds = time.perf_counter() - began
        answerer = Answerer(generation, model, ranker=ranker, limit=PASSAGES_A_QUESTION)
        answerer.answer("warm-up", datetime.now(UTC).date())
        startup = time.time() - process_started if process_started else None
        figures = quality(asked, questions.articles, answerer, progress)
        passages = generation.manifest.passages
    milliseconds = figures.pop("query_ms")
    return {
        "documents": len(questions.articles),
        "passages": passages,
        "questions": len(asked),
        **figures,
        "ingest_passages_per_s": round(passages / build_seconds, 1),
        "query_ms": milliseconds,
        "startup_s": round(startup, 2) if startup else None,
        "peak_rss_mb": round(_peak_memory_mb()),
    }


def quality(
    asked: Sequence[Question],
    articles: Sequence[Article],
    answerer: Answerer,
    progress: Progress = lambda _stage, _done, _total: None,
) -> dict[str, Any]:
    """Return how well, and how fast, an answerer answers questions over articles: a part of `evaluate`'s figures."""
    tally = _Tally()
    texts = {article.path: article.text for article in articles}
    today = datetime.now(UTC).date()
    for number, question in enumerate(asked, start=1):
        _ask(question, answerer, today, texts, tally)
        progress("asking", number, len(asked))
    return {
        **_ranking_figures(asked, tally),
        **_answer_figures(asked, tally),
        "query_ms": {f"p{part}": _percentile(tally.milliseconds, part) for part in (50, 95)},
    }


def _ask(question: Question, answerer: Answerer, today: date, texts: dict[str, str], tally: _Tally) -> None:
    began = time.perf_counter()
    try:
        response = answerer.answer(question.text, today)
    except UnreadableQuery:  # what looks like an operator; a person would be told, and has no answer
        tally.ranked[question.id], tally.answered[question.id] = [], False
        if question.relevant and question.answers:
            tally.in_first.append(False)
            tally.in_first_three.append(False)
        return
    tally.milliseconds.append((time.perf_counter() - began) * 1000)
    answer = response.answer
    tally.ranked[question.id] = _documents(response.found)
    tally.answered[question.id] = answer.answered
    if question.relevant and question.answers:
        tally.in_first.append(answer.answered and _quotes_hold(answer, question.answers, 1))
        tally.in_first_three.append(answer.answered and _quotes_hold(answer, question.answers, 3))
    for citation in answer.citations:
        quote = citation.quote
        tally.exact.append(texts[citation.article.path][quote.start : quote.end] == quote.text)


def _documents(found: Sequence[ScoredPassage]) -> list[str]:
    """Return the ranked articles: each stands where its best passage does."""
    return list(dict.fromkeys(passage.article.path for passage in found))[:DEPTH]


def _quotes_hold(answer: Answer, strings: Sequence[str], first: int) -> bool:
    quotes = [_folded(citation.quote.text) for citation in answer.citations[:first]]
    return any(_folded(string) in quote for string in strings for quote in quotes)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _ranking_figures(asked: Sequence[Question], tally: _Tally) -> dict[str, float | None]:
    measures = {
        "hit@1": Success @ 1,
        "hit@3": Success @ 3,
        "hit@5": Success @ 5,
        "mrr@10": RR @ 10,
        "ndcg@10": nDCG(dcg="log2") @ 10,
        "recall@10": R @ 10,
    }
    judged = [question for question in asked if question.relevant]
    if not judged:
        return dict.fromkeys(measures)
    relevant = [
        ir_measures.Qrel(question.id, path, grade) for question in judged for path, grade in question.relevant.items()
    ]
    run = [
        ir_measures.ScoredDoc(question.id, path, -float(place))
        for question in judged
        for place, path in enumerate(tally.ranked[question.id])
    ]
    # A measure's mean is over the questions of `relevant`, so one without any result counts as a miss.
    found = ir_measures.calc_aggregate(list(measures.values()), relevant, run)
    return {name: round(float(found[measure]), 4) for name, measure in measures.items()}


def _answer_figures(asked: Sequence[Question], tally: _Tally) -> dict[str, float | None]:
    return {
        "answer_in_top1": _mean(tally.in_first),
        "answer_in_top3": _mean(tally.in_first_three),
        "answered_of_answerable": _mean([tally.answered[question.id] for question in asked if question.relevant]),
        "refused_of_unanswerable": _mean(
            [not tally.answered[question.id] for question in asked if not question.relevant]
        ),
        "quotes_exact": _mean(tally.exact),
    }


def _mean(values: Sequence[bool]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _percentile(values: Sequence[float], part: int) -> float | None:
    return round(float(np.percentile(values, part)), 2) if values else None


def _peak_memory_mb() -> float:
    # Linux counts kilobytes, macOS bytes.
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
