from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
import os
import re
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

import httpx
import pytest
from pydantic import SecretStr
from telegram import Bot, File
from telegram.error import BadRequest, InvalidToken, TelegramError, TimedOut
from telegram.request import HTTPXRequest

from bot import logs
from bot.delivery import connection
from bot.delivery.connection import Connection
from bot.errors import StateError
from tests.bot.delivery.ports import deaf_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOKEN = "123456:zebra-Token_42"  # noqa: S105 - the token of no bot
QUESTION = "Who walked on the moon?"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Logging is the process's; give it back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    libraries = ("aiohttp", "asyncio", "httpx", "httpcore", "telegram")
    named = {name: logging.getLogger(name).level for name in (*logs.OURS, *libraries)}
    # `configure` closes what it replaces; pytest's own handlers must live on.
    root.handlers = []
    yield
    root.handlers = handlers
    root.setLevel(level)
    for name, before in named.items():
        logging.getLogger(name).setLevel(before)


def configured(level: str = "DEBUG", *secrets: str) -> None:
    logs.configure(level, SecretStr(TOKEN), *map(SecretStr, secrets), None)


class _Answering(HTTPXRequest):
    """A Telegram that gives one answer to everything."""

    def __init__(self, answer: dict[str, object]) -> None:
        super().__init__(httpx_kwargs={"verify": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)})
        self._answer = json.dumps(answer).encode()

    async def do_request(self, *_: object, **__: object) -> tuple[int, bytes]:
        return 200, self._answer


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    """The error with a traceback of its own."""
    try:
        raise error from cause
    except type(error) as caught:
        return caught


# --- the line -------------------------------------------------------------------------------------------------------


def test_a_line_says_when_how_bad_where_and_what(capsys: pytest.CaptureFixture[str]) -> None:
    configured()

    logging.getLogger("bot.polling").info("Serving %s.", "Telegram")

    line = capsys.readouterr().err
    assert re.fullmatch(r'timestamp=\S+Z level=info logger=bot\.polling event="Serving Telegram\."\n', line)


def test_fields_of_ours_follow_the_event(capsys: pytest.CaptureFixture[str]) -> None:
    configured()

    logging.getLogger("bot").info("Answered.", extra={"chat_kind": "group", "seconds": 0.25, "cached": False})

    assert capsys.readouterr().err.endswith("event=Answered. chat_kind=group seconds=0.25 cached=false\n")


