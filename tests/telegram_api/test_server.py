"""The fake Telegram is itself held to what Telegram does: the way in, the updates, the limits, the faults."""

from __future__ import annotations

import asyncio
import contextlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Update,
)
from telegram.error import InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, InlineQueryHandler, MessageHandler, filters

from tests.telegram_api.conftest import NO_TLS, Clock, Raw, new_bot, refusal
from tests.telegram_server import (
    Conflict,
    DropAfter,
    DropBefore,
    Fault,
    FloodLimits,
    Hang,
    PrivateChat,
    ServerError,
    TelegramServer,
    TooManyRequests,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Context = ContextTypes.DEFAULT_TYPE
AnyApplication = Application[Any, Any, Any, Any, Any, Any]


# --- the whole application -----------------------------------------------------------------------------------------


async def greet(update: Update, _context: Context) -> None:
    assert update.effective_message is not None
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("More", callback_data="more")]])
    await update.effective_message.reply_html("<b>Hello</b> &amp; welcome", do_quote=True, reply_markup=keyboard)


async def answer_press(update: Update, _context: Context) -> None:
    assert update.callback_query is not None
    await update.callback_query.answer("Here is more")
    await update.callback_query.edit_message_text("More it is")


async def answer_inline(update: Update, _context: Context) -> None:
    assert update.inline_query is not None
    content = InputTextMessageContent(f"<i>{update.inline_query.query}</i>", parse_mode="HTML")
    await update.inline_query.answer([InlineQueryResultArticle("1", "A title", content)], cache_time=60)


@pytest.fixture
async def application(server: TelegramServer) -> AsyncIterator[AnyApplication]:
    """A small bot, polling."""
    built = Application.builder().bot(new_bot(server)).build()
    built.add_handler(MessageHandler(filters.ALL, greet))
    built.add_handler(CallbackQueryHandler(answer_press))
    built.add_handler(InlineQueryHandler(answer_inline))
    async with built:
        await built.start()
        assert built.updater is not None
        await built.updater.start_polling(timeout=5)
        yield built
        await built.updater.stop()
        await built.stop()


@pytest.mark.usefixtures("application")
async def test_a_person_and_the_application_converse(server: TelegramServer) -> None:
    chat = server.user(first_name="Ada").private_chat()
    said = await chat.say("hello there")

    reply = await chat.next_message()

    assert reply.text == "Hello & welcome"
    assert reply.html == "<b>Hello</b> &amp; welcome"
    assert reply.styled("bold") == ["Hello"]
    assert reply.reply_to == said.id
    assert reply.button_texts == ["More"]

    pressed = await chat.press(reply, "More")

    assert pressed.text == "Here is more"
    await chat.until(lambda: chat.visible[-1].text == "More it is")
    assert [edit.text for edit in chat.edits_of(reply)] == ["More it is"]
    assert chat.visible[-1].buttons == ()
    assert server.refusals == []


@pytest.mark.usefixtures("application")
async def test_inline_answers_are_shared_through_the_cache_until_it_ends(server: TelegramServer, clock: Clock) -> None:
    ada, grace = server.user(first_name="Ada"), server.user(first_name="Grace")

    first = await ada.inline("fires")
    again = await grace.inline("fires")

    assert [result.message.text for result in first.results] == ["fires"]
    assert again is first
    assert len(server.calls_of("answerInlineQuery")) == 1
    clock.now += 61
    assert await grace.inline("fires") is not first


@pytest.mark.usefixtures("application")
async def test_the_application_recovers_when_the_network_comes_back(server: TelegramServer) -> None:
    chat = server.user().private_chat()
    await server.down()
    await chat.say("is anybody there?")
    await server.up()

    assert (await chat.next_message()).text == "Hello & welcome"


# --- the door ------------------------------------------------------------------------------------------------------


async def test_wrong_tokens_and_methods_are_turned_away(server: TelegramServer) -> None:
    async with httpx.AsyncClient(base_url=server.url, verify=NO_TLS) as client:
        wrong = await client.get("/bot123456:another/getMe")
        malformed = await client.get("/botnonsense/getMe")
        unknown = await client.get(f"/bot{server.token}/makeCoffee")

    assert wrong.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert (malformed.status_code, unknown.status_code) == (404, 404)
    assert [call.status for call in server.refusals] == [401, 404, 404]
    with pytest.raises(InvalidToken):
        async with new_bot(server, "123456:another"):
            pass


@pytest.mark.parametrize("method", ["getMe", "GETME", "getme"])
async def test_method_names_are_read_in_any_case(server: TelegramServer, raw: Raw, method: str) -> None:
    _, answer = await raw(method)

    assert answer["result"]["username"] == "footnote_bot"
    assert server.calls[-1].status == 200


