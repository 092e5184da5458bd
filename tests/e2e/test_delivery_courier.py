"""Single calls on their way to Telegram, by a bot that is told what to send."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr
from telegram import InputFile
from telegram.constants import ChatAction
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot import texts
from bot.app import build_application
from bot.delivery import courier
from bot.delivery.current import answering, progress
from bot.settings import Settings
from tests.e2e.application import until
from tests.telegram_server import (
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
    from collections.abc import AsyncIterator

    from bot.app import Footnote
    from bot.polling import WatchedBot

UPDATE = 7
MARKED = texts.english.REPEATED


@pytest.fixture
async def sender(
    server: TelegramServer, chat: PrivateChat, footnote: Footnote, impatient: None
) -> AsyncIterator[WatchedBot]:
    """A bot that does not poll, and a chat that has written to it."""
    assert impatient is None
    settings = Settings(telegram_bot_token=SecretStr(server.token), telegram_api_url=server.url)
    application = build_application(settings, SecretStr(server.token), footnote)
    await application.initialize()
    await chat.say("/start")
    await footnote.state.inbox.keep([(UPDATE, "{}")])
    yield application.bot
    await application.shutdown()


async def send_file(sender: WatchedBot, chat: PrivateChat) -> None:
    await sender.send_document(chat.id, InputFile(b"what does not fit", filename="more.txt"))


@pytest.mark.parametrize(
    ("fault", "captions"),
    [
        (TooManyRequests(1), [""]),
        (ServerError(502), [""]),
        (DropBefore(), [MARKED]),
        (Hang(2.5), [MARKED]),
        (DropAfter(), ["", MARKED]),
        (Hang(2.5, effect_first=True), ["", MARKED]),
    ],
    ids=repr,
)
# The server's own, where a client leaves in the middle of an upload.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_file_arrives_whatever_happens_on_the_way_and_a_repeat_says_so(
    sender: WatchedBot, server: TelegramServer, chat: PrivateChat, fault: Fault, captions: list[str]
) -> None:
    server.fault("sendDocument", fault)
    with answering(UPDATE):
        await send_file(sender, chat)

    assert [message.document.data for message in chat.from_bot if message.document] == [b"what does not fit"] * len(
        captions
    )
    assert [message.text for message in chat.from_bot] == captions


async def test_a_repeat_that_has_no_room_for_its_mark_comes_after_it(
    sender: WatchedBot, server: TelegramServer, chat: PrivateChat
) -> None:
    server.fault("sendMessage", DropBefore())
    await sender.send_message(chat.id, "x" * 4096)

    assert [message.text for message in chat.from_bot] == [texts.REPEATED, "x" * 4096]


async def test_what_was_sent_before_is_not_sent_again_and_has_the_same_number(
    sender: WatchedBot, chat: PrivateChat
) -> None:
    with answering(UPDATE):
        first = await sender.send_message(chat.id, "one")
    with answering(UPDATE):
        again = await sender.send_message(chat.id, "one")
        await sender.send_message(chat.id, "two")

    assert again.message_id == first.message_id
    assert [message.text for message in chat.from_bot] == ["one", "two"]


async def test_a_message_that_telegram_refused_is_no_message_that_may_have_arrived(
    sender: WatchedBot, chat: PrivateChat, refusals: list[int]
) -> None:
    refusals.extend([400, 400])
    for _ in range(2):
        with answering(UPDATE) as current:
            with pytest.raises(BadRequest):
                await sender.send_message(chat.id, "<nothing>", parse_mode="HTML")
            await sender.send_message(chat.id, "in words")
        assert not current.undelivered

    assert [message.text for message in chat.from_bot] == ["in words"]


async def test_a_chat_that_must_wait_holds_up_no_other(
    sender: WatchedBot, server: TelegramServer, chat: PrivateChat
) -> None:
    other = server.user(first_name="Grace").private_chat()
    await other.say("/start")
    server.fault("sendMessage", TooManyRequests(2))
    told = asyncio.create_task(sender.send_message(chat.id, "late"))
    await until(lambda: server.calls_of("sendMessage"))
    await asyncio.gather(sender.send_message(other.id, "at once"), sender.send_message(chat.id, "late too"))
    await told

    order = [call.params["text"] for call in server.calls_of("sendMessage")]
    assert order[:2] == ["late", "at once"]
    assert sorted(order[2:]) == ["late", "late too"]


async def test_a_call_that_is_told_to_wait_again_and_again_is_given_up(
    sender: WatchedBot, server: TelegramServer, chat: PrivateChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "TOLD_TO_WAIT", 2)
    server.fault("sendMessage", TooManyRequests(1), times=2)
    with answering(UPDATE) as current, pytest.raises(RetryAfter):
        await sender.send_message(chat.id, "never")

    assert current.undelivered
    assert chat.from_bot == ()


async def test_a_message_that_is_in_doubt_again_and_again_waits_for_the_next_start(
    sender: WatchedBot, server: TelegramServer, chat: PrivateChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "IN_DOUBT", 2)
    server.fault("sendMessage", DropAfter(), times=2)
    with answering(UPDATE) as current, pytest.raises(TelegramError):
        await sender.send_message(chat.id, "one")
    assert current.undelivered

    with answering(UPDATE):
        await sender.send_message(chat.id, "one")
    marked = f"{texts.REPEATED}\n\none"
    assert [message.text for message in chat.from_bot] == ["one", marked, marked]


async def test_an_edit_that_only_tells_of_progress_is_tried_once(
    sender: WatchedBot, server: TelegramServer, chat: PrivateChat
) -> None:
    message = await sender.send_message(chat.id, "0 %")
    server.fault("editMessageText", ServerError(502))
    with progress(), pytest.raises(TelegramError):
        await message.edit_text("50 %")
    await message.edit_text("100 %")

    assert len(server.calls_of("editMessageText")) == 2


async def test_typing_is_not_shown_while_messages_wait(
    sender: WatchedBot, server: TelegramServer, chat: PrivateChat
) -> None:
    waiting = [asyncio.create_task(sender.send_message(chat.id, str(number))) for number in range(5)]
    await until(lambda: len(server.calls_of("sendMessage")) == 3)
    await sender.send_chat_action(chat.id, ChatAction.TYPING)
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)

    assert chat.actions == ()


async def test_sixty_messages_to_as_many_chats_arrive_once_each(
    sender: WatchedBot, server: TelegramServer, refusals: list[int]
) -> None:
    chats = [server.user(first_name=f"Reader {number}").private_chat() for number in range(60)]
    for chat in chats:
        await chat.say("/start")
    await asyncio.gather(*(sender.send_message(chat.id, "news") for chat in chats))

    assert all(len(chat.from_bot) == 1 for chat in chats)
    # Where the machine is busy some calls overtake each other, and Telegram sees one more in its second than we did.
    refusals += [call.status for call in server.refusals if call.status == 429]
