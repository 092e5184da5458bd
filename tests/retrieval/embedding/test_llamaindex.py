"""The embedding and the node parser in a pipeline that somebody builds with LlamaIndex alone."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
from llama_index.core import Document, VectorStoreIndex
from llama_index.core.ingestion import IngestionPipeline

from corpus.llamaindex import PassageParser
from retrieval.embedding.llamaindex import MiniLMEmbedding
from retrieval.index.vectors import VectorIndex

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.embedding.minilm import MiniLM

BRIDGE = "The harbour bridge closed to lorries on Tuesday. It was built in 1931 and needs new cables."
VOLCANO = "A volcano in the north began to erupt before dawn. Two villages were emptied."


def test_a_query_gets_the_models_vector(model: MiniLM) -> None:
    np.testing.assert_allclose(
        MiniLMEmbedding(model).get_query_embedding("Why did the bridge close?"),
        model.embed_question("Why did the bridge close?").whole,
    )


async def test_the_async_methods_give_the_same_vectors(model: MiniLM) -> None:
    embedding = MiniLMEmbedding(model)
    assert await embedding.aget_query_embedding(BRIDGE) == embedding.get_query_embedding(BRIDGE)
    assert await embedding.aget_text_embedding(BRIDGE) == embedding.get_text_embedding(BRIDGE)
    assert await embedding.aget_text_embedding_batch([BRIDGE, VOLCANO]) == embedding.get_text_embedding_batch(
        [BRIDGE, VOLCANO]
    )


def test_the_model_is_named_so_that_a_cache_tells_models_apart(model: MiniLM) -> None:
    assert MiniLMEmbedding(model).model_name == model.digest


def test_an_ingestion_pipeline_fills_chroma_and_finds_by_meaning(model: MiniLM, tmp_path: Path) -> None:
    embedding = MiniLMEmbedding(model)
    with closing(VectorIndex.create(tmp_path / "chroma")) as index:
        pipeline = IngestionPipeline(transformations=[PassageParser(), embedding], vector_store=index.store)
        pipeline.run(documents=[Document(text=BRIDGE, id_="bridge"), Document(text=VOLCANO, id_="volcano")])
        retriever = VectorStoreIndex.from_vector_store(index.store, embed_model=embedding).as_retriever(
            similarity_top_k=1
        )
        (found,) = retriever.retrieve("Where did people have to leave their homes because of lava?")
        assert index.count() == 2
    assert (found.node.ref_doc_id, found.node.get_content()) == ("volcano", VOLCANO)


def test_an_ingested_node_knows_its_place_in_the_document(model: MiniLM) -> None:
    text = f"Harbour news\n\n{BRIDGE}\n\nLeave a Comment\n\n{VOLCANO}\n"
    nodes = IngestionPipeline(transformations=[PassageParser(), MiniLMEmbedding(model)]).run(
        documents=[Document(text=text)]
    )
    assert len(nodes) == 2
    for node in nodes:
        start, end = node.start_char_idx, node.end_char_idx  # type: ignore[attr-defined] # they are text nodes
        assert text[start:end] == node.get_content()
        assert "Leave a Comment" not in node.get_content()
        assert len(node.get_embedding()) == 384
