"""What goes over the wire to Telegram and back, and what it is called when it does not."""

from __future__ import annotations

import asyncio
import gzip
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from telegram import Bot, InputFile, ReplyParameters
from telegram.error import BadRequest, NetworkError, RetryAfter, TimedOut

from bot.delivery import connection
from bot.delivery.connection import Connection
from bot.delivery.failures import is_passing, may_have_arrived
from bot.errors import SettingsError
from tests.bot.delivery.ports import deaf_server, free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

TOKEN = "1:x"  # noqa: S105 - the token of no bot
MESSAGE = {"message_id": 7, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "hello"}


def ok(result: object = True) -> web.Response:  # noqa: FBT002 - what Telegram answers
    return web.json_response({"ok": True, "result": result})


class Telegram:
    """A server that answers as it is told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[web.Request] = []
        self.forms: list[dict[str, Any]] = []
        self.bodies: list[bytes] | None = None
        """What came instead of forms, if it is a list."""
        self.answer: Answer = self._sent

    async def _sent(self, _: web.Request) -> web.Response:
        return ok(MESSAGE)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        if self.bodies is None:
            # A file is closed when its request is done.
            self.forms.append(
                {
                    name: (field.filename, field.file.read()) if isinstance(field, web.FileField) else field
                    for name, field in (await request.post()).items()
                }
            )
        else:
            self.bodies.append(await request.read())
        return await self.answer(request)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    telegram = Telegram()
    application = web.Application(client_max_size=10_000_000)
    application.router.add_route("*", "/{rest:.*}", telegram.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    telegram.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield telegram
    await runner.cleanup()


@pytest.fixture
async def bot(telegram: Telegram) -> AsyncIterator[Bot]:
    async with speaking_to(telegram.url) as bot:
        yield bot


@asynccontextmanager
async def speaking_to(url: str, seconds: float = 5.0) -> AsyncIterator[Bot]:
    async with Connection(url, seconds) as request:
        yield Bot(TOKEN, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot", request=request)


async def failure(call: Awaitable[object]) -> BaseException:
    with pytest.raises(NetworkError) as caught:
        await call
    return caught.value


# --- what Telegram hears --------------------------------------------------------------------------------------------


async def test_a_call_is_a_form_whose_structures_are_json(bot: Bot, telegram: Telegram) -> None:
    sent = await bot.send_message(1, "Grüße & 100% + 🐑", reply_parameters=ReplyParameters(5))

    assert sent.message_id == 7
    (form,) = telegram.forms
    assert (form["chat_id"], form["text"]) == ("1", "Grüße & 100% + 🐑")
    assert json.loads(form["reply_parameters"]) == {"message_id": 5}
    assert telegram.asked[0].headers["User-Agent"].startswith("python-telegram-bot")


async def test_a_call_without_anything_to_tell_is_made(bot: Bot, telegram: Telegram) -> None:
    telegram.answer = lambda _: answered(ok({"id": 1, "is_bot": True, "first_name": "Footnote"}))
    assert (await bot.get_me()).first_name == "Footnote"
    assert telegram.forms == [{}]


async def test_a_file_goes_as_it_is_with_its_name(bot: Bot, telegram: Telegram) -> None:
    content = bytes(range(256)) * 5_000
    await bot.send_document(1, InputFile(content, filename="вопросы.jsonl"), caption="Two & more")

    (form,) = telegram.forms
    assert (form["chat_id"], form["caption"]) == ("1", "Two & more")
    assert ("вопросы.jsonl", content) in form.values()


async def test_a_files_name_is_on_the_wire_as_it_is(bot: Bot, telegram: Telegram) -> None:
    """Not every server knows what `%D0%B2` was."""
    telegram.bodies = []
    await bot.send_document(1, InputFile(b"{}", filename='"вопросы".jsonl'))
    assert 'filename="\\"вопросы\\".jsonl"'.encode() in telegram.bodies[0]


async def test_one_connection_serves_one_call_after_another(bot: Bot, telegram: Telegram) -> None:
    for _ in range(5):
        await bot.send_message(1, "hello")
    assert len({id(request.transport) for request in telegram.asked}) == 1


async def test_no_more_connections_are_opened_than_may_be(bot: Bot, telegram: Telegram) -> None:
    gate, full, open_at_once = asyncio.Event(), asyncio.Event(), set[object]()

    async def wait(request: web.Request) -> web.Response:
        open_at_once.add(request.transport)
        if len(open_at_once) >= connection.AT_ONCE:
            full.set()
        await gate.wait()
        return ok(MESSAGE)

    telegram.answer = wait
    calls = [asyncio.create_task(bot.send_message(1, "hello")) for _ in range(connection.AT_ONCE * 2)]
    await asyncio.wait_for(full.wait(), 10)
    await asyncio.sleep(0.1)
    assert len(open_at_once) == connection.AT_ONCE
    gate.set()
    assert all(await asyncio.gather(*calls))


async def test_a_file_of_telegrams_is_fetched(bot: Bot, telegram: Telegram) -> None:
    telegram.answer = lambda _: answered(web.Response(body=b"the article"))
    assert await bot.request.retrieve(f"{telegram.url}/file/bot{TOKEN}/documents/1.txt") == b"the article"
    assert telegram.asked[0].method == "GET"


# --- what it answers ------------------------------------------------------------------------------------------------


async def answered(response: web.Response) -> web.Response:
    return response


def refused(status: int, description: str, **parameters: int) -> web.Response:
    body = {"ok": False, "error_code": status, "description": description}
    return web.json_response({**body, "parameters": parameters} if parameters else body, status=status)


async def test_a_refusal_is_what_telegram_says_it_is(bot: Bot, telegram: Telegram) -> None:
    telegram.answer = lambda _: answered(refused(400, "Bad Request: chat not found"))
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(1, "hello")
    telegram.answer = lambda _: answered(refused(429, "Too Many Requests: retry after 3", retry_after=3))
    with pytest.raises(RetryAfter):
        await bot.send_message(1, "hello")


async def test_a_gateway_that_fails_is_asked_again(bot: Bot, telegram: Telegram) -> None:
    telegram.answer = lambda _: answered(web.Response(status=502, text="<html>Bad Gateway</html>"))
    error = await failure(bot.send_message(1, "hello"))
    assert is_passing(error)
    assert not may_have_arrived(error)


async def test_an_address_that_has_moved_is_not_followed(bot: Bot, telegram: Telegram) -> None:
    """The address holds the token, and whoever answers so is not Telegram."""
    telegram.answer = lambda _: answered(web.Response(status=302, headers={"Location": "/elsewhere"}))
    await failure(bot.send_message(1, "hello"))
    assert len(telegram.asked) == 1


async def test_what_comes_packed_is_unpacked(bot: Bot, telegram: Telegram) -> None:
    body = gzip.compress(json.dumps({"ok": True, "result": MESSAGE}).encode())
    telegram.answer = lambda _: answered(web.Response(body=body, headers={"Content-Encoding": "gzip"}))
    assert (await bot.send_message(1, "hello")).text == "hello"


async def test_nothing_is_kept_of_what_telegram_would_have_kept(bot: Bot, telegram: Telegram) -> None:
    telegram.answer = lambda _: answered(
        web.json_response({"ok": True, "result": MESSAGE}, headers={"Set-Cookie": "a=b"})
    )
    await bot.send_message(1, "hello")
    await bot.send_message(1, "hello")
    assert "Cookie" not in telegram.asked[1].headers


# --- when it does not -----------------------------------------------------------------------------------------------


async def test_who_is_not_there_has_heard_nothing() -> None:
    async with speaking_to(f"http://127.0.0.1:{free_port()}") as bot:
        error = await failure(bot.send_message(1, "hello"))
        assert is_passing(error)
        assert not may_have_arrived(error)


async def test_who_hangs_up_may_have_heard(bot: Bot, telegram: Telegram) -> None:
    async def hang_up(request: web.Request) -> web.Response:
        assert request.transport
        request.transport.close()
        return ok()

    telegram.answer = hang_up
    error = await failure(bot.send_message(1, "hello"))
    assert is_passing(error)
    assert may_have_arrived(error)


async def test_an_answer_that_breaks_off_leaves_it_open_whether_it_was_done(bot: Bot, telegram: Telegram) -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "500"})
        await response.prepare(request)
        await response.write(b'{"ok": true')
        assert request.transport
        request.transport.close()
        return response

    telegram.answer = break_off
    error = await failure(bot.send_message(1, "hello"))
    assert is_passing(error)
    assert may_have_arrived(error)


async def silent(_: web.Request) -> web.Response:
    await asyncio.sleep(60)
    return ok()


async def test_who_says_nothing_for_long_may_have_heard(telegram: Telegram) -> None:
    telegram.answer = silent
    async with speaking_to(telegram.url, 0.2) as bot:
        error = await failure(bot.send_message(1, "hello"))
        assert isinstance(error, TimedOut)
        assert is_passing(error)
        assert may_have_arrived(error)


async def test_a_call_may_be_given_more_time_than_others(telegram: Telegram) -> None:
    async def late(_: web.Request) -> web.Response:
        await asyncio.sleep(0.4)
        return ok([])

    telegram.answer = late
    async with speaking_to(telegram.url, 0.2) as bot:
        assert await bot.request.post(f"{telegram.url}/getUpdates", read_timeout=30.0) == []


async def test_what_waits_too_long_for_a_connection_has_not_left(
    telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "AT_ONCE", 1)
    telegram.answer = silent
    async with speaking_to(telegram.url, 0.3) as bot:
        first = asyncio.create_task(bot.request.post(f"{telegram.url}/sendMessage", read_timeout=60.0))
        await asyncio.sleep(0.1)
        error = await failure(bot.send_message(1, "hello"))
        assert isinstance(error, TimedOut)
        assert not may_have_arrived(error)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)


async def test_an_upload_that_nobody_takes_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "UPLOAD", 0.3)
    async with deaf_server() as url, speaking_to(url) as bot:
        error = await failure(bot.send_document(1, InputFile(b"x" * 30_000_000, filename="big.txt")))
        assert isinstance(error, TimedOut)
        assert may_have_arrived(error)


async def test_it_can_be_opened_again_and_says_when_it_was_not_opened(telegram: Telegram) -> None:
    request = Connection(telegram.url, 5.0)
    await request.shutdown()
    with pytest.raises(NetworkError, match="not initialized"):
        await request.post(f"{telegram.url}/sendMessage")
    for _ in range(2):
        await request.initialize()
        assert await request.post(f"{telegram.url}/sendMessage") == MESSAGE
        await request.shutdown()


# --- by way of a proxy ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["http_proxy", "all_proxy", "ALL_PROXY"])
async def test_a_proxy_that_the_environment_names_is_used(
    telegram: Telegram, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for address in (telegram.url, telegram.url.removeprefix("http://")):
        monkeypatch.setenv(name, address)
        async with speaking_to("http://telegram.invalid") as bot:
            assert (await bot.send_message(1, "hello")).text == "hello"
        assert telegram.asked.pop().host == "telegram.invalid"


async def test_a_host_that_is_excepted_is_asked_itself(telegram: Telegram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    async with speaking_to(telegram.url) as bot:
        assert (await bot.send_message(1, "hello")).text == "hello"


@pytest.mark.parametrize(("name", "said"), [("https_proxy", "HTTPS_PROXY"), ("all_proxy", "ALL_PROXY")])
def test_a_proxy_that_is_not_understood_is_said_to_be_so_without_its_password(
    monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.setenv(name, "socks5://user:zebra@127.0.0.1:1080")
    with pytest.raises(SettingsError, match=f"^{said} must be an HTTP proxy") as refused:
        Connection("https://api.telegram.org", 5.0)
    assert "zebra" not in str(refused.value)
    monkeypatch.setenv("no_proxy", "api.telegram.org")
    Connection("https://api.telegram.org", 5.0)


async def test_a_proxy_that_lets_nobody_through_has_told_telegram_nothing(
    telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    telegram.answer = lambda _: answered(web.Response(status=403))
    monkeypatch.setenv("https_proxy", telegram.url)
    async with speaking_to("https://telegram.invalid") as bot:
        error = await failure(bot.send_message(1, "hello"))
        assert is_passing(error)
        assert not may_have_arrived(error)
