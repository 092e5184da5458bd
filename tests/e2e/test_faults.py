from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot import texts
from bot.errors import TokenRefused, TokenRevoked
from bot.texts import english
from tests.e2e.application import Running, running, serving, until
from tests.telegram_server import (
    Conflict,
    DropAfter,
    DropBefore,
    Fault,
    Hang,
    PrivateChat,
    ServerError,
    TelegramServer,
    TooManyRequests,
)

if TYPE_CHECKING:
    from bot.app import Footnote

SHIP = "How long is the Ever Given?"
SHIP_ANSWER = "The Ever Given is 400 metres long and 59 metres wide."

ARRIVED: list[Fault] = [DropAfter(), Hang(2.5, effect_first=True)]
FAULTS: list[Fault] = [TooManyRequests(1), ServerError(502), DropBefore(), Hang(2.5), *ARRIVED]


# --- a message that does not get through ---------------------------------------------------------------------------


@pytest.mark.usefixtures("bot")
async def test_a_message_that_came_too_soon_waits_as_long_as_told_and_is_delivered(
    server: TelegramServer, chat: PrivateChat
) -> None:
    server.fault("sendMessage", TooManyRequests(1))
    await chat.say(SHIP)

    assert (await chat.next_message()).text.startswith(SHIP_ANSWER)
    refused, taken = server.calls_of("sendMessage")
    assert (refused.status, taken.status) == (429, 200)
    assert taken.at - refused.at >= 1.0
    assert len(chat.from_bot) == 1


@pytest.mark.usefixtures("bot")
async def test_a_message_that_a_gateway_refused_is_sent_again_and_stands_there_once(
    server: TelegramServer, chat: PrivateChat
) -> None:
    server.fault("sendMessage", ServerError(502), times=2)
    await chat.say(SHIP)

    assert (await chat.next_message()).text.startswith(SHIP_ANSWER)
    assert len(chat.from_bot) == 1


@pytest.mark.parametrize("fault", [DropBefore(), Hang(2.5)], ids=repr)
@pytest.mark.usefixtures("impatient")
async def test_a_message_that_got_lost_or_may_have_is_repeated_and_says_so(
    bot: Running, server: TelegramServer, chat: PrivateChat, fault: Fault
) -> None:
    server.fault("sendMessage", fault)
    await chat.say(SHIP)

    assert (await chat.next_message()).text.startswith(f"{texts.REPEATED}\n\n{SHIP_ANSWER}")
    await bot.finish()
    assert len(chat.from_bot) == 1


@pytest.mark.parametrize("fault", ARRIVED, ids=repr)
@pytest.mark.usefixtures("impatient")
async def test_of_a_message_that_arrived_unconfirmed_the_repeat_says_what_it_is(
    bot: Running, server: TelegramServer, chat: PrivateChat, fault: Fault
) -> None:
    server.fault("sendMessage", fault)
    await chat.say(SHIP)

    assert (await chat.next_message()).text.startswith(SHIP_ANSWER)
    assert (await chat.next_message()).text.startswith(f"{texts.REPEATED}\n\n{SHIP_ANSWER}")
    await bot.finish()
    assert len(chat.from_bot) == 2


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
@pytest.mark.usefixtures("impatient")
async def test_an_edit_is_made_in_the_end_whatever_happens_on_the_way(
    bot: Running, server: TelegramServer, chat: PrivateChat, fault: Fault, refusals: list[int]
) -> None:
    refusals.extend([400] * (fault in ARRIVED))  # not modified: it is there already
    await chat.say(SHIP)
    answer = await chat.next_message()
    server.fault("editMessageText", fault)
    await chat.press(answer, "1")

    await chat.until(lambda: not chat.from_bot[0].text.startswith(SHIP_ANSWER))
    await bot.finish()
    assert len(chat.from_bot) == 1


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
@pytest.mark.usefixtures("impatient")
async def test_a_press_has_its_effect_once_however_its_answer_fares(
    bot: Running,
    footnote: Footnote,
    server: TelegramServer,
    chat: PrivateChat,
    fault: Fault,
    refusals: list[int],
) -> None:
    refusals.extend([400] * (fault in ARRIVED))  # it was answered already
    await chat.say(SHIP)
    answer = await chat.next_message()
    server.fault("answerCallbackQuery", fault)
    await chat.press(answer, texts.HELPED)

    await until(lambda: len(server.calls_of("answerCallbackQuery")) >= 2)
    await bot.finish()
    assert (await footnote.state.feedback.totals(datetime(2000, 1, 1, tzinfo=UTC))).up == 1


@pytest.mark.usefixtures("bot")
async def test_markup_that_telegram_does_not_take_costs_the_markup_only(
    server: TelegramServer, chat: PrivateChat, monkeypatch: pytest.MonkeyPatch, refusals: list[int]
) -> None:
    refusals.append(400)
    monkeypatch.setattr(english, "START", "<b>Ask</b> me <u>what 1 &lt; 2</u> is <nothing>.")
    await chat.say("/start")

    assert (await chat.next_message()).text == "Ask me what 1 < 2 is ."
    assert len(server.refusals) == 1


@pytest.mark.parametrize("fault", [TooManyRequests(1), ServerError(502), DropBefore(), DropAfter()], ids=repr)
@pytest.mark.usefixtures("bot")
async def test_without_a_typing_note_the_answer_still_comes(
    server: TelegramServer, chat: PrivateChat, fault: Fault
) -> None:
    server.fault("sendChatAction", fault)
    await chat.say(SHIP)

    assert (await chat.next_message()).text.startswith(SHIP_ANSWER)


