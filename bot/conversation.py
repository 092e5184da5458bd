"""What is said to whom: every message and command to its reply, whether it came from Telegram or the terminal."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot import languages, rendering, smalltalk, texts
from bot.rendering import Reply
from bot.writing import Lack
from retrieval.errors import ContradictingQuery, IndexBroken, OutOfReach, UnreadableQuery
from retrieval.query.models import Form
from retrieval.query.parse import without_operators

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.writing import Writing
    from retrieval.engine import Engine
    from retrieval.models import Answer
    from retrieval.writing import Consultation

logger = logging.getLogger(__name__)

LONGEST_QUESTION = 1000
"""Characters; the model reads about that many, and nobody asks more in one question."""

SUBJECTS = 3

_SMALL_TALK = {
    smalltalk.Kind.GREETING: "GREETING",
    smalltalk.Kind.THANKS: "THANKS",
    smalltalk.Kind.GOODBYE: "GOODBYE",
}
"""The names of the texts, which are in the language of whoever is answered."""


Show = Callable[[str], None]
"""Takes the HTML of an answer that is still being written; returns at once."""

_LACKS = {Lack.MODEL: lambda: texts.NOT_WRITTEN, Lack.TOKENS: lambda: texts.NO_TOKENS_LEFT}
"""The texts are in the language of whoever is answered."""


@dataclass(frozen=True, slots=True)
class Said:
    """A reply, and what the articles gave where they were asked a question."""

    reply: Reply
    given: Answer | None = None
    consulted: Consultation | None = None
    """What a language model can word the answer from, where one is set."""


class Conversation:
    """The replies; holds no state of any chat."""

    def __init__(self, engine: Engine, writing: Writing | None = None) -> None:
        self._engine = engine
        self._writing = writing

    def start(self) -> Reply:
        """Return the greeting."""
        return Reply(texts.START)

    async def help(self, *, admin: bool) -> Reply:
        """Return what the newest articles are about, and the commands."""
        try:
            cards = await self._engine.articles(SUBJECTS)
            subjects = [rendering.subject(card, await self._engine.opening(card.id)) for card in cards]
            text = texts.HELP.format(subjects="\n".join(subjects))
        except (IndexBroken, OutOfReach):
            text = texts.HELP_EMPTY
        return Reply(text + (texts.HELP_ADMIN if admin else ""))

    def unknown_command(self) -> Reply:
        """Return what to say to a command that does not exist."""
        return Reply(texts.UNKNOWN_COMMAND)

    def not_text(self) -> Reply:
        """Return what to say to a picture, a sticker, a file."""
        return Reply(texts.NOT_TEXT)

    async def answer(self, message: str) -> Reply:
        """Return the answer to a question that stands on its own, or what is wrong with it."""
        question = " ".join(message.split())
        if reply := await self.aside(question):
            return reply
        is_subject = smalltalk.recognise(question) is smalltalk.Kind.WORD
        said = await self.look_up(smalltalk.without_greeting(question), is_subject=is_subject)
        return (await self.word(said, is_subject=is_subject)).reply

    async def aside(self, question: str) -> Reply | None:
        """Return the reply to what is no question to the articles, or none that can be read; None for all others."""
        kind = smalltalk.recognise(question)
        if kind is smalltalk.Kind.ABOUT:
            return await self.help(admin=False)
        said = _said_without_looking(question, kind)
        return Reply(said) if said else None

    def no_timeline(self, subject: str) -> Reply | None:
        """Return what is wrong with what /timeline was given, or None."""
        if not any(character.isalnum() for character in without_operators(subject)):
            return Reply(texts.TIMELINE_WHAT)
        said = _said_without_looking(" ".join(subject.split()), None)
        return Reply(said) if said else None

    async def look_up(
        self,
        question: str,
        *above: str,
        seen: str = "",
        is_subject: bool = False,
        in_one: bool = False,
    ) -> Said:
        """Return the answer to a question below what is put `above`, all in one message if it takes another's place.

        If it rests on the quote that was `seen` before, it says so.
        """
        try:
            consulted = await self._engine.consult(question) if self._writing else None
            given = consulted.answer if consulted else await self._engine.ask(question)
            if given.citations and given.citations[0].quote.text == seen:
                above = (*above, texts.SEEN_ALREADY)
            said = await self._said(given, above, is_subject=is_subject, in_one=in_one)
            return replace(said, consulted=consulted)
        except UnreadableQuery as error:
            return Said(Reply(await self._unreadable(error)))
        except IndexBroken as error:
            logger.warning("A question found no usable index: %s", error)
            return Said(Reply(texts.NO_INDEX))
        except OutOfReach as error:
            logger.warning("A question could not be looked up: %s", error)
            return Said(Reply(texts.OUT_OF_REACH))

    async def word(
        self,
        said: Said,
        *above: str,
        user: int | None = None,
        show: Show | None = None,
        is_subject: bool = False,
        in_one: bool = False,
    ) -> Said:
        """Return what was said in a language model's words, or as it was; what is proven so far is shown meanwhile."""
        if self._writing is None or said.consulted is None or not said.consulted.answer.answered:
            return said
        given, lack = await self._writing.write(
            said.consulted, user, lambda so_far: show(rendering.draft(so_far)) if show else None
        )
        if given.written is None and lack is None:
            return said
        above = (*above, *([_LACKS[lack]()] if lack else []))
        return await self._said(given, above, is_subject=is_subject, in_one=in_one)

    async def complete(self, question: str, before: str, quote: str, user: int | None) -> str | None:
        """Return a follow-up as a language model completes it, or None where there is none that can."""
        return await self._writing.complete(question, before, quote, user) if self._writing else None

    async def _said(self, given: Answer, above: Sequence[str], *, is_subject: bool, in_one: bool) -> Said:
        if given.answered and is_subject and given.form is not Form.TIMELINE:
            above = [*above, texts.SUBJECT_ONLY]
        if not given.answered:
            # Half a second when it is first needed, which the event loop must not wait for.
            language = await asyncio.to_thread(languages.foreign, given.question)
            if language:
                said = texts.OTHER_LANGUAGE.format(language=rendering.language(language))
                return Said(Reply(said, answered=False), given)
        if given.citations:
            shown = (rendering.in_one(given, *above),) if in_one else rendering.messages(given, *above)
            return Said(Reply(shown[-1], before=shown[:-1], answered=given.answered), given)
        # A timeline and a scope are asked for, and a subject is no chatter: of these it is said that nothing was found.
        is_asked = is_subject or given.form is not Form.ANSWER or not given.remarks.scope.is_empty
        if not (is_asked or given.nearest or smalltalk.is_question(given.question)):
            return Said(Reply(texts.NO_QUESTION, answered=False))
        reply = Reply(rendering.not_found(given, await self._engine.status(), *above), answered=False)
        return Said(reply, given)

    async def _unreadable(self, error: UnreadableQuery) -> str:
        if not error.operator:
            return texts.ONLY_OPERATORS
        if isinstance(error, ContradictingQuery):
            return rendering.contradicting(error.operator, error.value)
        if error.operator != "source":
            return rendering.unreadable_date(error.operator, error.value)
        return rendering.unknown_source(error.value, await self._engine.sources())


def timeline_of(subject: str) -> str:
    """Return the question that /timeline asks."""
    return f"timeline of {' '.join(subject.split())}"


def _said_without_looking(question: str, kind: smalltalk.Kind | None) -> str | None:
    """Return the reply to what is no question, or one that nobody can read."""
    if not any(character.isalnum() for character in question):
        return texts.NO_WORDS
    if len(question) > LONGEST_QUESTION:
        return texts.TOO_LONG.format(length=len(question), limit=LONGEST_QUESTION)
    name = _SMALL_TALK.get(kind) if kind else None
    return getattr(texts, name) if name else None
