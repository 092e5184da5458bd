"""What the bot serves over HTTP to those who watch it: /healthz and /metrics."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.delivery import health
from bot.delivery.metrics import Stored
from bot.errors import SettingsError
from bot.memory import memory
from bot.state.audit import Action
from retrieval.errors import RetrievalError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.app import Footnote
    from bot.pulse import Pulse
    from bot.settings import Settings

OUTCOMES = {
    Action.RELOAD: "done",
    Action.FULL_RELOAD: "done_full",
    Action.RELOAD_CANCELLED: "cancelled",
    Action.RELOAD_FAILED: "failed",
    Action.ROLLBACK: "rolled_back",
}
"""What came of reloads, as the audit and the metrics call it."""


@asynccontextmanager
async def watched(footnote: Footnote, settings: Settings) -> AsyncIterator[None]:
    """Serve /healthz and /metrics on METRICS_PORT, if it is set, as long as the block runs.

    Raises:
        SettingsError: the port cannot be opened.
    """
    if settings.metrics_port is None:
        yield
        return
    served = web.Application()
    add_health(served, footnote.desk.pulse)

    async def metrics(_: web.Request) -> web.Response:
        page = footnote.metrics.page(await _stored(footnote))
        return web.Response(body=page, headers={"Content-Type": CONTENT_TYPE_LATEST})

    served.router.add_get("/metrics", metrics)
    async with listening(served, settings, "METRICS_PORT", settings.metrics_port):
        yield


def add_health(served: web.Application, pulse: Pulse) -> None:
    """Add /healthz: 200 while the bot hears Telegram, else 503 with the reason."""

    async def healthz(_: web.Request) -> web.Response:
        now = health.of(pulse)
        return web.json_response(now.to_json(), status=200 if now.is_well else 503)

    served.router.add_get("/healthz", healthz)


@asynccontextmanager
async def listening(served: web.Application, settings: Settings, name: str, port: int) -> AsyncIterator[None]:
    """Serve on the port that the setting `name` gives as long as the block runs; what is in hand is finished.

    Raises:
        SettingsError: the port cannot be opened.
    """
    host = str(settings.listen_host)
    runner = web.AppRunner(served, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else str(error)
            raise SettingsError(f"{name}: port {port} of {host} cannot be opened ({why}).") from error
        yield
    finally:
        await runner.cleanup()


async def _stored(footnote: Footnote) -> Stored:
    counts = await footnote.state.audit.counts()
    stored = Stored(
        waiting=await footnote.state.inbox.count(),
        reloads={outcome: counts.get(action, 0) for action, outcome in OUTCOMES.items()},
        memory=await asyncio.to_thread(memory),
    )
    # Where no index serves yet there is nothing to count.
    with suppress(RetrievalError):
        serving = await footnote.engine.manifest()
        stored = replace(stored, generation=serving.number, articles=serving.articles, passages=serving.passages)
    return stored
