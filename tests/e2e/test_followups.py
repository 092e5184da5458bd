"""Questions that lean on the one before, and /new, which forgets it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot import texts

if TYPE_CHECKING:
    from bot.app import Footnote
    from tests.telegram_server import PrivateChat, TelegramServer

SHIP = "How long is the Ever Given?"
OWNER = "Who owns it?"
OWNED = "The ship is owned by the Japanese firm Shoei Kisen Kaisha"
UNDERSTOOD = "Understood as: Who owns the Ever Given?"

pytestmark = pytest.mark.usefixtures("bot")


async def test_a_short_question_after_an_answer_is_completed_and_the_whole_of_it_shown(chat: PrivateChat) -> None:
    await chat.say(SHIP)
    await chat.next_message()

    await chat.say(OWNER)

    message = await chat.next_message()
    assert message.text.startswith(f"{UNDERSTOOD}\n\n{OWNED}")
    assert UNDERSTOOD in message.styled("italic")


async def test_a_question_of_its_own_is_asked_as_it_is(chat: PrivateChat) -> None:
    await chat.say(SHIP)
    await chat.next_message()

    await chat.say("When did Finland join NATO?")

    assert (await chat.next_message()).text.startswith("Finland joined NATO on 4 April 2023")


async def test_a_reply_leans_on_the_answer_that_it_replies_to(chat: PrivateChat) -> None:
    await chat.say(SHIP)
    ship = await chat.next_message()
    await chat.say("When did Finland join NATO?")
    await chat.next_message()

    await chat.reply(ship, OWNER)

    assert (await chat.next_message()).text.startswith(f"{UNDERSTOOD}\n\n{OWNED}")


async def test_two_messages_at_once_are_understood_in_their_order(chat: PrivateChat) -> None:
    await chat.say(SHIP)
    await chat.say(OWNER)

    _, second = await chat.next_messages(2)
    assert second.text.startswith(f"{UNDERSTOOD}\n\n{OWNED}")


async def test_new_forgets_what_was_asked(chat: PrivateChat) -> None:
    await chat.say(SHIP)
    await chat.next_message()

    await chat.say("/new")
    assert (await chat.next_message()).text == texts.FORGOTTEN
    await chat.say("Why?")
    assert (await chat.next_message()).text == texts.WHAT_OF


async def test_what_somebody_else_asked_in_a_group_is_not_leant_on(server: TelegramServer) -> None:
    ada, grace = server.user(first_name="Ada"), server.user(first_name="Grace")
    group = server.group("Readers", members=[ada, grace])
    await group.say(f"/ask {SHIP}", by=ada)
    await group.next_message()

    await group.say("/ask Why?", by=grace)

    assert (await group.next_message()).text == texts.WHAT_OF


async def test_a_question_goes_on_from_the_last_one_after_the_buttons_were_used(
    chat: PrivateChat, footnote: Footnote
) -> None:
    await chat.say(SHIP)
    answer = await chat.next_message()
    await chat.press(answer, texts.MORE)

    await chat.reply(answer, OWNER)

    message = await chat.next_message()
    assert message.text.startswith(UNDERSTOOD)
    kept = await footnote.state.exchanges.last(chat.id, chat.user.id, datetime.min.replace(tzinfo=UTC))
    assert kept is not None
    assert (kept.question, kept.understood) == (OWNER, "Who owns the Ever Given?")
