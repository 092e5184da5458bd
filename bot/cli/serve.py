"""`footnote run`."""

from __future__ import annotations

import asyncio
import io
import logging
import signal
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import typer

from bot import texts
from bot.cli.common import load, open_engine, tell
from bot.cli.printing import Bar
from corpus.errors import CorpusError

if TYPE_CHECKING:
    from pydantic import SecretStr

    from bot.app import Footnote
    from bot.settings import Settings

logger = logging.getLogger(__name__)


def run() -> None:
    """Serve Telegram, or without a token talk in the terminal."""
    loaded = load()
    # Messages must not wait for Python's lock while a search holds it; a terminal has one thing to do at a time.
    with closing(open_engine(loaded, apart=loaded.telegram_bot_token is not None)) as engine:
        from bot.app import build
        from bot.console import talk
        from bot.serving import serving

        if loaded.telegram_bot_token is not None:
            with serving(loaded.data_dir):
                footnote = build(loaded, engine)
                asyncio.run(_read_articles(loaded, footnote))
                asyncio.run(_serve(loaded, loaded.telegram_bot_token, footnote))
            return
        footnote = build(loaded, engine)
        asyncio.run(_read_articles(loaded, footnote))
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")  # a pipe may hold anything
        talk(footnote, sys.stdin, sys.stdout)


async def _read_articles(loaded: Settings, footnote: Footnote) -> None:
    """Bring the index in step with ARTICLES_DIR; what served before goes on serving where that fails."""
    from bot.admin.reloads import noted
    from bot.state.audit import START
    from retrieval.errors import IndexBroken, OutOfReach, ReloadRunning

    typer.echo(texts.STARTING.format(folder=loaded.articles_dir), err=True)
    if await footnote.engine.is_rolled_back():
        typer.echo(texts.STARTING_ROLLED_BACK, err=True)
        return
    try:
        with Bar("Reading the articles") as bar:
            report = await noted(footnote.engine, footnote.state.audit, START, bar.reload)
        tell(report)
    except (CorpusError, IndexBroken, ReloadRunning, OutOfReach) as error:
        typer.echo(str(error), err=True)


async def _serve(loaded: Settings, token: SecretStr, footnote: Footnote) -> None:
    from bot.app import build_application
    from bot.delivery.http import watched
    from bot.delivery.webhook import Webhook
    from bot.polling import serve

    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await footnote.dialogue.purge()
    application = build_application(loaded, token, footnote)
    webhook = Webhook(loaded, footnote.desk.pulse) if loaded.webhook_url else None
    warming = asyncio.create_task(_warm_up(footnote))
    refreshing = asyncio.create_task(footnote.desk.feeds.keep_refreshing(loaded.refresh_every))
    ending = asyncio.create_task(_end_reload(stop, footnote))
    try:
        async with watched(footnote, loaded):
            await serve(application, loaded.admin_ids, stop, lambda line: typer.echo(line, err=True), webhook)
    finally:
        warming.cancel()
        refreshing.cancel()
        ending.cancel()
        await footnote.aclose()


async def _warm_up(footnote: Footnote) -> None:
    """Do beforehand what the first questions would wait for."""
    from bot import languages

    began = time.monotonic()
    await asyncio.to_thread(languages.foreign, texts.NOT_TEXT)
    size = await footnote.engine.warm_up()
    if footnote.writing:
        await footnote.writing.warm_up()
    logger.info("Read the index ahead: %.0f MB in %.1f seconds", size / 1e6, time.monotonic() - began)


async def _end_reload(stop: asyncio.Event, footnote: Footnote) -> None:
    """Once the bot is told to stop, stop the reload that runs: its handler would be waited for."""
    await stop.wait()
    footnote.desk.reloads.cancel()