async def test_parameters_are_read_from_query_form_json_and_multipart(
    server: TelegramServer, chat: PrivateChat
) -> None:
    values = {"chat_id": str(chat.id), "text": "<b>x</b>", "parse_mode": "html"}
    values["reply_parameters"] = json.dumps({"message_id": chat.visible[0].id})
    async with httpx.AsyncClient(base_url=f"{server.url}/bot{server.token}/", verify=NO_TLS) as client:
        await client.get("sendMessage", params=values)
        await client.post("sendMessage", data=values)
        await client.post("sendMessage", json=values)
        await client.post("sendMessage", files={name: (None, value) for name, value in values.items()})

    assert [(m.text, m.reply_to) for m in chat.from_bot] == [("x", chat.visible[0].id)] * 4


async def test_parameters_that_are_not_json_are_refused(raw: Raw, chat: PrivateChat) -> None:
    assert "can't parse reply markup" in await refusal(raw("sendMessage", chat_id=chat.id, text="x", reply_markup="{"))
    assert "object expected" in await refusal(raw("sendMessage", chat_id=chat.id, text="x", reply_markup=[]))


async def test_after_logging_out_nothing_works(raw: Raw) -> None:
    await raw("close")
    await raw("logOut")

    assert await refusal(raw("getMe")) == "Logged out"


# --- updates -------------------------------------------------------------------------------------------------------


async def test_updates_stay_until_a_later_offset_acknowledges_them(server: TelegramServer, raw: Raw) -> None:
    chat = server.user().private_chat()
    for text in ("one", "two", "three"):
        await chat.say(text)

    _, first = await raw("getUpdates", limit=2)
    _, again = await raw("getUpdates", limit=2)
    _, rest = await raw("getUpdates", offset=first["result"][-1]["update_id"] + 1)
    _, newest = await raw("getUpdates", offset=-1)

    assert [update["message"]["text"] for update in first["result"]] == ["one", "two"]
    assert again == first
    assert [update["message"]["text"] for update in rest["result"]] == ["three"]
    assert newest == rest
    assert server.pending_updates == 1


async def test_a_long_poll_ends_as_soon_as_something_comes(server: TelegramServer, raw: Raw) -> None:
    poll = asyncio.create_task(raw("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    assert not poll.done()

    await server.user().private_chat().say("hi")

    _, answer = await poll
    assert answer["result"][0]["message"]["text"] == "hi"


async def test_only_wanted_kinds_of_updates_are_kept(server: TelegramServer, raw: Raw) -> None:
    await raw("getUpdates", allowed_updates=["message"])
    user = server.user()
    message = await user.private_chat().say("hi")
    await user.private_chat().edit(message, "hi!")

    await user.block()

    _, answer = await raw("getUpdates")
    assert [set(update) - {"update_id"} for update in answer["result"]] == [{"message"}]


async def test_a_second_poller_ends_the_first(raw: Raw) -> None:
    first = asyncio.create_task(raw("getUpdates", timeout=30))
    await asyncio.sleep(0.05)

    status, _ = await raw("getUpdates")

    assert status == 200
    assert await refusal(first) == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )


async def test_a_webhook_stands_in_the_way_of_polling(server: TelegramServer, raw: Raw) -> None:
    await server.user().private_chat().say("hi")
    assert "HTTPS" in await refusal(raw("setWebhook", url="http://example.com"))
    assert "ports" in await refusal(raw("setWebhook", url="https://example.com:1234/"))
    assert "secret token" in await refusal(raw("setWebhook", url="https://example.com/", secret_token="a b"))  # noqa: S106 - no secret
    poll = asyncio.create_task(raw("getUpdates", offset=10**9, timeout=30))
    await asyncio.sleep(0.05)

    await raw("setWebhook", url="https://example.com/hook")

    assert await refusal(poll) == "Conflict: terminated by setWebhook request"
    assert "can't use getUpdates method while webhook is active" in await refusal(raw("getUpdates"))
    assert (await raw("getWebhookInfo"))[1]["result"]["url"] == "https://example.com/hook"
    await raw("deleteWebhook")
    assert (await raw("getUpdates"))[0] == 200


@pytest.mark.usefixtures("chat")
async def test_deleting_the_webhook_can_drop_what_waits(server: TelegramServer, raw: Raw) -> None:
    assert server.pending_updates == 1

    await raw("deleteWebhook", drop_pending_updates=True)

    assert server.pending_updates == 0


# --- flood control -------------------------------------------------------------------------------------------------


async def send_until_refused(raw: Raw, chat_id: int) -> tuple[int, int]:
    """How many messages get through, and how long to wait after that."""
    for sent in range(100):
        status, body = await raw("sendMessage", chat_id=chat_id, text="x")
        if status == 429:
            assert body["description"] == f"Too Many Requests: retry after {body['parameters']['retry_after']}"
            return sent, body["parameters"]["retry_after"]
    raise AssertionError("never refused")


async def test_chats_and_groups_have_their_limits(
    server: TelegramServer, raw: Raw, clock: Clock, chat: PrivateChat
) -> None:
    assert await send_until_refused(raw, chat.id) == (20, 20)
    clock.now += 2
    assert await send_until_refused(raw, server.group().id) == (20, 60)
    clock.now += 18
    assert (await raw("sendMessage", chat_id=chat.id, text="x"))[0] == 200


async def test_all_chats_together_have_a_limit(server: TelegramServer, raw: Raw) -> None:
    for _ in range(30):
        await raw("sendMessage", chat_id=server.group().id, text="x")

    assert await send_until_refused(raw, server.group().id) == (0, 1)


async def test_edits_count_and_limits_can_be_set(clock: Clock) -> None:
    async with TelegramServer(flood=FloodLimits(private_burst=2, private_window=10), clock=clock) as server:
        chat = server.user().private_chat()
        await chat.say("/start")
        async with new_bot(server) as bot:
            sent = await bot.send_message(chat.id, "one")
            await sent.edit_text("two")
            clock.now += 4
            with pytest.raises(RetryAfter) as refused:
                await sent.edit_text("three")

        assert refused.value.retry_after == timedelta(seconds=6)
        assert [call.status for call in server.refusals] == [429]


async def test_flood_control_can_be_switched_off(clock: Clock) -> None:
    async with TelegramServer(flood=False, clock=clock) as server:
        chat = server.user().private_chat()
        await chat.say("/start")
        async with new_bot(server) as bot:
            for _ in range(35):
                await bot.send_message(chat.id, "x")

        assert len(chat.from_bot) == 35


# --- faults --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "error", "status", "effects"),
    [
        (TooManyRequests(7), RetryAfter, 429, 0),
        (ServerError(), NetworkError, 502, 0),
        (DropBefore(), NetworkError, 0, 0),
        (DropAfter(), NetworkError, 0, 1),
        (Hang(5), TimedOut, 0, 0),
        (Hang(5, effect_first=True), TimedOut, 0, 1),
    ],
)
async def test_faults_and_their_effects(
    server: TelegramServer,
    bot: Bot,
    chat: PrivateChat,
    fault: Fault,
    error: type[Exception],
    status: int,
    effects: int,
) -> None:
    server.fault("sendMessage", fault)

    with pytest.raises(error):
        await bot.send_message(chat.id, "lost?", read_timeout=0.1)

    # The server is done with the call, so that what did not happen by now never will.
    calls = await chat.until(lambda: server.calls_of("sendMessage"))
    assert [call.status for call in calls] == [status]
    assert len(chat.from_bot) == effects
    await bot.send_message(chat.id, "found")
    assert chat.from_bot[-1].text == "found"
    assert server.refusals == []


