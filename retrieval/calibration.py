"""What confidence means, fitted on questions whose answers are known: rerun for another corpus or embedding model.

Every question that the articles answer is asked twice: as it is, and with the articles that answer it taken out of what
was found, which is the near miss that is hardest to refuse. Questions without an answer are asked once.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, astuple, dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from retrieval import throwaway
from retrieval.answering.abstention import BUNDLED
from retrieval.answering.extractive import surest
from retrieval.errors import DataError, EvaluationError
from retrieval.models import Calibration
from retrieval.search import Searcher

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from retrieval.embedding.minilm import MiniLM
    from retrieval.question_sets import QuestionSet

ANSWERED = 0.985
SHOWN = 0.998
"""Shares of the answerable questions that get an answer, and at least the closest quotes."""

FEWEST = 50
"""Answerable questions below which a share of two in a hundred means nothing."""

PASSAGES = 20
"""Looked at a question; enough to have some left when those of the answering articles are taken out."""

FLATTEST = 0.5
"""Slope below which evidence says next to nothing; on questions that belong to their articles it is about 3."""

_STEPS = 50


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A calibration and what it does on the questions it was fitted on, as shares."""

    calibration: Calibration
    answerable: int
    answered: float
    refused: float | None
    """Of the questions without an answer; None where there are none."""
    near_misses_refused: float


def calibrate(
    questions: QuestionSet,
    model: MiniLM,
    progress: Callable[[str, int, int], None] = lambda _stage, _done, _total: None,
) -> Calibrated:
    """Return the calibration for a model on a set of questions.

    Raises:
        EvaluationError: the set has too few questions that its articles answer, or its answers are not told from none.
    """
    answerable = sum(bool(question.relevant) for question in questions.questions)
    if answerable < FEWEST:
        raise EvaluationError(f"A calibration needs {FEWEST} questions with an answer or more; these are {answerable}.")
    answers, misses, unanswerable = [], [], []
    with throwaway.index(questions.articles, model, partial(progress, "indexing")) as generation:
        searcher = Searcher(generation, model, limit=PASSAGES)
        for number, question in enumerate(questions.questions, start=1):
            found = searcher.search(question.text, close=PASSAGES)
            if question.relevant:
                answers.append(surest(found))
                others = [passage for passage in found if passage.article.path not in question.relevant]
                misses.append(surest(others))
            else:
                unanswerable.append(surest(found))
            progress("asking", number, len(questions.questions))
    slope, midpoint = _logistic(np.array(answers), np.array([*misses, *unanswerable]))
    if slope < FLATTEST:
        raise EvaluationError(
            "On these questions the evidence does not tell an answer from none; are their articles right?"
        )
    curve = Calibration(slope, midpoint, 0.0, 0.0)
    answer, closest = (curve.confidence(float(np.quantile(answers, 1 - share))) for share in (ANSWERED, SHOWN))
    calibration = Calibration(round(slope, 3), round(midpoint, 3), round(answer, 3), round(closest, 3))

    def answered(found: Sequence[float]) -> float:
        return round(sum(calibration.confidence(value) >= calibration.answer for value in found) / len(found), 4)

    return Calibrated(
        calibration,
        answerable,
        answered=answered(answers),
        refused=round(1 - answered(unanswerable), 4) if unanswerable else None,
        near_misses_refused=round(1 - answered(misses), 4),
    )


def save(calibrated: Calibrated, model: str, file: Path) -> None:
    """Keep a calibration for the next generations of this model.

    Raises:
        DataError: the file cannot be written.
    """
    try:
        file.write_text(json.dumps({"model": model} | asdict(calibrated.calibration), indent=2), encoding="utf-8")
    except OSError as error:
        raise DataError(f"DATA_DIR: {file} cannot be written ({error.strerror or error}).") from error


def load(file: Path, model: str) -> Calibration:
    """Return the calibration kept for a model, or the one that comes with the bundled model."""
    try:
        fields = json.loads(file.read_text(encoding="utf-8"))
        if fields.pop("model") != model:
            return BUNDLED
        made = Calibration(**{name: float(value) for name, value in fields.items()})
        return made if all(map(math.isfinite, astuple(made))) else BUNDLED
    except (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return BUNDLED  # none was made, or it is damaged: another `footnote calibrate` makes it again


def _logistic(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> tuple[float, float]:
    """Return the slope and midpoint of the likeliest logistic curve between two samples, both weighing the same.

    Newton's method with Platt's smoothed targets (Platt 1999), which keep it finite for samples that do not overlap.
    """
    values = np.concatenate([positive, negative])
    target = np.repeat(
        [(len(positive) + 1) / (len(positive) + 2), 1 / (len(negative) + 2)], [len(positive), len(negative)]
    )
    weight = np.repeat([0.5 / len(positive), 0.5 / len(negative)], [len(positive), len(negative)])
    design = np.stack([values, np.ones_like(values)], axis=1)
    coefficients = np.zeros(2)
    for _ in range(_STEPS):
        probability = 1 / (1 + np.exp(-np.clip(design @ coefficients, -30, 30)))
        gradient = design.T @ (weight * (target - probability))
        curvature = (design * (weight * probability * (1 - probability) + 1e-9)[:, None]).T @ design
        coefficients = coefficients + np.linalg.solve(curvature, gradient)
    return float(coefficients[0]), float(-coefficients[1] / coefficients[0])
