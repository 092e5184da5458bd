"""What is said to whom: every message and command to its reply, whether it came from Telegram or the terminal."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import rendering, texts
from bot.rendering import Button, Reply
from corpus.errors import CorpusError
from retrieval.errors import IndexBroken, ReloadRunning, RetrievalError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from retrieval.engine import Engine

logger = logging.getLogger(__name__)

LONGEST_QUESTION = 1000
"""Characters; the model reads about that many, and nobody asks more in one question."""

PAGE = 6
PROGRESS_SECONDS = 3.0
"""Between two edits of a progress message; Telegram counts edits against its limits."""

SUBJECTS = 3


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
        if not any(character.isalnum() for character in question):
            return Reply(texts.NO_WORDS)
        if len(question) > LONGEST_QUESTION:
            return Reply(texts.TOO_LONG.format(length=len(question), limit=LONGEST_QUESTION))
        try:
            given = await self._engine.ask(question)
            if given.answered:
                return Reply(rendering.answer(given))
            return Reply(rendering.not_found(given, await self._engine.status()))
        except IndexBroken as error:
            logger.warning("A question found no usable index: %s", error)
            return Reply(texts.NO_INDEX)

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