def test_fields_of_libraries_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configured()

    logging.getLogger("chromadb").warning("trouble", extra={"request": "zebra"})

    assert capsys.readouterr().err.endswith("logger=chromadb event=trouble\n")


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1b[2K", "\x85", "\u2028", "\u2029"])
def test_nothing_in_an_event_ends_its_line(capsys: pytest.CaptureFixture[str], end: str) -> None:
    configured()

    logging.getLogger("bot").warning("before%slevel=error forged", end)

    shown = capsys.readouterr().err
    assert len(shown.splitlines()) == 1
    assert "\x1b" not in shown


def test_an_exception_is_folded_into_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    configured("INFO")

    logging.getLogger("bot").error("It failed.", exc_info=raised(StateError("No room."), OSError(28, "Disk full")))

    (line,) = capsys.readouterr().err.splitlines()
    assert "error=StateError exception=" in line
    assert "test_logs.py" in line
    assert "bot.errors.StateError: No room." in line
    assert "OSError: [Errno 28] Disk full" in line


# --- secrets --------------------------------------------------------------------------------------------------------


def test_the_token_is_blotted_out_of_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    configured()

    logging.getLogger("bot").warning("at https://api.telegram.org/bot%s/getMe", TOKEN)

    assert "at https://api.telegram.org/bot<token>/getMe" in capsys.readouterr().err


def test_the_token_is_blotted_out_of_a_traceback_and_its_causes(capsys: pytest.CaptureFixture[str]) -> None:
    configured()
    refused = RuntimeError(f"no bot {TOKEN}")
    refused.__cause__ = InvalidToken(f"The token `{TOKEN}` was rejected by the server.")

    logging.getLogger("bot").error("It failed.", exc_info=refused)

    shown = capsys.readouterr().err
    assert "zebra" not in shown
    assert "The token `<token>` was rejected" in shown
    assert "RuntimeError: no bot <token>" in shown


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_a_refused_token_is_blotted_out_however_it_is_logged(capsys: pytest.CaptureFixture[str], level: str) -> None:
    configured(level)
    refused = raised(InvalidToken(f"The token `{TOKEN}` was rejected by the server."))

    logging.getLogger("bot").warning("A poll failed: %s", refused)
    logging.getLogger("bot").warning("A poll failed: %r", refused)
    logging.getLogger("telegram.ext.Updater").exception("Polling failed.", exc_info=refused)

    shown = capsys.readouterr().err
    assert "zebra" not in shown
    assert shown.count("<token>") == 3


def test_the_path_of_a_file_at_telegram_holds_no_token(capsys: pytest.CaptureFixture[str]) -> None:
    configured()
    file = File("id", "unique", file_path=f"https://api.telegram.org/file/bot{TOKEN}/documents/file_1.pdf")

    logging.getLogger("bot").debug("Reading %s from %s.", file, file.file_path)
    logging.getLogger("bot").debug("Reading it.", extra={"path": file.file_path})

    shown = capsys.readouterr().err
    assert "zebra" not in shown
    assert "/file/bot<token>/documents/file_1.pdf" in shown


def test_the_token_is_blotted_out_of_a_stack(capsys: pytest.CaptureFixture[str]) -> None:
    configured()

    logging.getLogger("bot").info("here", stack_info=True, extra={"token": TOKEN})

    assert "zebra" not in capsys.readouterr().err


@pytest.mark.parametrize("written", [str, repr, quote_plus, lambda token: token.partition(":")[2]])
def test_every_form_of_the_token_is_blotted_out(
    capsys: pytest.CaptureFixture[str], written: Callable[[str], str]
) -> None:
    configured()

    logging.getLogger("bot").info("at %s", written(TOKEN))

    shown = capsys.readouterr().err
    assert "zebra" not in shown
    assert "<token>" in shown


def test_the_other_secrets_are_blotted_out_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    configured("DEBUG", 'chroma "lion" \\ key', "hook-lion_1")

    logging.getLogger("chromadb").warning('Bearer chroma "lion" \\ key')
    logging.getLogger("bot").info("%r", {"secret_token": "hook-lion_1", "key": 'chroma "lion" \\ key'})

    shown = capsys.readouterr().err
    assert "lion" not in shown
    assert shown.count("<token>") == 3


async def _call_telegram() -> None:
    """One request to an address with the token in it, that nobody answers."""
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(200)), verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ) as client:
        await client.post(f"https://api.telegram.org/bot{TOKEN}/getMe")
        await client.post(f"https://api.telegram.org/bot{quote_plus(TOKEN)}/getMe")


async def test_httpx_is_silent_about_its_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    configured("INFO")

    await _call_telegram()

    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("level", [logging.INFO, logging.DEBUG])
async def test_even_if_somebody_turns_httpx_up_its_lines_hold_no_token(
    capsys: pytest.CaptureFixture[str], level: int
) -> None:
    configured()
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(level)
    await _call_telegram()

    shown = capsys.readouterr().err
    assert "https://api.telegram.org/bot<token>/getMe" in shown
    assert "zebra" not in shown


