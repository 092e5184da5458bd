"""The searcher and the index of a published generation in the hands of a LlamaIndex user."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from llama_index.core import VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers.no_text import NoText

from retrieval.embedding.llamaindex import MiniLMEmbedding
from retrieval.llamaindex import PassageRetriever

if TYPE_CHECKING:
    from llama_index.core.base.base_retriever import BaseRetriever

    from corpus.library import Scan
    from retrieval.embedding.minilm import MiniLM
    from retrieval.index.generation import Generation
    from retrieval.search import Searcher

QUESTION = "Which ship repaired the undersea cable to Tonga?"
TONGA = "2022-02-23-tonga-back-online-after-eruption.txt"


@pytest.fixture(name="retriever")
def _retriever(searcher: Searcher) -> BaseRetriever:
    return PassageRetriever(searcher)


def test_retrieve_gives_what_search_gives(retriever: BaseRetriever, searcher: Searcher) -> None:
    nodes = retriever.retrieve(QUESTION)
    assert [(node.node_id, node.score) for node in nodes] == [
        (found.passage.id, found.score) for found in searcher.search(QUESTION)
    ]


async def test_aretrieve_gives_what_retrieve_gives(retriever: BaseRetriever) -> None:
    assert await retriever.aretrieve(QUESTION) == retriever.retrieve(QUESTION)


def test_a_node_carries_its_origin_and_its_exact_place(retriever: BaseRetriever, sample_scan: Scan) -> None:
    best = retriever.retrieve(QUESTION)[0].node
    article = next(article for article in sample_scan.articles if article.path == TONGA)
    assert best.metadata == {
        "title": "Tonga back online five weeks after the eruption",
        "path": TONGA,
        "source": "The Harbour Courier",
        "author": "Rosalind Teague",
        "published": "2022-02-23",
        "url": "https://example.com/harbour-courier/2022/02/23/tonga-back-online",
    }
    start, end = best.start_char_idx, best.end_char_idx  # type: ignore[attr-defined] # it is a text node
    assert best.get_content() == article.text[start:end]


def test_a_query_engine_works_without_a_language_model(retriever: BaseRetriever) -> None:
    # `NoText` asks no model, but LlamaIndex looks for the key of its default one unless it is given another.
    response = RetrieverQueryEngine(retriever, NoText(llm=MockLLM())).query(QUESTION)
    assert response.source_nodes[0].metadata["path"] == TONGA


def test_the_generations_chroma_store_serves_a_vector_store_index(sample: Generation, model: MiniLM) -> None:
    index = VectorStoreIndex.from_vector_store(sample.vectors.store, embed_model=MiniLMEmbedding(model))
    found = index.as_retriever(similarity_top_k=3).retrieve(QUESTION)
    assert [node.node_id for node in found] == sample.vectors.search(model.embed_question(QUESTION).whole, 3)
    assert found[0].metadata["path"] == TONGA
