"""How the process ends, and what the next one takes up."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import pytest

from bot import texts
from tests.e2e.application import until
from tests.e2e.index import copy_of
from tests.e2e.processes import bot_process
from tests.telegram_server import Hang, PrivateChat, ServerError, TelegramServer

if TYPE_CHECKING:
    from pathlib import Path

SHIP = "How long is the Ever Given?"
SHIP_ANSWER = "The Ever Given is 400 metres long and 59 metres wide."
PATIENCE = 40.0
IN_TIME = 10.0
"""Seconds after which service managers begin to kill."""


@pytest.fixture
def data(sample_data: Path, tmp_path: Path) -> Path:
    return copy_of(sample_data, tmp_path / "data")


@pytest.mark.parametrize(("fault", "mark"), [(Hang(60), f"{texts.REPEATED}\n\n"), (ServerError(502), "")], ids=repr)
async def test_a_bot_that_cannot_finish_in_time_ends_all_the_same_and_answers_when_it_is_back(
    server: TelegramServer, chat: PrivateChat, data: Path, tmp_path: Path, fault: Hang | ServerError, mark: str
) -> None:
    said = tmp_path / "said.txt"
    server.fault("sendMessage", fault, times=40)
    async with bot_process(server, data, said) as process:
        await chat.say(SHIP)
        await until(lambda: not server._faults["sendmessage"] or len(server._faults["sendmessage"]) < 40, PATIENCE)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), IN_TIME) == 0
    assert chat.from_bot == ()
    server._faults.clear()

    async with bot_process(server, data, said):
        assert (await chat.next_message(PATIENCE)).text.startswith(f"{mark}{SHIP_ANSWER}")


async def test_a_token_that_is_revoked_while_serving_ends_the_bot_with_one_sentence(
    server: TelegramServer, chat: PrivateChat, data: Path, tmp_path: Path, refusals: list[int]
) -> None:
    said = tmp_path / "said.txt"
    async with bot_process(server, data, said) as process:
        await chat.say("/start")
        await chat.next_message(PATIENCE)
        server.token = "123456:NEW-token"  # noqa: S105 - the token of no bot
        await chat.say("/help")  # lets the open poll return
        code = await asyncio.wait_for(process.wait(), PATIENCE)
    refusals.extend(call.status for call in server.refusals)

    assert code == 1
    assert said.read_text().splitlines()[-1] == texts.TOKEN_REVOKED
    assert set(refusals) == {401}