async def test_a_call_that_nobody_answers_is_logged_without_its_address(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    configured()
    for name in ("aiohttp", "asyncio", "telegram"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    monkeypatch.setattr(connection, "AT_ONCE", 1)
    async with deaf_server() as url, Connection(url, 0.2) as request:
        calls = [request.post(f"{url}/bot{TOKEN}/getMe", read_timeout=seconds) for seconds in (1.0, 0.2)]
        for failed in await asyncio.gather(*calls, return_exceptions=True):
            assert isinstance(failed, TimedOut)
            logging.getLogger("bot").error("It failed: %r", failed, exc_info=failed)

    shown = capsys.readouterr().err
    assert "zebra" not in shown
    assert shown.count("It failed: ") == 2
    assert "Connection timeout to host" in shown
    assert "/bot<token>/getMe" in shown


# --- what users wrote -----------------------------------------------------------------------------------------------


def fail_over_a_question() -> None:
    """A handler that fails, and everything that is logged of it."""
    error = raised(ValueError(QUESTION), KeyError(QUESTION))
    logging.getLogger("bot.handlers.errors").error("An update could not be handled.", exc_info=error)
    logging.getLogger("bot").warning("A question could not be answered: %s", error)
    logging.getLogger("bot").warning("A question could not be answered: %r", error)
    logging.getLogger("bot").warning("Refused: %s", BadRequest(f"Can't parse entities: {QUESTION}"))


@pytest.mark.parametrize("level", ["INFO", "WARNING", "ERROR"])
def test_a_question_in_an_exception_is_not_logged_above_debug(capsys: pytest.CaptureFixture[str], level: str) -> None:
    configured(level)

    fail_over_a_question()

    shown = capsys.readouterr().err
    assert "moon" not in shown
    assert "ValueError: <withheld>" in shown
    assert "KeyError: <withheld>" in shown
    assert "in raised" in shown


def test_at_debug_the_texts_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    configured("DEBUG")

    fail_over_a_question()

    assert capsys.readouterr().err.count("moon") == 5


@pytest.mark.parametrize(
    "sent", [f'{{"ok": true, "result": [{{"text": "{QUESTION}', '"' + QUESTION], ids=["cut", "odd"]
)
@pytest.mark.parametrize("level", ["INFO", "ERROR"])
async def test_an_answer_of_telegram_that_cannot_be_read_is_not_logged(
    capsys: pytest.CaptureFixture[str], level: str, sent: str
) -> None:
    configured(level)

    with pytest.raises(TelegramError):
        HTTPXRequest.parse_json_payload(sent.encode())

    shown = capsys.readouterr().err
    assert "Can not load invalid JSON data" in shown
    assert "moon" not in shown


async def test_updates_that_the_library_cannot_read_are_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    configured("INFO")
    answer = {"ok": True, "result": [{"update_id": 1, "message": {"text": QUESTION}}]}
    bot = Bot(TOKEN, get_updates_request=_Answering(answer))

    with pytest.raises(KeyError):
        await bot.get_updates()

    shown = capsys.readouterr().err
    assert "Error while parsing updates!" in shown
    assert "moon" not in shown


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_asyncio_does_not_tell_what_a_forgotten_task_failed_with(capsys: pytest.CaptureFixture[str]) -> None:
    configured("INFO")

    async def fail() -> None:
        raise ValueError(QUESTION)

    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    del task
    gc.collect()

    shown = capsys.readouterr().err
    assert "Task exception was never retrieved" in shown
    assert "moon" not in shown


# --- levels ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "shows_info"), [("DEBUG", True), ("INFO", True), ("WARNING", False)])
def test_the_level_is_that_of_our_packages(capsys: pytest.CaptureFixture[str], level: str, *, shows_info: bool) -> None:
    configured(level)
    for package in ("bot.app", "corpus.library", "retrieval.engine"):
        logging.getLogger(package).info("from %s", package)

    assert (capsys.readouterr().err.count("from ") == 3) is shows_info


def test_other_packages_only_warn(capsys: pytest.CaptureFixture[str]) -> None:
    configured("DEBUG")
    logging.getLogger("chromadb").info("chatter")
    logging.getLogger("chromadb").warning("trouble")

    shown = capsys.readouterr().err
    assert "chatter" not in shown
    assert "trouble" in shown


def test_without_a_token_lines_are_whole(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO", None)
    logging.getLogger("bot").info("whole")

    assert capsys.readouterr().err.endswith("logger=bot event=whole\n")


# --- a log that fails -----------------------------------------------------------------------------------------------


class _Nasty:
    def __str__(self) -> str:
        raise RuntimeError(QUESTION)


@pytest.mark.parametrize(
    ("message", "given"), [("%d", (QUESTION,)), ("%s %s", (TOKEN,)), ("%s", (_Nasty(),)), ("%(name)s", ({"a": TOKEN},))]
)
def test_a_line_that_cannot_be_made_raises_nothing_and_gives_nothing_away(
    capsys: pytest.CaptureFixture[str], message: str, given: tuple[object, ...]
) -> None:
    configured("INFO")

    logging.getLogger("bot").warning(message, *given)

    (line,) = capsys.readouterr().err.splitlines()
    assert 'logger=bot event="A log line could not be written." error=' in line
    assert " at=test_logs:" in line
    assert "zebra" not in line
    assert "moon" not in line


def test_a_field_with_an_impossible_name_raises_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    configured("INFO")

    logging.getLogger("bot").warning("here", extra={"a name": 1})

    assert "error=ValueError" in capsys.readouterr().err


def test_a_reader_that_left_raises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    pipe = io.TextIOWrapper(io.FileIO(writing, "w"), write_through=True)
    monkeypatch.setattr("sys.stderr", pipe)
    configured("INFO")

    logging.getLogger("bot").warning("Is anybody there?")

    with suppress(BrokenPipeError):
        pipe.close()


def test_a_closed_stderr_raises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    monkeypatch.setattr("sys.stderr", closed)
    configured("INFO")
    closed.close()

    logging.getLogger("bot").warning("Is anybody there?")


def test_letters_that_stderr_cannot_write_raise_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr("sys.stderr", io.TextIOWrapper(written, "ascii", write_through=True))
    configured("INFO")

    logging.getLogger("bot").warning("Вопрос")

    assert b"error=UnicodeEncodeError" in written.getvalue()
