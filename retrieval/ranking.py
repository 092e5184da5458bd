"""Scores for candidate passages and their sentences: pure numpy, no index, no model.

A passage's score is a weighted sum of four signals (score fusion, Bruch et al. 2023): its cosine to the question, that
of its best sentence, BM25 from the lexical index, and BM25 of its best sentence; the lexical ones divided by their
best.

The best ten are scored again by late interaction (Khattab & Zaharia 2020): each word of the question takes its nearest
token of the passage, and the cosines are averaged by the words' idf. The same over a sentence's tokens says how well
that sentence answers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from retrieval.embedding.vectors import TokenVectors
    from retrieval.index.catalog import Candidate

PASSAGE_COSINE = 0.5
SENTENCE_COSINE = 0.5
PASSAGE_BM25 = 0.25
SENTENCE_BM25 = 0.125
"""Weights of the four signals, measured on 2,910 questions over 646 paragraphs; see docs/architecture.md."""

RESCORED = 10
PASSAGE_LATE = 2.0
"""Passages scored again by late interaction, and its weight beside the four signals."""

ANSWER_COSINE = 0.5
ANSWER_COVERAGE = 0.6
ANSWER_LATE = 3.0
"""Weights for choosing the answering sentence, beside its passage's score: its own cosine, its share of the question's
idf, and its late interaction. BM25 of the sentence made the choice worse."""

DECIMALS = 5
"""Of a score; float32 products agree to about six."""

BM25_K1 = 1.2
BM25_B = 0.75


class Ranker(StrEnum):
    """Which signals order the passages; all but `full` are there to be compared with it."""

    DENSE = "dense"
    LEXICAL = "lexical"
    FUSED = "fused"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class QuestionSignals:
    """What a question is compared by."""

    vector: NDArray[np.float32]
    """Unit vector, shape (384,)."""
    stems: NDArray[np.uint32]
    """Codes of its different stems, shape (stems,)."""
    idf: NDArray[np.float32]
    """Inverse document frequency of each stem over the passages, same shape."""
    tokens: NDArray[np.float32]
    """Unit vectors of its words as the model sees them, shape (tokens, 128)."""
    token_idf: NDArray[np.float32]
    """Inverse document frequency of each of these over the passages, shape (tokens,)."""


@dataclass(frozen=True, slots=True)
class PassageScores:
    """One candidate's scores; higher is better."""

    key: int
    score: float
    sentence_scores: tuple[float, ...]
    best_cosine: float
    """The highest cosine between the question and one of the passage's sentences, in [-1, 1]."""
    coverage: float
    """Share of the question's idf found among the stems of the passage and its header, in [0, 1]."""


def score_passages(
    question: QuestionSignals,
    candidates: Sequence[Candidate],
    bm25: Mapping[int, float],
    ranker: Ranker = Ranker.FUSED,
) -> list[PassageScores]:
    """Return the candidates' scores without late interaction, best first, equal ones in the order of their keys.

    `bm25` holds the lexical index's score by key; a candidate that only the dense leg found has none.
    """
    if not candidates:
        return []
    sentence_counts = np.array([len(candidate.vectors) - 1 for candidate in candidates])
    owner = np.repeat(np.arange(len(candidates)), sentence_counts)
    cosines = np.vstack([candidate.vectors for candidate in candidates]) @ question.vector
    is_passage = np.zeros(len(cosines), dtype=bool)
    is_passage[np.concatenate([[0], np.cumsum(1 + sentence_counts)[:-1]])] = True
    dense, sentence_cosine = cosines[is_passage], cosines[~is_passage]
    frequencies, lengths = _stem_frequencies(question, candidates)
    is_header = is_passage  # a header's stems stand before its sentences' as a passage's vector does
    sentence_bm25 = _relative(_bm25(frequencies[~is_header], lengths[~is_header], question.idf))
    lexical = _relative(np.array([bm25.get(candidate.key, 0.0) for candidate in candidates], dtype=np.float32))
    if ranker is Ranker.DENSE:
        passage_scores = dense
    elif ranker is Ranker.LEXICAL:
        passage_scores = lexical
    else:
        passage_scores = (
            PASSAGE_COSINE * dense
            + SENTENCE_COSINE * _best(sentence_cosine, owner, len(candidates))
            + PASSAGE_BM25 * lexical
            + SENTENCE_BM25 * _best(sentence_bm25, owner, len(candidates))
        )
    found = frequencies > 0
    sentence_scores = (
        passage_scores[owner]
        + ANSWER_COSINE * sentence_cosine
        + ANSWER_COVERAGE * _idf_share(found[~is_header], question.idf)
    )
    found_in_passage = np.logical_or.reduceat(found, np.flatnonzero(is_header), axis=0)
    coverage = _idf_share(found_in_passage, question.idf)
    best_cosine = _best(sentence_cosine, owner, len(candidates))
    # The last digits of equal rows depend on where they stand in the matrix; equal passages must score the same.
    passage_scores, sentence_scores = passage_scores.round(DECIMALS), sentence_scores.round(DECIMALS)
    order = sorted(range(len(candidates)), key=lambda index: (-passage_scores[index], candidates[index].key))
    edges = np.concatenate([[0], np.cumsum(sentence_counts)])
    return [
        PassageScores(
            candidates[index].key,
            float(passage_scores[index]),
            tuple(float(score) for score in sentence_scores[edges[index] : edges[index + 1]]),
            float(best_cosine[index]),
            float(coverage[index]),
        )
        for index in order
    ]


