"""Vectors on disk: a byte a number, the same direction when read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.embedding.vectors import DIMENSIONS, PassageVectors, rows_from_bytes, unit

if TYPE_CHECKING:
    from numpy.typing import NDArray


def random_rows(seed: int, count: int) -> NDArray[np.float32]:
    return unit(np.random.default_rng(seed).standard_normal((count, DIMENSIONS)).astype(np.float32))


@given(st.integers(0, 2**32 - 1), st.integers(0, 12))
def test_rows_read_again_point_where_they_pointed(seed: int, sentences: int) -> None:
    rows = random_rows(seed, 1 + sentences)
    read = rows_from_bytes(PassageVectors(rows[0], rows[1:]).to_bytes())
    assert read.shape == rows.shape
    assert (read * rows).sum(axis=1).min() > 0.9995
    np.testing.assert_allclose(np.linalg.norm(read, axis=1), 1, atol=1e-6)


@given(st.integers(0, 2**32 - 1))
def test_cosines_with_rows_read_again_are_within_two_thousandths(seed: int) -> None:
    rows = random_rows(seed, 8)
    questions = random_rows(seed + 1, 8)
    read = rows_from_bytes(PassageVectors(rows[0], rows[1:]).to_bytes())
    assert np.abs(read @ questions.T - rows @ questions.T).max() < 0.002


@given(st.integers(0, 2**32 - 1), st.integers(0, 12))
def test_writing_what_was_read_gives_the_same_bytes(seed: int, sentences: int) -> None:
    rows = random_rows(seed, 1 + sentences)
    stored = PassageVectors(rows[0], rows[1:]).to_bytes()
    read = rows_from_bytes(stored)
    assert PassageVectors(read[0], read[1:]).to_bytes() == stored


def test_a_row_takes_one_byte_a_dimension() -> None:
    rows = random_rows(0, 3)
    assert len(PassageVectors(rows[0], rows[1:]).to_bytes()) == 3 * DIMENSIONS


def test_unit_of_a_zero_vector_is_zero_and_not_nan() -> None:
    np.testing.assert_array_equal(unit(np.zeros((2, 4), dtype=np.float32)), np.zeros((2, 4)))
