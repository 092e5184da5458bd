"""The same bot, with updates that Telegram brings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aiohttp
import pytest
from pydantic import SecretStr

from bot.delivery.health import of as health_of
from bot.delivery.metrics import Stored
from bot.delivery.webhook import SECRET_HEADER, Webhook
from bot.errors import StateError, TokenRevoked
from bot.settings import Settings
from tests.bot.delivery.ports import free_port
from tests.e2e.application import serving, until
from tests.telegram_server import PrivateChat, TelegramServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from bot.app import Footnote

SECRET = "zebra-stripes"  # noqa: S105 - the secret of no webhook
SHIP = "How long is the Ever Given?"
SHIP_ANSWER = "The Ever Given is 400 metres long and 59 metres wide."


@pytest.fixture
async def server(refusals: list[int]) -> AsyncIterator[TelegramServer]:
    async with TelegramServer(plain_webhooks=True) as running:
        yield running
        assert [call.status for call in running.refusals] == refusals, running.refusals


@pytest.fixture
def url() -> str:
    return f"http://127.0.0.1:{free_port()}/updates"


@pytest.fixture
def webhook(footnote: Footnote, url: str) -> Webhook:
    """A webhook at an address that only the tests' Telegram takes."""
    port = int(url.rpartition(":")[2].partition("/")[0])
    settings = Settings.model_construct(webhook_url=url, webhook_secret=SecretStr(SECRET), webhook_port=port)
    return Webhook(settings, footnote.desk.pulse)


def answers(chat: PrivateChat) -> list[str]:
    return [message.text for message in chat.from_bot if message.text.startswith(SHIP_ANSWER)]


async def test_a_question_that_telegram_brings_is_answered(
    server: TelegramServer, footnote: Footnote, chat: PrivateChat, webhook: Webhook
) -> None:
    async with serving(server, footnote, webhook):
        await chat.say(SHIP)
        await chat.until(lambda: answers(chat))
        await until(lambda: server.pending_updates == 0)
        assert health_of(footnote.desk.pulse).is_well

    assert [delivery.status for delivery in server.deliveries] == [200]
    assert server.calls_of("getUpdates") == []
    assert await footnote.state.inbox.count() == 0


async def test_a_press_comes_the_same_way(
    server: TelegramServer, footnote: Footnote, chat: PrivateChat, webhook: Webhook
) -> None:
    async with serving(server, footnote, webhook):
        await chat.say(SHIP)
        await chat.until(lambda: answers(chat))
        (message,) = chat.from_bot
        shown = await chat.press(message, message.button_texts[0])

    assert shown is not None
    assert [delivery.status for delivery in server.deliveries] == [200, 200]


async def test_whoever_does_not_know_the_secret_asks_nothing(
    server: TelegramServer, footnote: Footnote, chat: PrivateChat, webhook: Webhook, url: str
) -> None:
    await chat.say(SHIP)
    (update,) = json.loads(json.dumps(server._world.updates))
    forged = update | {"update_id": update["update_id"] + 1000}
    async with serving(server, footnote, webhook), aiohttp.ClientSession() as session:
        await chat.until(lambda: answers(chat))
        for headers in ({}, {SECRET_HEADER: "zebra"}):
            async with session.post(url, json=forged, headers=headers) as answer:
                assert answer.status == 403

    assert len(answers(chat)) == 1


async def test_what_cannot_be_kept_comes_again_and_is_answered_once(
    server: TelegramServer, footnote: Footnote, chat: PrivateChat, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, failures = footnote.state.inbox, [1, 2]
    keep = inbox.keep

    async def fail_twice(updates: Iterable[tuple[int, str]]) -> set[int]:
        if failures:
            failures.pop()
            raise StateError("DATA_DIR/state.db: the disk is full.")
        return await keep(updates)

    monkeypatch.setattr(inbox, "keep", fail_twice)
    async with serving(server, footnote, webhook) as bot:
        await chat.say(SHIP)
        await chat.until(lambda: answers(chat))
        await bot.finish()

    assert [delivery.status for delivery in server.deliveries] == [500, 500, 200]
    assert len(answers(chat)) == 1


async def test_an_update_that_telegram_brings_twice_is_answered_once(
    server: TelegramServer, footnote: Footnote, chat: PrivateChat, webhook: Webhook, url: str
) -> None:
    await chat.say(SHIP)
    (update,) = json.loads(json.dumps(server._world.updates))
    async with serving(server, footnote, webhook) as bot, aiohttp.ClientSession() as session:
        await chat.until(lambda: answers(chat))
        async with session.post(url, json=update, headers={SECRET_HEADER: SECRET}) as answer:
            assert answer.status == 200
        await bot.finish()

    assert len(answers(chat)) == 1


async def test_what_is_in_hand_when_the_bot_is_told_to_stop_is_answered(
    server: TelegramServer, footnote: Footnote, chat: PrivateChat, webhook: Webhook
) -> None:
    async with serving(server, footnote, webhook) as bot:
        await chat.say(SHIP)
        await until(lambda: server.pending_updates == 0)
        await bot.finish()

    assert len(answers(chat)) == 1
    assert server.webhook is not None


async def test_going_back_to_polling_loses_nothing_and_repeats_nothing(
    server: TelegramServer, footnote: Footnote, chat: PrivateChat, webhook: Webhook
) -> None:
    async with serving(server, footnote, webhook):
        await chat.say("/start")
        await chat.next_message()
    await chat.say(SHIP)

    async with serving(server, footnote) as bot:
        await chat.until(lambda: answers(chat))
        await bot.finish()

    assert server.webhook is None
    assert len(chat.from_bot) == 2
    assert server.pending_updates == 0


async def test_going_over_to_a_webhook_loses_nothing_and_repeats_nothing(
    server: TelegramServer, footnote: Footnote, chat: PrivateChat, webhook: Webhook
) -> None:
    async with serving(server, footnote):
        await chat.say("/start")
        await chat.next_message()
    await chat.say(SHIP)

    async with serving(server, footnote, webhook):
        await chat.until(lambda: answers(chat))
        await until(lambda: server.pending_updates == 0)

    assert len(chat.from_bot) == 2


async def test_a_token_that_is_revoked_ends_the_bot(
    server: TelegramServer, footnote: Footnote, webhook: Webhook, monkeypatch: pytest.MonkeyPatch, refusals: list[int]
) -> None:
    monkeypatch.setattr("bot.delivery.webhook.LOOK_EVERY", 0.02)
    async with serving(server, footnote, webhook) as bot:
        server.token = "123456:another"  # noqa: S105 - the token of no bot
        with pytest.raises(TokenRevoked):
            await bot.end()
    refusals += [401] * len(server.refusals)

    assert refusals


async def test_the_figures_of_an_answer_are_in_the_metrics(
    server: TelegramServer, footnote: Footnote, chat: PrivateChat, webhook: Webhook
) -> None:
    async with serving(server, footnote, webhook):
        await chat.say(SHIP)
        await chat.until(lambda: answers(chat))

    lines = footnote.metrics.page(Stored(0)).decode().splitlines()
    assert 'footnote_questions_total{outcome="answer"} 1.0' in lines
    assert 'footnote_updates_total{kind="message"} 1.0' in lines
    assert 'footnote_sends_total{method="sendMessage",result="ok"} 1.0' in lines
    assert "footnote_engine_seconds_count 1.0" in lines
    assert "footnote_answer_seconds_count 1.0" in lines
