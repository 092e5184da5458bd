"""What the buttons under an answer do: quotes where they stand, more of them, the newest, and the way back.

Everything is read anew from the articles as they are now; what has changed since the answer is said, never an error.
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot import rendering, texts
from bot.dialogue import buttons
from bot.dialogue.values import Pressed, evidence_of
from bot.errors import StateError
from bot.rendering import Button, Page, Reply
from bot.state.exchanges import Exchange
from retrieval.errors import IndexBroken, OutOfReach, UnreadableQuery
from retrieval.models import Quote
from retrieval.query.models import Form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.dialogue.values import Asker, Turns
    from bot.state.exchanges import Evidence
    from bot.state.state import State
    from retrieval.engine import Engine
    from retrieval.models import ArticlePages, Citation

logger = logging.getLogger(__name__)

PRESSED = r"^(?:(?:back|more|newer|share):\d{1,15}|quote:\d{1,15}:\d{1,4}|page:\d{1,15}:\d{1,4}:\d{1,6})$"
"""The data of these buttons, as a regular expression."""

MORE = 3
"""Quotes that are shown at a time."""

QUESTION = 200
"""Characters of a question that are repeated."""


class Presses:
    """The buttons; what they need is in the tables, so they work in any process and at any time."""

    def __init__(self, engine: Engine, state: State, turns: Turns) -> None:
        self._engine = engine
        self._exchanges = state.exchanges
        self._links = state.links
        self._turns = turns

    async def press(self, asker: Asker, data: str) -> Pressed:
        """Return what a button of these does; of a question from another chat nothing is told."""
        name, number, *rest = data.split(":")
        try:
            exchange = await self._exchanges.get(int(number)) if re.match(PRESSED, data) else None
            if exchange is None or exchange.chat != asker.chat:
                return Pressed(alert=texts.LONG_AGO)
            async with self._turns.turn(asker.user):
                return await self._pressed(asker, exchange, name, [int(part) for part in rest])
        except StateError as error:
            logger.warning("A button could not be followed: %s", error)
            return Pressed(alert=texts.FAILED)
        except IndexBroken:
            return Pressed(alert=texts.NO_INDEX)
        except OutOfReach:
            return Pressed(alert=texts.OUT_OF_REACH)

    async def share(self, asker: Asker, exchange: Exchange) -> Reply:
        """Return a link that asks an exchange's question again."""
        if not asker.bot:
            return Reply(texts.NO_LINKS_HERE)
        token = await self._links.token(exchange.understood)
        address = rendering.start(asker.bot, f"q_{token}")
        return Reply(texts.SHARED.format(link=rendering.start_link(asker.bot, f"q_{token}", address)))

    async def opened(self, asker: Asker, article: str) -> Reply:
        """Return an article from its first passage on."""
        pages = await self._engine.pages(article)
        if pages is None or not pages.passages:
            return Reply(texts.NO_SUCH_ARTICLE)
        total = len(pages.passages)
        html = rendering.page(Page(pages.card, pages.passages[0], 0, total, link=_link(asker, article)))
        return Reply(html, buttons.beside(f"read:{article}", 0, total))

    async def _pressed(self, asker: Asker, exchange: Exchange, name: str, rest: Sequence[int]) -> Pressed:
        match name:
            case "back":
                return Pressed(Reply(exchange.html, below=buttons.below(exchange)))
            case "more":
                return await self._more(asker, exchange)
            case "newer":
                return await self._newer(asker, exchange)
            case "share":
                return Pressed(send=await self.share(asker, exchange))
        shown = next((shown for shown in exchange.evidence if shown.number == rest[0]), None)
        if shown is None:
            return Pressed(alert=texts.LONG_AGO)
        return Pressed(await self._page(asker, exchange, shown, rest[1] if len(rest) > 1 else None))

    async def _page(self, asker: Asker, exchange: Exchange, shown: Evidence, index: int | None) -> Reply:
        """Return the passage of this index, else the one that holds the quote, or what became of it."""
        back = (Button(texts.BACK, f"back:{exchange.id}"),)
        pages = await self._engine.pages(shown.article)
        if pages is None or not pages.passages:
            return Reply(rendering.as_it_was(shown.title, shown.quote, texts.ARTICLE_GONE), back)
        name = f"page:{exchange.id}:{shown.number}"
        quote = _found(pages, shown)
        if quote is None and index is None:
            read = Button(texts.READ_ARTICLE, f"{name}:0")
            return Reply(rendering.as_it_was(shown.title, shown.quote, texts.QUOTE_GONE), (read,), (back,))
        total = len(pages.passages)
        home = _passage_of(pages, quote) if quote else 0
        index = home if index is None else min(index, total - 1)
        passage = pages.passages[index]
        is_home = quote is not None and index == home
        if is_home and quote is not None:
            start, end = min(passage.start, quote.start), max(passage.end, quote.end)
            passage = Quote(pages.text[start:end], start, end)
        page = Page(
            pages.card,
            passage,
            index,
            total,
            quote if is_home else None,
            _notes(shown, quote),
            _link(asker, shown.article),
        )
        return Reply(rendering.page(page), buttons.beside(name, index, total), (back,))

    async def _more(self, asker: Asker, exchange: Exchange) -> Pressed:
        before = [*exchange.evidence]
        parent = exchange
        while parent.parent is not None and (found := await self._exchanges.get(parent.parent)):
            parent = found
            before += parent.evidence
        try:
            quotes = await self._engine.evidence(exchange.understood, len(before) + 2 * MORE)
        except UnreadableQuery:  # a source that is named in it is no longer there
            quotes = ()
        last = max((shown.number for shown in before), default=0)
        new = [quote for quote in quotes if not any(_is_same(quote, shown) for shown in before)][:MORE]
        if not new:
            return Pressed(alert=texts.NOTHING_MORE)
        citations = [replace(quote, number=number) for number, quote in enumerate(new, last + 1)]
        generation = (await self._engine.manifest()).number
        question = rendering.escaped(rendering.shortened(exchange.understood, QUESTION))
        above = [*_reloaded(exchange, generation), texts.FURTHER.format(question=question)]
        html = rendering.further(citations, *above)
        return await self._child(asker, exchange, html, citations, generation)

    async def _newer(self, asker: Asker, exchange: Exchange) -> Pressed:
        try:
            given = await self._engine.ask(exchange.understood, form=Form.LATEST)
        except UnreadableQuery:  # a source that is named in it is no longer there
            return Pressed(alert=texts.NOTHING_NEWER)
        before = [(shown.article, shown.quote) for shown in exchange.evidence]
        if [(quote.article.id, quote.quote.text) for quote in given.citations] in ([], before):
            return Pressed(alert=texts.NOTHING_NEWER)
        above = [*_reloaded(exchange, given.generation), texts.NEWEST_FIRST]
        html = rendering.in_one(given, *above)
        return await self._child(asker, exchange, html, given.citations, given.generation)

    async def _child(
        self, asker: Asker, parent: Exchange, html: str, citations: Sequence[Citation], generation: int
    ) -> Pressed:
        child = Exchange(
            chat=parent.chat,
            user=asker.user,
            question=parent.question,
            understood=parent.understood,
            html=html,
            evidence=evidence_of(citations),
            generation=generation,
            answered=parent.answered,
            at=datetime.now(UTC),
            message=asker.message,
            parent=parent.id,
            update=asker.update,
        )
        child = replace(child, id=await self._exchanges.keep(child))
        return Pressed(Reply(html, below=buttons.below(child)))


