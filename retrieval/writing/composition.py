"""Proven sentences put together: quotes numbered in the order of their use, each with its article."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from retrieval.answering.agreement import differing
from retrieval.answering.quotes import refers_back
from retrieval.models import Citation, Written, WrittenSentence

if TYPE_CHECKING:
    from retrieval.models import Answer
    from retrieval.verification.models import Support, Verified
    from retrieval.writing.models import Consultation


class Composition:
    """An answer that grows by a sentence at a time."""

    def __init__(self, consulted: Consultation, model: str) -> None:
        self._given = consulted.answer
        self._excerpts = {excerpt.number: excerpt for excerpt in consulted.excerpts}
        self._model = model
        self._sentences: list[WrittenSentence] = []
        self._citations: list[Citation] = []
        self._lost_the_last = False
        self.dropped = 0

    @property
    def kept(self) -> int:
        """How many sentences there are."""
        return len(self._sentences)

    def drop(self) -> None:
        """Leave a sentence out."""
        self.dropped += 1
        self._lost_the_last = True

    def add(self, verified: Verified) -> bool:
        """Take a sentence up, unless it is there already or nobody would know whom its pronoun means."""
        if any(verified.text == sentence.text for sentence in self._sentences):
            return False
        if refers_back(verified.text) and (self._lost_the_last or not self._sentences):
            self.drop()
            return False
        self._lost_the_last = False
        numbers = tuple(dict.fromkeys(self._number(support) for support in verified.support))
        self._sentences.append(WrittenSentence(verified.text, numbers))
        return True

    def answer(self) -> Answer:
        """Return the answer so far."""
        citations = tuple(self._citations)
        return replace(
            self._given,
            citations=citations,
            remarks=replace(self._given.remarks, differing=differing(self._given.question, citations)),
            written=Written(self._model, tuple(self._sentences)),
        )

    def _number(self, support: Support) -> int:
        """Return the number of the quote that a sentence rests on, a new one if no other quote holds it."""
        article, quote = self._excerpts[support.number].article, support.quote
        for citation in self._citations:
            shown = citation.quote
            if citation.article.id == article.id and shown.start <= quote.start and quote.end <= shown.end:
                return citation.number
        known = next(
            (
                citation
                for citation in self._given.citations
                if citation.article.id == article.id
                and citation.context.start <= quote.start
                and quote.end <= citation.context.end
            ),
            None,
        )
        number = len(self._citations) + 1
        context = known.context if known else self._excerpts[support.number].passage
        is_same = known is not None and known.quote == quote
        also_in = known.also_in if known and is_same else ()
        self._citations.append(Citation(number, article, quote, context, also_in))
        return number
