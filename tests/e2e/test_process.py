"""`python -m bot run` as an operator runs it: a process, a token, a Telegram."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import psutil
import pytest

from bot import texts
from bot.settings import Settings
from tests.bot.delivery.ports import free_port
from tests.e2e.index import copy_of

if TYPE_CHECKING:
    from tests.telegram_server import PrivateChat, TelegramServer

ROOT = Path(__file__).parents[2]
SHIP = "How long is the Ever Given?"
SHIP_ANSWER = "The Ever Given is 400 metres long and 59 metres wide."
PATIENCE = 40.0

Start = Callable[..., Awaitable[asyncio.subprocess.Process]]


@pytest.fixture
async def start(server: TelegramServer, sample_data: Path, tmp_path: Path) -> AsyncIterator[Start]:
    """Start processes; those that a test leaves behind are killed."""
    data = copy_of(sample_data, tmp_path / "data")
    started: list[asyncio.subprocess.Process] = []
    kept = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}

    async def run(**settings: str) -> asyncio.subprocess.Process:
        given = {"DATA_DIR": str(data), "TELEGRAM_API_URL": server.url, "TELEGRAM_BOT_TOKEN": server.token}
        started.append(
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run",
                cwd=tmp_path, env={**kept, "PYTHONPATH": str(ROOT), **given, **settings},
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            )
        )  # fmt: skip
        return started[-1]

    yield run
    for process in started:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def ended(process: asyncio.subprocess.Process) -> tuple[int | None, str]:
    """The exit code and what was said on stderr; nothing is said on stdout."""
    out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert out == b""
    return process.returncode, err.decode()


async def test_a_day_of_a_bot(start: Start, server: TelegramServer, chat: PrivateChat, articles: Path) -> None:
    """It answers, is watched, reloads, outlives its engine and ends: one process, for to start it takes longest."""
    port = free_port()
    process = await start(
        LOG_LEVEL="DEBUG", METRICS_PORT=str(port), ADMIN_IDS=str(chat.user.id), ARTICLES_DIR=str(articles)
    )
    await chat.say(SHIP)
    assert (await chat.next_message(PATIENCE)).text.startswith(SHIP_ANSWER)

    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        async with session.get("/healthz") as health:
            assert (health.status, (await health.json())["status"]) == (200, "ok")
        async with session.get("/metrics") as metrics:
            lines = (await metrics.text()).splitlines()
    assert 'footnote_questions_total{outcome="answer"} 1.0' in lines
    assert "footnote_articles 12.0" in lines

    (articles / "ferry.txt").write_text("The ferry Solveig ran aground off Bodo with 214 passengers.\n")
    await chat.say("/reload")
    announced = await chat.next_message(PATIENCE)
    await chat.until(lambda: "ferry.txt" in (chat.edits_of(announced) or (announced,))[-1].text, PATIENCE)
    await chat.say("How many passengers were on the ferry Solveig?")
    assert "214 passengers" in (await chat.next_message(PATIENCE)).text

    (engine,) = psutil.Process(process.pid).children()
    engine.kill()
    await chat.say(SHIP)
    assert (await chat.next_message(PATIENCE)).text.startswith(SHIP_ANSWER)
    assert process.returncode is None

    process.send_signal(signal.SIGTERM)
    code, said = await ended(process)
    assert code == 0
    assert texts.SERVING.format(username="footnote_bot") in said.splitlines()
    assert "Traceback" not in said
    assert server.token not in said
    assert "Ever Given" not in said
    assert server.pending_updates == 0


async def test_a_killed_bot_leaves_no_engine_behind(start: Start, chat: PrivateChat) -> None:
    process = await start()
    await chat.say(SHIP)
    await chat.next_message(PATIENCE)
    (engine,) = psutil.Process(process.pid).children()

    process.kill()
    await asyncio.to_thread(psutil.wait_procs, [engine], PATIENCE)
    assert not engine.is_running()


async def test_a_refused_token_is_wrong_usage_and_never_shown_even_when_debugging(
    start: Start, refusals: list[int]
) -> None:
    refusals.append(401)
    process = await start(TELEGRAM_BOT_TOKEN="123456:zebra", LOG_LEVEL="DEBUG")  # noqa: S106 - the token of no bot

    code, said = await ended(process)

    assert code == 2
    assert texts.TOKEN_REFUSED in said.splitlines()
    assert "zebra" not in said


async def test_a_port_that_is_taken_is_a_wrong_setting(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await start(METRICS_PORT=str(port))
        code, said = await ended(process)

    assert code == 2
    assert said.splitlines()[-1].startswith(f"METRICS_PORT: port {port} of 127.0.0.1 cannot be opened (")
