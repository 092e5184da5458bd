"""Consultations over passages that a test writes, and models that say what it wants."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from retrieval.models import Answer, ArticleCard, Citation, Outcome, Quote
from retrieval.verification.models import Excerpt
from retrieval.verification.verifier import Verifier
from retrieval.writing import Consultation

if TYPE_CHECKING:
    from retrieval.embedding.minilm import MiniLM
    from tests.llm_server import Asked

FERRY = (
    "The ferry Solveig ran aground off Tarnvik on 3 May 2025.",
    "All 214 passengers were taken ashore by midnight.",
    "It will sail again in August.",
)
BRIDGE = ("The Larvik bridge was closed to lorries in March 2024.", "Engineers found cracks in four cables.")
QUESTION = "What happened to the ferry Solveig?"


def excerpt(number: int, title: str, day: date, sentences: tuple[str, ...]) -> Excerpt:
    text = " ".join(sentences)
    quotes, start = [], 0
    for sentence in sentences:
        start = text.index(sentence, start)
        quotes.append(Quote(sentence, start, start + len(sentence)))
    card = ArticleCard(title, f"{title}.txt", title, "The Upland Wire", None, day, f"https://wire.example/{title}")
    return Excerpt(number, card, Quote(text, 0, len(text)), tuple(quotes))


def consultation(model: MiniLM) -> Consultation:
    """An extractive answer from two articles."""
    excerpts = (excerpt(1, "ferry", date(2025, 5, 4), FERRY), excerpt(2, "bridge", date(2024, 3, 2), BRIDGE))
    first = excerpts[0]
    answer = Answer(
        question=QUESTION,
        outcome=Outcome.ANSWER,
        confidence=0.9,
        citations=(Citation(1, first.article, first.sentences[0], first.passage),),
        nearest=(),
        generation=1,
        timings_ms={},
    )
    return Consultation(answer, excerpts, lambda: Verifier(excerpts, model))


def told(asked: Asked) -> list[dict[str, Any]]:
    """What a model was told, line by line."""
    return [json.loads(line) for line in asked.user.split("\n")]
