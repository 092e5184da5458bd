from __future__ import annotations

from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import aiohttp
import pytest

from bot.delivery import http
from bot.delivery.metrics import Metrics
from bot.errors import SettingsError
from bot.pulse import Pulse
from bot.settings import Settings
from bot.state.audit import START, Action
from bot.state.state import State
from retrieval.engine import Engine
from tests.bot.delivery.ports import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from bot.app import Footnote


@pytest.fixture
def footnote(tmp_path: Path) -> Iterator[Footnote]:
    """As much of Footnote as is watched; no index serves."""
    state, pulse = State.open(tmp_path), Pulse()
    engine = Engine(tmp_path / "articles", tmp_path)
    parts = SimpleNamespace(state=state, engine=engine, metrics=Metrics(pulse), desk=SimpleNamespace(pulse=pulse))
    yield cast("Footnote", parts)
    state.close()
    engine.close()


@asynccontextmanager
async def watched(footnote: Footnote, port: int) -> AsyncIterator[aiohttp.ClientSession]:
    settings = Settings.model_construct(metrics_port=port)
    async with (
        http.watched(footnote, settings),
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        yield session


async def get(session: aiohttp.ClientSession, path: str) -> tuple[int, str, str]:
    async with session.get(path) as answer:
        return answer.status, answer.headers["Content-Type"], await answer.text()


async def test_health_is_a_status_that_a_supervisor_understands(footnote: Footnote) -> None:
    async with watched(footnote, free_port()) as session:
        assert (await get(session, "/healthz"))[0] == 503
        footnote.desk.pulse.beat()
        status, kind, body = await get(session, "/healthz")

    assert (status, kind) == (200, "application/json; charset=utf-8")
    assert body.startswith('{"status": "ok", "last_heard": "')


async def test_metrics_tell_what_is_counted_and_what_is_stored(footnote: Footnote) -> None:
    footnote.metrics.received("message")
    await footnote.state.inbox.keep([(1, "{}"), (2, "{}")])
    await footnote.state.inbox.done(1)
    await footnote.state.audit.record(START, Action.RELOAD)
    await footnote.state.audit.record(START, Action.REMOVE)
    async with watched(footnote, free_port()) as session:
        status, kind, body = await get(session, "/metrics")

    assert status == 200
    assert kind.startswith("text/plain; version=")
    lines = body.splitlines()
    assert 'footnote_updates_total{kind="message"} 1.0' in lines
    assert "footnote_inbox_waiting 1.0" in lines
    assert any(line.startswith("footnote_memory_bytes ") and float(line.split()[1]) > 0 for line in lines)
    assert 'footnote_reloads_total{outcome="done"} 1.0' in lines
    assert 'footnote_reloads_total{outcome="failed"} 0.0' in lines


async def test_nothing_else_is_served(footnote: Footnote) -> None:
    async with watched(footnote, free_port()) as session:
        assert (await get(session, "/"))[0] == 404


async def test_a_port_in_use_is_a_wrong_setting(footnote: Footnote) -> None:
    port = free_port()
    async with watched(footnote, port):
        with pytest.raises(SettingsError, match=rf"^METRICS_PORT: port {port} of 127\.0\.0\.1 cannot be opened \(Add"):
            async with watched(footnote, port):
                pass


async def test_without_a_port_nothing_listens(footnote: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a port was opened")

    monkeypatch.setattr(http, "listening", refuse)
    async with http.watched(footnote, Settings.model_construct()):
        pass