@pytest.mark.usefixtures("bot")
async def test_a_typing_note_that_hangs_does_not_hold_up_the_answer(server: TelegramServer, chat: PrivateChat) -> None:
    server.fault("sendChatAction", Hang(5))
    await chat.say(SHIP)

    assert (await chat.next_message(timeout=0.8)).text.startswith(SHIP_ANSWER)


# --- polling -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [ServerError(502), DropBefore(), DropAfter(), TooManyRequests(1)], ids=repr)
async def test_a_poll_that_fails_loses_no_question_and_answers_none_twice(
    bot: Running, server: TelegramServer, chat: PrivateChat, fault: Fault
) -> None:
    await chat.say("/start")
    await chat.next_message()
    server.fault("getUpdates", fault)
    await chat.say(SHIP)

    assert (await chat.next_message()).text.startswith(SHIP_ANSWER)
    await bot.finish()
    assert len(chat.from_bot) == 2
    assert server.pending_updates == 0


async def test_another_program_with_the_same_token_is_told_once(
    bot: Running, server: TelegramServer, chat: PrivateChat
) -> None:
    server.fault("getUpdates", Conflict(), times=2)
    await chat.say("/start")
    await chat.next_message()
    await until(lambda: len([call for call in server.calls if call.status == 409]) == 2)
    await chat.say("/ask")
    await chat.next_message()

    assert bot.said.count(texts.ANOTHER_INSTANCE) == 1


# --- a Telegram that is not there ----------------------------------------------------------------------------------


async def test_a_bot_that_starts_before_telegram_is_there_says_so_and_serves_when_it_is(
    server: TelegramServer, chat: PrivateChat, footnote: Footnote
) -> None:
    await server.down()
    async with running(server, footnote) as bot:
        await until(lambda: bot.said)
        assert bot.said == [texts.UNREACHABLE.format(url=server.url, seconds=1)]
        await chat.say(SHIP)
        await server.up()

        assert (await chat.next_message()).text.startswith(SHIP_ANSWER)
        assert bot.is_serving


async def test_a_bot_that_cannot_reach_telegram_ends_when_told_to(server: TelegramServer, footnote: Footnote) -> None:
    await server.down()
    async with running(server, footnote) as bot:
        await until(lambda: bot.said)
        await asyncio.wait_for(bot.finish(), 1)


async def test_a_bot_that_loses_telegram_on_its_way_in_ends_when_told_to(
    server: TelegramServer, footnote: Footnote
) -> None:
    server.fault("deleteWebhook", ServerError(502), times=20)  # what the library calls before its first poll
    async with running(server, footnote) as bot:
        await until(lambda: server.calls_of("deleteWebhook"))
        assert not bot.is_serving
        bot.stop.set()
        assert bot.task is not None
        done, _ = await asyncio.wait([bot.task], timeout=2)
        server._faults.clear()

    assert done


async def test_the_unreachable_address_is_named_in_full(server: TelegramServer, footnote: Footnote) -> None:
    await server.down()
    url = f"{server.url}/bot-api"
    async with running(server, footnote, url=url) as bot:
        await until(lambda: bot.said)

        assert bot.said == [texts.UNREACHABLE.format(url=url, seconds=1)]
        await bot.finish()


async def test_a_first_answer_that_is_no_telegram_at_all_is_waited_out(
    server: TelegramServer, chat: PrivateChat, footnote: Footnote
) -> None:
    server.fault("getMe", ServerError(502))
    async with running(server, footnote):
        await chat.say("/start")

        assert (await chat.next_message()).text == texts.START


async def test_telegram_may_be_gone_for_a_while(bot: Running, server: TelegramServer, chat: PrivateChat) -> None:
    await chat.say("/start")
    await chat.next_message()
    await server.down()
    await chat.say(SHIP)
    await server.up()

    assert (await chat.next_message()).text.startswith(SHIP_ANSWER)
    await bot.finish()
    assert len(chat.from_bot) == 2


async def test_menus_that_telegram_does_not_take_keep_nobody_from_asking(
    server: TelegramServer, chat: PrivateChat, footnote: Footnote
) -> None:
    server.fault("setMyCommands", ServerError(502))
    async with serving(server, footnote):
        await chat.say("/start")

        assert (await chat.next_message()).text == texts.START


# --- a token that is not one ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["123456:OTHER", "654321:TEST-token"])
async def test_a_wrong_token_ends_the_bot_at_once(
    server: TelegramServer, footnote: Footnote, refusals: list[int], token: str
) -> None:
    refusals.append(401)
    async with running(server, footnote, token=token) as bot:
        with pytest.raises(TokenRefused) as refused:
            await bot.end()

    assert str(refused.value) == texts.TOKEN_REFUSED


async def test_a_token_revoked_while_polling_ends_the_bot(
    server: TelegramServer, chat: PrivateChat, footnote: Footnote, refusals: list[int]
) -> None:
    async with serving(server, footnote) as bot:
        await chat.say("/start")
        await chat.next_message()
        server.token = "123456:NEW-token"  # noqa: S105 - the token of no bot
        await chat.say("/help")  # lets the open poll return
        try:
            with pytest.raises(TokenRevoked):
                await bot.end()
        finally:
            refusals.extend(call.status for call in server.refusals)
    assert set(refusals) == {401}
