"""The dense leg: passage vectors in a Chroma collection, in a folder of its own or on a server (`vector_server.py`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, cast

import chromadb
from chromadb.config import Settings
from chromadb.errors import ChromaError

from retrieval.errors import IndexBroken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    import numpy as np
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.models.Collection import Collection
    from llama_index.core.schema import TextNode
    from llama_index.vector_stores.chroma import ChromaVectorStore
    from numpy.typing import NDArray

COLLECTION = "passages"
CONFIGURATION: CreateCollectionConfiguration = {"hnsw": {"space": "cosine"}}

BATCH = 1000
"""Rows a call: Chroma takes up to 5,461, and a server up to 40 MB, which texts of any length stay below."""


class VectorIndex:
    """A Chroma collection with one row a passage, known by the passage's id."""

    def __init__(self, collection: Collection, close: Callable[[], None]) -> None:
        self._collection = collection
        self._close = close

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Return a new, empty index in `folder`."""
        client = _client(folder)
        # Without an embedding function Chroma neither loads nor downloads a model of its own.
        collection = client.create_collection(COLLECTION, configuration=CONFIGURATION, embedding_function=None)
        return cls(collection, client.close)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Return the index in `folder`.

        Raises:
            Exception: there is none, or it is damaged; Chroma has no common base for these.
        """
        client = _client(folder)
        try:
            return cls(client.get_collection(COLLECTION, embedding_function=None), client.close)
        except BaseException:
            client.close()
            raise

    @property
    def store(self) -> ChromaVectorStore:
        """LlamaIndex's view of the collection."""
        # Here, because it takes longer to import than all the rest: a process that only searches starts without it.
        from llama_index.vector_stores.chroma import ChromaVectorStore  # noqa: PLC0415

        return ChromaVectorStore(chroma_collection=self._collection)

    def add(self, nodes: Iterable[TextNode]) -> None:
        """Add nodes that carry their vectors; one whose id is there already changes nothing."""
        rows = list(nodes)
        for start in range(0, len(rows), BATCH):
            self.store.add([*rows[start : start + BATCH]])

    def remove(self, ids: Sequence[str]) -> None:
        """Remove the passages with these ids; one that is not there is passed over."""
        for start in range(0, len(ids), BATCH):
            self._collection.delete(ids=list(ids[start : start + BATCH]))

    def count(self) -> int:
        """Return the number of passages."""
        return self._collection.count()

    def search(self, question: NDArray[np.float32], limit: int) -> list[str]:
        """Return the ids of the nearest passages, nearest first, at most `limit`.

        Asked of the collection itself: the same question through `ChromaVectorStore.query` takes twice the time.

        Raises:
            IndexBroken: Chroma cannot read its files, or its server has the collection no more.
            ServerUnreachable: the server does not answer.
        """
        try:
            found = self._collection.query(query_embeddings=question[None, :], n_results=limit, include=[])
        except ChromaError as error:
            raise IndexBroken(f"The vectors cannot be read ({error}).") from error
        return found["ids"][0]

    def close(self) -> None:
        """Let go of a folder's files and memory; a server's connection is shared and stays."""
        self._close()


def _client(folder: Path) -> Client:
    client = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
    return cast("Client", client)  # declared as ClientAPI, which lacks close()
