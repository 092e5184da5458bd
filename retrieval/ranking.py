"""Scores for candidate passages and their sentences: pure numpy, no index, no model.

First every candidate gets a weighted sum of four signals (score fusion, Bruch et al. 2023): its cosine to the question,
that of its best sentence, BM25 from the lexical index, and BM25 of its best sentence; the lexical ones divided by their
best.

Then the best ten are read closely. Late interaction (Khattab & Zaharia 2020): each word of the question takes its
nearest token of the passage, and the cosines are averaged by the words' idf; the same over a sentence's tokens says how
well that sentence answers. Words that stand side by side in the question are looked for side by side. A passage is in
the end as good as its best sentence, so the first passage is the one that is quoted first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from retrieval.embedding.vectors import TokenVectors
    from retrieval.index.catalog import Candidate


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal counts. Fitted on 2,910 questions over 646 paragraphs, in folds; see docs/architecture.md."""

    passage_cosine: float = 0.5
    sentence_cosine: float = 0.5
    passage_bm25: float = 0.25
    sentence_bm25: float = 0.125
    """The four of the first score; the sentence is the passage's best."""

    passage_late: float = 2.0
    passage_phrases: float = 0.5
    """For the passages that are read closely: late interaction, and the question's pairs of neighbouring words."""

    answer_cosine: float = 0.5
    answer_coverage: float = 0.6
    answer_cue: float = 1.0
    answer_late: float = 3.0
    answer_late_even: float = 1.0
    """For a sentence, above its passage's score: its cosine, its share of the question's idf, the answer-type cue, and
    its late interaction by idf and by words alike."""

    back_reference: float = 1.0
    """How far a sentence that begins with a pronoun is credited with what the one before it says."""

    best_sentence: float = 1.0
    """What a passage gains of its best sentence's score."""


class Ranker(StrEnum):
    """Which signals order the passages; all but `full` are there to be compared with it."""

    DENSE = "dense"
    LEXICAL = "lexical"
    FUSED = "fused"
    FULL = "full"

    @property
    def weights(self) -> Weights:
        """What each signal counts for this ranker."""
        if self is Ranker.FULL:
            return Weights()
        fused = Weights(passage_late=0, passage_phrases=0, answer_late=0, answer_late_even=0, best_sentence=0)
        if self is Ranker.FUSED:
            return fused
        is_dense = self is Ranker.DENSE
        return replace(
            fused, passage_cosine=float(is_dense), sentence_cosine=0, passage_bm25=float(not is_dense), sentence_bm25=0
        )


READ_CLOSELY = 10
"""Passages that late interaction and the order of words are looked at for."""

DECIMALS = 5
"""Of a score; float32 products agree to about six."""

BM25_K1 = 1.2
BM25_B = 0.75


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
    best_late: float = 0.0
    """The highest late interaction of a sentence, in [0, 1]; 0 for a passage that was not read closely."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What the words of a sentence say about it."""

    cue: float
    """What it gains for holding the kind of thing that is asked for; see `answering.cues`."""
    refers_back: bool
    """Whether it begins with a word that only the sentence before it explains."""
    heading: bool
    """Headings announce; they are no answer, and a passage gains nothing by one."""


@dataclass(frozen=True, slots=True)
class ClosePassage:
    """What a passage is read closely by."""

    tokens: TokenVectors
    stems: Sequence[NDArray[np.uint32]]
    """Codes of the stems of the header, then of each sentence, in their order."""
    traits: Sequence[Traits]
    """One a sentence."""


