"""The conversation of the README: `python -m tests.docs.conversation` draws docs/conversation.png from a real one.

The real application answers over the sample articles; what it sends to the strict server is what the picture shows. The
same messages go to docs/conversation.md as text. The picture needs Chromium; without it only the text is written.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from rich.console import Console

from retrieval.engine import Engine
from tests.docs.chat_page import Shown, markdown, page
from tests.e2e.application import serving
from tests.e2e.index import ARTICLES, footnote_over
from tests.telegram_server import TelegramServer

if TYPE_CHECKING:
    from tests.telegram_server import Message, PrivateChat

DOCS = Path(__file__).parents[2] / "docs"
NAME = "Footnote"
PATIENCE = 30.0
COLOURS = 128
"""Enough for text on plain grounds, and a third of the bytes."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--force-device-scale-factor=2",
)  # fmt: skip


@dataclass(slots=True)
class Play:
    """A conversation while it happens."""

    chat: PrivateChat
    shown: list[Shown] = field(default_factory=list)

    async def say(self, text: str) -> Message:
        """Write something and return the answer."""
        self.shown.append(Shown(await self.chat.say(text)))
        answer = await self.chat.next_message(PATIENCE)
        self.shown.append(Shown(answer))
        return answer

    async def press(self, message: Message, button: str) -> None:
        """Press a button that changes the message it stands under; both states are shown."""
        before = len(self.chat.edits_of(message))
        self.shown[-1] = Shown(self.shown[-1].message, pressed=button, is_edited=self.shown[-1].is_edited)
        await self.chat.press(message, button, timeout=PATIENCE)
        await self.chat.until(lambda: len(self.chat.edits_of(message)) > before, PATIENCE)
        self.shown.append(Shown(self.chat.edits_of(message)[-1], is_edited=True))

    def cut(self) -> list[Shown]:
        """Return what was shown since the last cut."""
        shown, self.shown = self.shown, []
        return shown


async def converse(chat: PrivateChat) -> list[list[Shown]]:
    """Hold the conversation and return it, a list for each phone."""
    play = Play(chat)
    answer = await play.say("When did Berlin's new airport open?")
    await play.press(answer, "1")
    first = play.cut()
    await play.say("and what did it cost?")
    await play.say("When will Heathrow get a third runway?")
    await play.say("/latest")
    return [first, play.cut()]


async def play(folder: Path) -> list[list[Shown]]:
    """Return the conversation as it goes today."""
    with closing(Engine(ARTICLES, folder)) as engine:
        await engine.start()
        footnote = footnote_over(engine, folder)
        try:
            async with TelegramServer() as server, serving(server, footnote):
                return await converse(server.user(first_name="Ada").private_chat())
        finally:
            await footnote.aclose()


def draw(html: str, browser: str, folder: Path, to: Path) -> None:
    """Draw a page as large as it is."""
    file = folder / "conversation.html"
    measure = "<script>document.title = [document.body.offsetWidth, document.body.offsetHeight].join('x')</script>"
    file.write_text(html.replace("</body>", f"{measure}</body>"), encoding="utf-8")

    def run(*flags: str) -> str:
        command = [browser, *FLAGS, f"--user-data-dir={folder / 'browser'}", *flags, file.as_uri()]
        return subprocess.run(command, capture_output=True, check=True, text=True, timeout=120).stdout  # noqa: S603 - our own page

    size = re.search(r"<title>(\d+)x(\d+)</title>", run("--dump-dom", "--window-size=2000,2000"))
    if size is None:
        raise SystemExit("Chromium did not say how large the page is.")
    whole = folder / "whole.png"
    run(f"--screenshot={whole}", f"--window-size={size[1]},{size[2]}")
    with Image.open(whole) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(to, optimize=True)


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(prog="python -m tests.docs.conversation", description=__doc__)
    parser.add_argument("--out", type=Path, default=DOCS / "conversation.png", help="the text goes beside it as .md")
    out = parser.parse_args().out.resolve()
    os.environ["PTB_TIMEDELTA"] = "true"  # or the library warns about its own future
    with tempfile.TemporaryDirectory(prefix="footnote-docs-") as temporary:
        folder = Path(temporary)
        columns = asyncio.run(play(folder))
        out.with_suffix(".md").write_text(markdown(NAME, columns), encoding="utf-8")
        browser = next(filter(None, map(shutil.which, BROWSERS)), None)
        if browser is None:
            Console().print("There is no Chromium here, so the picture was left as it is; the text is new.")
            return
        draw(page(NAME, columns), browser, folder, out)


if __name__ == "__main__":
    main()
