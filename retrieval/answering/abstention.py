"""Whether the articles hold an answer at all: one number, and two thresholds that make three outcomes of it."""

from __future__ import annotations

from retrieval.models import Calibration

COVERAGE_WEIGHT = 1.0
LATE_WEIGHT = 2.5
"""Fitted on 2,910 questions, each with its passage in the index and with it taken out; see docs/architecture.md."""


def evidence(best_cosine: float, coverage: float, best_late: float) -> float:
    """Return how much speaks for a passage holding an answer; comparable between questions.

    `best_cosine` in [-1, 1] and `best_late` in [0, 1] are those of the passage's best sentence, `coverage` in [0, 1] is
    the share of the question's inverse document frequency found in the passage. None alone is enough: a near miss is
    near in meaning but lacks the name that was asked for; a chance hit has the words and is about something else.
    """
    return best_cosine + COVERAGE_WEIGHT * coverage + LATE_WEIGHT * best_late


BUNDLED = Calibration(slope=3.055, midpoint=2.871, answer=0.085, closest=0.032)
"""Measured with `footnote calibrate` on the 2,910 questions; see docs/architecture.md."""
