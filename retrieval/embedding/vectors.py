"""What the model gives for a passage, and its compact form on disk: rows of 8 or 4 bits that each fill their range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from retrieval.embedding.projection import TOKEN_DIMENSIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIMENSIONS = 384

TOKEN_BITS = 4
"""A dimension of a stored token vector."""


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The tokens of a passage in order: those of its header, then those of each sentence."""

    ids: NDArray[np.uint16]
    """Their numbers in the model's vocabulary, shape (tokens,)."""
    vectors: NDArray[np.float32]
    """Their unit vectors after the projection, shape (tokens, 128)."""
    counts: NDArray[np.uint16]
    """How many tokens the header and each sentence have, shape (1 + sentences,); their sum is `tokens`."""

    def to_bytes(self) -> bytes:
        """Return the number of counts, the counts, the ids and the vectors in four bits a dimension."""
        head = np.array([len(self.counts)], dtype=np.uint16)
        return head.tobytes() + self.counts.tobytes() + self.ids.tobytes() + _four_bits(self.vectors)

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """Return what `to_bytes` stored, the vectors within a cosine of about 0.98."""
        counts, ids = _counts_and_ids(stored)
        return cls(ids, _from_four_bits(stored[2 + counts.nbytes + ids.nbytes :], TOKEN_DIMENSIONS), counts)

    @staticmethod
    def ids_from_bytes(stored: bytes) -> NDArray[np.uint16]:
        """Return the ids alone, shape (tokens,), without unpacking the vectors."""
        return _counts_and_ids(stored)[1]


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """Unit vectors of one passage: float32, `passage` of shape (384,), `sentences` of shape (sentences, 384)."""

    passage: NDArray[np.float32]
    sentences: NDArray[np.float32]
    tokens: TokenVectors

    def to_bytes(self) -> bytes:
        """Return int8 rows, the passage's first; the tokens are kept apart, as few passages' are ever asked for."""
        return _int8(np.vstack([self.passage[None, :], self.sentences]))


@dataclass(frozen=True, slots=True)
class QuestionVectors:
    """A question's unit vector of shape (384,) and its tokens, words only: no marks, no [CLS]."""

    whole: NDArray[np.float32]
    token_ids: NDArray[np.uint16]
    """Shape (tokens,)."""
    token_vectors: NDArray[np.float32]
    """Unit vectors after the projection, shape (tokens, 128)."""


def _counts_and_ids(stored: bytes) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    texts = int(np.frombuffer(stored, dtype=np.uint16, count=1)[0])
    counts = np.frombuffer(stored, dtype=np.uint16, count=texts, offset=2)
    return counts, np.frombuffer(stored, dtype=np.uint16, count=int(counts.sum()), offset=2 + counts.nbytes)


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the vectors with length one along their last axis; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def rows_from_bytes(stored: bytes) -> NDArray[np.float32]:
    """Return the unit rows of `PassageVectors.to_bytes`, shape (1 + sentences, 384): cosines within 0.002 of fp32."""
    return _unit_rows(stored, DIMENSIONS)


def _int8(rows: NDArray[np.float32]) -> bytes:
    highest = np.maximum(np.abs(rows).max(axis=1, keepdims=True, initial=0.0), 1e-12)
    return bytes(np.rint(rows * (127 / highest)).astype(np.int8).tobytes())


def _four_bits(rows: NDArray[np.float32]) -> bytes:
    """Return two dimensions a byte. Half the size of int8, and what it costs is lost in the sum over many tokens."""
    highest = np.maximum(np.abs(rows).max(axis=1, keepdims=True, initial=0.0), 1e-12)
    levels = (np.rint(rows * (7 / highest)) + 8).astype(np.uint8)
    return bytes((levels[:, ::2] << 4 | levels[:, 1::2]).tobytes())


def _from_four_bits(stored: bytes, dimensions: int) -> NDArray[np.float32]:
    packed = np.frombuffer(stored, dtype=np.uint8).reshape(-1, dimensions // 2)
    levels = np.stack([packed >> 4, packed & 15], axis=2).reshape(-1, dimensions)
    return unit(levels.astype(np.float32) - 8)


def _unit_rows(stored: bytes, dimensions: int) -> NDArray[np.float32]:
    return unit(np.frombuffer(stored, dtype=np.int8).reshape(-1, dimensions).astype(np.float32))
