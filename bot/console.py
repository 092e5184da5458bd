"""The conversation on a terminal: the same replies, their HTML as plain lines; ends at the end of the input."""

from __future__ import annotations

import asyncio
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, TextIO

from bot import texts
from bot.admin.desk import PRESSED as PRESSED_BY_ADMINS
from bot.dialogue import PRESSED, Asker
from bot.rendering import Button, Reply
from bot.state.audit import COMMAND_LINE

if TYPE_CHECKING:
    from bot.app import Footnote
    from bot.dialogue import Pressed

TERMINAL = 0
"""The number of the terminal as a chat; no chat of Telegram's has it."""

_AT_THE_QUOTE = re.compile(r" · <a [^>]*:~:text=[^>]*>[^<]*</a>")
"""A link's address is written out here, and the page's own is enough."""

OF_TELEGRAM = ("vote:", "share:")
"""Buttons that make no sense on a terminal: whoever sits there has nobody to tell."""

BOLD, FAINT, PLAIN = "\033[1m", "\033[2m", "\033[0m"


class _Lines(HTMLParser):
    """Collects the text of Telegram HTML, quotes behind a bar, links in brackets."""

    def __init__(self, *, colour: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._colour = colour
        self._bar = ""
        self._link: str | None = None
        self.text = ""

    @property
    def _mark(self) -> str:
        """What stands for bold without colours: only the quote within its context needs it."""
        return "**" if self._bar else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "b":
            self.text += BOLD if self._colour else self._mark
        elif tag == "i":
            self.text += FAINT if self._colour else ""
        elif tag == "blockquote":
            self._bar = "   │ "
            self.text += self._bar
        elif tag == "a":
            self._link = dict(attrs).get("href")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"b", "i"}:
            self.text += PLAIN if self._colour else self._mark if tag == "b" else ""
        elif tag == "blockquote":
            self._bar = ""
        elif tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        self.text += self._link or data.replace("\n", "\n" + self._bar)


def as_text(reply: Reply, *, colour: bool = False) -> str:
    """Return a reply as a terminal shows it."""
    shown = []
    for html in (*reply.before, reply.html):
        lines = _Lines(colour=colour)
        lines.feed(_AT_THE_QUOTE.sub("", html))
        lines.close()
        shown.append(lines.text)
    labels = " · ".join(button.label for button in _buttons(reply))
    attached = [f"{reply.attachment.name}:\n{reply.attachment.text.rstrip()}"] if reply.attachment else []
    return "\n\n".join([*shown, *attached, *([f"/press {labels}"] if labels else [])])


def _buttons(reply: Reply) -> list[Button]:
    return [button for row in reply.rows for button in row if not button.data.startswith(OF_TELEGRAM)]


async def respond(footnote: Footnote, line: str, out: TextIO, last: Reply | None = None) -> Reply:  # noqa: PLR0911 - one a command
    """Return the reply to one line, which may press a button of the last one; how far a reload is goes to `out`."""
    command, _, rest = line.strip().partition(" ")
    browse, desk, name = footnote.browse, footnote.desk, command.removeprefix("/")
    dialogue, asker = footnote.dialogue, Asker(chat=TERMINAL, user=None)

    async def show(reply: Reply) -> None:
        print(as_text(Reply(reply.html)), file=out, flush=True)

    match command:
        case "/start":
            return await dialogue.start(asker, rest)
        case "/help":
            return await browse.help(admin=True)
        case "/sources":
            return await browse.sources(rest)
        case "/latest":
            return await browse.latest()
        case "/press" if reply := await _pressed(footnote, asker, _data(rest, last)):
            return reply
        case "/new":
            return await dialogue.new(asker)
        case "/share":
            return await dialogue.share(asker)
        case "/timeline":
            return await dialogue.timeline(asker, rest)
        case "/ask":
            return await dialogue.ask(asker, rest)
        case _ if not command.startswith("/"):
            return await dialogue.ask(asker, line)
    if name in texts.ADMIN_COMMANDS:
        return await desk.command(COMMAND_LINE, TERMINAL, name, rest, show)
    return footnote.conversation.unknown_command()


def _data(label: str, last: Reply | None) -> str:
    """Return the data of the button that is called so, or else what was typed: a button's data itself."""
    wanted = label.strip().casefold()
    found = (button.data for button in (_buttons(last) if last else ()) if button.label.casefold() == wanted)
    return next(found, label.strip())


async def _pressed(footnote: Footnote, asker: Asker, data: str) -> Reply | None:
    """Return what the button with this data does, or None if there is no such button."""
    if re.match(PRESSED_BY_ADMINS, data):
        return await footnote.desk.press(COMMAND_LINE, data)
    if re.match(PRESSED, data):
        return _shown(await footnote.dialogue.press(asker, data))
    if question := await footnote.browse.example(data):
        return await footnote.dialogue.ask(asker, question)
    return await footnote.browse.press(data)


def _shown(done: Pressed) -> Reply:
    """Return what a press shows; here nothing takes another message's place, and no sentence passes."""
    return done.edit or done.send or Reply(done.alert)


def talk(footnote: Footnote, source: TextIO, out: TextIO) -> None:
    """Answer each line of `source` until it ends; whoever sits at the terminal is an admin.

    Reads outside the event loop, which has nothing else to do meanwhile, so that Ctrl-C ends the waiting at once.
    """
    is_terminal = source.isatty()
    print(texts.NO_TOKEN, file=out, flush=True)
    last = None
    with asyncio.Runner() as runner:
        while True:
            if is_terminal:
                print("\n> ", end="", file=out, flush=True)
            line = source.readline()
            if not line:
                break
            if not line.strip():
                continue
            if not is_terminal:
                print(f"\n> {line.strip()}", file=out, flush=True)
            reply = runner.run(respond(footnote, line, out, last))
            last = reply if reply.rows else last
            print(f"\n{as_text(reply, colour=out.isatty())}", file=out, flush=True)
