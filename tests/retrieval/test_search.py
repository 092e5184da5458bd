"""The searcher: what close reading may change, and that nothing outside a scope is ever found."""

from __future__ import annotations

import math
from datetime import date
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import search
from retrieval.query.models import NO_SCOPE, Scope
from retrieval.question_sets import load
from retrieval.ranking import READ_CLOSELY, Ranker, Weights
from retrieval.search import Searcher
from tests.retrieval.newspapers import COURIER, GAZETTE, PAPERS, WIRE

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.embedding.minilm import MiniLM
    from retrieval.index.generation import Generation
    from retrieval.models import ScoredPassage
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


def ids(found: list[ScoredPassage]) -> list[str]:
    return [passage.passage.id for passage in found]


class TestCloseReading:
    def test_full_is_what_users_get(self, searcher: Searcher, full: Searcher, questions: QuestionSet) -> None:
        for question in questions.questions[::10]:
            assert searcher.search(question.text) == full.search(question.text)[:10]

    def test_full_puts_the_right_article_first_more_often_than_fused(
        self, full: Searcher, fused: Searcher, questions: QuestionSet
    ) -> None:
        def first_places(searcher: Searcher) -> int:
            return sum(
                searcher.search(question.text)[0].article.path in question.relevant
                for question in questions.questions
                if question.relevant
            )

        assert first_places(full) > first_places(fused)

    def test_only_the_best_ten_are_read_closely(self, full: Searcher, fused: Searcher, questions: QuestionSet) -> None:
        for question in questions.questions[::5]:
            before, after = fused.search(question.text), full.search(question.text)
            assert len(before) > READ_CLOSELY
            assert set(ids(after[:READ_CLOSELY])) == set(ids(before[:READ_CLOSELY]))
            assert after[READ_CLOSELY:] == before[READ_CLOSELY:]

    def test_as_many_as_are_asked_for_are_read_closely(self, full: Searcher, fused: Searcher) -> None:
        before, after = fused.search(QUESTION), full.search(QUESTION, close=30)
        assert set(ids(after[:30])) == set(ids(before[:30]))
        assert after[30:] == before[30:]
        scores = [found.score for found in after[:30]]
        assert scores == sorted(scores, reverse=True)

    def test_the_first_passage_holds_the_best_sentence_that_is_no_heading(
        self, full: Searcher, questions: QuestionSet
    ) -> None:
        for question in questions.questions[::5]:
            best = [
                max(
                    score
                    for score, sentence in zip(found.sentence_scores, found.passage.sentences, strict=True)
                    if not sentence.heading
                )
                for found in full.search(question.text)[:READ_CLOSELY]
            ]
            assert best == sorted(best, reverse=True)

    def test_a_smaller_limit_takes_the_best_of_the_same_ranking(
        self, full: Searcher, sample: Generation, model: MiniLM
    ) -> None:
        assert Searcher(sample, model, limit=20).search(QUESTION) == full.search(QUESTION)[:20]

    def test_what_is_read_closely_comes_back_whatever_the_limit(
        self, full: Searcher, sample: Generation, model: MiniLM
    ) -> None:
        small = Searcher(sample, model, limit=3)
        assert small.search(QUESTION) == full.search(QUESTION)[:READ_CLOSELY]
        assert small.search(QUESTION, close=0) == full.search(QUESTION, close=0)[:3]

    def test_evidence_does_not_depend_on_the_ranker(self, full: Searcher, fused: Searcher) -> None:
        before = {found.passage.id: found.evidence for found in fused.search(QUESTION)}
        assert {found.passage.id: found.evidence for found in full.search(QUESTION)} == before

    def test_weights_replace_the_rankers(self, sample: Generation, model: MiniLM, fused: Searcher) -> None:
        made = Searcher(sample, model, weights=Ranker.FUSED.weights, limit=EVERYTHING)
        assert made.search(QUESTION) == fused.search(QUESTION)
        nothing = Searcher(sample, model, weights=Weights(*[0.0] * 13), limit=EVERYTHING)
        assert {found.score for found in nothing.search(QUESTION)} == {0.0}

    @pytest.mark.parametrize("question", ["", "?!", " … "])
    def test_a_question_without_words_has_scores_that_are_numbers(self, full: Searcher, question: str) -> None:
        found = full.search(question)
        assert found != []
        assert all(np.isfinite([passage.score, *passage.sentence_scores]).all() for passage in found)
        assert not any(math.isnan(passage.evidence) for passage in found)

    def test_a_prepared_question_finds_what_its_words_find(self, full: Searcher) -> None:
        prepared = full.prepare(QUESTION)
        assert full.search(prepared) == full.search(QUESTION)
        assert (prepared.text, len(prepared.terms)) == (QUESTION, len(prepared.signals.stems))


