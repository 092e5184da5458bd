"""Feeds: their new items become articles, each fetched once, kept as a file that a person can read."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot import texts
from bot.admin import pages
from bot.errors import BotError
from bot.rendering import LISTED_NAMES, NAME, Reply, escaped, shortened
from bot.state.audit import FEEDS, Action
from bot.state.feeds import Validators
from corpus import writing
from corpus.errors import CorpusError, FolderError
from corpus.web.feeds import parse
from retrieval.errors import RetrievalError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.admin.reloads import Reloads
    from bot.admin.web import Web
    from bot.state.audit import Actor
    from bot.state.state import State
    from corpus.models import Article
    from corpus.web.feeds import FeedItem
    from retrieval.engine import Engine

logger = logging.getLogger(__name__)

FOLDER = "feed-{feed}"
"""Where in ARTICLES_DIR a feed's items are kept."""

MOST = 50
"""New items a feed and look: the rest comes with the next look."""

SHORTEST = 40
"""Words from which a feed's own text of an item is an article, where its page gives none."""


@dataclass(slots=True)
class _Look:
    """What one look at one feed brought."""

    url: str
    title: str
    kept: int = 0
    problem: str | None = None


class Feeds:
    """Looks at all feeds, one look at a time."""

    def __init__(self, urls: Sequence[str], engine: Engine, reloads: Reloads, state: State, web: Web) -> None:
        self.urls = urls
        self._engine = engine
        self._reloads = reloads
        self._state = state
        self._web = web
        self._looking = asyncio.Lock()

    async def refresh(self, actor: Actor) -> Reply:
        """Look at all feeds, keep what is new, reload, and return what was found."""
        if self._looking.locked():
            return Reply(texts.REFRESH_RUNNING)
        async with self._looking:
            looks = [await self._look(url) for url in self.urls]
            await self._web.rest()
            kept = sum(look.kept for look in looks)
            if kept or actor != FEEDS:
                await self._state.audit.record(actor, Action.REFRESH, f"new articles: {kept}")
            report = _report(looks)
            try:
                if kept and (await self._engine.status()).is_rolled_back:
                    report = f"{report}\n\n{texts.KEPT_FOR_LATER}"  # an admin went back on purpose
                elif kept:
                    await self._reloads.bring_in(actor)
            except (CorpusError, RetrievalError) as error:
                report = f"{report}\n\n{pages.not_live(str(error))}"
        return Reply(report)

    async def keep_refreshing(self, minutes: float) -> None:
        """Look at all feeds every so many minutes, until cancelled."""
        while self.urls:
            try:
                await self.refresh(FEEDS)
            except BotError as error:  # a disk that is full now may not be in an hour
                logger.warning("The feeds were not read to their end: %s", error)
            await asyncio.sleep(60 * minutes)

    async def _look(self, url: str) -> _Look:
        look = _Look(url, url)
        known = await self._state.feeds.validators(url)
        etag, modified = (known.etag, known.modified) if known else (None, None)
        try:
            page = await self._web.fetch(url, etag=etag, modified=modified)
            if not page.is_unchanged:
                feed = await asyncio.to_thread(parse, page.content, page.url)
                look.title = feed.title or url
                left = await self._keep_new(look, feed.items)
                # With items left for the next look, the feed must come again even if it has not changed.
                etag, modified = (None, None) if left else (page.etag, page.modified)
        except CorpusError as error:
            look.problem = str(error)
            logger.warning("A feed could not be read: %s", error)
        await self._state.feeds.remember(url, Validators(etag, modified, datetime.now(UTC), look.problem))
        return look

    async def _keep_new(self, look: _Look, items: Sequence[FeedItem]) -> bool:
        """Keep the new items and return whether there are more than one look takes."""
        seen = await self._state.feeds.seen(look.url, [key for item in items for key in _keys(item)])
        fresh = []
        for item in items:
            if not seen.intersection(_keys(item)):
                fresh.append(item)
                seen.update(_keys(item))  # some feeds name an item twice
        failed = False
        for item in fresh[:MOST]:
            try:
                article = await self._article(item, look.title)
                name = f"{FOLDER.format(feed=writing.slug(look.title))}/{writing.file_name(article)}"
                data = writing.as_file(article).encode()
                path = await asyncio.to_thread(writing.save, self._engine.articles_dir, name, data)
            except FolderError:
                raise  # a full disk is no fault of the item's
            except CorpusError as error:
                failed = True
                logger.info("An item of a feed was not kept: %s", error)
                await self._state.feeds.note(look.url, _keys(item), problem=str(error))
            else:
                look.kept += 1
                await self._state.feeds.note(look.url, _keys(item), path=path)
        return failed or len(fresh) > MOST

    async def _article(self, item: FeedItem, feed: str) -> Article:
        """Return an item's page as an article, or the text the feed has of it; what the feed says of it counts.

        Raises:
            FetchError, UnreadableFile: neither is one.
        """
        try:
            contents = await self._web.page(item.link or "")
        except CorpusError:
            if len((item.html or "").split()) < SHORTEST:
                raise
            page = f"<html><body><article>{item.html}</article></body></html>"
            contents = await self._web.read(f"{writing.slug(item.title or feed)}.html", page.encode())
        article = contents.articles[0]
        return replace(
            article,
            title=item.title or article.title,
            author=item.author or article.author,
            published=item.published or article.published,
            source=article.source or feed,
            url=article.url or item.link,
        )


def _keys(item: FeedItem) -> tuple[str, ...]:
    """Return what an item is known by: where it has neither guid nor link, its words."""
    return item.keys or (hashlib.sha256(f"{item.title}\n{item.html}".encode()).hexdigest(),)


def _report(looks: Sequence[_Look]) -> str:
    kept = sum(look.kept for look in looks)
    read = sum(look.problem is None for look in looks)
    lines = [texts.REFRESHED.format(feeds=read, kept=kept)]
    # What went wrong first: where not all fit, the others need nobody's attention.
    for look in sorted(looks, key=lambda look: look.problem is None)[:LISTED_NAMES]:
        if look.problem:
            lines.append(texts.FEED_PROBLEM.format(problem=escaped(shortened(look.problem, 200))))
        else:
            lines.append(texts.FEED_LINE.format(title=escaped(shortened(look.title, NAME)), kept=look.kept))
    more = [texts.AND_MORE.format(count=len(looks) - LISTED_NAMES)] if len(looks) > LISTED_NAMES else []
    return "\n".join([*lines, *more])
