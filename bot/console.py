"""The conversation on a terminal: the same replies, their HTML as plain lines; ends at the end of the input."""

from __future__ import annotations

import asyncio
from html.parser import HTMLParser
from typing import TYPE_CHECKING, TextIO

from bot import texts

if TYPE_CHECKING:
    from bot.conversation import Conversation
    from bot.rendering import Reply

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
    lines = _Lines(colour=colour)
    lines.feed(reply.html)
    lines.close()
    pages = [f"/{button.data.replace(':', ' ')}  {button.label}" for button in reply.buttons]
    return "\n\n".join([lines.text, *(["\n".join(pages)] if pages else [])])


async def respond(conversation: Conversation, line: str, out: TextIO) -> Reply:  # noqa: PLR0911 - one a command
    """Return the reply to one line; a reload's progress goes to `out`."""
    command, _, rest = line.strip().partition(" ")

    async def show(html: str) -> None:
        print(html, file=out, flush=True)

    match command:
        case "/start":
            return conversation.start()
        case "/help":
            return await conversation.help(admin=True)
        case "/sources":
            return await conversation.sources(int(rest) if rest.strip().isdecimal() else 0)
        case "/status":
            return await conversation.status()
        case "/reload":
            return await conversation.reload(show, full=rest.strip() == "--full")
        case "/timeline":
            return await conversation.timeline_command(rest)
        case "/ask":
            return await conversation.ask_command(rest)
        case _ if command.startswith("/"):
            return conversation.unknown_command()
        case _:
            return await conversation.answer(line)


def talk(conversation: Conversation, source: TextIO, out: TextIO) -> None:
    """Answer each line of `source` until it ends; whoever sits at the terminal is an admin.

    Reads outside the event loop, which has nothing else to do meanwhile, so that Ctrl-C ends the waiting at once.
    """
    is_terminal = source.isatty()
    print(texts.NO_TOKEN, file=out, flush=True)
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
            reply = runner.run(respond(conversation, line, out))
            print(f"\n{as_text(reply, colour=out.isatty())}", file=out, flush=True)
