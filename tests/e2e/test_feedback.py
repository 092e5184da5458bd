"""Votes under answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot import texts
from bot.state.feedback import Totals

if TYPE_CHECKING:
    from bot.app import Footnote
    from tests.telegram_server import PrivateChat

SHIP = "How long is the Ever Given?"
VOTES = ((texts.HELPED, texts.DID_NOT_HELP),)

pytestmark = pytest.mark.usefixtures("bot")


async def totals(footnote: Footnote) -> Totals:
    return await footnote.state.feedback.totals(datetime.now(UTC) - timedelta(minutes=10))


async def test_a_vote_counts_can_be_changed_and_taken_back(chat: PrivateChat, footnote: Footnote) -> None:
    before = await totals(footnote)
    await chat.say(SHIP)
    answer = await chat.next_message()
    assert (await chat.press(answer, texts.HELPED)).text == texts.VOTED
    assert await totals(footnote) == Totals(before.up + 1, before.down)
    assert (await chat.press(answer, texts.DID_NOT_HELP)).text == texts.VOTED
    assert await totals(footnote) == Totals(before.up, before.down + 1)
    assert (await chat.press(answer, texts.DID_NOT_HELP)).text == texts.VOTE_TAKEN_BACK
    assert await totals(footnote) == before


async def test_a_vote_on_an_old_message_still_counts(
    chat: PrivateChat, footnote: Footnote, refusals: list[int]
) -> None:
    refusals.append(400)  # the thanks come too late
    before = await totals(footnote)
    await chat.say(SHIP)
    await chat.press(await chat.next_message(), texts.HELPED, expired=True)
    await chat.say("Thanks")
    await chat.next_message()
    assert await totals(footnote) == Totals(before.up + 1, before.down)


@pytest.mark.parametrize("message", ["How do I bake sourdough bread at home?", "Hello!", "/sources"])
async def test_only_an_answer_can_be_voted_on(chat: PrivateChat, message: str) -> None:
    await chat.say(message)
    shown = await chat.next_message()
    assert [[button.text for button in row] for row in shown.buttons] != [list(row) for row in VOTES]
