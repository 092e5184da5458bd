"""What is said to whom: every message and command to its reply, whether it came from Telegram or the terminal."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import languages, rendering, smalltalk, texts
from bot.rendering import Button, Reply
from corpus.errors import CorpusError
from retrieval.errors import ContradictingQuery, IndexBroken, ReloadRunning, RetrievalError, UnreadableQuery
from retrieval.models import Outcome
from retrieval.query.models import Form
from retrieval.query.parse import without_operators

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from retrieval.engine import Engine
    from retrieval.models import Answer

logger = logging.getLogger(__name__)

LONGEST_QUESTION = 1000
"""Characters; the model reads about that many, and nobody asks more in one question."""

PAGE = 6
PROGRESS_SECONDS = 3.0
"""Between two edits of a progress message; Telegram counts edits against its limits."""

SUBJECTS = 3

_SMALL_TALK = {
    smalltalk.Kind.GREETING: texts.GREETING,
    smalltalk.Kind.THANKS: texts.THANKS,
    smalltalk.Kind.GOODBYE: texts.GOODBYE,
}


@dataclass(slots=True)
class _Progress:
    """How far a reload is; written by its thread, read by the event loop."""

    done: int = 0
    total: int = 0

    def note(self, done: int, total: int) -> None:
        self.done, self.total = done, total


class Conversation:
    """The replies; holds no state of any chat."""

    def __init__(self, engine: Engine, admin_ids: frozenset[int] = frozenset()) -> None:
        self._engine = engine
        self._admin_ids = admin_ids

    def is_admin(self, user_id: int | None) -> bool:
        """Return whether the user may reload; with no admins set, nobody may."""
        return user_id in self._admin_ids

    def start(self) -> Reply:
        """Return the greeting."""
        return Reply(texts.START)

    async def help(self, *, admin: bool) -> Reply:
        """Return what the newest articles are about, and the commands."""
        try:
            cards = (await self._engine.articles())[:SUBJECTS]
            subjects = [rendering.subject(card, await self._engine.opening(card.id)) for card in cards]
            text = texts.HELP.format(subjects="\n".join(subjects))
        except IndexBroken:
            text = texts.HELP_EMPTY
        return Reply(text + (texts.HELP_ADMIN if admin else ""))

    def unknown_command(self) -> Reply:
        """Return what to say to a command that does not exist."""
        return Reply(texts.UNKNOWN_COMMAND)

    def not_text(self) -> Reply:
        """Return what to say to a picture, a sticker, a file."""
        return Reply(texts.NOT_TEXT)

    def admins_only(self) -> Reply:
        """Return what to say to a user who may not do that."""
        return Reply(texts.ADMINS_ONLY)

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
            return await self._reply(await self._engine.ask(question), is_subject=is_subject)
        except UnreadableQuery as error:
            return Reply(await self._unreadable(error))
        except IndexBroken as error:
            logger.warning("A question found no usable index: %s", error)
            return Reply(texts.NO_INDEX)

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
        shown = cards[page * PAGE : (page + 1) * PAGE] if page >= 0 else []
        if not shown:
            return Reply(texts.NO_SUCH_PAGE)
        openings = [await self._engine.opening(card.id) for card in shown]
        buttons = []
        if page:
            buttons.append(Button(texts.PREVIOUS, f"sources:{page - 1}"))
        if (page + 1) * PAGE < len(cards):
            buttons.append(Button(texts.NEXT, f"sources:{page + 1}"))
        return Reply(rendering.sources(shown, openings, page * PAGE + 1, len(cards)), tuple(buttons))

    async def status(self) -> Reply:
        """Return what serves now."""
        try:
            return Reply(rendering.status(await self._engine.status()))
        except IndexBroken:
            return Reply(texts.NO_INDEX)

    async def reload(self, show: Callable[[str], Awaitable[None]], *, full: bool = False) -> Reply:
        """Reload the articles and return the report; `show` is given the progress as HTML every few seconds."""
        progress = _Progress()
        task = asyncio.ensure_future(self._engine.reload(progress.note, full=full))
        try:
            while not (await asyncio.wait({task}, timeout=PROGRESS_SECONDS))[0]:
                if progress.total:
                    await show(rendering.progress(progress.done, progress.total))
            return Reply(rendering.report(task.result()))
        except ReloadRunning:
            return Reply(texts.ALREADY_RELOADING)
        except (RetrievalError, CorpusError) as error:
            logger.warning("A reload failed: %s", error)
            return Reply(rendering.reload_failed(str(error)))
        finally:
            task.cancel()


def _said_without_looking(question: str, kind: smalltalk.Kind | None) -> str | None:
    """Return the reply to what is no question, or one that nobody can read."""
    if not any(character.isalnum() for character in question):
        return texts.NO_WORDS
    if len(question) > LONGEST_QUESTION:
        return texts.TOO_LONG.format(length=len(question), limit=LONGEST_QUESTION)
    return _SMALL_TALK.get(kind) if kind else None
