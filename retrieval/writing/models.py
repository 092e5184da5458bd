"""The values between an extractive answer and the same in a language model's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.llm import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from retrieval.errors import LanguageModelError
    from retrieval.models import Answer
    from retrieval.verification.models import Excerpt
    from retrieval.verification.verifier import Verifier


NO_TOKENS = Tokens()


@dataclass(frozen=True, slots=True)
class Consultation:
    """An extractive answer, the passages it was found in, numbered, and how to check what is said of them."""

    answer: Answer
    excerpts: tuple[Excerpt, ...]
    verifier: Callable[[], Verifier]
    """Returns who checks the sentences of one answer; blocking."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What came of asking a language model for better words."""

    answer: Answer
    """The same answer in its words, or the extractive one where too little of them was proven or none came."""
    tokens: Tokens = NO_TOKENS
    failure: LanguageModelError | None = None
    """Why no words came, or not all."""
    dropped: int = 0
    """Sentences that were not proven."""
