"""A language model's words for what the passages say, checked sentence by sentence as they arrive."""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import aclosing
from typing import TYPE_CHECKING

from retrieval.errors import LanguageModelError
from retrieval.query.models import Form
from retrieval.verification.models import Rejected
from retrieval.writing import prompt
from retrieval.writing.composition import Composition
from retrieval.writing.models import Wording
from retrieval.writing.sentences import SentenceReader

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from retrieval.llm import LanguageModel, Tokens
    from retrieval.llm.completion import Completion
    from retrieval.models import Answer
    from retrieval.verification.verifier import Verifier
    from retrieval.writing.models import Consultation

logger = logging.getLogger(__name__)

MOST_SENTENCES = 6
LEAST_SHARE = 1 / 3
"""Of what was written, the sentences that must be proven: where most are invented, the rest is beside the point."""

CONDENSED_TOKENS = 80
CONDENSED_SECONDS = 5.0
CONDENSED_LENGTH = 300


class Writer:
    """Words answers with a language model; everything that it may not say is left out."""

    def __init__(self, model: LanguageModel) -> None:
        self.model = model

    def can_word(self, consulted: Consultation) -> bool:
        """Whether there is something to word: lists in the order of time stay quotes, and so does what is no answer."""
        given = consulted.answer
        return given.answered and given.form is Form.ANSWER and bool(consulted.excerpts)

    async def write(self, consulted: Consultation, show: Callable[[Answer], None] = lambda _: None) -> Wording:
        """Return an answer in the model's words; `show` is given it as far as it is proven, sentence by sentence."""
        given = consulted.answer
        if not self.can_word(consulted):
            return Wording(given)
        composition = Composition(consulted, self.model.model)
        told = prompt.passages_and_question(given.question, consulted.excerpts)
        completion = self.model.complete(prompt.RULES, told)
        failure: LanguageModelError | None = None
        try:
            async with aclosing(completion):
                await self._compose(composition, completion, consulted, show)
        except LanguageModelError as error:
            failure = error
        written, dropped = composition.kept, composition.dropped
        is_enough = written > 0 and written >= LEAST_SHARE * (written + dropped)
        answer = composition.answer() if is_enough and failure is None else given
        return Wording(answer, completion.tokens, failure, dropped)

    async def complete(self, question: str, before: str, quote: str) -> tuple[str | None, Tokens]:
        """Return a follow-up as a question of its own and what that took, or None where the model has none to give."""
        completion = self.model.complete(
            prompt.CONDENSING, prompt.follow_up(question, before, quote), most=CONDENSED_TOKENS
        )
        try:
            async with asyncio.timeout(CONDENSED_SECONDS), aclosing(completion):
                text = "".join([piece async for piece in completion])
        except (LanguageModelError, TimeoutError):
            return None, completion.tokens
        return _one_question(text, f"{question} {before} {quote}"), completion.tokens

    async def _compose(
        self,
        composition: Composition,
        completion: Completion,
        consulted: Consultation,
        show: Callable[[Answer], None],
    ) -> None:
        read = 0
        verifier: Verifier | None = None
        async for sentence in _sentences(completion):
            if prompt.CANNOT_ANSWER in sentence.upper():
                return
            read += 1
            if verifier is None:
                verifier = await asyncio.to_thread(consulted.verifier)
            checked = await asyncio.to_thread(verifier.check, sentence)
            if isinstance(checked, Rejected):
                logger.debug("A sentence is not proven (%s, %s): %s", checked.reason, checked.detail, sentence)
                composition.drop()
            elif composition.add(checked):
                show(composition.answer())
            if read == MOST_SENTENCES:
                return


async def _sentences(completion: Completion) -> AsyncIterator[str]:
    reader = SentenceReader()
    async for piece in completion:
        for sentence in reader.feed(piece):
            yield sentence
    for sentence in reader.end():
        yield sentence


def _one_question(text: str, known: str) -> str | None:
    """Return a model's text if it is one line that may be a question, with no name or number but known ones."""
    text = text.strip().strip("\"“”'")
    is_one = (
        text and "\n" not in text and len(text) <= CONDENSED_LENGTH and not re.search(r"https?:|www\.|[<>{}]", text)
    )
    said = set(re.findall(r"\w+", known.casefold()))
    facts = (word for word in re.findall(r"\w+", text)[1:] if not word.islower())
    return text if is_one and all(fact.casefold() in said for fact in facts) else None