def score_passages(
    question: QuestionSignals, candidates: Sequence[Candidate], bm25: Mapping[int, float], weights: Weights
) -> list[PassageScores]:
    """Return the candidates' first scores, best first, equal ones in the order of their keys.

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
    best_cosine = _best(sentence_cosine, owner, len(candidates))
    passage_scores = (
        weights.passage_cosine * dense
        + weights.sentence_cosine * best_cosine
        + weights.passage_bm25 * lexical
        + weights.sentence_bm25 * _best(sentence_bm25, owner, len(candidates))
    )
    found = frequencies > 0
    sentence_coverage = _idf_share(found[~is_header], question.idf)
    sentence_scores = (
        passage_scores[owner] + weights.answer_cosine * sentence_cosine + weights.answer_coverage * sentence_coverage
    )
    found_in_passage = np.logical_or.reduceat(found, np.flatnonzero(is_header), axis=0)
    coverage = _idf_share(found_in_passage, question.idf)
    # The last digits of equal rows depend on where they stand in the matrix; equal passages must score the same.
    passage_scores, sentence_scores = passage_scores.round(DECIMALS), sentence_scores.round(DECIMALS)
    best_cosine = best_cosine.round(DECIMALS)  # a confidence is made of it
    order = sorted(range(len(candidates)), key=lambda index: (-passage_scores[index], candidates[index].key))
    edges = np.concatenate([[0], np.cumsum(sentence_counts)])
    return [
        PassageScores(
            candidates[index].key,
            float(passage_scores[index]),
            tuple(sentence_scores[edges[index] : edges[index + 1]].tolist()),
            float(best_cosine[index]),
            float(coverage[index]),
        )
        for index in order
    ]


def read_closely(
    question: QuestionSignals, ranked: Sequence[PassageScores], close: Mapping[int, ClosePassage], weights: Weights
) -> list[PassageScores]:
    """Return the scores of `ranked`, those of the passages in `close` made anew, best first again.

    `ranked` begins with the passages in `close`, and the others stay behind them.
    """
    scored = [_read(question, scores, close[scores.key], weights) for scores in ranked if scores.key in close]
    scored.sort(key=lambda scores: (-scores.score, scores.key))
    return [*scored, *(scores for scores in ranked if scores.key not in close)]


def _read(question: QuestionSignals, scores: PassageScores, passage: ClosePassage, weights: Weights) -> PassageScores:
    nearest = _nearest(question.tokens, passage.tokens)
    base = scores.score + weights.passage_late * float(nearest[0] @ _shares(question.token_idf))
    base += weights.passage_phrases * _phrase_share(question, passage.stems[1:])
    refers_back = np.array([traits.refers_back for traits in passage.traits], dtype=bool)[:, None]
    alone, before = nearest[1:], np.vstack([np.zeros_like(nearest[:1]), nearest[1:-1]])
    # What a sentence only points to, the one before it says; the two are quoted together.
    together = np.where(refers_back, np.maximum(alone, before), alone)
    in_context = alone + weights.back_reference * (together - alone)
    by_idf, evenly = in_context @ _shares(question.token_idf), in_context @ _shares(np.ones_like(question.token_idf))
    sentence_scores = [
        base
        + (score - scores.score)
        + weights.answer_late * float(late)
        + weights.answer_late_even * float(late_evenly)
        + weights.answer_cue * traits.cue
        for score, late, late_evenly, traits in zip(scores.sentence_scores, by_idf, evenly, passage.traits, strict=True)
    ]
    telling = [place for place, traits in enumerate(passage.traits) if not traits.heading]
    gained = max((sentence_scores[place] - base for place in telling), default=0.0)
    return replace(
        scores,
        score=round(base + weights.best_sentence * gained, DECIMALS),
        sentence_scores=tuple(round(score, DECIMALS) for score in sentence_scores),
        best_late=max((float(by_idf[place]) for place in telling), default=0.0),
    )


def _shares(idf: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(idf / max(float(idf.sum()), 1e-9))


def _nearest(question: NDArray[np.float32], tokens: TokenVectors) -> NDArray[np.float32]:
    """Return the cosine of each of the question's words to its nearest token in the whole passage and each sentence.

    Shape (1 + sentences, words), in [0, 1].
    """
    counts = tokens.counts.astype(np.int64)
    nearest = np.zeros((len(counts), len(question)), dtype=np.float32)
    if len(tokens.vectors):
        similarities = tokens.vectors @ question.T
        has_tokens = counts > 0  # reduceat takes an empty span for the token behind it
        starts = (np.cumsum(counts) - counts)[has_tokens]
        nearest[has_tokens] = np.maximum.reduceat(similarities, starts, axis=0).clip(min=0.0)
    # The first text is the header: it counts for the passage and is no sentence.
    nearest[0] = nearest.max(axis=0)
    return nearest


def _phrase_share(question: QuestionSignals, texts: Sequence[NDArray[np.uint32]]) -> float:
    """Return how much of the idf of the question's pairs of neighbouring stems stands side by side in the passage."""
    if len(question.stems) < 2 or not texts:
        return 0.0
    codes = np.concatenate(texts)
    idf = question.idf[:-1] + question.idf[1:]
    pairs = zip(question.stems[:-1], question.stems[1:], strict=True)
    found = [bool(np.any((codes[:-1] == first) & (codes[1:] == second))) for first, second in pairs]
    return float(_idf_share(np.array([found]), idf)[0])


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
