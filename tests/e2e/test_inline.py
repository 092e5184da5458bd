"""`@bot question` in any chat."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot import inline, texts
from retrieval.engine import Engine
from tests.e2e.application import serving, until
from tests.e2e.index import footnote_over
from tests.telegram_api.rules import utf16_length

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.application import Running
    from tests.telegram_server import TelegramServer, User

SHIP = "How long is the Ever Given?"
SHIP_ANSWER = "The Ever Given is 400 metres long and 59 metres wide."


@pytest.mark.usefixtures("bot")
async def test_a_question_offers_quotes_with_their_sources(ada: User) -> None:
    answer = await ada.inline(SHIP)

    best, *others = answer.results
    assert SHIP_ANSWER in best.message.text
    assert "The Harbour Courier, 30 March 2021" in best.message.text
    assert best.title == "Suez Canal flows again after Ever Given is pulled free"
    assert best.description.startswith("The Harbour Courier, 30 March 2021 – The Ever Given is 400")
    assert SHIP_ANSWER not in {other.message.text for other in others}


@pytest.mark.usefixtures("bot")
async def test_what_is_offered_is_for_the_person_alone_and_not_for_long(ada: User) -> None:
    answer = await ada.inline(SHIP)

    assert answer.is_personal
    assert 0 < answer.cache_time <= 300


@pytest.mark.usefixtures("bot")
async def test_without_a_question_the_newest_articles_are_offered(ada: User) -> None:
    answer = await ada.inline("")

    assert len(answer.results) == inline.CARDS
    assert "December 2024" in answer.results[0].message.text


@pytest.mark.usefixtures("bot")
async def test_where_nothing_is_found_a_button_leads_to_the_bot(ada: User) -> None:
    answer = await ada.inline("zxqv wvutq")

    assert answer.results == ()
    assert answer.button == {"text": texts.NOTHING_TO_POST, "start_parameter": "inline"}


@pytest.mark.usefixtures("bot")
async def test_who_comes_by_that_button_is_greeted(ada: User) -> None:
    chat = ada.private_chat()

    await chat.say("/start inline")

    assert (await chat.next_message()).text == texts.START


@pytest.mark.usefixtures("bot")
async def test_an_operator_that_makes_no_sense_offers_nothing(ada: User) -> None:
    assert (await ada.inline("since:never ship")).results == ()


@pytest.mark.usefixtures("bot")
async def test_only_the_last_of_what_is_typed_is_looked_up(server: TelegramServer, ada: User) -> None:
    typing = [asyncio.create_task(ada.inline(SHIP[:length], timeout=3)) for length in (5, 9, 14)]
    await asyncio.sleep(0)
    answer = await ada.inline(SHIP)

    assert SHIP_ANSWER in answer.results[0].message.text
    assert len(server.calls_of("answerInlineQuery")) == 1
    for task in typing:
        task.cancel()
    await asyncio.gather(*typing, return_exceptions=True)


@pytest.mark.usefixtures("bot")
async def test_every_message_that_can_be_posted_fits(ada: User) -> None:
    for question in (SHIP, "Berlin airport", "Who won the Nobel Prize?"):
        answer = await ada.inline(question)
        assert all(utf16_length(card.message.text) <= 4096 for card in answer.results)
        assert len({card.id for card in answer.results}) == len(answer.results)


async def test_a_query_that_is_too_old_by_the_time_of_its_answer_is_let_go(
    bot: Running, server: TelegramServer, ada: User, refusals: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    refusals.append(400)
    asking = asyncio.create_task(ada.inline(SHIP))
    await until(lambda: server._world.queries)
    server.expire_queries()
    await until(lambda: server.calls_of("answerInlineQuery"))
    asking.cancel()
    await bot.finish()

    assert "could not be handled" not in caplog.text


async def test_without_an_index_it_is_said_and_not_remembered(
    server: TelegramServer, ada: User, tmp_path: Path
) -> None:
    empty = Engine(tmp_path, tmp_path / "data")
    footnote = footnote_over(empty, tmp_path / "state")
    async with serving(server, footnote):
        answer = await ada.inline(SHIP)
    await footnote.aclose()
    empty.close()

    assert answer.button == {"text": texts.NOT_NOW, "start_parameter": "inline"}
    assert answer.cache_time == 1
