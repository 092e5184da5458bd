"""What the model gives for a passage, and its compact form on disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIMENSIONS = 384


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """Unit vectors of one passage: float32, `passage` of shape (384,), `sentences` of shape (sentences, 384)."""

    passage: NDArray[np.float32]
    sentences: NDArray[np.float32]

    def to_bytes(self) -> bytes:
        """Return int8 rows, the passage's first; each row fills the int8 range, as only its direction counts."""
        rows = np.vstack([self.passage[None, :], self.sentences])
        scaled = np.rint(rows * (127 / np.abs(rows).max(axis=1, keepdims=True)))
        return bytes(scaled.astype(np.int8).tobytes())


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the vectors with length one along their last axis; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def rows_from_bytes(stored: bytes) -> NDArray[np.float32]:
    """Return the unit rows of `PassageVectors.to_bytes`, shape (1 + sentences, 384): cosines within 0.002 of fp32."""
    return unit(np.frombuffer(stored, dtype=np.int8).reshape(-1, DIMENSIONS).astype(np.float32))
