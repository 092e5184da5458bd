from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from tests.e2e.application import until
from tests.telegram_api.conftest import Raw, refusal
from tests.telegram_api.deliveries import SECRET_HEADER
from tests.telegram_server import TelegramServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SECRET = "zebra-stripes"  # noqa: S105 - the secret of no webhook


class Listener:
    """Somebody whom Telegram brings updates to; `statuses` are its next answers, then 200."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.secrets: set[str | None] = set()
        self.statuses: list[int] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        update: dict[str, Any] = await request.json()
        self.secrets.add(request.headers.get(SECRET_HEADER))
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.texts.append(update["message"]["text"])
        return web.Response(status=status)


@asynccontextmanager
async def listening(listener: Listener) -> AsyncIterator[None]:
    served = web.Application()
    served.router.add_post("/updates", listener.take)
    runner = web.AppRunner(served, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}/updates"
    yield
    await runner.cleanup()


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer(plain_webhooks=True) as running:
        yield running


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener = Listener()
    async with listening(listener):
        yield listener


async def test_a_webhook_gets_every_update_once_with_the_secret(
    server: TelegramServer, raw: Raw, listener: Listener
) -> None:
    chat = server.user().private_chat()
    await chat.say("before")
    await raw("setWebhook", url=listener.url, secret_token=SECRET)
    await chat.say("after")
    await until(lambda: server.pending_updates == 0)

    assert sorted(listener.texts) == ["after", "before"]
    assert listener.secrets == {SECRET}
    assert [delivery.status for delivery in server.deliveries] == [200, 200]


async def test_what_is_refused_comes_again_until_it_is_taken(
    server: TelegramServer, raw: Raw, listener: Listener
) -> None:
    listener.statuses = [500, 302]
    await raw("setWebhook", url=listener.url)
    await server.user().private_chat().say("again")
    await until(lambda: server.pending_updates == 0)

    assert listener.texts == ["again"]
    assert [delivery.status for delivery in server.deliveries] == [500, 302, 200]
    info = (await raw("getWebhookInfo"))[1]["result"]
    assert info["last_error_message"] == "Wrong response from the webhook: 302 Found"


async def test_where_nobody_listens_updates_wait(server: TelegramServer, raw: Raw, listener: Listener) -> None:
    await raw("setWebhook", url=listener.url.replace("/updates", "/nowhere"))
    chat = server.user().private_chat()
    await chat.say("hello")
    await until(lambda: server.deliveries)
    info = (await raw("getWebhookInfo"))[1]["result"]
    assert info["pending_update_count"] == 1
    assert "404" in info["last_error_message"]

    await raw("deleteWebhook")
    updates = (await raw("getUpdates"))[1]["result"]

    assert [update["message"]["text"] for update in updates] == ["hello"]
    assert listener.texts == []


async def test_only_addresses_on_loopback_are_taken_where_nothing_is_encrypted(raw: Raw) -> None:
    assert "loopback" in await refusal(raw("setWebhook", url="http://example.com/updates"))


async def test_one_call_at_a_time_where_no_more_are_allowed(
    server: TelegramServer, raw: Raw, listener: Listener
) -> None:
    chat = server.user().private_chat()
    for number in range(5):
        await chat.say(str(number))
    await raw("setWebhook", url=listener.url, max_connections=1)
    async with asyncio.timeout(5):
        await until(lambda: server.pending_updates == 0)

    assert listener.texts == list("01234")