ASKED = (
    "How many barges were waiting at the Brenholm sluice?",
    "electric ferry Kestrel",
    "What does the brass band of Osterby play?",
    "zeppelin",
    "?!",
)
days = st.sampled_from([date(2019, 6, 1), date(2021, 9, 14), date(2022, 1, 1), date(2023, 5, 8), date(2024, 3, 6)])
scopes = st.builds(
    Scope, st.none() | days, st.none() | days, st.none() | st.sampled_from([COURIER, WIRE, GAZETTE, "Nobody"])
)
MANY = 10_000


@pytest.fixture(scope="module")
def searchers(newspapers: Generation, model: MiniLM) -> dict[Ranker, Searcher]:
    return {ranker: Searcher(newspapers, model, ranker=ranker, limit=EVERYTHING) for ranker in Ranker}


class TestScope:
    @pytest.mark.parametrize(("few", "few_words"), list(product([0, MANY], repeat=2)))
    @given(scope=scopes, asked=st.sampled_from(ASKED), ranker=st.sampled_from(Ranker))
    def test_nothing_outside_is_found_whichever_way_is_taken(
        self,
        searchers: dict[Ranker, Searcher],
        few: int,
        few_words: int,
        scope: Scope,
        asked: str,
        ranker: Ranker,
    ) -> None:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(search, "FEW", few)
            patched.setattr(search, "FEW_WORDS", few_words)
            found = searchers[ranker].search(asked, scope)
        assert [
            card.path for card in (passage.article for passage in found) if not scope.holds(card.day, card.source)
        ] == []
        assert len(set(ids(found))) == len(found)

    @given(scope=scopes, asked=st.sampled_from(ASKED[:4]))
    def test_every_way_finds_the_same(self, searchers: dict[Ranker, Searcher], scope: Scope, asked: str) -> None:
        """All passages of so few articles are candidates, so the ways may not differ at all."""
        found = []
        for few, few_words in product([0, MANY], repeat=2):
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(search, "FEW", few)
                patched.setattr(search, "FEW_WORDS", few_words)
                found.append(searchers[Ranker.FULL].search(asked, scope))
        assert [ids(other) for other in found] == [ids(found[0])] * 4
        for other in found[1:]:
            assert [passage.score for passage in other] == pytest.approx(
                [passage.score for passage in found[0]], abs=1e-4
            )

    @given(scope=scopes)
    def test_everything_inside_is_found_by_meaning(self, searchers: dict[Ranker, Searcher], scope: Scope) -> None:
        everything = searchers[Ranker.FULL].search(ASKED[0])
        inside = {
            passage.article.path for passage in everything if scope.holds(passage.article.day, passage.article.source)
        }
        found = searchers[Ranker.FULL].search(ASKED[0], scope)
        assert len(everything) == len(PAPERS)
        assert {passage.article.path for passage in found} == inside

    def test_no_scope_is_no_restriction(self, searchers: dict[Ranker, Searcher]) -> None:
        full = searchers[Ranker.FULL]
        assert full.search(ASKED[0], NO_SCOPE) == full.search(ASKED[0])

    def test_a_lexical_ranker_finds_only_what_shares_a_word(self, searchers: dict[Ranker, Searcher]) -> None:
        found = searchers[Ranker.LEXICAL].search("Kestrel", Scope(source=COURIER))
        assert {passage.article.path for passage in found} == {"kestrel-2019.md", "kestrel-2023.md"}

    def test_each_passage_knows_its_story(self, searchers: dict[Ranker, Searcher]) -> None:
        found = {passage.article.path: passage.story for passage in searchers[Ranker.FULL].search(ASKED[0])}
        stories = {found[path] for path in ("sluice-courier.md", "sluice-wire.md", "sluice-gazette.md")}
        assert len(stories) == 1
        assert stories != {None}
        assert {story for path, story in found.items() if not path.startswith("sluice")} == {None}
