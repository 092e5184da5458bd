"""A question to ranked passages: candidates from both legs, scored together."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from retrieval.answering.abstention import confidence
from retrieval.index.lexical import stem_codes, stems
from retrieval.models import ScoredPassage
from retrieval.ranking import RESCORED, QuestionSignals, Ranker, rescore, score_passages

if TYPE_CHECKING:
    from retrieval.embedding.minilm import MiniLM
    from retrieval.index.generation import Generation

CANDIDATES = 50
"""From each leg. Both legs' first 50 together hold the right passage for 99.8% of questions."""


class Searcher(BaseRetriever):
    """Ranks the passages of one generation; a LlamaIndex retriever, and safe to use from several threads."""

    def __init__(self, generation: Generation, model: MiniLM, *, ranker: Ranker = Ranker.FULL, limit: int = 10) -> None:
        super().__init__()
        self._generation = generation
        self._model = model
        self._ranker = ranker
        self._limit = limit

    def search(self, question: str) -> list[ScoredPassage]:
        """Return at most `limit` passages, best first."""
        generation = self._generation
        vectors = self._model.embed_question(question)
        terms = list(dict.fromkeys(stems(question)))
        signals = QuestionSignals(
            vector=vectors.whole,
            stems=stem_codes(terms),
            idf=generation.lexical.inverse_document_frequencies(terms),
            tokens=vectors.token_vectors,
            token_idf=generation.catalog.token_idf(vectors.token_ids),
        )
        bm25 = generation.lexical.search(terms, CANDIDATES) if self._ranker is not Ranker.DENSE else {}
        nearest = generation.vectors.search(vectors.whole, CANDIDATES) if self._ranker is not Ranker.LEXICAL else []
        candidates = generation.catalog.candidates(bm25, nearest)
        ranked = score_passages(signals, candidates, bm25, self._ranker)
        if self._ranker is Ranker.FULL:
            best = [scores.key for scores in ranked[:RESCORED]]
            ranked = rescore(signals, ranked, generation.catalog.tokens(best))
        ranked = ranked[: self._limit]
        passages = {found.key: found for found in generation.catalog.passages(scores.key for scores in ranked)}
        return [
            ScoredPassage(
                passage=passages[scores.key].passage,
                article=passages[scores.key].article,
                text=passages[scores.key].text,
                score=scores.score,
                sentence_scores=scores.sentence_scores,
                confidence=confidence(scores.best_cosine, scores.coverage),
            )
            for scores in ranked
        ]

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [NodeWithScore(node=_node(found), score=found.score) for found in self.search(query_bundle.query_str)]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def _node(found: ScoredPassage) -> TextNode:
    article, passage = found.article, found.passage
    origin = {
        "title": article.title,
        "path": article.path,
        "source": article.source,
        "author": article.author,
        "published": article.published.isoformat() if article.published else None,
        "url": article.url,
    }
    return TextNode(
        id_=passage.id,
        text=found.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata={name: value for name, value in origin.items() if value is not None},
    )
