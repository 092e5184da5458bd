"""What the tests of the fake Telegram start from: a server, a bot that talks to it, a conversation."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import httpx
import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from tests.telegram_server import PrivateChat, TelegramServer

Answer = tuple[int, dict[str, Any]]
Raw = Callable[..., Coroutine[Any, Any, Answer]]
# Loading the system's certificates takes longer than most tests, and nothing here is encrypted.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Clock:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def _retry_after_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library warns of the old type of `RetryAfter.retry_after`, and warnings are errors here."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def server(clock: Clock) -> AsyncIterator[TelegramServer]:
    async with TelegramServer(clock=clock) as running:
        yield running


def connection() -> HTTPXRequest:
    return HTTPXRequest(httpx_kwargs={"verify": NO_TLS})


def new_bot(server: TelegramServer, token: str | None = None) -> Bot:
    return Bot(
        token or server.token,
        base_url=f"{server.url}/bot",
        base_file_url=f"{server.url}/file/bot",
        request=connection(),
        get_updates_request=connection(),
    )


@pytest.fixture
async def bot(server: TelegramServer) -> AsyncIterator[Bot]:
    async with new_bot(server) as running:
        yield running


@pytest.fixture
async def raw(server: TelegramServer) -> AsyncIterator[Raw]:
    """Call a method with JSON, without the library's own checks; gives back the status and the answer."""
    async with httpx.AsyncClient(base_url=f"{server.url}/bot{server.token}/", timeout=5, verify=NO_TLS) as client:

        async def call(method: str, **params: object) -> Answer:
            response = await client.post(method, json=params)
            return response.status_code, response.json()

        yield call


@pytest.fixture
async def chat(server: TelegramServer) -> PrivateChat:
    """A conversation that its person has started."""
    started = server.user(first_name="Ada").private_chat()
    await started.say("/start")
    return started


async def refusal(answer: Awaitable[Answer]) -> str:
    status, body = await answer
    assert (status, body["ok"], body["error_code"]) == (status, False, status)
    assert status >= 400
    return str(body["description"])
