"""Commands that look into the articles."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack, asynccontextmanager, closing
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import AsJson, load, open_engine, open_state, ready
from bot.cli.printing import print_json
from bot.errors import BotError, SettingsError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.rendering import Reply
    from bot.settings import Settings
    from bot.writing import Writing
    from retrieval.engine import Engine
    from retrieval.models import Answer


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
            print_json(figures.answer(asyncio.run(_answer(engine, loaded, question))))
        else:
            typer.echo(as_text(asyncio.run(_reply(engine, loaded, question)), colour=sys.stdout.isatty()))


async def _answer(engine: Engine, loaded: Settings, question: str) -> Answer:
    async with _writing(loaded) as writing:
        return (await writing.write(await engine.consult(question)))[0] if writing else await engine.ask(question)


async def _reply(engine: Engine, loaded: Settings, question: str) -> Reply:
    from bot.conversation import Conversation

    async with _writing(loaded) as writing:
        return await Conversation(engine, writing).answer(question)


@asynccontextmanager
async def _writing(loaded: Settings) -> AsyncIterator[Writing | None]:
    """Give what words the answers, None where no language model is set."""
    if not loaded.llm_base_url:
        yield None
        return
    from bot.app import build_writing

    with closing(open_state(loaded)) as state:
        async with AsyncExitStack() as opened:
            writing = build_writing(loaded, state)
            if writing:
                opened.push_async_callback(writing.aclose)
            yield writing


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