async def test_a_fault_can_be_ordered_several_times(server: TelegramServer, raw: Raw, chat: PrivateChat) -> None:
    server.fault("sendMessage", TooManyRequests(3), times=2)
    server.fault("SENDMESSAGE", Hang(0.001))

    statuses = [(await raw("sendMessage", chat_id=chat.id, text="x"))[0] for _ in range(3)]

    assert statuses == [429, 429, 200]
    assert [(call.status, call.injected) for call in server.calls_of("sendMessage")] == [
        (429, True),
        (429, True),
        (200, False),
    ]
    with pytest.raises(ValueError, match="no method"):
        server.fault("sendMesage", TooManyRequests())


async def test_a_conflict_can_be_ordered(server: TelegramServer, raw: Raw) -> None:
    server.fault("getUpdates", Conflict())

    assert "terminated by other getUpdates request" in await refusal(raw("getUpdates"))
    assert (await raw("getUpdates"))[0] == 200


async def test_a_server_error_is_a_page_of_html(server: TelegramServer) -> None:
    server.fault("getMe", ServerError(504))
    async with httpx.AsyncClient(verify=NO_TLS) as client:
        response = await client.get(f"{server.url}/bot{server.token}/getMe")

    assert response.status_code == 504
    assert response.text.startswith("<html>")


async def test_the_server_goes_down_and_comes_back_on_the_same_port(server: TelegramServer, bot: Bot) -> None:
    url = server.url
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await asyncio.sleep(0.05)

    await server.down()

    with pytest.raises(NetworkError):
        await poll
    with pytest.raises(NetworkError):
        await bot.get_me()
    await server.up()
    assert server.url == url
    assert (await bot.get_me()).username == "footnote_bot"


async def test_a_mistake_of_the_server_itself_fails_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    async def break_down(*_: object) -> None:
        raise ZeroDivisionError

    async def converse() -> None:
        async with TelegramServer() as server, new_bot(server) as bot:
            monkeypatch.setattr(server._api, "call", break_down)
            with contextlib.suppress(NetworkError):
                await bot.get_me()

    with pytest.raises(ZeroDivisionError):
        await converse()