def rescore(
    question: QuestionSignals, ranked: Sequence[PassageScores], tokens: Mapping[int, TokenVectors]
) -> list[PassageScores]:
    """Return the scores with late interaction added to the passages whose tokens are given, best first again.

    `ranked` begins with those passages, so the others stay behind them: late interaction is never negative.
    """
    scored = [_with_late_interaction(question, scores, tokens[scores.key]) for scores in ranked if scores.key in tokens]
    scored.sort(key=lambda scores: (-scores.score, scores.key))
    return [*scored, *(scores for scores in ranked if scores.key not in tokens)]


def _with_late_interaction(question: QuestionSignals, scores: PassageScores, tokens: TokenVectors) -> PassageScores:
    whole, *sentences = _late_interaction(question, tokens)
    added = [PASSAGE_LATE * whole + ANSWER_LATE * sentence for sentence in sentences]
    return replace(
        scores,
        score=round(scores.score + PASSAGE_LATE * whole, DECIMALS),
        sentence_scores=tuple(
            round(score + late, DECIMALS) for score, late in zip(scores.sentence_scores, added, strict=True)
        ),
    )


def _late_interaction(question: QuestionSignals, tokens: TokenVectors) -> list[float]:
    """Return how near the question's words come to the whole passage, then to each sentence: 0 to 1."""
    similarities = question.tokens @ tokens.vectors.T
    weights = question.token_idf / max(float(question.token_idf.sum()), 1e-9)
    edges = np.concatenate([[0], np.cumsum(tokens.counts, dtype=np.int64)])
    # The first text is the header: it counts for the passage and is no sentence.
    spans = [(0, int(edges[-1])), *pairwise(edges[1:].tolist())]
    return [float((weights * similarities[:, start:end].max(axis=1, initial=0.0)).sum()) for start, end in spans]


def _stem_frequencies(
    question: QuestionSignals, candidates: Sequence[Candidate]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return how often each text (header or sentence) has each stem of the question, and each text's length in stems.

    Shapes (texts, question stems) and (texts,); a candidate's texts are its header, then its sentences.
    """
    texts = [text for candidate in candidates for text in candidate.stems]
    lengths = np.array([len(text) for text in texts])
    codes = np.concatenate(texts)
    text_of_code = np.repeat(np.arange(len(texts)), lengths)
    frequencies = np.zeros((len(texts), len(question.stems)), dtype=np.float32)
    for column, stem in enumerate(question.stems):
        frequencies[:, column] = np.bincount(text_of_code[codes == stem], minlength=len(texts))
    return frequencies, lengths.astype(np.float32)


def _bm25(
    frequencies: NDArray[np.float32], lengths: NDArray[np.float32], idf: NDArray[np.float32]
) -> NDArray[np.float32]:
    norm = BM25_K1 * (1 - BM25_B + BM25_B * lengths / max(float(lengths.mean()), 1.0))
    saturated = frequencies * (BM25_K1 + 1) / (frequencies + norm[:, None])
    return np.asarray((saturated * idf).sum(axis=1), dtype=np.float32)


def _idf_share(found: NDArray[np.bool_], idf: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the share of the question's idf that each row's stems make up, in [0, 1]."""
    return np.asarray((found * idf).sum(axis=1) / max(float(idf.sum()), 1e-9), dtype=np.float32)


def _best(values: NDArray[np.float32], owner: NDArray[np.int64], passages: int) -> NDArray[np.float32]:
    best = np.full(passages, -1.0, dtype=np.float32)
    np.maximum.at(best, owner, values)
    return best


def _relative(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    highest = float(scores.max(initial=0.0))
    return scores / highest if highest else scores
