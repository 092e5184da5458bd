from __future__ import annotations

import logging
import ssl
from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import SecretStr
from telegram.error import InvalidToken

from bot import logs

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "123456:zebra-Token_42"  # noqa: S105 - the token of no bot


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Logging is the process's; give it back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    named = {name: logging.getLogger(name).level for name in (*logs.OURS, "httpx", "httpcore", "telegram")}
    # `configure` closes what it replaces; pytest's own handlers must live on.
    root.handlers = []
    yield
    root.handlers = handlers
    root.setLevel(level)
    for name, before in named.items():
        logging.getLogger(name).setLevel(before)


def configured(level: str = "DEBUG") -> None:
    logs.configure(level, SecretStr(TOKEN))


def test_a_line_of_ours_says_when_how_bad_where_and_what(capsys: pytest.CaptureFixture[str]) -> None:
    configured()

    logging.getLogger("bot.polling").info("Serving %s.", "Telegram")

    line = capsys.readouterr().err
    assert line.endswith(" INFO bot.polling: Serving Telegram.\n")
    assert line.count("\n") == 1


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


def test_the_token_is_blotted_out_of_a_stack(capsys: pytest.CaptureFixture[str]) -> None:
    configured()

    logging.getLogger("bot").info("here", stack_info=True, extra={"token": TOKEN})

    assert "zebra" not in capsys.readouterr().err


async def _call_telegram() -> None:
    """One request to an address with the token in it, that nobody answers."""
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(200)), verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ) as client:
        await client.post(f"https://api.telegram.org/bot{TOKEN}/getMe")


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

    assert capsys.readouterr().err.endswith("bot: whole\n")
