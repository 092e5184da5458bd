from __future__ import annotations

import asyncio
import io
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from pydantic import SecretStr
from telegram.error import InvalidToken

from bot.delivery import webhook
from bot.delivery.health import of as health_of
from bot.delivery.webhook import LARGEST, SECRET_HEADER, Webhook
from bot.errors import SettingsError, StateError
from bot.pulse import Pulse
from bot.settings import Settings
from tests.bot.delivery.ports import free_port
from tests.e2e.application import until
from tests.telegram_api.conftest import new_bot
from tests.telegram_server import DropBefore, ServerError, TelegramServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from telegram import Bot

SECRET = "zebra-stripes"  # noqa: S105 - the secret of no webhook
UPDATE = {"update_id": 1, "message": {"text": "zebra"}}


class Receiver:
    """Keeps updates as the bot does, or fails to."""

    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] = []
        self.failures = 0
        self.refused = asyncio.Event()

    async def receive(self, update: dict[str, Any]) -> None:
        if self.failures:
            self.failures -= 1
            raise StateError("DATA_DIR/state.db: the disk is full.")
        self.kept.append(update)

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.kept]


@pytest.fixture(autouse=True)
def _watchful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Timedeltas of the library, and a look at the webhook many times a second."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    monkeypatch.setattr(webhook, "LOOK_EVERY", 0.02)


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer(plain_webhooks=True) as running:
        yield running


@pytest.fixture
async def bot(server: TelegramServer) -> AsyncIterator[Bot]:
    async with new_bot(server) as running:
        yield running


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def pulse() -> Pulse:
    return Pulse()


@pytest.fixture
def url() -> str:
    return f"http://127.0.0.1:{free_port()}/updates"


@asynccontextmanager
async def receiving(bot: Bot, receiver: Receiver, pulse: Pulse, url: str) -> AsyncIterator[None]:
    """The webhook at an address that only the tests' Telegram takes."""
    port = int(url.rpartition(":")[2].partition("/")[0])
    settings = Settings.model_construct(webhook_url=url, webhook_secret=SecretStr(SECRET), webhook_port=port)
    async with Webhook(settings, pulse).receiving(bot, receiver.receive, ["message"], receiver.refused.set):
        yield


async def call(url: str, secret: str | None = SECRET, body: bytes = json.dumps(UPDATE).encode()) -> int:
    headers = {SECRET_HEADER: secret} if secret is not None else {}
    async with aiohttp.ClientSession() as session, session.post(url, data=io.BytesIO(body), headers=headers) as answer:
        return answer.status


async def test_what_telegram_brings_is_kept(
    server: TelegramServer, bot: Bot, receiver: Receiver, pulse: Pulse, url: str
) -> None:
    async with receiving(bot, receiver, pulse, url):
        await server.user().private_chat().say("hello")
        await until(lambda: server.pending_updates == 0)

    assert receiver.texts == ["hello"]
    (call,) = server.calls_of("setWebhook")
    assert call.params["drop_pending_updates"] == "false"
    assert json.loads(call.params["allowed_updates"]) == ["message"]


async def test_the_webhook_stays_set_at_the_end_and_what_comes_then_waits(
    server: TelegramServer, bot: Bot, receiver: Receiver, pulse: Pulse, url: str
) -> None:
    async with receiving(bot, receiver, pulse, url):
        pass
    await server.user().private_chat().say("hello")
    assert server.webhook is not None
    assert server.pending_updates == 1

    async with receiving(bot, receiver, pulse, url):
        await until(lambda: server.pending_updates == 0)

    assert receiver.texts == ["hello"]


async def test_what_cannot_be_kept_is_brought_again(
    server: TelegramServer, bot: Bot, receiver: Receiver, pulse: Pulse, url: str
) -> None:
    receiver.failures = 2
    async with receiving(bot, receiver, pulse, url):
        await server.user().private_chat().say("hello")
        await until(lambda: server.pending_updates == 0)

    assert receiver.texts == ["hello"]
    assert [delivery.status for delivery in server.deliveries] == [500, 500, 200]


@pytest.mark.parametrize("secret", [None, "", "zebra", f"{SECRET}s", SECRET.upper(), "zebrä-stripes"])
async def test_without_the_secret_nothing_is_taken(
    bot: Bot, receiver: Receiver, pulse: Pulse, url: str, secret: str | None
) -> None:
    async with receiving(bot, receiver, pulse, url):
        assert await call(url, secret) == 403

    assert receiver.kept == []


@pytest.mark.parametrize("body", [b"", b"zebra", b"\xff", b"[]", b"{}", b'{"update_id": "1"}', b'{"update_id": null}'])
async def test_what_is_no_update_is_refused(bot: Bot, receiver: Receiver, pulse: Pulse, url: str, body: bytes) -> None:
    async with receiving(bot, receiver, pulse, url):
        assert await call(url, body=body) == 400

    assert receiver.kept == []


