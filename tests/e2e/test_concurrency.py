from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from bot import texts
from bot.conversation import Conversation
from retrieval.engine import Engine
from tests.e2e.application import serving, talking, until
from tests.telegram_server import Hang, PrivateChat, TelegramServer

if TYPE_CHECKING:
    from datetime import date

    from bot.app import Footnote
    from retrieval.models import Answer
    from retrieval.query.models import Form

SHIP = "How long is the Ever Given?"
SHIP_ANSWER = "The Ever Given is 400 metres long and 59 metres wide."


@pytest.mark.usefixtures("bot")
async def test_a_chat_that_telegram_is_slow_for_does_not_hold_up_another(
    server: TelegramServer, chat: PrivateChat
) -> None:
    other = server.user(first_name="Grace").private_chat()
    server.fault("sendMessage", Hang(1.5))
    await chat.say(SHIP)
    await until(lambda: not server._faults["sendmessage"])

    await other.say(SHIP)

    assert (await other.next_message(timeout=1)).text.startswith(SHIP_ANSWER)
    assert chat.from_bot == ()
    assert (await chat.next_message()).text.startswith(SHIP_ANSWER)


class SlowFor(Engine):
    """An engine that thinks long about one question."""

    hard = "What is hard?"

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.articles_dir, engine._store.data_dir)
        self.let_go = threading.Event()

    def _ask(self, question: str, today: date, form: Form | None = None) -> Answer:
        if question == self.hard:
            assert self.let_go.wait(10)
        return super()._ask(question, today, form)


def slowly(footnote: Footnote, slow: SlowFor) -> Footnote:
    return talking(footnote, Conversation(slow))


async def test_a_hard_question_does_not_hold_up_an_easy_one_even_in_the_same_chat(
    server: TelegramServer, chat: PrivateChat, engine: Engine, footnote: Footnote
) -> None:
    slow = SlowFor(engine)
    async with serving(server, slowly(footnote, slow)):
        await chat.say(slow.hard)
        await chat.say(SHIP)
        assert (await chat.next_message()).text.startswith(SHIP_ANSWER)

        slow.let_go.set()
        assert (await chat.next_message()).text.startswith(texts.NOT_FOUND)
    slow.close()


@pytest.mark.usefixtures("bot")
async def test_many_people_at_once_each_get_their_answer(server: TelegramServer) -> None:
    chats = [server.user(first_name=f"Reader {number}").private_chat() for number in range(20)]
    for chat in chats:
        await chat.say(SHIP)

    answers = await asyncio.gather(*(chat.next_message() for chat in chats))

    assert {answer.text for answer in answers} == {answers[0].text}
    assert all(len(chat.from_bot) == 1 for chat in chats)


async def test_what_is_in_hand_is_answered_before_the_end(
    server: TelegramServer, chat: PrivateChat, engine: Engine, footnote: Footnote
) -> None:
    slow = SlowFor(engine)
    async with serving(server, slowly(footnote, slow)) as bot:
        await chat.say(slow.hard)
        await chat.until(lambda: chat.actions)
        bot.stop.set()
        slow.let_go.set()
        await bot.finish()
    slow.close()

    assert [message.text.splitlines()[0] for message in chat.from_bot] == [texts.NOT_FOUND]


async def test_what_was_asked_while_the_bot_was_away_is_answered_when_it_is_back(
    server: TelegramServer, chat: PrivateChat, footnote: Footnote
) -> None:
    async with serving(server, footnote):
        await chat.say("/start")
        await chat.next_message()
    await chat.say(SHIP)
    async with serving(server, footnote):
        assert (await chat.next_message()).text.startswith(SHIP_ANSWER)
    async with serving(server, footnote) as bot:
        await bot.finish()

    assert len(chat.from_bot) == 2
    assert server.pending_updates == 0
