"""The articles as admins see them: found, opened, removed, put back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot import rendering, texts
from bot.admin import pages
from bot.rendering import Button, Reply, file_name
from bot.state.audit import Action
from corpus.errors import CorpusError
from corpus.models import article_id
from corpus.writing import move
from retrieval.errors import IndexBroken, RetrievalError

if TYPE_CHECKING:
    from pathlib import Path

    from bot.admin.reloads import Reloads
    from bot.state.audit import Actor, Audit
    from retrieval.engine import Engine
    from retrieval.models import ArticleCard

PAGE = 6
"""Articles a page: as many numbered buttons as fit in one row."""

QUERY_BYTES = 40
"""Of what was searched for; it travels in the buttons, which hold 64 bytes."""


class Library:
    """Looks after the files of ARTICLES_DIR; what is removed is set aside in a folder of its own."""

    def __init__(self, engine: Engine, reloads: Reloads, audit: Audit, set_aside: Path) -> None:
        self._engine = engine
        self._reloads = reloads
        self._audit = audit
        self._set_aside = set_aside

    async def list(self, query: str = "", page: int = 0) -> Reply:
        """Return one page of the articles that have all words of the query in what their card shows, newest first."""
        query = " ".join(query.split()).encode(errors="ignore")[:QUERY_BYTES].decode(errors="ignore")
        try:
            cards = await self._engine.articles()
        except IndexBroken:
            return Reply(texts.NO_INDEX)
        words = query.casefold().split()
        found = [card for card in cards if all(word in _shown(card) for word in words)]
        return pages.articles(found, query, page, PAGE)

    async def card(self, article: str, *, sure: bool = False) -> Reply:
        """Return an article's card with a button that removes it, or if `sure` with the question whether to."""
        found = await self._engine.article(article)
        if found is None:
            return Reply(texts.NO_SUCH_ARTICLE)
        card, text = found
        html = rendering.card(card, await self._engine.opening(article), len(text))
        file = await asyncio.to_thread(self._file_of, card.path)
        if file != card.path:
            return Reply(html + (texts.PART_OF_FILE.format(path=file_name(file)) if file else ""))
        if sure:
            buttons = Button(texts.REMOVE_YES, f"removed:{article}"), Button(texts.REMOVE_NO, f"card:{article}")
            return Reply(html + texts.REMOVE_SURE, buttons)
        return Reply(html, (Button(texts.REMOVE, f"remove:{article}"),))

    async def remove(self, actor: Actor, article: str) -> Reply:
        """Set an article's file aside and reload."""
        found = await self._engine.article(article)
        if found is None:
            return Reply(texts.NO_SUCH_ARTICLE)
        path = found[0].path
        try:
            moved = await asyncio.to_thread(move, self._engine.articles_dir, path, self._set_aside)
        except CorpusError as error:
            return Reply(pages.reload_failed(str(error)))
        await self._audit.record(actor, Action.REMOVE, path)
        html = f"{texts.REMOVED.format(path=file_name(path))} {await self._brought_in(actor, texts.GONE)}"
        # Known by the name it now has: another file of its path may have been set aside before.
        return Reply(html, (Button(texts.PUT_BACK, f"putback:{article_id(moved)}"),))

    async def put_back(self, actor: Actor, article: str) -> Reply:
        """Bring a file that was set aside back to the articles and reload."""
        path = await asyncio.to_thread(self._path_set_aside, article)
        if path is None:
            return Reply(texts.NOT_SET_ASIDE)
        try:
            moved = await asyncio.to_thread(move, self._set_aside, path, self._engine.articles_dir)
        except CorpusError as error:
            return Reply(pages.reload_failed(str(error)))
        await self._audit.record(actor, Action.PUT_BACK, moved)
        html = f"{texts.PUT_BACK_DONE.format(path=file_name(moved))} {await self._brought_in(actor, texts.LIVE)}"
        return Reply(html)

    async def _brought_in(self, actor: Actor, done: str) -> str:
        """Reload and return `done`, or why the files and the answers differ until the next reload."""
        try:
            await self._reloads.bring_in(actor)
        except (CorpusError, RetrievalError) as error:
            return pages.not_live(str(error))
        return done

    def _file_of(self, path: str) -> str | None:
        """Return the file that holds an article: of its own path, or a dump or archive that has it among others."""
        folder = self._engine.articles_dir
        pieces = path.partition("#")[0].split("/")
        paths = [path, *("/".join(pieces[:count]) for count in range(len(pieces), 0, -1))]
        return next((candidate for candidate in paths if (folder / candidate).is_file()), None)

    def _path_set_aside(self, article: str) -> str | None:
        files = (file for file in self._set_aside.rglob("*") if file.is_file())
        paths = (file.relative_to(self._set_aside).as_posix() for file in files)
        return next((path for path in paths if article_id(path) == article), None)


def _shown(card: ArticleCard) -> str:
    return " ".join(filter(None, (card.title, card.source, card.author, card.path))).casefold()