async def test_a_body_that_is_too_large_is_refused(bot: Bot, receiver: Receiver, pulse: Pulse, url: str) -> None:
    async with receiving(bot, receiver, pulse, url):
        assert await call(url, body=b" " * (LARGEST + 1)) == 413


async def test_any_path_leads_to_the_webhook_since_a_proxy_may_shorten_it(
    bot: Bot, receiver: Receiver, pulse: Pulse, url: str
) -> None:
    async with receiving(bot, receiver, pulse, url):
        assert await call(url.removesuffix("updates")) == 200

    assert receiver.kept == [UPDATE]


async def test_the_health_is_told_on_the_same_port(bot: Bot, receiver: Receiver, pulse: Pulse, url: str) -> None:
    healthz = url.replace("updates", "healthz")
    async with (
        receiving(bot, receiver, pulse, url),
        aiohttp.ClientSession() as session,
        session.get(healthz) as answer,
    ):
        assert answer.status == 200
        assert (await answer.json())["status"] == "ok"


async def test_a_webhook_that_fails_at_telegram_is_not_well_until_it_works(
    server: TelegramServer, bot: Bot, receiver: Receiver, pulse: Pulse, url: str
) -> None:
    receiver.failures = 10**6
    async with receiving(bot, receiver, pulse, url):
        await server.user().private_chat().say("hello")
        await until(lambda: not health_of(pulse).is_well)
        assert pulse.trouble == "Wrong response from the webhook: 500 Internal Server Error"

        receiver.failures = 0
        await until(lambda: health_of(pulse).is_well)


async def test_a_webhook_that_somebody_else_changed_is_set_again(
    server: TelegramServer, bot: Bot, receiver: Receiver, pulse: Pulse, url: str
) -> None:
    async with receiving(bot, receiver, pulse, url):
        await bot.delete_webhook()
        await until(lambda: server.webhook is not None and server.webhook["url"] == url)


@pytest.mark.parametrize("fault", [ServerError(502), DropBefore()], ids=repr)
async def test_a_telegram_that_is_down_is_waited_for(
    server: TelegramServer, bot: Bot, receiver: Receiver, pulse: Pulse, url: str, fault: ServerError | DropBefore
) -> None:
    server.fault("setWebhook", fault)
    async with receiving(bot, receiver, pulse, url):
        assert [call.status for call in server.calls_of("setWebhook")][1:] == [200]


async def test_a_look_that_fails_is_not_the_last(
    server: TelegramServer, bot: Bot, receiver: Receiver, pulse: Pulse, url: str
) -> None:
    server.fault("getWebhookInfo", ServerError(502))
    async with receiving(bot, receiver, pulse, url):
        pulse.last_poll = datetime.now(UTC) - timedelta(hours=1)
        await until(lambda: health_of(pulse).is_well)


async def test_an_address_that_telegram_refuses_is_a_wrong_setting(bot: Bot, receiver: Receiver, pulse: Pulse) -> None:
    settings = Settings.model_construct(
        webhook_url="https://bot.example.org", webhook_secret=SecretStr(SECRET), webhook_port=free_port()
    )
    with pytest.raises(SettingsError, match=r"^WEBHOOK_URL: Telegram does not take it \(Bad webhook: "):
        async with Webhook(settings, pulse).receiving(bot, receiver.receive, [], receiver.refused.set):
            pass


async def test_a_port_in_use_is_a_wrong_setting(bot: Bot, receiver: Receiver, pulse: Pulse, url: str) -> None:
    async with receiving(bot, receiver, pulse, url):
        with pytest.raises(SettingsError, match=r"^WEBHOOK_PORT: port \d+ of 127\.0\.0\.1 cannot be opened \(Address"):
            async with receiving(bot, receiver, pulse, url):
                pass


async def test_a_token_that_is_refused_while_serving_is_told(
    server: TelegramServer, bot: Bot, receiver: Receiver, pulse: Pulse, url: str
) -> None:
    async with receiving(bot, receiver, pulse, url):
        server.token = "123456:another"  # noqa: S105 - the token of no bot
        await asyncio.wait_for(receiver.refused.wait(), 5)


async def test_a_token_that_is_refused_at_the_start_is_an_error(
    server: TelegramServer, bot: Bot, receiver: Receiver, pulse: Pulse, url: str
) -> None:
    server.token = "123456:another"  # noqa: S105 - the token of no bot
    with pytest.raises(InvalidToken):
        async with receiving(bot, receiver, pulse, url):
            pass


def test_a_webhook_needs_an_address(pulse: Pulse) -> None:
    with pytest.raises(SettingsError):
        Webhook(Settings.model_construct(), pulse)
