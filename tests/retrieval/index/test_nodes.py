"""Passages on their way into Chroma: equal ones must not hide the others."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np

from retrieval.embedding.vectors import DIMENSIONS, _int8, rows_from_bytes, unit
from retrieval.index.catalog_writer import VectorRow
from retrieval.index.nodes import _node, add_rows
from retrieval.index.vectors import VectorIndex

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

OTHERS, EQUAL = 60, 1_200


def row(identity: str, vector: bytes) -> VectorRow:
    return VectorRow(identity, "a", "A title", "a.txt", 0, 4, "text", vector)


def vectors(count: int, seed: int = 1) -> NDArray[np.float32]:
    return unit(np.random.default_rng(seed).standard_normal((count, DIMENSIONS)).astype(np.float32))


def test_a_thousand_equal_passages_hide_no_other(tmp_path: Path) -> None:
    others, (equal,) = vectors(OTHERS), vectors(1, seed=2)
    rows = [row(f"other:{number}", _int8(vector[None])) for number, vector in enumerate(others)]
    rows[OTHERS // 2 : OTHERS // 2] = [row(f"equal:{number}", _int8(equal[None])) for number in range(EQUAL)]

    with closing(VectorIndex.create(tmp_path / "chroma")) as index:
        add_rows(rows, index.add)
        found = [f"other:{number}" in index.search(vector, 5) for number, vector in enumerate(others)]

    assert sum(found) >= 0.9 * OTHERS


def test_a_passage_is_always_put_at_the_same_place_next_to_its_vector() -> None:
    stored = _int8(vectors(1))

    first, again, other = (np.array(_node(row(name, stored)).embedding) for name in ("a:0", "a:0", "a:1"))

    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()
    assert float(unit(first) @ rows_from_bytes(stored)[0]) > 0.9999
