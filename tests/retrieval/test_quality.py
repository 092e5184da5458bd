"""Answer quality as a gate: on the sample articles it may rise, and may not fall by more than a question or two.

The floors belong to the questions and articles of `DATA`. Whoever changes those measures anew, with
`footnote eval tests/eval`, and writes the new digest beside the new floors.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from retrieval.evaluation import evaluate
from retrieval.question_sets import load

if TYPE_CHECKING:
    from pathlib import Path

DATA = "4fa0ef35fd5e6ca880f2218a5123e4405ea94af5a944afc3b95736beb4d8ecce"
"""SHA-256 of the questions and of the articles, in the order of their names."""

FLOORS = {
    "hit@1": 0.92,  # measured 0.956
    "hit@3": 0.97,  # measured 1.0
    "answer_in_top1": 0.72,  # measured 0.756
    "answer_in_top3": 0.88,  # measured 0.911
    "answered_of_answerable": 0.90,  # measured 0.933
    "refused_of_unanswerable": 0.57,  # measured 0.600
}
"""About 0.03 below what was measured, in the comment beside each."""


@pytest.fixture(scope="module")
def figures(eval_questions: Path, sample_articles: Path, models: Path) -> dict[str, Any]:
    return evaluate(load(eval_questions.parent, sample_articles), models)


def test_the_floors_were_measured_on_these_questions_and_articles(eval_questions: Path, sample_articles: Path) -> None:
    read = hashlib.sha256()
    for file in (eval_questions, *sorted(sample_articles.iterdir())):
        read.update(file.read_bytes())
    assert read.hexdigest() == DATA


def test_every_quote_is_exact(figures: dict[str, Any]) -> None:
    assert figures["quotes_exact"] == 1.0


@pytest.mark.parametrize("name", FLOORS)
def test_a_figure_does_not_fall_below_its_floor(figures: dict[str, Any], name: str) -> None:
    assert figures[name] >= FLOORS[name]
