"""The methods of the fake Bot API, called by the real library, and raw where the library would get in the way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, Forbidden, NetworkError

from tests import telegram_server
from tests.telegram_api import methods
from tests.telegram_api.conftest import NO_TLS, Raw, new_bot, refusal
from tests.telegram_server import Group, PrivateChat, TelegramServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

QUERY_TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


@pytest.fixture
async def forum(server: TelegramServer) -> Group:
    return server.group("Desk", forum=True)


# --- texts ---------------------------------------------------------------------------------------------------------


async def test_a_text_that_is_refused_is_not_sent(server: TelegramServer, bot: Bot, chat: PrivateChat) -> None:
    with pytest.raises(BadRequest, match="Can't parse entities: can't find end tag corresponding to start tag"):
        await bot.send_message(chat.id, "<b>x", parse_mode="HTML")

    assert chat.from_bot == ()
    assert server.refusals[0].params["text"] == "<b>x"
    assert server.refusals[0].description.startswith("Bad Request: can't parse entities: Can't find end tag")


async def test_length_is_counted_after_parsing(bot: Bot, chat: PrivateChat) -> None:
    await bot.send_message(chat.id, "<b>" + "x" * 4096 + "</b>", parse_mode="HTML")
    await bot.send_message(chat.id, "<b>x</b> y " * 100, parse_mode="HTML")

    assert [len(message.text) for message in chat.from_bot] == [4096, 399]


async def test_texts_are_stored_as_telegram_tidies_them(bot: Bot, chat: PrivateChat) -> None:
    sent = await bot.send_message(chat.id, "\n\r  A\tb <b>bold \n</b> \n", parse_mode="HTML")

    message = chat.from_bot[0]
    assert message.text == sent.text == "A b bold"
    assert message.styled("bold") == ["bold"]
    assert sent.parse_entities() == {sent.entities[0]: "bold"}


async def test_links_and_quotations_can_be_read_from_a_message(bot: Bot, chat: PrivateChat) -> None:
    await bot.send_message(
        chat.id,
        '😀 <blockquote expandable>Said <i>so</i>.</blockquote>\n<a href="https://e.org/a?b=1&amp;c">E</a> https://f.org',
        parse_mode="HTML",
    )

    message = chat.from_bot[0]
    assert message.quotations == ["Said so."]
    assert message.links == [("E", "https://e.org/a?b=1&c"), ("https://f.org", "https://f.org")]


# --- buttons -------------------------------------------------------------------------------------------------------


async def test_buttons_that_are_refused(bot: Bot, chat: PrivateChat) -> None:
    too_long = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x" * 65)]])

    with pytest.raises(BadRequest, match=r"(?i)BUTTON_DATA_INVALID"):
        await bot.send_message(chat.id, "x", reply_markup=too_long)


async def test_buttons_that_are_allowed(bot: Bot, server: TelegramServer, chat: PrivateChat) -> None:
    row = [
        InlineKeyboardButton("data", callback_data="é" * 32),
        InlineKeyboardButton("web", url="https://example.com/a?b=%20c"),
        InlineKeyboardButton("app", url="tg://resolve?domain=durov"),
        InlineKeyboardButton("inline", switch_inline_query_current_chat=""),
    ]

    sent = await bot.send_message(chat.id, "x", reply_markup=InlineKeyboardMarkup([row]))

    assert sent.reply_markup == InlineKeyboardMarkup([row])
    assert chat.from_bot[0].button("web").url == "https://example.com/a?b=%20c"
    assert server.refusals == []


# --- replies, topics, chats ----------------------------------------------------------------------------------------


async def test_replies_need_their_message(bot: Bot, raw: Raw, chat: PrivateChat) -> None:
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(chat.id, "x", reply_parameters=ReplyParameters(999))

    await bot.send_message(chat.id, "x", reply_parameters=ReplyParameters(999, allow_sending_without_reply=True))

    quote_of_nothing = raw("sendMessage", chat_id=chat.id, text="x", reply_parameters={"quote": "x"})
    assert await refusal(quote_of_nothing) == 'Bad Request: can\'t find field "message_id"'
    assert chat.from_bot[0].reply_to is None


async def test_a_quotation_stands_in_the_message_word_for_word(bot: Bot, chat: PrivateChat) -> None:
    said = await chat.say("The storm destroyed 200 homes.")
    with pytest.raises(BadRequest, match=r"(?i)QUOTE_TEXT_INVALID"):
        await bot.send_message(chat.id, "x", reply_parameters=ReplyParameters(said.id, quote="the storm"))
    bold = ReplyParameters(said.id, quote="<b>storm</b>", quote_parse_mode="HTML")
    with pytest.raises(BadRequest, match=r"(?i)QUOTE_TEXT_INVALID"):
        await bot.send_message(chat.id, "x", reply_parameters=bold)

    sent = await bot.send_message(chat.id, "x", reply_parameters=ReplyParameters(said.id, quote="storm destroyed"))

    assert chat.from_bot[0].quote == "storm destroyed"
    assert sent.quote is not None
    assert sent.quote.position == 4


async def test_topics(bot: Bot, raw: Raw, forum: Group) -> None:
    topic = forum.add_topic("Fires")
    asked = await forum.say("/ask", thread_id=topic)
    for thread_id in (1, 777):
        with pytest.raises(BadRequest, match="Message thread not found"):
            await bot.send_message(forum.id, "x", message_thread_id=thread_id)

    await bot.send_message(forum.id, "by thread", message_thread_id=topic)
    await bot.send_message(forum.id, "by reply", reply_parameters=ReplyParameters(asked.id))
    await bot.send_message(forum.id, "general")

    assert [message.thread_id for message in forum.from_bot] == [topic, topic, None]
    update = (await raw("getUpdates"))[1]["result"][-1]["message"]
    assert (update["is_topic_message"], update["message_thread_id"]) == (True, topic)
    assert update["reply_to_message"]["forum_topic_created"]["name"] == "Fires"


async def test_the_thread_of_an_ordinary_reply_cannot_be_sent_to(server: TelegramServer, bot: Bot, raw: Raw) -> None:
    group = server.group()
    first = await group.say("/ask")
    await group.reply(first, "/ask again")

    update = (await raw("getUpdates"))[1]["result"][-1]["message"]

    assert update["message_thread_id"] == first.id
    assert "is_topic_message" not in update
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(group.id, "x", message_thread_id=update["message_thread_id"])


async def test_chats_that_a_bot_cannot_write_to(server: TelegramServer, bot: Bot, raw: Raw) -> None:
    stranger, person, group = server.user(), server.user(), server.group()
    await person.private_chat().say("hi")
    await person.block()
    await group.kick_bot()

    assert await refusal(raw("sendMessage", text="x")) == "Bad Request: chat_id is empty"
    assert await refusal(raw("sendMessage", chat_id="@nobody", text="x")) == "Bad Request: chat not found"
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(424242, "x")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(stranger.id, "x")
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_chat_action(person.id, "typing")
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(group.id, "x")

    await person.private_chat().say("back again")
    await group.add_bot()
    await bot.send_message(person.id, "x")
    await bot.send_message(group.id, "x")
    statuses = [
        update["my_chat_member"]["new_chat_member"]["status"]
        for update in (await raw("getUpdates"))[1]["result"]
        if "my_chat_member" in update
    ]
    assert statuses == ["kicked", "kicked", "member", "member"]


async def test_a_bot_that_left_a_group_is_out(server: TelegramServer, bot: Bot) -> None:
    group = server.group()
    await bot.leave_chat(group.id)

    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await bot.send_message(group.id, "x")


async def test_a_private_chat_has_no_administrators_and_no_way_out(raw: Raw, chat: PrivateChat) -> None:
    assert "no administrators in the private chat" in await refusal(raw("getChatAdministrators", chat_id=chat.id))
    assert "can't be changed in private chats" in await refusal(raw("leaveChat", chat_id=chat.id))


async def test_chats_and_members_can_be_asked_for(server: TelegramServer, bot: Bot, raw: Raw) -> None:
    boss, guest, outsider = server.user(first_name="Grace"), server.user(), server.user()
    group = server.group("Desk", members=[boss, guest])

    assert (await bot.get_chat(group.id)).title == "Desk"
    statuses = [(await bot.get_chat_member(group.id, user.id)).status for user in (boss, guest, outsider)]
    assert statuses == ["administrator", "member", "left"]
    assert [admin.user.id for admin in await bot.get_chat_administrators(group.id)] == [boss.id]
    reason = await refusal(raw("getChatMember", chat_id=group.id, user_id=5))
    assert reason == "Bad Request: invalid user_id specified"


# --- editing, deleting, files --------------------------------------------------------------------------------------


async def test_edits_that_are_refused(raw: Raw, bot: Bot, chat: PrivateChat) -> None:
    sent = await bot.send_message(chat.id, "<b>x</b>", parse_mode="HTML")
    file = await bot.send_document(chat.id, b"data", filename="a.txt")
    cases = {
        sent.message_id: "message is not modified: specified new message content and reply markup are exactly the same",
        file.message_id: "there is no text in the message to edit",
        chat.visible[0].id: "message can't be edited",
        999: "message to edit not found",
    }

    for message_id, reason in cases.items():
        same = {"chat_id": chat.id, "message_id": message_id, "text": " <b>x</b>", "parse_mode": "HTML"}
        assert (await refusal(raw("editMessageText", **same))).startswith(f"Bad Request: {reason}")
    assert "not modified" in await refusal(raw("editMessageReplyMarkup", chat_id=chat.id, message_id=sent.message_id))


async def test_messages_can_be_edited_and_deleted(bot: Bot, chat: PrivateChat) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])
    sent = await bot.send_message(chat.id, "one")
    first = await chat.next_message()

    await bot.edit_message_reply_markup(chat.id, sent.message_id, reply_markup=keyboard)
    await bot.edit_message_text("two", chat.id, sent.message_id)
    await bot.delete_message(chat.id, sent.message_id)

    assert first.text == "one"
    assert [(edit.text, edit.button_texts) for edit in chat.edits_of(first)] == [("one", ["Go"]), ("two", [])]
    assert chat.current(first) is None
    assert [event.kind for event in chat.timeline] == ["message", "message", "edit", "edit", "delete"]
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(chat.id, sent.message_id)


async def test_what_others_wrote_in_a_group_is_not_the_bots_to_delete(server: TelegramServer, bot: Bot) -> None:
    group = server.group()
    said = await group.say("hello")

    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(group.id, said.id)


async def test_files_travel_both_ways(server: TelegramServer, bot: Bot, raw: Raw, chat: PrivateChat) -> None:
    await chat.send_document("news.txt", b"All the news", "text/plain", caption="Read this")
    received = Update.de_json((await raw("getUpdates"))[1]["result"][-1], bot).effective_message
    assert received is not None
    assert received.document is not None
    assert received.caption == "Read this"

    fetched = await (await received.document.get_file()).download_as_bytearray()
    await bot.send_document(chat.id, bytes(fetched), filename="copy.txt", caption="<i>Yours</i>", parse_mode="HTML")
    await bot.send_document(chat.id, received.document.file_id)

    assert bytes(fetched) == b"All the news"
    copies = chat.from_bot
    assert [copy.document and copy.document.data for copy in copies] == [b"All the news"] * 2
    assert copies[0].document is not None
    assert (copies[0].document.name, copies[0].text, copies[0].styled("italic")) == ("copy.txt", "Yours", ["Yours"])
    async with httpx.AsyncClient(verify=NO_TLS) as client:
        assert (await client.get(f"{server.url}/file/bot{server.token}/documents/none")).status_code == 404
        assert (await client.get(f"{server.url}/file/bot1:x/documents/file_1.txt")).status_code == 401


async def test_files_that_are_refused(raw: Raw, bot: Bot, chat: PrivateChat) -> None:
    with pytest.raises(BadRequest, match="File must be non-empty"):
        await bot.send_document(chat.id, b"", filename="a.txt")
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_document(chat.id, b"x", caption="x" * 1025)
    with pytest.raises(BadRequest, match=r"(?i)IMAGE_PROCESS_FAILED"):
        await bot.send_photo(chat.id, b"not an image")
    assert await refusal(raw("sendDocument", chat_id=chat.id)) == "Bad Request: there is no document in the request"
    assert await refusal(raw("sendDocument", chat_id=chat.id, document="nothing")) == "Bad Request: invalid file_id"
    assert "HTTP URL" in await refusal(raw("sendDocument", chat_id=chat.id, document="https://e.org/x"))
    assert await refusal(raw("getFile", file_id="nothing")) == "Bad Request: invalid file_id"


async def test_files_over_the_limit_are_not_given_out(
    raw: Raw, chat: PrivateChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(methods, "DOWNLOAD_LIMIT", 1000)
    sent = await chat.send_document("big.bin", b"x" * 1001)
    assert sent.document is not None

    assert await refusal(raw("getFile", file_id=sent.document.file_id)) == "Bad Request: file is too big"


async def test_files_over_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram_server, "UPLOAD_LIMIT", 1000)
    async with TelegramServer() as server, new_bot(server) as bot:
        with pytest.raises(NetworkError, match="Request Entity Too Large"):
            await bot.send_document(1, b"x" * 2000)

        assert [call.status for call in server.refusals] == [413]


async def test_a_photo_is_sent_with_its_caption(bot: Bot, chat: PrivateChat) -> None:
    await bot.send_photo(chat.id, b"\x89PNG....", caption="Look")

    assert (await chat.next_message()).text == "Look"


# --- signs of life, reactions, the card ----------------------------------------------------------------------------


async def test_actions_and_drafts_keep_their_place_among_the_messages(bot: Bot, chat: PrivateChat) -> None:
    await bot.send_chat_action(chat.id, "typing")
    await bot.send_message_draft(chat.id, 7, "The sto")
    await bot.send_message(chat.id, "The storm.")

    assert [event.what for event in chat.actions] == ["typing"]
    assert chat.drafts == ("The sto",)
    assert [event.kind for event in chat.timeline] == ["message", "action", "draft", "message"]


async def test_actions_and_drafts_that_are_refused(raw: Raw, server: TelegramServer, chat: PrivateChat) -> None:
    group = server.group()

    assert "wrong parameter action" in await refusal(raw("sendChatAction", chat_id=chat.id, action="juggling"))
    assert "TEXTDRAFT_PEER_INVALID" in await refusal(raw("sendMessageDraft", chat_id=group.id, draft_id=1, text="x"))
    assert "draft_id must be non-zero" in await refusal(raw("sendMessageDraft", chat_id=chat.id, draft_id=0, text="x"))
    assert "too long" in await refusal(raw("sendMessageDraft", chat_id=chat.id, draft_id=1, text="x" * 4097))


async def test_reactions(raw: Raw, bot: Bot, chat: PrivateChat) -> None:
    said = chat.visible[0]
    thumb, poop = {"type": "emoji", "emoji": "👍"}, {"type": "emoji", "emoji": "🥦"}

    await bot.set_message_reaction(chat.id, said.id, "👍")

    assert chat.reactions_to(said) == ("👍",)
    for message_id, reactions, reason in (
        (said.id, [poop], "REACTION_INVALID"),
        (said.id, [thumb, thumb], "REACTIONS_TOO_MANY"),
        (999, [thumb], "message to react not found"),
    ):
        call = raw("setMessageReaction", chat_id=chat.id, message_id=message_id, reaction=reactions)
        assert await refusal(call) == f"Bad Request: {reason}"


async def test_the_menu_follows_scope_and_language(server: TelegramServer, bot: Bot, chat: PrivateChat) -> None:
    czech = server.user(language_code="cs").private_chat()
    group = server.group()
    await bot.set_my_commands([BotCommand("help", "Help")])
    await bot.set_my_commands([BotCommand("help", "Pomoc")], language_code="cs")
    await bot.set_my_commands([BotCommand("ask", "Ask")], scope=BotCommandScopeAllGroupChats())
    await bot.set_my_commands([BotCommand("reload", "Reload")], scope=BotCommandScopeChat(chat.id))

    assert chat.menu == (("reload", "Reload"),)
    assert czech.menu == (("help", "Pomoc"),)
    assert group.menu_of(group.members[0]) == (("ask", "Ask"),)
    await bot.delete_my_commands(scope=BotCommandScopeChat(chat.id))
    assert chat.menu == (("help", "Help"),)
    assert await bot.get_my_commands(language_code="cs") == (BotCommand("help", "Pomoc"),)


async def test_menus_that_are_refused(raw: Raw) -> None:
    command = {"command": "Ask", "description": "x"}
    cases: dict[str, dict[str, object]] = {
        "BOT_COMMAND_INVALID": {"commands": [command]},
        "can't parse BotCommandScope: Unsupported type specified": {"commands": [], "scope": {"type": "moon"}},
        "chat not found": {"commands": [], "scope": {"type": "chat", "chat_id": 5}},
        "invalid language code specified": {"commands": [], "language_code": "english"},
        "expected an Array of BotCommand": {},
    }

    for reason, params in cases.items():
        assert await refusal(raw("setMyCommands", **params)) == f"Bad Request: {reason}"


async def test_the_bot_describes_itself(server: TelegramServer, raw: Raw, bot: Bot) -> None:
    await bot.set_my_name("Footnote")
    await bot.set_my_description("Answers with sources", language_code="en")
    await bot.set_my_short_description("Sources")

    assert (await bot.get_my_name()).name == "Footnote"
    assert server.profile_text("description", "en") == "Answers with sources"
    assert server.profile_text("short_description", "cs") == "Sources"
    assert "must not exceed 512" in await refusal(raw("setMyDescription", description="x" * 513))
    assert "must not exceed 120" in await refusal(raw("setMyShortDescription", short_description="x" * 121))
    assert "must not exceed 64" in await refusal(raw("setMyName", name="x" * 65))


# --- queries -------------------------------------------------------------------------------------------------------


@pytest.fixture
async def pressed(raw: Raw, bot: Bot, chat: PrivateChat) -> AsyncIterator[str]:
    """The id of a callback query that waits for its answer."""
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])
    await bot.send_message(chat.id, "x", reply_markup=keyboard)
    press = asyncio.create_task(chat.press(await chat.next_message(), "Go"))
    _, answer = await raw("getUpdates", offset=-1, timeout=5)
    while "callback_query" not in answer["result"][-1]:
        _, answer = await raw("getUpdates", offset=-1, timeout=5)
    yield answer["result"][-1]["callback_query"]["id"]
    press.cancel()


async def test_a_callback_query_is_answered_once(raw: Raw, pressed: str) -> None:
    too_long = {"callback_query_id": pressed, "text": "x" * 201}
    assert await refusal(raw("answerCallbackQuery", **too_long)) == "Bad Request: MESSAGE_TOO_LONG"
    away = {"callback_query_id": pressed, "url": "https://example.com"}
    assert await refusal(raw("answerCallbackQuery", **away)) == "Bad Request: URL_INVALID"

    assert (await raw("answerCallbackQuery", callback_query_id=pressed))[0] == 200

    assert await refusal(raw("answerCallbackQuery", callback_query_id=pressed)) == QUERY_TOO_OLD
    assert await refusal(raw("answerCallbackQuery", callback_query_id="1")) == QUERY_TOO_OLD


async def test_queries_become_too_old(server: TelegramServer, raw: Raw, pressed: str) -> None:
    server.expire_queries()

    assert await refusal(raw("answerCallbackQuery", callback_query_id=pressed)) == QUERY_TOO_OLD


async def test_a_press_can_reach_the_bot_too_late(raw: Raw, bot: Bot, chat: PrivateChat) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])
    await bot.send_message(chat.id, "x", reply_markup=keyboard)
    await chat.press(await chat.next_message(), "Go", expired=True)

    query = (await raw("getUpdates"))[1]["result"][-1]["callback_query"]

    assert query["data"] == "go"
    assert await refusal(raw("answerCallbackQuery", callback_query_id=query["id"])) == QUERY_TOO_OLD


async def test_a_press_that_is_never_answered_times_out(bot: Bot, chat: PrivateChat) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])
    await bot.send_message(chat.id, "x", reply_markup=keyboard)

    with pytest.raises(TimeoutError):
        await chat.press(await chat.next_message(), "Go", timeout=0.01)


def article(number: int = 1, **changes: object) -> dict[str, object]:
    content = {"message_text": "x"}
    return {"type": "article", "id": str(number), "title": "T", "input_message_content": content, **changes}


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"results": [article(n) for n in range(51)]}, "RESULTS_TOO_MUCH"),
        ({"results": [article(), article()]}, "RESULT_ID_DUPLICATE"),
        ({"results": [article(id="é" * 33)]}, "RESULT_ID_INVALID"),
        ({"results": [article(id="")]}, "RESULT_ID_INVALID"),
        ({"results": [article(title="")]}, "can't parse inline query result: Can't find field \"title\""),
        ({"results": [article(input_message_content=None)]}, "can't parse inline query result: Can't find field"),
        ({"results": [article(input_message_content={"message_text": ""})]}, "message text is empty"),
        ({"results": [article(type="gif")]}, "this server knows inline results of type article only"),
        ({"results": [], "next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
        ({"results": [], "button": {"text": "Go", "start_parameter": "a b"}}, "START_PARAM_INVALID"),
        ({"results": [], "inline_query_id": "1"}, "query is too old and response timeout expired"),
        ({}, 'can\'t find field "results"'),
    ],
)
async def test_inline_answers_that_are_refused(raw: Raw, params: dict[str, object], reason: str) -> None:
    assert (await refusal(raw("answerInlineQuery", **params))).startswith(f"Bad Request: {reason}")
