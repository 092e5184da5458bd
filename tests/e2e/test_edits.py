"""Questions that are corrected: the answer changes in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import texts

if TYPE_CHECKING:
    from bot.app import Footnote
    from tests.e2e.application import Running
    from tests.telegram_server import PrivateChat, TelegramServer

SHIP = "How long is the Ever Given?"
FINLAND = "When did Finland join NATO?"
ANEW = "You changed your question; this is the answer to it now."


@pytest.mark.usefixtures("bot")
async def test_an_edited_question_has_its_answer_changed_in_place(chat: PrivateChat, footnote: Footnote) -> None:
    question = await chat.say(SHIP)
    answer = await chat.next_message()

    await chat.edit(question, FINLAND)

    (edited,) = await chat.until(lambda: chat.edits_of(answer))
    assert edited.text.startswith(f"{ANEW}\n\nFinland joined NATO on 4 April 2023")
    assert len(chat.from_bot) == 1
    kept = await footnote.state.exchanges.of_question(chat.id, question.id)
    assert kept is not None
    assert (kept.question, kept.message, kept.evidence[0].title) == (
        FINLAND,
        answer.id,
        "Finland becomes the 31st member of NATO",
    )


@pytest.mark.usefixtures("bot")
async def test_the_buttons_under_an_edited_answer_open_its_new_quotes(chat: PrivateChat) -> None:
    question = await chat.say(SHIP)
    answer = await chat.next_message()
    await chat.edit(question, FINLAND)
    await chat.until(lambda: chat.edits_of(answer))

    await chat.press(answer, "1")

    page = (await chat.until(lambda: chat.edits_of(answer)[1:]))[0]
    assert page.text.startswith("Finland becomes the 31st member of NATO – ")


@pytest.mark.parametrize("edited", [SHIP, f"  {SHIP} ", "/start", "/nothing"])
async def test_an_edit_without_a_change_or_to_a_command_does_nothing(
    bot: Running, chat: PrivateChat, edited: str
) -> None:
    question = await chat.say(SHIP)
    answer = await chat.next_message()

    await chat.edit(question, edited)
    await chat.say("Thanks")
    await chat.next_message()

    await bot.finish()
    assert chat.edits_of(answer) == ()
    assert len(chat.from_bot) == 2


@pytest.mark.usefixtures("bot")
async def test_an_edited_command_has_its_answer_changed_too(chat: PrivateChat) -> None:
    question = await chat.say(f"/ask {SHIP}")
    answer = await chat.next_message()

    await chat.edit(question, "/timeline Berlin airport")

    (edited,) = await chat.until(lambda: chat.edits_of(answer))
    assert "What my articles say, oldest first" in edited.text


@pytest.mark.usefixtures("bot")
async def test_an_edit_of_what_was_no_question_is_answered_as_new(chat: PrivateChat) -> None:
    greeting = await chat.say("Hello")
    await chat.next_message()

    await chat.edit(greeting, SHIP)

    assert (await chat.next_message()).text.startswith("The Ever Given is 400 metres long")


@pytest.mark.usefixtures("bot")
async def test_an_answer_can_become_a_refusal_and_loses_its_buttons(chat: PrivateChat) -> None:
    question = await chat.say(SHIP)
    answer = await chat.next_message()

    await chat.edit(question, "How do I bake sourdough bread at home?")

    (edited,) = await chat.until(lambda: chat.edits_of(answer))
    assert texts.NOT_FOUND in edited.text
    assert edited.buttons == ()


@pytest.mark.usefixtures("bot")
async def test_an_edit_right_after_the_question_changes_its_answer(chat: PrivateChat) -> None:
    question = await chat.say(SHIP)
    await chat.edit(question, FINLAND)

    answer = await chat.next_message()

    (edited,) = await chat.until(lambda: chat.edits_of(answer))
    assert "Finland joined NATO on 4 April 2023" in edited.text
    assert len(chat.from_bot) == 1


@pytest.mark.usefixtures("bot")
async def test_where_the_answer_was_deleted_the_new_one_is_a_new_message(
    chat: PrivateChat, refusals: list[int]
) -> None:
    question = await chat.say(SHIP)
    await chat.delete(await chat.next_message())
    refusals.append(400)

    await chat.edit(question, FINLAND)

    assert "Finland joined NATO on 4 April 2023" in (await chat.next_message()).text


async def test_an_edit_in_a_group_that_is_not_meant_for_the_bot_is_left_alone(
    bot: Running, server: TelegramServer
) -> None:
    group = server.group("Readers", members=[server.user(first_name="Ada")])
    said = await group.say("Good morning")

    await group.edit(said, SHIP)

    await bot.finish()
    assert group.from_bot == ()
