"""The dense leg: passage vectors in Chroma, which nothing else here imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, cast

import chromadb
from chromadb.config import Settings
from chromadb.errors import ChromaError
from llama_index.vector_stores.chroma import ChromaVectorStore

from retrieval.errors import IndexBroken

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import numpy as np
    from chromadb.api.client import Client
    from llama_index.core.schema import TextNode
    from numpy.typing import NDArray

COLLECTION = "passages"


class VectorIndex:
    """A Chroma folder with one row a passage, known by the passage's id."""

    def __init__(self, client: Client, *, create: bool) -> None:
        self._client = client
        # Without an embedding function Chroma neither loads nor downloads a model of its own.
        if create:
            self._collection = client.create_collection(
                COLLECTION, configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
            )
        else:
            self._collection = client.get_collection(COLLECTION, embedding_function=None)

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Return a new, empty index in `folder`."""
        return cls(_client(folder), create=True)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Return the index in `folder`.

        Raises:
            Exception: there is none, or it is damaged; Chroma has no common base for these.
        """
        return cls(_client(folder), create=False)

    @property
    def store(self) -> ChromaVectorStore:
        """LlamaIndex's view of the collection."""
        return ChromaVectorStore(chroma_collection=self._collection)

    def add(self, nodes: Iterable[TextNode]) -> None:
        """Add nodes that carry their vectors."""
        self.store.add(list(nodes))

    def count(self) -> int:
        """Return the number of passages."""
        return self._collection.count()

    def search(self, question: NDArray[np.float32], limit: int) -> list[str]:
        """Return the ids of the nearest passages, nearest first, at most `limit`.

        Asked of the collection itself: the same question through `ChromaVectorStore.query` takes twice the time.

        Raises:
            IndexBroken: Chroma cannot read its files.
        """
        try:
            found = self._collection.query(query_embeddings=question[None, :], n_results=limit, include=[])
        except ChromaError as error:
            raise IndexBroken(f"The vectors cannot be read ({error}).") from error
        return found["ids"][0]

    def close(self) -> None:
        """Let go of the folder's files and memory."""
        self._client.close()


def _client(folder: Path) -> Client:
    client = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
    return cast("Client", client)  # declared as ClientAPI, which lacks close()
