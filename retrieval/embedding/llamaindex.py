"""The bundled model as a LlamaIndex embedding."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr

from retrieval.embedding.minilm import PassageText

if TYPE_CHECKING:
    from retrieval.embedding.minilm import MiniLM


class MiniLMEmbedding(BaseEmbedding):
    """LlamaIndex's view of `MiniLM`: one vector a text."""

    _model: MiniLM = PrivateAttr()

    def __init__(self, model: MiniLM, **kwargs: Any) -> None:  # noqa: ANN401 - LlamaIndex's own fields
        super().__init__(model_name=model.digest, **kwargs)
        self._model = model

    @classmethod
    def class_name(cls) -> str:
        """Return the name LlamaIndex serialises the component under."""
        return "MiniLMEmbedding"

    def _get_query_embedding(self, query: str) -> list[float]:
        return [float(value) for value in self._model.embed_question(query).whole]

    def _get_text_embedding(self, text: str) -> list[float]:
        return [float(value) for value in self._model.embed_passage(PassageText("", text, ())).passage]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await asyncio.to_thread(self._get_query_embedding, query)

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return await asyncio.to_thread(self._get_text_embedding, text)
