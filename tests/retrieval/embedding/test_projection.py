"""The projection that ships: orthonormal, and the one that the model's own vocabulary gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from retrieval.embedding import projection
from retrieval.embedding.projection import TOKEN_DIMENSIONS
from retrieval.embedding.vectors import DIMENSIONS, unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retrieval.embedding.minilm import MiniLM


def shared(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """How much of one subspace lies in the other, 0 to 1: their projectors compared, so no axis's sign matters."""
    first, second = (axes.astype(np.float64) for axes in (one, other))
    return float(((first @ first.T) * (second @ second.T)).sum() / TOKEN_DIMENSIONS)


def test_its_columns_are_orthonormal() -> None:
    axes = projection.load()
    assert axes.shape == (DIMENSIONS, TOKEN_DIMENSIONS)
    assert axes.dtype == np.float32
    np.testing.assert_allclose(axes.T @ axes, np.eye(TOKEN_DIMENSIONS), atol=1e-3)


def test_it_is_read_once() -> None:
    assert projection.load() is projection.load()


def test_the_axes_along_which_vectors_differ_are_kept() -> None:
    """Vectors that use every third dimension, and the others next to nothing."""
    used = np.arange(0, DIMENSIONS, DIMENSIONS // TOKEN_DIMENSIONS)
    vectors = 0.01 * np.random.default_rng(0).standard_normal((2000, DIMENSIONS))
    vectors[:, used] *= 100
    made = projection.make(np.split(unit(vectors.astype(np.float32)), 4))
    assert made.shape == (DIMENSIONS, TOKEN_DIMENSIONS)
    assert shared(made, np.eye(DIMENSIONS)[:, used]) == pytest.approx(1, abs=0.01)


def test_the_models_own_vocabulary_gives_the_file_that_ships(model: MiniLM) -> None:
    """From int8 vectors, which take a quarter of the time; any 128 axes would share a third with the file's."""
    words = [word for word in model.vocabulary if word.isalpha() and len(word) > 2]
    drawn = np.random.default_rng(0).choice(len(words), (2000, 3), replace=False)
    made = projection.make([model.full_token_vectors(" ".join(words[index] for index in row)) for row in drawn])
    assert shared(made, projection.load()) > 0.98
