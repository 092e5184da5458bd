"""An admin's morning against the test server: `python -m tests.morning` prints the chat as it was."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web
from fpdf import FPDF

from bot.admin.web import Web
from bot.app import build
from bot.console import as_text
from bot.rendering import Reply
from bot.settings import SAMPLE_ARTICLES, Settings
from corpus.web.fetching import Fetcher
from corpus.web.guard import GuardedNetwork
from retrieval.engine import Engine
from tests.e2e.application import serving
from tests.telegram_server import TelegramServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.telegram_api.people import PrivateChat
    from tests.telegram_api.world import Message

PAGE = """<!doctype html><html lang="en"><head><title>Ferry to Quorvia sails again</title>
<meta property="og:title" content="Ferry to Quorvia sails again">
<meta property="og:site_name" content="The Saltmarsh Gazette">
<meta property="article:published_time" content="2026-11-20T08:00:00+00:00">
<link rel="canonical" href="https://gazette.example/ferry"></head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><article><h1>Ferry to Quorvia sails again</h1>
<p>The ferry to Quorvia sailed again on Friday after eleven weeks in dock, and 214 passengers were on board.</p>
<p>Its new engine burns a third less oil than the old one, the harbour company said. The repair cost 2.3 million euros
and took three weeks longer than planned, because a shaft had to be forged anew.</p>
<p>A second crossing a day is to begin in March, when the harbour of Quorvia has a second ramp.</p></article>
<footer>All rights reserved. Leave a Comment</footer></body></html>"""

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Upland Wire</title><link>https://upland.example</link>
<description>News</description><item><title>Bear seen near Hallen</title><guid isPermaLink="false">upland-1</guid>
<link>{base}/bear</link><pubDate>Sat, 21 Nov 2026 06:30:00 GMT</pubDate></item></channel></rss>"""

BEAR = """<!doctype html><html><head><title>Bear seen near Hallen</title></head><body><article><h1>Bear seen near
Hallen</h1><p>A brown bear was seen near Hallen on Friday evening, the first one in that valley since 1987, rangers
said.</p>
<p>It crossed the road by the old sawmill and went up into the forest. Walkers are asked to keep dogs on a lead
and to report tracks; nobody was in danger, and the animal showed no interest in the farms nearby.</p></article>
</body></html>"""

QUESTIONS = ("How many passengers were on the ferry to Quorvia?", "Where was a brown bear seen?")


def report() -> bytes:
    """Return a PDF of one page."""
    document = FPDF()
    document.add_page()
    document.set_font("helvetica", size=20)
    document.multi_cell(0, text="Larvik bridge closes for two years", new_x="LMARGIN", new_y="NEXT")
    document.set_font("helvetica", size=11)
    text = (
        "The harbour bridge of Larvik will be closed to all traffic for two years from 3 May. Engineers found cracks "
        "in four of its sixteen cables. Buses will go by the tunnel meanwhile, and a free ferry will carry cyclists."
    )
    document.multi_cell(0, text=text, new_x="LMARGIN", new_y="NEXT")
    return bytes(document.output())


@asynccontextmanager
async def site() -> AsyncIterator[str]:
    """Serve a page, and a feed with another one; the address of the site."""

    async def feed(request: web.Request) -> web.Response:
        base = f"http://{request.host}"
        return web.Response(text=FEED.format(base=base), content_type="application/rss+xml")

    async def page(request: web.Request) -> web.Response:
        return web.Response(text=PAGE if request.path == "/ferry" else BEAR, content_type="text/html")

    application = web.Application()
    application.add_routes([web.get("/feed", feed), web.get("/ferry", page), web.get("/bear", page)])
    runner = web.AppRunner(application)
    await runner.setup()
    place = web.TCPSite(runner, "127.0.0.1", 0)
    await place.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class Morning:
    """One admin's chat, written down as it goes."""

    def __init__(self, chat: PrivateChat) -> None:
        self._chat = chat
        self.lines: list[str] = []

    async def say(self, text: str) -> Message:
        """Write a message and return the bot's last word on it."""
        self.lines.append(f"ADA: {text}")
        await self._chat.say(text)
        return await self._answered()

    async def send(self, name: str, data: bytes) -> Message:
        """Send a file and return the bot's card of it."""
        self.lines.append(f"ADA sends {name}")
        await self._chat.send_document(name, data)
        return await self._answered()

    async def press(self, message: Message, label: str, *, opens: bool = False) -> Message:
        """Press a button and return what it led to."""
        self.lines.append(f"ADA presses [{label}]")
        await self._chat.press(message, label)
        return await self._answered() if opens else await self._settled(message)

    async def _answered(self) -> Message:
        return await self._settled(await self._chat.next_message(60))

    async def _settled(self, message: Message) -> Message:
        """Wait until a message no longer changes, write it down and return it."""
        before = None
        while before is None or before.text.endswith(GOES_ON) or before != self._chat.current(message):
            before = self._chat.current(message)
            await asyncio.sleep(SETTLED)
        assert before is not None
        buttons = "".join(f" [{button.text}]" for row in before.buttons for button in row)
        shown = as_text(Reply(before.html)).replace("\n", "\n     ")
        self.lines.append(f"BOT: {shown}{'     ' + buttons if buttons else ''}")
        return before


SETTLED = 1.0
"""Seconds between two looks at a message that may still change."""

GOES_ON = ("…", "meanwhile.")
"""How messages end that tell how far something is."""


async def morning(models: Path | None = None) -> str:
    """Return the transcript."""
    with tempfile.TemporaryDirectory() as folder:
        articles = shutil.copytree(SAMPLE_ARTICLES, Path(folder, "articles"))
        data = Path(folder, "data")
        data.mkdir()  # noqa: ASYNC240 - nothing else runs yet
        if models:
            (data / "models").symlink_to(models)
        async with site() as address, TelegramServer() as server:
            ada = server.user(first_name="Ada")
            settings = Settings(
                articles_dir=articles, data_dir=data, admin_ids=frozenset({ada.id}), feeds=(f"{address}/feed",)
            )
            fetcher = Fetcher(GuardedNetwork(allow=lambda found: found.is_loopback))
            with closing(Engine(articles, data)) as engine:
                await engine.reload()
                footnote = build(settings, engine, Web(fetcher))
                async with serving(server, footnote):
                    chat = Morning(ada.private_chat())
                    await _goes(chat, address)
                await footnote.aclose()
    return "\n".join(line.replace(address, "http://news.example") for line in chat.lines)


async def _goes(chat: Morning, address: str) -> None:
    await chat.press(await chat.say(f"/add {address}/ferry"), "Keep")
    await chat.press(await chat.send("bridge.pdf", report()), "Keep")
    await chat.say("/refresh")
    for question in QUESTIONS:
        await chat.say(question)
    await chat.say("/reload")
    found = await chat.say("/articles bear")
    card = await chat.press(found, "1", opens=True)
    sure = await chat.press(card, "Remove")
    await chat.press(sure, "Remove it")
    await chat.say(QUESTIONS[1])
    back = await chat.say("/rollback")
    await chat.press(back, "Return")
    await chat.say(QUESTIONS[1])
    await chat.say("/status")
    await chat.say("/audit")


if __name__ == "__main__":
    print(asyncio.run(morning()))  # noqa: T201 - a transcript is what is asked for
