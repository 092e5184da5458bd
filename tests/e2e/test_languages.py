"""Each person is answered in the language of their Telegram; the articles stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.texts import english, russian

if TYPE_CHECKING:
    from tests.telegram_server import TelegramServer

SHIP = "How long is the Ever Given?"
SHIP_ANSWER = "The Ever Given is 400 metres long and 59 metres wide."

pytestmark = pytest.mark.usefixtures("bot")


async def test_a_russian_is_greeted_in_russian(server: TelegramServer) -> None:
    vera = server.user(first_name="Vera", language_code="ru").private_chat()

    await vera.say("/start")

    assert (await vera.next_message()).text == russian.START


async def test_an_answer_quotes_english_and_says_the_rest_in_russian(server: TelegramServer) -> None:
    vera = server.user(first_name="Vera", language_code="ru").private_chat()

    await vera.say(SHIP)
    answer = await vera.next_message()

    assert SHIP_ANSWER in answer.text
    assert "марта 2021" in answer.text
    assert russian.HELPED in answer.button_texts


async def test_a_question_in_russian_is_told_that_the_articles_are_english(server: TelegramServer) -> None:
    vera = server.user(first_name="Vera", language_code="ru").private_chat()

    await vera.say("Какова длина этого корабля?")

    assert (await vera.next_message()).text == russian.OTHER_LANGUAGE.format(language="русский")


@pytest.mark.parametrize("language_code", ["de", None])
async def test_who_speaks_a_language_without_texts_is_answered_in_english(
    server: TelegramServer, language_code: str | None
) -> None:
    chat = server.user(first_name="Karl", language_code=language_code).private_chat()

    await chat.say("/start")

    assert (await chat.next_message()).text == english.START


async def test_two_people_at_once_are_each_answered_in_their_own_language(server: TelegramServer) -> None:
    vera = server.user(first_name="Vera", language_code="ru").private_chat()
    ada = server.user(first_name="Ada", language_code="en").private_chat()

    for chat in (vera, ada, vera, ada):
        await chat.say("thanks")

    assert {message.text for message in await vera.next_messages(2)} == {russian.THANKS}
    assert {message.text for message in await ada.next_messages(2)} == {english.THANKS}


async def test_menus_are_in_the_language_of_who_looks(server: TelegramServer) -> None:
    vera = server.user(first_name="Vera", language_code="ru").private_chat()
    group = server.group(members=[server.user(first_name="Grace", language_code="en")])

    assert dict(vera.menu)["help"] == russian.COMMANDS["help"]
    in_group = [name for name, _ in group.menu_of(group.members[0])]
    assert "ask" in in_group
    assert "new" not in in_group
    assert server.profile_text("short_description", "ru") == russian.SHORT_DESCRIPTION
