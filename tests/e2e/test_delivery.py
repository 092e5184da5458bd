"""Nothing is lost and nothing is said twice, however the bot ends."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot import polling, texts
from bot.delivery import draining
from bot.errors import StateError
from bot.state.inbox import Inbox
from tests.e2e.application import Running, running, serving, until
from tests.e2e.index import footnote_over
from tests.telegram_server import DropAfter, PrivateChat, ServerError, TelegramServer, User

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from bot.app import Footnote
    from bot.state.inbox import Send
    from retrieval.engine import Engine

SHIP = "How long is the Ever Given?"
POLLING = "Updater:start_polling:polling_task"
SHIP_ANSWER = "The Ever Given is 400 metres long and 59 metres wide."


@asynccontextmanager
async def on(server: TelegramServer, engine: Engine, data: Path) -> AsyncIterator[tuple[Running, Footnote]]:
    """A bot over DATA_DIR, as a process of its own would be."""
    footnote = footnote_over(engine, data)
    try:
        async with serving(server, footnote) as bot:
            yield bot, footnote
    finally:
        await footnote.aclose()


def stop_at(patch: pytest.MonkeyPatch, name: str, *, after: bool) -> Callable[[], bool]:
    """Let every call of a method of the inbox hang for ever; return whether one was reached."""
    original = getattr(Inbox, name)
    reached: list[str] = []

    async def hang(self: Inbox, *args: object) -> None:
        if after:
            await original(self, *args)
        reached.append(name)
        await asyncio.Event().wait()

    patch.setattr(Inbox, name, hang)
    return lambda: bool(reached)


async def crash(bot: Running, patch: pytest.MonkeyPatch) -> None:
    """End a bot that gets no time for anything."""
    patch.setattr(draining, "DRAIN", 0.0)
    await bot.finish()
    patch.undo()


# What the bot had come to when it was killed, and what people see of the second answer.
CRASHES = [("keep", True, ""), ("begin_send", False, ""), ("begin_send", True, texts.REPEATED), ("done", False, None)]


@pytest.mark.parametrize(("name", "after", "expected"), CRASHES, ids=str)
async def test_a_question_that_a_crash_interrupted_is_answered_once(
    server: TelegramServer,
    chat: PrivateChat,
    engine: Engine,
    tmp_path: Path,
    name: str,
    after: bool,  # noqa: FBT001 - given by its name
    expected: str | None,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PTB_TIMEDELTA", "true")
        reached = stop_at(patch, name, after=after)
        async with on(server, engine, tmp_path) as (bot, _):
            await chat.say(SHIP)
            await until(reached)
            seen = len(chat.from_bot)
            await crash(bot, patch)
    assert seen == (1 if expected is None else 0)

    async with on(server, engine, tmp_path) as (bot, footnote):
        await chat.next_message()
        await until(lambda: server.pending_updates == 0)
        await bot.finish()
        assert await footnote.state.inbox.count() == 0

    (answer,) = chat.from_bot
    assert answer.text.startswith((expected or "") + ("\n\n" if expected else "") + SHIP_ANSWER)


async def test_an_answer_whose_confirmation_a_crash_kept_from_us_is_repeated_and_says_so(
    server: TelegramServer, chat: PrivateChat, engine: Engine, tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PTB_TIMEDELTA", "true")
        reached = stop_at(patch, "end_send", after=False)
        async with on(server, engine, tmp_path) as (bot, _):
            await chat.say(SHIP)
            await until(reached)
            await crash(bot, patch)
    assert (await chat.next_message()).text.startswith(SHIP_ANSWER)

    async with on(server, engine, tmp_path):
        assert (await chat.next_message()).text.startswith(f"{texts.REPEATED}\n\n{SHIP_ANSWER}")


async def test_an_update_that_was_answered_is_not_answered_again_when_telegram_brings_it_again(
    bot: Running, server: TelegramServer, chat: PrivateChat
) -> None:
    await chat.say("/start")
    await chat.next_message()
    server.fault("getUpdates", DropAfter(), times=2)
    await chat.say(SHIP)
    await chat.next_message()
    await until(lambda: server.pending_updates == 0)
    await bot.finish()

    assert len(chat.from_bot) == 2


async def test_what_cannot_be_kept_is_not_acknowledged_and_is_answered_when_it_can(
    bot: Running, server: TelegramServer, chat: PrivateChat
) -> None:
    tries: list[int] = []

    async def full(_self: Inbox, updates: list[tuple[int, str]]) -> set[int]:
        tries.append(len(updates))
        raise StateError("DATA_DIR: no space left on device.")

    assert bot.is_serving
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Inbox, "keep", full)
        await chat.say(SHIP)
        await until(lambda: tries)
        assert server.pending_updates == 1

    assert (await chat.next_message()).text.startswith(SHIP_ANSWER)


async def test_what_the_disk_has_not_is_not_acknowledged_but_answered(
    bot: Running, server: TelegramServer, chat: PrivateChat, ada: User
) -> None:
    assert bot.is_serving
    let_go = asyncio.Event()

    async def wait(_self: Inbox) -> None:
        await let_go.wait()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Inbox, "settle", wait)
        await chat.say(SHIP)
        assert (await chat.next_message()).text.startswith(SHIP_ANSWER)
        await chat.say("/start")
        await chat.next_message()
        assert (await ada.inline(SHIP)).results
        assert server.pending_updates == 3
        let_go.set()
        await until(lambda: server.pending_updates == 0)

    assert len(chat.from_bot) == 2
    assert len(server.calls_of("answerInlineQuery")) == 1


async def test_what_the_disk_does_not_take_is_asked_for_again(
    bot: Running, server: TelegramServer, chat: PrivateChat
) -> None:
    assert bot.is_serving
    failures = [1, 2]
    settle = Inbox.settle

    async def fail_twice(self: Inbox) -> None:
        if failures:
            failures.pop()
            raise StateError("DATA_DIR/state.db: the disk is full.")
        await settle(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Inbox, "settle", fail_twice)
        await chat.say(SHIP)
        await until(lambda: not failures)
        await until(lambda: server.pending_updates == 0)

    (answer,) = chat.from_bot
    assert answer.text.startswith(SHIP_ANSWER)


@pytest.mark.usefixtures("bot")
async def test_a_message_that_cannot_be_noted_goes_out_all_the_same(
    chat: PrivateChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_self: Inbox, _update_id: int, _number: int) -> Send | None:
        raise StateError("DATA_DIR: no space left on device.")

    monkeypatch.setattr(Inbox, "begin_send", full)
    await chat.say(SHIP)

    assert (await chat.next_message()).text.startswith(SHIP_ANSWER)


async def test_an_update_that_ends_the_bot_again_and_again_is_given_up_and_its_chat_is_told(
    server: TelegramServer, chat: PrivateChat, engine: Engine, tmp_path: Path
) -> None:
    await chat.say(SHIP)
    footnote = footnote_over(engine, tmp_path)
    update = server._world.updates[0]
    payload = json.dumps(update)
    await footnote.state.inbox.keep([(update["update_id"], payload)])
    await footnote.state.inbox.suspect(update["update_id"])
    await footnote.aclose()

    async with on(server, engine, tmp_path) as (bot, _):
        assert (await chat.next_message()).text == texts.FAILED
        await bot.finish()
    async with on(server, engine, tmp_path) as (bot, _):
        await bot.finish()

    assert len(chat.from_bot) == 1


async def test_what_was_in_hand_when_something_else_ended_the_bot_again_and_again_is_answered(
    server: TelegramServer, chat: PrivateChat, engine: Engine, tmp_path: Path
) -> None:
    await chat.say(SHIP)
    footnote = footnote_over(engine, tmp_path)
    update = server._world.updates[0]
    await footnote.state.inbox.keep([(update["update_id"], json.dumps(update))])
    for _ in range(5):
        await footnote.state.inbox.waiting()
    await footnote.aclose()

    async with on(server, engine, tmp_path):
        assert (await chat.next_message()).text.startswith(SHIP_ANSWER)


async def test_an_answer_that_telegram_does_not_take_until_the_end_is_given_after_the_next_start(
    server: TelegramServer, chat: PrivateChat, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "DRAIN", 0.3)
    server.fault("sendMessage", ServerError(502), times=30)
    async with on(server, engine, tmp_path) as (bot, _):
        await chat.say(SHIP)
        await until(lambda: server.calls_of("sendMessage"))
        await bot.finish()
    assert chat.from_bot == ()
    server._faults.clear()

    async with on(server, engine, tmp_path):
        assert (await chat.next_message()).text.startswith(SHIP_ANSWER)


async def test_a_bot_whose_telegram_is_gone_ends_in_time(
    server: TelegramServer, chat: PrivateChat, footnote: Footnote
) -> None:
    async with serving(server, footnote) as bot:
        await chat.say("/start")
        await chat.next_message()
        await server.down()
        await bot.finish()
        await server.up()


async def test_polling_that_ended_by_itself_is_begun_again(
    server: TelegramServer, chat: PrivateChat, footnote: Footnote, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("nobody reads the log any more")

    monkeypatch.setattr(polling, "LOOK_EVERY", 0.05)
    async with running(server, footnote) as bot:
        await until(lambda: bot.is_serving)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(polling.logger, "warning", broken)
            server.fault("getUpdates", ServerError(502))
            await chat.say(
                "/start"
            )  # ends the open poll, if there is one: which poll fails and which brings it is chance
            await until(lambda: not any(task.get_name() == POLLING for task in asyncio.all_tasks()))
        monkeypatch.setattr(polling, "SILENCE", 0.2)
        await until(lambda: texts.POLLING_RESTARTED.format(minutes=0) in bot.said)
        monkeypatch.undo()
        await chat.next_message()
        await chat.say(SHIP)

        assert (await chat.next_message()).text.startswith(SHIP_ANSWER)


async def test_an_update_that_nobody_can_read_stands_in_nobodys_way(
    server: TelegramServer, engine: Engine, chat: PrivateChat, tmp_path: Path
) -> None:
    server._world.push("message", {"message_id": "a word, not a number", "chat": 7})
    await chat.say(SHIP)

    async with on(server, engine, tmp_path / "data"):
        assert (await chat.next_message()).text.startswith(SHIP_ANSWER)
        await until(lambda: server.pending_updates == 0)
