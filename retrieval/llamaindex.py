"""The search as a LlamaIndex retriever."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

if TYPE_CHECKING:
    from retrieval.models import ScoredPassage
    from retrieval.search import Searcher


class PassageRetriever(BaseRetriever):
    """LlamaIndex's view of `Searcher`: passages with their scores, places and origins."""

    def __init__(self, searcher: Searcher) -> None:
        super().__init__()
        self._searcher = searcher

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [
            NodeWithScore(node=_node(found), score=found.score)
            for found in self._searcher.search(query_bundle.query_str)
        ]

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
