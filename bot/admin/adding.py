"""New articles from an admin: a file or a web page, shown as it was understood, then kept or discarded."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from bot import texts
from bot.admin import pages
from bot.rendering import Reply, escaped, file_name
from bot.state.audit import Action
from bot.state.drafts import Draft, DraftFile
from corpus import writing
from corpus.errors import CorpusError
from corpus.readers import READERS
from corpus.reading import LIGHT
from retrieval.errors import RetrievalError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.admin.reloads import Reloads
    from bot.admin.web import Web
    from bot.state.audit import Actor
    from bot.state.state import State
    from corpus.models import Contents
    from retrieval.engine import Engine

FOLDER = "added"
"""Where in ARTICLES_DIR what admins add is kept."""

WAITING = timedelta(days=14)
"""After which nobody decides on a draft any more."""


class Adding:
    """Drafts wait in the state for their Keep or Discard, which may come after a restart."""

    def __init__(self, engine: Engine, reloads: Reloads, state: State, web: Web) -> None:
        self._engine = engine
        self._reloads = reloads
        self._state = state
        self._web = web
        self._deciding: set[int] = set()

    def usage(self) -> Reply:
        """Return what can be added, and how."""
        return Reply(texts.ADD_WHAT.format(endings=", ".join(READERS)))

    async def file(self, actor: Actor, chat_id: int, name: str, data: bytes) -> Reply:
        """Return the card of what a file holds, or why it holds nothing."""
        try:
            contents = await self._web.read(name, data)
        except CorpusError as error:
            return Reply(texts.NOT_READABLE.format(reason=escaped(str(error))))
        if PurePosixPath(name).suffix.lower() in LIGHT:
            files = [DraftFile(f"{FOLDER}/{PurePosixPath(name).name}", data)]  # as it came: it is what a person wrote
        else:
            files = _as_files(contents)
        return await self._draft(actor, chat_id, name, contents, files)

    async def page(self, actor: Actor, chat_id: int, url: str) -> Reply:
        """Return the card of what a web page holds, or why it holds nothing."""
        try:
            contents = await self._web.page(url)
        except CorpusError as error:
            return Reply(texts.NOT_READABLE.format(reason=escaped(str(error))))
        return await self._draft(actor, chat_id, url, contents, _as_files(contents))

    async def keep(self, actor: Actor, number: int) -> Reply:
        """Write a draft's files into the articles and reload."""
        draft = await self._state.drafts.get(number)
        if draft is None or number in self._deciding:
            return Reply(texts.NO_LONGER)
        self._deciding.add(number)
        try:
            folder = self._engine.articles_dir
            paths = [await asyncio.to_thread(writing.save, folder, file.name, file.data) for file in draft.files]
            await self._state.drafts.delete(number)
            await self._state.audit.record(actor, Action.ADD, f"{draft.name}: {', '.join(paths[:3])}")
        except CorpusError as error:  # the draft waits for the admin to make room
            return Reply(pages.reload_failed(str(error)), pages.decisions(number))
        finally:
            self._deciding.discard(number)
        if len(paths) == 1:
            kept = texts.KEPT.format(path=file_name(paths[0]))
        else:
            kept = texts.KEPT_SEVERAL.format(count=len(paths), folder=file_name(FOLDER))
        try:
            await self._reloads.bring_in(actor)
        except (CorpusError, RetrievalError) as error:
            return Reply(f"{kept} {pages.not_live(str(error))}")
        return Reply(f"{kept} {texts.LIVE}")

    async def discard(self, actor: Actor, number: int) -> Reply:
        """Forget a draft."""
        draft = await self._state.drafts.get(number)
        if draft is None or number in self._deciding or not await self._state.drafts.delete(number):
            return Reply(texts.NO_LONGER)
        await self._state.audit.record(actor, Action.DISCARD, draft.name)
        return Reply(texts.DISCARDED)

    async def _draft(
        self, actor: Actor, chat_id: int, name: str, contents: Contents, files: Sequence[DraftFile]
    ) -> Reply:
        await self._web.rest()
        now = datetime.now(UTC)
        await self._state.drafts.purge(now - WAITING)
        number = await self._state.drafts.keep(Draft(chat_id, actor.id or 0, name, tuple(files), now))
        # As they are, and as they would be written: the same page may have been kept before.
        written = (replace(article, text=writing.as_file(article)) for article in contents.articles)
        twins = await self._engine.paths_of({article.content_digest for article in (*contents.articles, *written)})
        return pages.draft(name, contents, number, twins)


def _as_files(contents: Contents) -> list[DraftFile]:
    return [
        DraftFile(f"{FOLDER}/{writing.file_name(article)}", writing.as_file(article).encode())
        for article in contents.articles
    ]
