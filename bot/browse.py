"""Looking around without a question: the sources, the newest articles, an article page by page, and help."""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import rendering, texts
from bot.dialogue.buttons import beside
from bot.errors import StateError
from bot.examples import Examples
from bot.rendering import NAME, Button, Page, Reply, escaped, shortened
from bot.rendering.lists import listed
from retrieval.errors import IndexBroken, OutOfReach

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.conversation import Conversation
    from bot.state.state import State
    from retrieval.engine import Engine

logger = logging.getLogger(__name__)

SOURCES = 8
ARTICLES = 6
"""Lines a page."""

ALL = "all"
_LIST = rf"(?:{ALL}|[0-9a-f]{{8}})"
PRESSED = (
    rf"^(?:sources:\d{{1,6}}|source:{_LIST}:\d{{1,6}}|latest:\d{{1,6}}|read:[\w-]{{1,40}}:\d{{1,6}}(?::{_LIST})?)$"
)
"""The data of these buttons, as a regular expression."""

EXAMPLE = r"^example:[\w-]{1,40}$"


class Browse:
    """The lists and pages; what a button needs is in its data, so it works after a restart and after a reload."""

    def __init__(self, engine: Engine, state: State, conversation: Conversation) -> None:
        self._engine = engine
        self._links = state.links
        self._conversation = conversation
        self._examples = Examples(engine)

    async def sources(self, rest: str = "") -> Reply:
        """Return the sources as buttons, or the articles of the one that is named."""
        return await _or_sentence(self._named(rest) if rest.strip() else self._sources(0))

    async def latest(self, page: int = 0) -> Reply:
        """Return one page of the newest articles with their first sentences; a number opens one."""
        return await _or_sentence(self._latest(page))

    async def press(self, data: str, bot: str = "") -> Reply | None:
        """Return what takes the place of the message whose button was pressed, None where the button is not of these.

        `bot` is the bot's username, for links that lead here.
        """
        return await _or_sentence(self._press(data, bot)) if re.match(PRESSED, data) else None

    async def help(self, *, admin: bool) -> Reply:
        """Return what the bot can do, with questions from the articles as buttons."""
        reply = await self._conversation.help(admin=admin)
        try:
            tokens = [(question, await self._links.token(question)) for question in await self._examples.questions()]
        except (IndexBroken, OutOfReach, StateError) as error:
            logger.warning("/help goes without examples: %s", error)
            return reply
        if not tokens:
            return reply
        rows = tuple((Button(question, f"example:{token}"),) for question, token in tokens)
        return replace(reply, html=f"{reply.html}\n\n{texts.EXAMPLES}", below=rows)

    async def example(self, data: str) -> str | None:
        """Return the question behind the button of an example, or None."""
        return await self._links.question(data.removeprefix("example:")) if re.match(EXAMPLE, data) else None

    async def _press(self, data: str, bot: str) -> Reply:
        name, *rest = data.split(":")
        match name:
            case "sources":
                return await self._sources(int(rest[0]))
            case "source":
                return await self._of_source(rest[0], int(rest[1]))
            case "latest":
                return await self._latest(int(rest[0]))
            case _:
                return await self._read(rest[0], int(rest[1]), rest[2] if len(rest) > 2 else "", bot)

    async def _sources(self, page: int) -> Reply:
        counts = await self._engine.counts()
        # Those without a source last, whatever the alphabet says.
        names = sorted(counts, key=lambda name: (not name, name.casefold(), name))
        pages = -(-len(names) // SOURCES)
        page = max(0, min(page, pages - 1))
        shown = names[page * SOURCES : (page + 1) * SOURCES]
        total = sum(counts.values())
        everything = Button(texts.SOURCE_BUTTON.format(name=texts.ALL_SOURCES, count=total), f"source:{ALL}:0")
        rows = tuple((Button(_label(name, counts[name]), f"source:{digest(name)}:0"),) for name in shown)
        head = texts.SOURCES_LIST.format(
            articles=texts.ARTICLES.format(count=total),
            sources=texts.SOURCE_COUNT.format(count=len([name for name in names if name])),
        )
        return Reply(head, (everything,), (*rows, beside("sources", page, pages)))

    async def _named(self, rest: str) -> Reply:
        wanted = " ".join(rest.split()).casefold()
        names = await self._engine.sources()
        found = [name for name in names if " ".join(name.split()).casefold() == wanted] or [
            name for name in names if wanted in name.casefold()
        ]
        if len(found) != 1:
            return Reply(rendering.unknown_source(rest, names), (Button(texts.TO_SOURCES, "sources:0"),))
        return await self._of_source(digest(found[0]), 0)

    async def _of_source(self, source: str, page: int) -> Reply:
        name, total = await self._meant(source)
        back = (Button(texts.TO_SOURCES, "sources:0"),)
        if not total:
            return Reply(texts.SOURCE_GONE, back)
        title = texts.ALL_SOURCES if source == ALL else name or texts.NO_SOURCE
        reply = await self._list(source, name, total, page, escaped(shortened(title, NAME)))
        return replace(reply, below=(*reply.below, back))

    async def _latest(self, page: int) -> Reply:
        total = sum((await self._engine.counts()).values())
        return await self._list("", None, total, page, texts.LATEST) if total else Reply(texts.NO_INDEX)

    async def _list(self, source: str, name: str | None, total: int, page: int, title: str) -> Reply:
        """Return a page of the articles that `name` has, the last if there are fewer; `title` is HTML."""
        page = max(0, min(page, (total - 1) // ARTICLES))
        first = page * ARTICLES
        shown = await self._engine.articles(ARTICLES, first, name)
        openings = [await self._engine.opening(card.id) for card in shown]
        head = texts.LISTED.format(title=title, first=first + 1, last=first + len(shown), total=total)
        back = f":{source}" if source else ""
        opens = tuple(Button(str(place), f"read:{card.id}:0{back}") for place, card in enumerate(shown, first + 1))
        turns = rendering.turns(f"source:{source}" if source else "latest", page, ARTICLES, total)
        return Reply(listed(head, shown, openings, first + 1), opens, (turns,))

    async def _read(self, article: str, index: int, source: str, bot: str) -> Reply:
        """Return one passage of an article, the last one if there are fewer, with the way back to its list."""
        pages = await self._engine.pages(article)
        name, _ = await self._meant(source) if source else (None, 0)
        place = (await self._engine.place(article, name) or 0) // ARTICLES
        back = (Button(texts.TO_LIST, f"source:{source}:{place}" if source else f"latest:{place}"),)
        if pages is None or not pages.passages:
            return Reply(texts.NO_SUCH_ARTICLE, back)
        total = len(pages.passages)
        index = min(index, total - 1)
        link = rendering.start_link(bot, f"a_{article}", texts.ARTICLE_LINK)
        html = rendering.page(Page(pages.card, pages.passages[index], index, total, link=link))
        turns = beside(f"read:{article}", index, total)
        if source:
            turns = tuple(replace(button, data=f"{button.data}:{source}") for button in turns)
        return Reply(html, turns, (back,))

    async def _meant(self, source: str) -> tuple[str | None, int]:
        """Return the source that a button means, None for all, and its number of articles, 0 if it is gone."""
        counts = await self._engine.counts()
        if source == ALL:
            return None, sum(counts.values())
        return next(((name, count) for name, count in counts.items() if digest(name) == source), (None, 0))


def digest(source: str) -> str:
    """Return what stands for a source in a button: the same after every reload, and short whatever its name is."""
    return hashlib.sha256(source.encode()).hexdigest()[:8]


def _label(source: str, count: int) -> str:
    return texts.SOURCE_BUTTON.format(name=shortened(source, NAME) if source else texts.NO_SOURCE, count=count)


async def _or_sentence(reply: Awaitable[Reply]) -> Reply:
    """Return a reply, or what to say where there is nothing to look through."""
    try:
        return await reply
    except IndexBroken:
        return Reply(texts.NO_INDEX)
    except OutOfReach:
        return Reply(texts.OUT_OF_REACH)
