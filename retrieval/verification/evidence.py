"""What sentences are compared with: a sentence of an excerpt, or two neighbouring ones, as tokens and vectors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from retrieval.embedding.minilm import PassageText
from retrieval.embedding.vectors import unit
from retrieval.models import Quote
from retrieval.verification import instructions
from retrieval.verification.alignment import Alignment, Indexed
from retrieval.verification.lemmas import words
from retrieval.verification.tokens import Kind, Token, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from retrieval.embedding.minilm import MiniLM
    from retrieval.verification.models import Excerpt


_LEANING = frozenset(words("he she it they his her its their"))


_SHORTEST_CLAUSE = 3


@dataclass(frozen=True)
class Window:
    """Neighbouring sentences of one excerpt, `first` to `last` included, and their tokens in order."""

    evidence: Evidence
    first: int
    last: int
    tokens: tuple[Token, ...]
    second: int
    """The token with which the second sentence begins; as many as there are tokens where there is none."""

    marks: frozenset[object]
    """What its tokens are compared by, for a first look."""

    def holds(self, other: Window) -> bool:
        """Return whether another window is a part of this one."""
        return self.evidence is other.evidence and self.first <= other.first and other.last <= self.last

    def shared(self, tokens: Sequence[Token]) -> int:
        """Return how many tokens of a sentence stand here as they are; facts count thrice."""
        return sum((3 if token.is_fact else 1) * (_mark(token) in self.marks) for token in tokens if token.is_content)

    @property
    def quote(self) -> Quote:
        """The words of the article from the first sentence to the last."""
        return self.evidence.span(self.first, self.last)

    @cached_property
    def indexed(self) -> Indexed:
        """The tokens, ready to be searched."""
        return Indexed(self.tokens)

    def vectors(self) -> NDArray[np.float32]:
        """Return the tokens' vectors, each in its sentence, shape (tokens, 384)."""
        return np.concatenate([self.evidence.vectors(number) for number in range(self.first, self.last + 1)])


class Evidence:
    """An excerpt read once: its sentences' tokens when it is first cited, their vectors when they are first needed."""

    def __init__(self, excerpt: Excerpt, model: MiniLM) -> None:
        self.excerpt = excerpt
        self._model = model
        self._vectors: dict[int, NDArray[np.float32]] = {}

    @cached_property
    def sentences(self) -> tuple[tuple[Token, ...], ...]:
        """The tokens of each sentence."""
        return tuple(read(sentence.text) for sentence in self.excerpt.sentences)

    @cached_property
    def usable(self) -> tuple[bool, ...]:
        """Whether each sentence tells something, and does not order a reader or a model about."""
        return instructions.usable([sentence.text for sentence in self.excerpt.sentences])

    def vectors(self, number: int) -> NDArray[np.float32]:
        """Return the vectors of a sentence's tokens, shape (tokens, 384); computed once."""
        if number not in self._vectors:
            self._vectors[number] = token_vectors(
                self.excerpt.sentences[number].text, self.sentences[number], self._model
            )
        return self._vectors[number]

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """Each usable sentence, then each two usable neighbours."""
        return tuple(self._windows())

    def _windows(self) -> Iterator[Window]:
        count = len(self.sentences)
        for length in (1, 2):
            for first in range(count - length + 1):
                last = first + length - 1
                if all(self.usable[first : last + 1]):
                    tokens = tuple(token for part in self.sentences[first : last + 1] for token in part)
                    yield Window(self, first, last, tokens, len(self.sentences[first]), _marks(tokens))

    def span(self, first: int, last: int) -> Quote:
        """Return the words of the article from one sentence to another."""
        passage, sentences = self.excerpt.passage, self.excerpt.sentences
        start, end = sentences[first].start, sentences[last].end
        return Quote(passage.text[start - passage.start : end - passage.start], start, end)


def token_vectors(text: str, tokens: Sequence[Token], model: MiniLM) -> NDArray[np.float32]:
    """Return the vectors of a sentence's tokens in their context, shape (tokens, 384)."""
    return model.embed_passage(PassageText("", text, tuple((token.start, token.end) for token in tokens))).sentences


def whole(tokens: Sequence[Token], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean vector of the tokens that are no marks, shape (384,)."""
    kept = [place for place, token in enumerate(tokens) if any(sign.isalnum() for sign in token.text)]
    return unit(vectors[kept].mean(axis=0)) if kept else vectors.mean(axis=0)


def straddles(claim: Sequence[Token], window: Window, found: Alignment) -> str | None:
    """Return a word of a clause that is made of two sentences, of which the second does not lean on the first.

    It may take its subject from the first and all else from the second, where that begins with a pronoun: "It weighed
    570 kilograms" is said of the craft that the sentence before begins with.
    """
    if window.second >= len(window.tokens):
        return None
    for clause in _clauses(claim):
        places = [place for place in clause if place in found.places]
        early = [place for place in places if found.places[place] < window.second]
        late = [place for place in places if found.places[place] >= window.second]
        if not early or not late or not clause:
            continue
        opening = window.tokens[window.second]
        if any(claim[place].kind is not Kind.NAME for place in early):
            # "The law will apply" for "It will apply".
            stands_for = len(early) == 1 and early[0] == clause[0] and claim[early[0]].kind is Kind.WORD
            if stands_for and opening.folded in {"it", "they", "its", "their"}:
                continue
            return claim[early[0]].text
        leans = opening.folded in _LEANING
        subject = _first_names(window.tokens[: window.second])
        if not leans or max(early) > min(late) or not all(found.places[place] in subject for place in early):
            return claim[early[0]].text
    return None


def _clauses(tokens: Sequence[Token]) -> Iterator[list[int]]:
    clause: list[int] = []
    for place, token in enumerate(tokens):
        joins = token.folded in {"and", "but", "while", "whereas"}
        if joins or (token.kind is Kind.MARK and token.key in ",;:—–"):
            # "From 1971, to 1967": a piece that says too little is told together with what follows.
            parts = token.key == ";" or (joins and place > 0 and tokens[place - 1].key == ",")
            if parts or len(clause) >= _SHORTEST_CLAUSE:
                yield clause
                clause = []
        elif token.is_content:
            clause.append(place)
    yield clause


def _first_names(tokens: Sequence[Token]) -> set[int]:
    """Return the places of the first name of a sentence."""
    found: list[int] = []
    for place, token in enumerate(tokens):
        if token.kind is Kind.NAME and (not found or place - found[-1] <= 2):
            found.append(place)
        elif found and place - found[-1] > 2:
            break
    return set(found)


def _marks(tokens: Sequence[Token]) -> frozenset[object]:
    return frozenset(_mark(token) for token in tokens)


def _mark(token: Token) -> object:
    if token.quantity is not None:
        return token.quantity.value
    if token.moment is not None:
        return token.moment.year or token.moment.month or token.moment.weekday or token.moment.minute
    return token.key
