"""Commands that look into the articles."""

from __future__ import annotations

import asyncio
import sys
from contextlib import closing
from typing import Annotated

import typer

from bot.cli.common import AsJson, load, open_engine, ready
from bot.cli.printing import print_json
from bot.errors import BotError, SettingsError


def ask(question: str, *, as_json: AsJson = False) -> None:
    """Answer one question."""
    from bot import figures
    from bot.console import as_text

    if not question.strip():
        raise SettingsError("The question is empty.")
    loaded = load()
    with closing(open_engine(loaded)) as engine:
        asyncio.run(ready(engine))
        if as_json:
            print_json(figures.answer(asyncio.run(engine.ask(question))))
        else:
            from bot.conversation import Conversation

            reply = asyncio.run(Conversation(engine).answer(question))
            typer.echo(as_text(reply, colour=sys.stdout.isatty()))


def article(
    article_id: Annotated[str, typer.Argument(metavar="ID")],
    *,
    text: Annotated[bool, typer.Option("--text", help="Print the text exactly as spans count it.")] = False,
) -> None:
    """Show an article."""
    from bot import rendering
    from bot.console import as_text

    with closing(open_engine(load())) as engine:
        asyncio.run(ready(engine))
        found = asyncio.run(engine.article(article_id))
        if found is None:
            raise BotError(f"There is no article {article_id}; `footnote ask … --json` gives the ids.")
        card, whole = found
        opening = asyncio.run(engine.opening(article_id))
    if text:
        sys.stdout.buffer.write(whole.encode())
        sys.stdout.buffer.flush()
    else:
        typer.echo(as_text(rendering.Reply(rendering.card(card, opening, len(whole)))))
