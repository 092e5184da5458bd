"""A language model as people in Telegram meet it: drafts, one answer, quotes where it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import texts
from tests.e2e.application import serving
from tests.e2e.index import footnote_over
from tests.llm_server import Asked, LlmServer, Says, Status, words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.app import Footnote
    from retrieval.engine import Engine
    from tests.telegram_server import PrivateChat, TelegramServer, User

QUESTION = "When did Finland join NATO?"
JOINED = "Finland joined NATO on 4 April 2023"
INVENTED = "Finland paid nine billion euros for it"


@pytest.fixture
async def endpoint() -> AsyncIterator[LlmServer]:
    async with LlmServer() as running:
        running.script = Says(words(f"{JOINED} [1]. {INVENTED} [1]. {JOINED}, it was said [1]."), pause=0.02)
        yield running


@pytest.fixture
async def footnote(engine: Engine, tmp_path: Path, endpoint: LlmServer) -> AsyncIterator[Footnote]:
    built = footnote_over(engine, tmp_path / "state", words=endpoint)
    assert built.writing is not None
    await built.writing.warm_up()
    yield built
    await built.aclose()


@pytest.fixture(autouse=True)
async def _bot(server: TelegramServer, footnote: Footnote) -> AsyncIterator[None]:
    async with serving(server, footnote):
        yield


async def test_proven_sentences_are_shown_as_they_come_and_the_answer_once(chat: PrivateChat) -> None:
    await chat.say(QUESTION)
    answer = await chat.next_message()
    assert answer.text.startswith(f"{JOINED}")
    assert "Written by small-model from the quotes below." in answer.text
    assert chat.drafts
    assert chat.drafts[0].startswith(JOINED)
    assert not any("billion" in shown for shown in (*chat.drafts, answer.text))
    assert len(chat.from_bot) == 1


async def test_a_group_gets_one_message_and_no_draft(server: TelegramServer, ada: User) -> None:
    group = server.group(members=[ada])
    await group.say(f"/ask {QUESTION}", by=ada)
    assert JOINED in (await group.next_message()).text
    assert len(group.from_bot) == 1


async def test_where_the_endpoint_fails_the_quotes_come_once_with_one_line(
    chat: PrivateChat, endpoint: LlmServer
) -> None:
    endpoint.script = Status(503)
    await chat.say(QUESTION)
    answer = await chat.next_message()
    assert answer.text.startswith("The language model does not answer at the moment")
    assert JOINED in answer.text
    assert len(chat.from_bot) == 1


async def test_the_buttons_lead_to_the_quotes_that_the_words_rest_on(chat: PrivateChat) -> None:
    await chat.say(QUESTION)
    answer = await chat.next_message()
    await chat.press(answer, "1")
    (opened,) = await chat.until(lambda: chat.edits_of(answer))
    assert JOINED in opened.text
    await chat.press(opened, texts.BACK)
    back = (await chat.until(lambda: chat.edits_of(answer)[1:]))[0]
    assert back.text == answer.text


async def test_a_follow_up_is_completed_by_the_model_and_shown(chat: PrivateChat, endpoint: LlmServer) -> None:
    def script(asked: Asked) -> str:
        return "When did Croatia join the euro?" if "follow_up" in asked.user else "CANNOT ANSWER"

    endpoint.script = script
    await chat.say(QUESTION)
    await chat.next_message()
    await chat.say("And Croatia?")
    assert (await chat.next_message()).text.startswith("Understood as: When did Croatia join the euro?")


async def test_rules_complete_what_the_model_does_not(chat: PrivateChat, endpoint: LlmServer) -> None:
    endpoint.script = Status(500)
    await chat.say("How long is the Ever Given?")
    await chat.next_message()
    await chat.say("Who owns it?")
    assert "Understood as: Who owns the Ever Given?" in (await chat.next_message()).text
