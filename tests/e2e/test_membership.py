"""Being added to groups, and leaving those that are not listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import texts
from tests.e2e.application import serving

if TYPE_CHECKING:
    from bot.app import Footnote
    from tests.telegram_server import TelegramServer

SHIP = "How long is the Ever Given?"
SHIP_ANSWER = "The Ever Given is 400 metres long and 59 metres wide."


@pytest.mark.usefixtures("bot")
async def test_a_bot_that_is_added_to_a_group_says_once_what_it_hears(server: TelegramServer) -> None:
    group = server.group()
    await group.kick_bot()

    await group.add_bot()

    assert (await group.next_message()).text == texts.ADDED_TO_GROUP.format(username="footnote_bot")
    await group.say("/ask")
    assert (await group.next_message()).text == texts.ASK_WHAT


async def test_a_group_that_is_not_listed_is_told_so_and_left_when_the_bot_is_added(
    server: TelegramServer, footnote: Footnote
) -> None:
    group = server.group()
    await group.kick_bot()
    async with serving(server, footnote, allowed_chats=frozenset({-1})):
        await group.add_bot()

        assert (await group.next_message()).text == texts.NOT_ALLOWED.format(chat=group.id)
        await group.until(lambda: server.calls_of("leaveChat"))


@pytest.mark.parametrize("text", [f"/ask {SHIP}", f"@footnote_bot {SHIP}", "/status"])
async def test_a_group_that_is_not_listed_is_left_instead_of_answered(
    server: TelegramServer, footnote: Footnote, text: str
) -> None:
    group = server.group()
    async with serving(server, footnote, allowed_chats=frozenset({-1})):
        await group.say(text)

        assert (await group.next_message()).text == texts.NOT_ALLOWED.format(chat=group.id)
        await group.until(lambda: server.calls_of("leaveChat"))
    assert len(group.from_bot) == 1


async def test_a_listed_group_and_every_private_chat_are_answered(server: TelegramServer, footnote: Footnote) -> None:
    group, chat = server.group(), server.user().private_chat()
    async with serving(server, footnote, allowed_chats=frozenset({group.id})):
        await group.say(f"/ask {SHIP}")
        assert (await group.next_message()).text.startswith(SHIP_ANSWER)

        await chat.say(SHIP)
        assert (await chat.next_message()).text.startswith(SHIP_ANSWER)


@pytest.mark.parametrize("asks", ["before", "after"])
async def test_a_listed_group_that_becomes_a_supergroup_is_still_answered(
    server: TelegramServer, footnote: Footnote, asks: str, refusals: list[int]
) -> None:
    """It has another id from then on, which ALLOWED_CHATS does not know, and the old one takes no messages."""
    group = server.group(basic=True)
    async with serving(server, footnote, allowed_chats=frozenset({group.id})):
        if asks == "before":
            await group.say(f"/ask {SHIP}")
            after = await group.upgrade()
        else:
            after = await group.upgrade()
            await after.say(f"/ask {SHIP}")

        assert (await after.next_message()).text.startswith(SHIP_ANSWER)
    assert group.from_bot == ()
    refusals += [call.status for call in server.refusals if call.params["chat_id"] == str(group.id)]
    assert set(refusals) == ({400} if asks == "before" else set())
    assert not server.calls_of("leaveChat")
