"""Writes projection.npy from the model's own vocabulary; needed again only for another model."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from retrieval.embedding import projection
from retrieval.embedding.minilm import MiniLM

TEXTS = 2000
WORDS_A_TEXT = 3


def main(models: Path) -> None:
    """Let the fp32 model, kept in the folder `models`, read its vocabulary, and save the principal axes."""
    model = MiniLM.load(models, quantised=False)
    words = [word for word in model.vocabulary if word.isalpha() and len(word) > 2]
    drawn = np.random.default_rng(0).choice(len(words), (TEXTS, WORDS_A_TEXT), replace=False)
    read = [model.full_token_vectors(" ".join(words[index] for index in row)) for row in drawn]
    np.save(projection.FILE, projection.make(read))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
