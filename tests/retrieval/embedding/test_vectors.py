"""Vectors on disk: a byte a number, the same direction when read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.embedding.projection import TOKEN_DIMENSIONS
from retrieval.embedding.vectors import DIMENSIONS, PassageVectors, TokenVectors, rows_from_bytes, unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

seeds = st.integers(0, 2**32 - 1)


def random_rows(seed: int, count: int) -> NDArray[np.float32]:
    return unit(np.random.default_rng(seed).standard_normal((count, DIMENSIONS)).astype(np.float32))


def random_tokens(seed: int, counts: Sequence[int]) -> TokenVectors:
    """Tokens with any numbers, every other one's vector with few large parts, as the model's are."""
    random = np.random.default_rng(seed)
    vectors = random.standard_normal((sum(counts), TOKEN_DIMENSIONS))
    vectors[::2] **= 5
    return TokenVectors(
        ids=random.integers(0, 2**16, size=sum(counts), dtype=np.uint16),
        vectors=unit(vectors.astype(np.float32)),
        counts=np.array(counts, dtype=np.uint16),
    )


def passage_bytes(rows: NDArray[np.float32]) -> bytes:
    return PassageVectors(rows[0], rows[1:], random_tokens(0, [2, 3])).to_bytes()


class TestPassages:
    @given(seeds, st.integers(0, 12))
    def test_rows_read_again_point_where_they_pointed(self, seed: int, sentences: int) -> None:
        rows = random_rows(seed, 1 + sentences)
        read = rows_from_bytes(passage_bytes(rows))
        assert read.shape == rows.shape
        assert (read * rows).sum(axis=1).min() > 0.9995
        np.testing.assert_allclose(np.linalg.norm(read, axis=1), 1, atol=1e-6)

    @given(seeds)
    def test_cosines_with_rows_read_again_are_within_two_thousandths(self, seed: int) -> None:
        rows = random_rows(seed, 8)
        questions = random_rows(seed + 1, 8)
        read = rows_from_bytes(passage_bytes(rows))
        assert np.abs(read @ questions.T - rows @ questions.T).max() < 0.002

    @given(seeds, st.integers(0, 12))
    def test_writing_what_was_read_gives_the_same_bytes(self, seed: int, sentences: int) -> None:
        stored = passage_bytes(random_rows(seed, 1 + sentences))
        assert passage_bytes(rows_from_bytes(stored)) == stored

    def test_a_row_takes_one_byte_a_dimension_and_tokens_take_none(self) -> None:
        assert len(passage_bytes(random_rows(0, 3))) == 3 * DIMENSIONS


class TestTokens:
    counts = st.lists(st.integers(0, 40), min_size=1, max_size=8)

    @given(seeds, counts)
    def test_tokens_read_again_are_the_same_and_point_where_they_pointed(self, seed: int, counts: list[int]) -> None:
        tokens = random_tokens(seed, counts)
        read = TokenVectors.from_bytes(tokens.to_bytes())
        np.testing.assert_array_equal(read.ids, tokens.ids)
        assert read.counts.tolist() == counts
        assert read.vectors.shape == tokens.vectors.shape
        assert (read.vectors * tokens.vectors).sum(axis=1).min(initial=1.0) > 0.96  # seldom below 0.97
        np.testing.assert_allclose(np.linalg.norm(read.vectors, axis=1), 1, atol=1e-6)

    @given(seeds, st.lists(st.integers(1, 40), min_size=1, max_size=3))
    def test_cosines_of_tokens_read_again_are_off_by_little_and_to_no_side(self, seed: int, counts: list[int]) -> None:
        tokens, question = random_tokens(seed, counts), random_tokens(seed + 1, [20])
        read = TokenVectors.from_bytes(tokens.to_bytes())
        off = question.vectors @ read.vectors.T - question.vectors @ tokens.vectors.T
        assert np.abs(off).max() < 0.15
        assert abs(float(off.mean())) < 0.02

    @given(seeds, counts)
    def test_the_ids_alone_are_those_of_the_whole(self, seed: int, counts: list[int]) -> None:
        tokens = random_tokens(seed, counts)
        np.testing.assert_array_equal(TokenVectors.ids_from_bytes(tokens.to_bytes()), tokens.ids)

    @given(seeds, counts)
    def test_writing_what_was_read_gives_the_same_bytes(self, seed: int, counts: list[int]) -> None:
        stored = random_tokens(seed, counts).to_bytes()
        assert TokenVectors.from_bytes(stored).to_bytes() == stored

    @pytest.mark.parametrize("counts", [[0], [0, 0, 0], [0, 384], [300, 0, 84]])
    def test_no_tokens_at_all_and_as_many_as_the_model_reads(self, counts: list[int]) -> None:
        tokens = random_tokens(1, counts)
        read = TokenVectors.from_bytes(tokens.to_bytes())
        assert (read.ids.tolist(), read.counts.tolist()) == (tokens.ids.tolist(), counts)
        assert read.vectors.shape == (sum(counts), TOKEN_DIMENSIONS)

    def test_a_token_takes_its_number_and_half_a_byte_a_dimension(self) -> None:
        assert len(random_tokens(0, [2, 0, 5]).to_bytes()) == 2 + 3 * 2 + 7 * (2 + TOKEN_DIMENSIONS // 2)


def test_unit_of_a_zero_vector_is_zero_and_not_nan() -> None:
    np.testing.assert_array_equal(unit(np.zeros((2, 4), dtype=np.float32)), np.zeros((2, 4)))
