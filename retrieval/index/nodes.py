"""Passages as LlamaIndex hands them to Chroma."""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from retrieval.embedding.vectors import DIMENSIONS, rows_from_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from llama_index.core.schema import TextNode
    from numpy.typing import NDArray

    from retrieval.index.catalog_writer import VectorRow

ROWS = 64
"""Passages handed to Chroma at a time: it holds Python's lock meanwhile, a twentieth of a second for so many."""

NOISE = 0.001
"""Largest change of a vector's coordinate: a cosine changes by under 0.0001, and ranking takes the catalog's vectors.

Chroma's graph (HNSW, Malkov & Yashunin 2018) links a row to its nearest. Where more rows than a few dozen are exactly
equal, these link to each other only, and no search that comes among them finds a way out: 3,000 equal passages hid 182
of 200 others, and with the noise 4."""


def add_rows(rows: Iterable[VectorRow], add: Callable[[list[TextNode]], None], size: int | None = None) -> None:
    """Hand passages on as they come, `size` at a time, or ROWS."""
    rest = iter(rows)
    while batch := list(islice(rest, size or ROWS)):
        add([_node(row) for row in batch])


def _node(row: VectorRow) -> TextNode:
    # Here, because it takes seconds to import, and most reloads have nothing to add.
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode  # noqa: PLC0415

    return TextNode(
        id_=row.id,
        text=row.text,
        start_char_idx=row.start,
        end_char_idx=row.end,
        metadata={"title": row.title, "path": row.path},
        embedding=(rows_from_bytes(row.vector)[0] + _noise(row.id)).tolist(),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=row.article)},
    )


def _noise(identity: str) -> NDArray[np.float32]:
    """Return what tells this passage from its equals, shape (384,): always the same for the same id."""
    signs = np.frombuffer(hashlib.shake_128(identity.encode()).digest(DIMENSIONS), dtype=np.int8)
    return signs.astype(np.float32) * np.float32(NOISE / 128)
