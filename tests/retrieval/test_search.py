"""The searcher on the sample articles: what late interaction may change, and what it must leave as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retrieval.question_sets import load
from retrieval.ranking import RESCORED, Ranker
from retrieval.search import Searcher

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.embedding.minilm import MiniLM
    from retrieval.index.generation import Generation
    from retrieval.question_sets import QuestionSet

QUESTION = "Which ship repaired the undersea cable to Tonga?"
EVERYTHING = 50


@pytest.fixture(scope="module")
def questions(eval_questions: Path, sample_articles: Path) -> QuestionSet:
    return load(eval_questions.parent, sample_articles)


@pytest.fixture(scope="module")
def full(sample: Generation, model: MiniLM) -> Searcher:
    return Searcher(sample, model, ranker=Ranker.FULL, limit=EVERYTHING)


@pytest.fixture(scope="module")
def fused(sample: Generation, model: MiniLM) -> Searcher:
    return Searcher(sample, model, ranker=Ranker.FUSED, limit=EVERYTHING)


def test_full_is_what_users_get(searcher: Searcher, full: Searcher, questions: QuestionSet) -> None:
    for question in questions.questions[::10]:
        assert searcher.search(question.text) == full.search(question.text)[:10]


def test_full_puts_the_right_article_first_more_often_than_fused(
    full: Searcher, fused: Searcher, questions: QuestionSet
) -> None:
    def first_places(searcher: Searcher) -> int:
        return sum(
            searcher.search(question.text)[0].article.path in question.relevant
            for question in questions.questions
            if question.relevant
        )

    assert first_places(full) > first_places(fused)


def test_only_the_best_ten_are_rescored(full: Searcher, fused: Searcher, questions: QuestionSet) -> None:
    for question in questions.questions[::5]:
        before, after = fused.search(question.text), full.search(question.text)
        assert len(before) > RESCORED
        assert {found.passage.id for found in after[:RESCORED]} == {found.passage.id for found in before[:RESCORED]}
        assert after[RESCORED:] == before[RESCORED:]


def test_a_smaller_limit_takes_the_best_of_the_same_ranking(full: Searcher, sample: Generation, model: MiniLM) -> None:
    assert Searcher(sample, model, limit=3).search(QUESTION) == full.search(QUESTION)[:3]


def test_late_interaction_leaves_the_confidence_as_it_was(full: Searcher, fused: Searcher) -> None:
    before = {found.passage.id: found.confidence for found in fused.search(QUESTION)}
    assert {found.passage.id: found.confidence for found in full.search(QUESTION)} == before


@pytest.mark.parametrize("question", ["", "?!", " … "])
def test_a_question_without_words_is_ranked_as_without_late_interaction(
    full: Searcher, fused: Searcher, question: str
) -> None:
    before, after = fused.search(question), full.search(question)
    assert [found.passage for found in after] == [found.passage for found in before] != []
    for one, other in zip(before, after, strict=True):
        assert (other.score, *other.sentence_scores) == pytest.approx((one.score, *one.sentence_scores), abs=1e-5)
