"""`python -m bot run` as a process of its own, against a server of a test."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.telegram_server import TelegramServer

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def bot_process(
    server: TelegramServer, data_dir: Path, said: Path, **settings: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A bot that runs until the block ends, and is killed then unless it ended before.

    What it says is added to the file `said`: nobody has to read it, as from a pipe, for the bot to go on.
    """
    kept = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    given = {"DATA_DIR": str(data_dir), "TELEGRAM_API_URL": server.url, "TELEGRAM_BOT_TOKEN": server.token}
    with said.open("ab") as stream:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run",
            cwd=said.parent, env={**kept, "PYTHONPATH": str(ROOT), **given, **settings},
            stdout=stream, stderr=stream,
        )  # fmt: skip
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
