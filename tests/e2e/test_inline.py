"""`@bot question` in any chat."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot import inline, texts
from tests.telegram_api.rules import utf16_length

if TYPE_CHECKING:
    from tests.telegram_server import TelegramServer, User

SHIP = "How long is the Ever Given?"
SHIP_ANSWER = "The Ever Given is 400 metres long and 59 metres wide."

pytestmark = pytest.mark.usefixtures("bot")


async def test_a_question_offers_quotes_with_their_sources(ada: User) -> None:
    answer = await ada.inline(SHIP)

    best, *others = answer.results
    assert SHIP_ANSWER in best.message.text
    assert "The Harbour Courier, 30 March 2021" in best.message.text
    assert best.title == "Suez Canal flows again after Ever Given is pulled free"
    assert best.description.startswith("The Harbour Courier, 30 March 2021 – The Ever Given is 400")
    assert len(others) < inline.CARDS


async def test_what_is_offered_is_for_the_person_alone_and_not_for_long(ada: User) -> None:
    answer = await ada.inline(SHIP)

    assert answer.is_personal
    assert 0 < answer.cache_time <= 300


async def test_without_a_question_the_newest_articles_are_offered(ada: User) -> None:
    answer = await ada.inline("")

    assert len(answer.results) == inline.CARDS
    assert "December 2024" in answer.results[0].message.text


async def test_where_nothing_is_found_a_button_leads_to_the_bot(ada: User) -> None:
    answer = await ada.inline("zxqv wvutq")

    assert answer.results == ()
    assert answer.button == {"text": texts.NOTHING_TO_POST, "start_parameter": "inline"}


async def test_who_comes_by_that_button_is_greeted(ada: User) -> None:
    chat = ada.private_chat()

    await chat.say("/start inline")

    assert (await chat.next_message()).text == texts.START


async def test_an_operator_that_makes_no_sense_offers_nothing(ada: User) -> None:
    assert (await ada.inline("since:never ship")).results == ()


async def test_only_the_last_of_what_is_typed_is_looked_up(server: TelegramServer, ada: User) -> None:
    typing = [asyncio.create_task(ada.inline(SHIP[:length], timeout=3)) for length in (5, 9, 14)]
    await asyncio.sleep(0)
    answer = await ada.inline(SHIP)

    assert SHIP_ANSWER in answer.results[0].message.text
    assert len(server.calls_of("answerInlineQuery")) == 1
    for task in typing:
        task.cancel()
    await asyncio.gather(*typing, return_exceptions=True)


async def test_every_message_that_can_be_posted_fits(ada: User) -> None:
    for question in (SHIP, "Berlin airport", "Who won the Nobel Prize?"):
        answer = await ada.inline(question)
        assert all(utf16_length(card.message.text) <= 4096 for card in answer.results)
        assert len({card.id for card in answer.results}) == len(answer.results)
