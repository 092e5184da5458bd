"""A question to ranked passages: candidates from both legs, scored together, the best ones read closely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.answering.abstention import evidence
from retrieval.answering.cues import bonus
from retrieval.answering.quotes import refers_back
from retrieval.index.lexical import stem_codes, stems
from retrieval.models import ScoredPassage
from retrieval.query.models import NO_SCOPE, Scope
from retrieval.ranking import (
    READ_CLOSELY,
    ClosePassage,
    QuestionSignals,
    Ranker,
    Traits,
    Weights,
    read_closely,
    score_passages,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.embedding.minilm import MiniLM
    from retrieval.index.catalog import Candidate, IndexedPassage
    from retrieval.index.generation import Generation

CANDIDATES = 50
"""From each leg. Both legs' first 50 together hold the right passage for 99.8% of questions."""

FEW = 10_000
"""Passages within a scope that are compared one by one; among more, the legs are asked for more than is needed."""

FEW_WORDS = 2_000
"""The same for the lexical leg, which takes 5 ms to look for a thousand keys, and 1 ms to give a thousand more hits."""


@dataclass(frozen=True, slots=True)
class PreparedQuestion:
    """A question and all that passages are compared with; made once, whatever is searched with it."""

    text: str
    terms: Sequence[str]
    signals: QuestionSignals


class Searcher:
    """Ranks the passages of one generation; safe to use from several threads."""

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
        self._model = model
        self._ranker = ranker
        self._weights = weights or ranker.weights
        self._limit = limit

    def prepare(self, question: str) -> PreparedQuestion:
        """Return a question ready to be searched with."""
        vectors = self._model.embed_question(question)
        terms = list(dict.fromkeys(stems(question)))
        signals = QuestionSignals(
            vector=vectors.whole,
            stems=stem_codes(terms),
            idf=self._generation.lexical.inverse_document_frequencies(terms),
            tokens=vectors.token_vectors,
            token_idf=self._generation.catalog.token_idf(vectors.token_ids),
        )
        return PreparedQuestion(question, terms, signals)

    def search(
        self, question: str | PreparedQuestion, scope: Scope = NO_SCOPE, *, close: int = READ_CLOSELY
    ) -> list[ScoredPassage]:
        """Return the passages of the articles within the scope, best first, the first `close` of them read closely.

        At most as many as the searcher's limit, or `close` if that is more.
        """
        if isinstance(question, str):
            question = self.prepare(question)
        candidates, bm25 = self._candidates(question, scope)
        ranked = score_passages(question.signals, candidates, bm25, self._weights)
        catalog = self._generation.catalog
        ranked = ranked[: max(close, self._limit)]
        passages = {found.key: found for found in catalog.passages(scores.key for scores in ranked)}
        tokens = catalog.tokens(scores.key for scores in ranked[:close])
        by_key = {candidate.key: candidate for candidate in candidates}
        read = {
            key: ClosePassage(of_passage, by_key[key].stems, _traits(question.text, passages[key]))
            for key, of_passage in tokens.items()
        }
        ranked = read_closely(question.signals, ranked, read, self._weights)
        # Keys tell in which order articles came, which no answer may depend on: of equal passages the first by path.
        ranked[: len(read)] = sorted(
            ranked[: len(read)],
            key=lambda scores: (
                -scores.score,
                passages[scores.key].article.path,
                passages[scores.key].passage.number,
            ),
        )
        stories = catalog.stories(scores.key for scores in ranked)
        return [
            ScoredPassage(
                passage=passages[scores.key].passage,
                article=passages[scores.key].article,
                text=passages[scores.key].text,
                score=scores.score,
                sentence_scores=scores.sentence_scores,
                evidence=evidence(scores.best_cosine, scores.coverage, scores.best_late),
                story=stories.get(scores.key),
            )
            for scores in ranked
        ]

    def _candidates(self, question: PreparedQuestion, scope: Scope) -> tuple[list[Candidate], dict[int, float]]:
        """Return what both legs find within the scope, and the lexical leg's scores."""
        generation, terms, vector = self._generation, question.terms, question.signals.vector
        asks_words, asks_vectors = self._ranker is not Ranker.DENSE, self._ranker is not Ranker.LEXICAL
        if scope.is_empty:
            bm25 = generation.lexical.search(terms, CANDIDATES) if asks_words else {}
            nearest = generation.vectors.search(vector, CANDIDATES) if asks_vectors else []
            return generation.catalog.candidates(bm25, nearest), bm25
        keys = generation.filter.keys_within(scope)
        if not len(keys):
            return [], {}
        within = set(keys.tolist())
        # So many that as many as without a scope are left, and some more because what is alike lies together.
        more = min(generation.manifest.passages, 2 * CANDIDATES * generation.manifest.passages // len(keys))
        bm25 = {}
        if asks_words and len(keys) <= FEW_WORDS:
            bm25 = generation.lexical.search(terms, CANDIDATES, keys.tolist())
        elif asks_words:
            hits = generation.lexical.search(terms, more)
            bm25 = dict([(key, score) for key, score in hits.items() if key in within][:CANDIDATES])
        near: list[int] = []
        if asks_vectors and len(keys) <= FEW:
            near = generation.filter.nearest(vector, keys, CANDIDATES)
        elif asks_vectors:
            found = generation.catalog.keys_of(generation.vectors.search(vector, more))
            near = [key for key in found if key in within][:CANDIDATES]
        return generation.catalog.candidates({*bm25, *near}), bm25


def _traits(question: str, found: IndexedPassage) -> list[Traits]:
    start = found.passage.start
    sentences = found.passage.sentences
    texts = [found.text[sentence.start - start : sentence.end - start] for sentence in sentences]
    behind_heading = [True, *(sentence.heading for sentence in sentences[:-1])]  # what is quoted crosses none
    return [
        Traits(bonus(question, text), refers_back(text) and not alone, sentence.heading)
        for sentence, text, alone in zip(sentences, texts, behind_heading, strict=True)
    ]
