"""The real application, running in the test's own event loop."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot import texts
from bot.app import build_application
from bot.dialogue import Dialogue
from bot.polling import serve
from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.app import Footnote
    from bot.conversation import Conversation
    from bot.delivery.webhook import Webhook
    from tests.telegram_server import TelegramServer

PATIENCE = 10.0
GLANCE = 0.02


def talking(footnote: Footnote, conversation: Conversation) -> Footnote:
    """The same Footnote with another conversation."""
    dialogue = Dialogue(footnote.engine, footnote.state, conversation, footnote.fairness)
    return replace(footnote, conversation=conversation, dialogue=dialogue)


async def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until a condition holds that nobody announces."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not so after {seconds:g} s"
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), GLANCE)


@dataclass
class Running:
    """A bot that serves, or tries to."""

    server: TelegramServer
    said: list[str] = field(default_factory=list)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None
    end_seen: bool = False

    @property
    def is_serving(self) -> bool:
        return texts.SERVING.format(username="footnote_bot") in self.said

    async def finish(self) -> None:
        """Tell it to stop and wait until all that is in hand is done."""
        self.stop.set()
        await self.end()

    async def end(self) -> None:
        """Wait until it ends by itself; what it failed with is raised here."""
        assert self.task is not None
        self.end_seen = True
        async with asyncio.timeout(PATIENCE):
            await self.task


@asynccontextmanager
async def running(
    server: TelegramServer,
    footnote: Footnote,
    *,
    token: str | None = None,
    url: str | None = None,
    webhook: Webhook | None = None,
    allowed_chats: frozenset[int] = frozenset(),
) -> AsyncIterator[Running]:
    """Run the application until the block ends; whether it got through to Telegram is for the test to see."""
    given = SecretStr(token or server.token)
    settings = Settings(telegram_bot_token=given, telegram_api_url=url or server.url, allowed_chats=allowed_chats)
    application = build_application(settings, given, footnote)
    bot = Running(server)
    bot.task = asyncio.create_task(serve(application, footnote.admin_ids, bot.stop, bot.said.append, webhook))
    try:
        yield bot
    finally:
        bot.stop.set()
        await asyncio.wait([bot.task], timeout=PATIENCE)
        if not bot.task.done():
            bot.task.cancel()
            raise AssertionError("the application did not stop")
    if not bot.end_seen:
        bot.task.result()


@asynccontextmanager
async def serving(
    server: TelegramServer,
    footnote: Footnote,
    webhook: Webhook | None = None,
    allowed_chats: frozenset[int] = frozenset(),
) -> AsyncIterator[Running]:
    """Run the application and begin when it serves."""
    async with running(server, footnote, webhook=webhook, allowed_chats=allowed_chats) as bot:
        await until(lambda: bot.is_serving)
        yield bot
