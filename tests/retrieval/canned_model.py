"""A model that knows no language: vectors drawn by the text's digest, at once, and a record of what it was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retrieval.embedding.minilm import MiniLM, PassageText
from retrieval.embedding.projection import TOKEN_DIMENSIONS
from retrieval.embedding.vectors import DIMENSIONS, PassageVectors, QuestionVectors, TokenVectors, unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray


class CannedModel(MiniLM):
    """One token for the header and two for each sentence."""

    def __init__(self, digest: str = "canned") -> None:
        self.digest = digest
        self.batches: list[list[str]] = []

    def embed_passage(self, passage: PassageText) -> PassageVectors:
        random = np.random.default_rng(int(passage.digest[:8], 16))

        def rows(count: int, dimensions: int) -> NDArray[np.float32]:
            return unit(random.standard_normal((count, dimensions)).astype(np.float32))

        counts = np.array([1, *(2 for _ in passage.sentences)], dtype=np.uint16)
        ids = random.integers(0, 100, size=counts.sum(), dtype=np.uint16)
        tokens = TokenVectors(ids, rows(len(ids), TOKEN_DIMENSIONS), counts)
        return PassageVectors(rows(1, DIMENSIONS)[0], rows(len(passage.sentences), DIMENSIONS), tokens)

    def embed_passages(
        self, passages: Iterable[PassageText], give_way: Callable[[], None] = lambda: None
    ) -> Iterator[PassageVectors]:
        asked = list(passages)
        if asked:
            self.batches.append([passage.text for passage in asked])
        for passage in asked:
            give_way()
            yield self.embed_passage(passage)

    def embed_question(self, question: str) -> QuestionVectors:
        drawn = self.embed_passage(PassageText("", question, ()))
        return QuestionVectors(drawn.passage, drawn.tokens.ids, drawn.tokens.vectors)
