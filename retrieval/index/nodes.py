"""Passages as LlamaIndex hands them to Chroma."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from retrieval.embedding.vectors import rows_from_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from llama_index.core.schema import TextNode

    from retrieval.index.catalog_writer import VectorRow

ROWS = 64
"""Passages handed to Chroma at a time: it holds Python's lock meanwhile, a twentieth of a second for so many."""


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
        embedding=rows_from_bytes(row.vector)[0].tolist(),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=row.article)},
    )
