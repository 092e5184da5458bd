"""A message to an answer: understood, searched, and answered, shown as the closest there is, or refused."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from retrieval.answering.extractive import QUOTES, Chosen, choose, choose_one_an_article, cite, surest
from retrieval.answering.remarks import noticed, with_reports
from retrieval.errors import UnreadableQuery
from retrieval.models import Answer, Outcome, Remarks
from retrieval.query.models import NO_SCOPE, Form, Query, Scope
from retrieval.query.parse import understand
from retrieval.ranking import READ_CLOSELY, Ranker
from retrieval.search import PreparedQuestion, Searcher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.embedding.minilm import MiniLM
    from retrieval.index.generation import Generation
    from retrieval.models import ArticleCard, Citation, ScoredPassage
    from retrieval.ranking import Weights

TIME_PREFERENCE = 0.7
SOURCE_PREFERENCE = 1.0
"""What a time or source said in words is worth, on the scale of sentence scores. A time may be that of an event in an
article of another day, so the articles within it are preferred, not the only ones; a source is seldom anything else."""

LATEST_MARGIN = 2.0
TIMELINE_MARGIN = 3.0
"""The latest, and each entry of a timeline, may score this much less than the best sentence; what was reported first or
last is not what matches best."""

EVIDENCE_MARGIN = 4.0
"""Whoever asks for more wants to see what is left, down to what hardly matches."""

TIMELINE_QUOTES = 8
MANY_CLOSELY = 30
"""Passages read closely for these, which want many articles instead of the best."""

NEAREST = 3
NEAR = 1.4
"""Evidence below which an article is not even close by subject; see `abstention.evidence`."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer and the passages it was made from, best first."""

    answer: Answer
    found: Sequence[ScoredPassage]


class Answerer:
    """Answers from one generation; safe to use from several threads."""

    def __init__(
        self,
        generation: Generation,
        model: MiniLM,
        *,
        ranker: Ranker = Ranker.FULL,
        weights: Weights | None = None,
        limit: int = 10,
    ) -> None:
        self._generation = generation
        self._searcher = Searcher(generation, model, ranker=ranker, weights=weights, limit=limit)
        self._sources = generation.catalog.sources()

    def answer(self, message: str, today: date, form: Form | None = None) -> Response:
        """Return the answer to a message, seen from `today`, in the form that is given or else the message asks for.

        Raises:
            UnreadableQuery: an operator in it makes no sense.
        """
        started = time.perf_counter()
        query = self._understood(message, today)
        query = replace(query, form=form or query.form)
        question = self._searcher.prepare(query.text)
        found, remarks = self._find(query, question)
        searched = time.perf_counter()
        response = self._compose(message, query, found, remarks, today)
        ended = time.perf_counter()
        timings = {"search": (searched - started) * 1000, "total": (ended - started) * 1000}
        return replace(response, answer=replace(response.answer, timings_ms=timings))

    def evidence(self, message: str, today: date, most: int) -> tuple[Citation, ...]:
        """Return up to so many quotes that bear on a message, best first, whether or not they answer it.

        Raises:
            UnreadableQuery: an operator in it makes no sense.
        """
        query = replace(self._understood(message, today), form=Form.TIMELINE)  # which has many passages read closely
        found, _ = self._find(query, self._searcher.prepare(query.text))
        chosen = choose(self.telling(found), most, EVIDENCE_MARGIN)
        return tuple(cite(chosen, self._generation.catalog, query.scope if query.strict else NO_SCOPE))

    def telling(self, found: Sequence[ScoredPassage]) -> list[ScoredPassage]:
        """Return the passages that at least come near to what is asked."""
        least = self._generation.manifest.calibration
        return [passage for passage in found if least.confidence(passage.evidence) >= least.closest]

    def _understood(self, message: str, today: date) -> Query:
        query = understand(message, today=today, sources=self._sources)
        if query.strict and not query.text:
            raise UnreadableQuery("There is nothing to look for beside the operators.", "", "")
        return query

    def _find(self, query: Query, question: PreparedQuestion) -> tuple[list[ScoredPassage], Remarks]:
        """Return the passages to answer from, and what to say about where they come from."""
        close = READ_CLOSELY if query.form is Form.ANSWER else MANY_CLOSELY
        asked = query.scope
        if query.strict and not asked.is_empty:
            return self._searcher.search(question, asked, close=close), Remarks(asked, self._left_out(asked))
        anywhere = self._searcher.search(question, close=close)
        preference = SOURCE_PREFERENCE if asked.source else TIME_PREFERENCE
        for scope in dict.fromkeys([asked, with_reports(asked)]):
            within = self._searcher.search(question, scope, close=close) if not scope.is_empty else []
            if self._answers(within) and within[0].score >= anywhere[0].score - preference:
                return within, Remarks(scope, self._left_out(scope))
        return anywhere, Remarks(outside=asked)

    def _left_out(self, scope: Scope) -> int:
        """Return how many articles a span of time leaves out because they have no date."""
        has_time = scope.since is not None or scope.until is not None
        return self._generation.catalog.count_undated(scope.source) if has_time else 0

    def _compose(
        self, message: str, query: Query, found: list[ScoredPassage], remarks: Remarks, today: date
    ) -> Response:
        calibration = self._generation.manifest.calibration
        confidence = calibration.confidence(surest(found))
        chosen: list[Chosen] = []
        outcome = Outcome.NONE
        if confidence >= calibration.answer and (chosen := self._chosen(query, found)):
            outcome = Outcome.ANSWER
        elif confidence >= calibration.closest and (chosen := choose(found, QUOTES - 1)):
            outcome = Outcome.CLOSEST
        citations = tuple(cite(chosen, self._generation.catalog, query.scope if query.strict else NO_SCOPE))
        if outcome is Outcome.ANSWER:
            remarks = noticed(query, remarks, chosen, citations, today)
        else:
            remarks = replace(remarks, outside=NO_SCOPE)  # nothing answers, from there or from elsewhere
        answer = Answer(
            question=message,
            outcome=outcome,
            confidence=confidence,
            citations=citations,
            nearest=() if chosen else _nearest(found),
            generation=self._generation.manifest.number,
            timings_ms={},
            form=query.form,
            remarks=remarks,
        )
        return Response(answer, found)

    def _chosen(self, query: Query, found: list[ScoredPassage]) -> list[Chosen]:
        if query.form is Form.ANSWER:
            return choose(found)
        telling = self.telling(found)
        if query.form is Form.LATEST:
            return sorted(choose_one_an_article(telling, len(telling), LATEST_MARGIN), key=_newest_first)[:QUOTES]
        return sorted(choose_one_an_article(telling, TIMELINE_QUOTES, TIMELINE_MARGIN), key=_oldest_first)

    def _answers(self, found: Sequence[ScoredPassage]) -> bool:
        calibration = self._generation.manifest.calibration
        return calibration.confidence(surest(found)) >= calibration.answer


def _oldest_first(entry: Chosen) -> tuple[bool, date]:
    day = entry.passage.article.day
    return day is None, day or date.max


def _newest_first(entry: Chosen) -> tuple[bool, timedelta]:
    day = entry.passage.article.day
    return day is None, date.max - (day or date.min)


def _nearest(found: Sequence[ScoredPassage]) -> tuple[ArticleCard, ...]:
    cards = {passage.article.id: passage.article for passage in found if passage.evidence >= NEAR}
    return tuple(cards.values())[:NEAREST]
