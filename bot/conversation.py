"""What is said to whom: every message and command to its reply, whether it came from Telegram or the terminal."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import languages, rendering, smalltalk, texts
from bot.rendering import Reply
from retrieval.errors import ContradictingQuery, IndexBroken, ServerUnreachable, UnreadableQuery
from retrieval.models import Outcome
from retrieval.query.models import Form
from retrieval.query.parse import without_operators

if TYPE_CHECKING:
    from retrieval.engine import Engine
    from retrieval.models import Answer

logger = logging.getLogger(__name__)

LONGEST_QUESTION = 1000
"""Characters; the model reads about that many, and nobody asks more in one question."""

PAGE = 6
SUBJECTS = 3

_SMALL_TALK = {
    smalltalk.Kind.GREETING: "GREETING",
    smalltalk.Kind.THANKS: "THANKS",
    smalltalk.Kind.GOODBYE: "GOODBYE",
}
"""The names of the texts, which are in the language of whoever is answered."""


class Conversation:
    """The replies; holds no state of any chat."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def start(self) -> Reply:
        """Return the greeting."""
        return Reply(texts.START)

    async def help(self, *, admin: bool) -> Reply:
        """Return what the newest articles are about, and the commands."""
        try:
            cards = (await self._engine.articles())[:SUBJECTS]
            subjects = [rendering.subject(card, await self._engine.opening(card.id)) for card in cards]
            text = texts.HELP.format(subjects="\n".join(subjects))
        except (IndexBroken, ServerUnreachable):
            text = texts.HELP_EMPTY
        return Reply(text + (texts.HELP_ADMIN if admin else ""))

    def unknown_command(self) -> Reply:
        """Return what to say to a command that does not exist."""
        return Reply(texts.UNKNOWN_COMMAND)

    def not_text(self) -> Reply:
        """Return what to say to a picture, a sticker, a file."""
        return Reply(texts.NOT_TEXT)

    async def ask_command(self, question: str) -> Reply:
        """Return the answer to /ask, or how to use it."""
        return await self.answer(question) if question.strip() else Reply(texts.ASK_WHAT)

    async def answer(self, message: str) -> Reply:
        """Return the answer to a question, or what is wrong with it."""
        question = " ".join(message.split())
        kind = smalltalk.recognise(question)
        if kind is smalltalk.Kind.ABOUT:
            return await self.help(admin=False)
        if said := _said_without_looking(question, kind):
            return Reply(said)
        return await self._looked_up(smalltalk.without_greeting(question), is_subject=kind is smalltalk.Kind.WORD)

    async def timeline_command(self, subject: str) -> Reply:
        """Return the answer to /timeline, or how to use it."""
        subject = " ".join(subject.split())
        if not any(character.isalnum() for character in without_operators(subject)):
            return Reply(texts.TIMELINE_WHAT)
        if said := _said_without_looking(subject, None):
            return Reply(said)
        return await self._looked_up(f"timeline of {subject}")

    async def _looked_up(self, question: str, *, is_subject: bool = False) -> Reply:
        try:
            given = await self._engine.ask(question)
            return replace(await self._reply(given, is_subject=is_subject), answered=given.answered)
        except UnreadableQuery as error:
            return Reply(await self._unreadable(error))
        except IndexBroken as error:
            logger.warning("A question found no usable index: %s", error)
            return Reply(texts.NO_INDEX)
        except ServerUnreachable as error:
            logger.warning("A question could not be looked up: %s", error)
            return Reply(texts.OUT_OF_REACH)

    async def _reply(self, given: Answer, *, is_subject: bool) -> Reply:
        if given.answered and given.form is Form.TIMELINE:
            return Reply(rendering.timeline(given))
        if given.answered:
            return Reply(rendering.answer(given, *([texts.SUBJECT_ONLY] if is_subject else [])))
        # Half a second when it is first needed, which the event loop must not wait for.
        language = await asyncio.to_thread(languages.foreign, given.question)
        if language:
            return Reply(texts.OTHER_LANGUAGE.format(language=language))
        if given.outcome is Outcome.CLOSEST:
            return Reply(rendering.closest(given))
        # A timeline and a scope are asked for, and a subject is no chatter: of these it is said that nothing was found.
        is_asked = is_subject or given.form is not Form.ANSWER or not given.remarks.scope.is_empty
        if not (is_asked or given.nearest or smalltalk.is_question(given.question)):
            return Reply(texts.NO_QUESTION)
        return Reply(rendering.not_found(given, await self._engine.status()))

    async def _unreadable(self, error: UnreadableQuery) -> str:
        if not error.operator:
            return texts.ONLY_OPERATORS
        if isinstance(error, ContradictingQuery):
            return rendering.contradicting(error.operator, error.value)
        if error.operator != "source":
            return rendering.unreadable_date(error.operator, error.value)
        return rendering.unknown_source(error.value, await self._engine.sources())

    async def sources(self, page: int = 0) -> Reply:
        """Return one page of the articles, newest first, with buttons to the pages beside it."""
        try:
            cards = await self._engine.articles()
        except IndexBroken:
            return Reply(texts.NO_INDEX)
        except ServerUnreachable:
            return Reply(texts.OUT_OF_REACH)
        shown = cards[page * PAGE : (page + 1) * PAGE] if page >= 0 else []
        if not shown:
            return Reply(texts.NO_SUCH_PAGE)
        openings = [await self._engine.opening(card.id) for card in shown]
        turns = rendering.turns("sources", page, PAGE, len(cards))
        return Reply(rendering.sources(shown, openings, page * PAGE + 1, len(cards)), turns)


def _said_without_looking(question: str, kind: smalltalk.Kind | None) -> str | None:
    """Return the reply to what is no question, or one that nobody can read."""
    if not any(character.isalnum() for character in question):
        return texts.NO_WORDS
    if len(question) > LONGEST_QUESTION:
        return texts.TOO_LONG.format(length=len(question), limit=LONGEST_QUESTION)
    name = _SMALL_TALK.get(kind) if kind else None
    return getattr(texts, name) if name else None
