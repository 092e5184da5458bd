"""What an admin may say and press, in Telegram or on the terminal, to what answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import texts
from bot.admin import figures, gaps, pages
from bot.errors import BotError
from bot.rendering import Reply, escaped, turns
from bot.state.audit import Action
from corpus.errors import CorpusError
from retrieval.errors import IndexBroken, RetrievalError

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from pathlib import Path

    from bot.admin.adding import Adding
    from bot.admin.feeds import Feeds
    from bot.admin.library import Library
    from bot.admin.reloads import Reloads, Show
    from bot.admin.web import Web
    from bot.pulse import Pulse
    from bot.state.audit import Actor
    from bot.state.state import State
    from bot.writing import Writing
    from retrieval.engine import Engine

LINES = 10
"""Lines of the audit a page."""

DIGITS = 16
"""More than any number that is given out has, fewer than SQLite takes."""

PRESSED = r"^(reload|rollback|articles|open|card|remove|removed|putback|keep|discard|audit|gaps):"
"""What the data of an admin's button begins with."""


@dataclass(frozen=True, slots=True)
class Desk:
    """All that admins can do; who is one is for the caller to know."""

    engine: Engine
    state: State
    data_dir: Path
    pulse: Pulse
    reloads: Reloads
    library: Library
    adding: Adding
    feeds: Feeds
    web: Web
    writing: Writing | None = None

    async def command(self, actor: Actor, chat_id: int, name: str, rest: str, show: Show) -> Reply:
        """Return the reply to one of `texts.ADMIN_COMMANDS`; what takes long is shown meanwhile."""
        return await _or_sentence(self._command(actor, chat_id, name, rest, show))

    async def press(self, actor: Actor, data: str) -> Reply:
        """Return what takes the place of the message whose button was pressed; `data` is the button's."""
        return await _or_sentence(self._press(actor, data))

    async def _command(  # noqa: PLR0911 - one a command
        self, actor: Actor, chat_id: int, name: str, rest: str, show: Show
    ) -> Reply:
        match name:
            case "reload":
                return await self.reloads.reload(actor, show, full="--full" in rest.split())
            case "rollback":
                return await self.reloads.ask_to_roll_back()
            case "status":
                return await self.status()
            case "articles":
                return await self.library.list(rest)
            case "audit":
                return await self.audit()
            case "gaps":
                return gaps.page(await gaps.collect(self.state.gaps))
            case "refresh" if self.feeds.urls:
                await show(Reply(texts.REFRESHING.format(count=len(self.feeds.urls))))
                return await self.feeds.refresh(actor)
            case "refresh":
                return Reply(texts.NO_FEEDS)
            case "add" if rest.strip():
                await show(Reply(texts.FETCHING.format(address=pages.address(rest.strip()))))
                return await self.adding.page(actor, chat_id, rest.strip())
            case _:
                return self.adding.usage()

    async def _press(self, actor: Actor, data: str) -> Reply:  # noqa: PLR0911 - one a button
        name, _, rest = data.partition(":")
        number = int(rest) if rest.isdecimal() and len(rest) < DIGITS else -1
        match name:
            case "reload":
                return self.reloads.cancel()
            case "rollback":
                return await self.reloads.roll_back(actor, number) if number >= 0 else Reply(texts.LEFT)
            case "articles":
                page, _, query = rest.partition(":")
                return await self.library.list(query, int(page) if page.isdecimal() else 0)
            case "open" | "card" | "remove":
                return await self.library.card(rest, sure=name == "remove")
            case "removed":
                return await self.library.remove(actor, rest)
            case "putback":
                return await self.library.put_back(actor, rest)
            case "keep":
                return await self.adding.keep(actor, number)
            case "discard":
                return await self.adding.discard(actor, number)
            case "gaps":
                return gaps.pressed(await gaps.collect(self.state.gaps), rest)
            case _:
                return await self.audit(max(0, number))

    async def status(self) -> Reply:
        """Return what serves now and how the machine is."""
        now = await figures.collect(self.engine, self.state, self.data_dir, self.pulse, self.writing)
        return Reply(pages.status(now))

    async def audit(self, page: int = 0) -> Reply:
        """Return one page of who did what, newest first."""
        total = await self.state.audit.count()
        entries = await self.state.audit.page(page * LINES, LINES)
        return Reply(pages.audit(entries, page * LINES + 1, total), turns("audit", page, LINES, total))

    async def refuse(self, actor: Actor, command: str) -> Reply:
        """Note that somebody who is no admin tried, and return what to say."""
        await self.state.audit.record(actor, Action.REFUSED, command)
        return Reply(texts.ADMINS_ONLY)


async def _or_sentence(reply: Awaitable[Reply]) -> Reply:
    """Return a reply, or the sentence of what kept it from coming: an admin can mend it."""
    try:
        return await reply
    except IndexBroken:
        return Reply(texts.NO_INDEX)
    except (RetrievalError, CorpusError, BotError) as error:
        return Reply(escaped(str(error)))