def _found(pages: ArticlePages, shown: Evidence) -> Quote | None:
    """Return where an article holds a quote now, nearest to where it stood, or None."""
    if pages.text[shown.start : shown.end] == shown.quote:
        return Quote(shown.quote, shown.start, shown.end)
    places = [match.start() for match in re.finditer(re.escape(shown.quote), pages.text)]
    if not places:
        return None
    start = min(places, key=lambda place: abs(place - shown.start))
    return Quote(shown.quote, start, start + len(shown.quote))


def _passage_of(pages: ArticlePages, quote: Quote) -> int:
    """Return the passage that holds most of a quote, by its number from 0."""
    shared = [min(quote.end, passage.end) - max(quote.start, passage.start) for passage in pages.passages]
    return max(range(len(shared)), key=shared.__getitem__)


def _notes(shown: Evidence, quote: Quote | None) -> tuple[str, ...]:
    if quote is None:
        return (texts.QUOTE_GONE,)
    return () if quote.start == shown.start else (texts.ARTICLE_CHANGED,)


def _reloaded(exchange: Exchange, generation: int) -> list[str]:
    return [texts.RELOADED_SINCE] if generation > exchange.generation else []


def _is_same(quote: Citation, shown: Evidence) -> bool:
    """Whether a quote was shown already, all of it or a part."""
    if quote.article.id != shown.article:
        return False
    overlaps = quote.quote.start < shown.end and shown.start < quote.quote.end
    return overlaps or quote.quote.text == shown.quote


def _link(asker: Asker, article: str) -> str:
    return rendering.start_link(asker.bot, f"a_{article}", texts.ARTICLE_LINK)
