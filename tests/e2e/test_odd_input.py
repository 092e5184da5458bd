from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import pytest

from bot import texts
from tests.telegram_server import PrivateChat, TelegramServer

if TYPE_CHECKING:
    from tests.e2e.application import Running

SHIP = "How long is the Ever Given?"
SHIP_ANSWER = "The Ever Given is 400 metres long and 59 metres wide."

Act = Callable[[PrivateChat], Awaitable[object]]

WORDLESS: dict[str, Act] = {
    "a sticker": lambda chat: chat.send_sticker(),
    "a document": lambda chat: chat.send_document("question.txt", b"How long?", "text/plain"),
    "a document with a caption": lambda chat: chat.send_document("x.pdf", b"%PDF", caption=SHIP),
    "a photo": lambda chat: chat.send_photo(),
    "a photo with a caption": lambda chat: chat.send_photo(SHIP),
    "a voice message": lambda chat: chat.send_voice(),
    "a location": lambda chat: chat.send_location(),
}


@pytest.mark.parametrize("act", WORDLESS.values(), ids=WORDLESS.keys())
async def test_what_is_no_text_is_answered_with_one_sentence(bot: Running, chat: PrivateChat, act: Act) -> None:
    await act(chat)

    assert (await chat.next_message()).text == texts.NOT_TEXT
    await bot.finish()
    assert len(chat.from_bot) == 1


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("?", texts.NO_WORDS),
        ("…!", texts.NO_WORDS),
        ("👍👩‍👩‍👧🇩🇪", texts.NO_WORDS),
        ("/ask 🤷", texts.NO_WORDS),
        ("<>&", texts.NO_WORDS),
        ("a" * 4096, texts.TOO_LONG.format(length=4096, limit=1000)),
        ("/ask " + "why " * 1000, texts.TOO_LONG.format(length=3999, limit=1000)),
        ("/", texts.NO_WORDS),
        ("/nothing", texts.UNKNOWN_COMMAND),
        ("/nothing at all", texts.UNKNOWN_COMMAND),
        ("/start payload", texts.START),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else value,
)
async def test_what_is_no_question_is_told_so_in_one_sentence(
    bot: Running, chat: PrivateChat, said: str, answer: str
) -> None:
    await chat.say(said)

    assert (await chat.next_message()).text == answer
    await bot.finish()
    assert len(chat.from_bot) == 1


@pytest.mark.parametrize(
    "said",
    [
        "<b>&", "</blockquote><a href='x'>", "\u202eHow long is the ship?", "a", "0", "{0} %s", "x" * 1000, "a\nb\nc",
        "airport " * 125, "/timeline " + "airport " * 120, "“<b>hi</b>” " * 80, 'source:"<b>" What happened?',
        "since:" + "9" * 900 + " What happened?", "source:" + "x" * 900 + " What happened?", "/timeline <b>&",
    ],
)  # fmt: skip
async def test_any_words_get_an_answer_or_a_friendly_no(bot: Running, chat: PrivateChat, said: str) -> None:
    await chat.say(said)

    message = await chat.next_message()
    unreadable = ("I do not understand the date in ", "I have no single source called ")
    friendly = (texts.NOT_FOUND, texts.NO_QUESTION, texts.WHAT_OF, *unreadable)
    assert message.quotations or message.text.startswith(friendly)
    await bot.finish()
    assert len(chat.from_bot) == 1


@pytest.mark.usefixtures("bot")
async def test_a_question_in_another_language_is_told_so(chat: PrivateChat) -> None:
    await chat.say("ما طول السفينة؟")

    assert (await chat.next_message()).text == texts.OTHER_LANGUAGE.format(language="Arabic")


@pytest.mark.usefixtures("bot")
async def test_a_forwarded_post_is_a_question(chat: PrivateChat) -> None:
    await chat.forward(SHIP, "A Newsreader")

    assert (await chat.next_message()).text.startswith(SHIP_ANSWER)


@pytest.mark.usefixtures("bot")
async def test_a_reply_to_an_answer_is_a_question(chat: PrivateChat) -> None:
    await chat.say("When did Berlin's new airport open?")
    answer = await chat.next_message()

    await chat.reply(answer, SHIP, quote=answer.text[:20])

    assert (await chat.next_message()).text.startswith(SHIP_ANSWER)


@pytest.mark.usefixtures("bot")
async def test_a_corrected_question_has_its_answer_corrected(chat: PrivateChat) -> None:
    asked = await chat.say("How lon is teh boat?")
    answer = await chat.next_message()

    await chat.edit(asked, SHIP)

    (corrected,) = await chat.until(lambda: chat.edits_of(answer))
    assert SHIP_ANSWER in corrected.text


async def test_a_location_that_moves_is_answered_once(bot: Running, chat: PrivateChat, server: TelegramServer) -> None:
    """A live location is edited every few seconds, for hours."""
    shared = await chat.send_location()
    await chat.next_message()

    world = server._world
    moved = {**world.message_json(chat._state, shared), "edit_date": shared.date + 5}
    for latitude in (50.1, 50.2, 50.3):
        world.push("edited_message", {**moved, "location": {"latitude": latitude, "longitude": 14.4}})
    await chat.say("/start")
    await chat.next_message()
    await bot.finish()

    assert [message.text for message in chat.from_bot] == [texts.NOT_TEXT, texts.START]


async def test_what_telegram_reports_by_itself_is_not_answered(
    bot: Running, chat: PrivateChat, server: TelegramServer
) -> None:
    await chat.say("/start")
    started = await chat.next_message()

    world = server._world
    pinned = {**world.message_json(chat._state, started), "message_id": 999, "from": chat.user.account.to_json()}
    del pinned["text"]
    world.push("message", {**pinned, "pinned_message": world.message_json(chat._state, started)})
    await chat.say("/help")
    await chat.next_message()
    await bot.finish()

    assert len(chat.from_bot) == 2
