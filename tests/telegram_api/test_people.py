"""The people of the fake Telegram: what they send, what the bot hears of it, what they see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from telegram import Bot, Update

from tests.telegram_server import PrivateChat, TelegramServer

if TYPE_CHECKING:
    from tests.telegram_api.conftest import Raw


async def test_the_bot_reads_what_a_person_wrote(server: TelegramServer, bot: Bot, raw: Raw) -> None:
    chat = server.user(first_name="Ada", language_code="cs").private_chat()
    await chat.say("  /ask@footnote_bot what of @ada_l and https://example.com ")

    update = Update.de_json((await raw("getUpdates"))[1]["result"][0], bot)

    assert update.effective_message is not None
    assert update.effective_user is not None
    assert update.effective_user.language_code == "cs"
    assert list(update.effective_message.parse_entities().values()) == [
        "/ask@footnote_bot",
        "@ada_l",
        "https://example.com",
    ]
    with pytest.raises(ValueError, match="4096"):
        await chat.say("x" * 4097)


async def test_everything_a_person_can_send_is_a_real_update(bot: Bot, raw: Raw, chat: PrivateChat) -> None:
    await chat.send_sticker()
    await chat.send_photo("A photo")
    await chat.send_voice()
    await chat.send_location()
    await chat.forward("They said so", from_name="A friend")
    await chat.reply(chat.visible[0], "again", quote="/start")
    await chat.edit(chat.visible[0], "/help")

    updates = [Update.de_json(update, bot) for update in (await raw("getUpdates"))[1]["result"]]

    messages = [update.effective_message for update in updates if update.effective_message]
    _, sticker, photo, voice, location, forwarded, reply, edited = messages
    assert (sticker.sticker and sticker.sticker.emoji, photo.caption, len(photo.photo)) == ("👍", "A photo", 1)
    assert (voice.voice is not None, location.location is not None) == (True, True)
    assert forwarded.forward_origin is not None
    assert forwarded.forward_origin.type == "hidden_user"
    assert reply.reply_to_message is not None
    assert reply.quote is not None
    assert (reply.reply_to_message.text, reply.quote.text) == ("/start", "/start")
    assert (updates[-1].edited_message is not None, edited.text) == (True, "/help")


async def test_members_of_a_group_send_what_people_in_private_send(server: TelegramServer, raw: Raw) -> None:
    guest = server.user(first_name="Lise")
    group = server.group(members=[server.user(), guest], bot_admin=True)
    await group.send_document("a.txt", b"x", "text/plain", by=guest)

    message = (await raw("getUpdates"))[1]["result"][0]["message"]

    assert (message["from"]["first_name"], message["document"]["file_name"]) == ("Lise", "a.txt")
    with pytest.raises(AssertionError, match="Eve is not in the group"):
        await group.say("let me in", by=server.user(first_name="Eve"))


async def test_in_privacy_mode_a_bot_hears_only_what_is_meant_for_it(
    server: TelegramServer, raw: Raw, bot: Bot
) -> None:
    group = server.group()
    await bot.send_message(group.id, "hello")
    mine = await group.next_message()
    for text in ("chatter", "/ask", "/ask@footnote_bot", "/ask@other_bot", "well @Footnote_bot?", "well @other?"):
        await group.say(text)
    await group.reply(mine, "thanks")

    heard = [update["message"]["text"] for update in (await raw("getUpdates"))[1]["result"]]

    assert heard == ["/ask", "/ask@footnote_bot", "well @Footnote_bot?", "thanks"]


async def test_without_privacy_mode_or_as_an_administrator_a_bot_hears_all() -> None:
    async with TelegramServer(privacy=False) as server:
        await server.group().say("chatter")
        assert server.pending_updates == 1
    async with TelegramServer() as server:
        await server.group(bot_admin=True).say("chatter")
        assert server.pending_updates == 1


async def test_waiting_in_vain_shows_the_chat(chat: PrivateChat) -> None:
    with pytest.raises(AssertionError, match="Ada: '/start'"):
        await chat.next_message(timeout=0.01)


async def test_messages_are_taken_in_the_order_they_were_sent(bot: Bot, chat: PrivateChat) -> None:
    for text in ("one", "two", "three"):
        await bot.send_message(chat.id, text)

    assert (await chat.next_message()).text == "one"
    assert [message.text for message in await chat.user.private_chat().next_messages(2)] == ["two", "three"]
