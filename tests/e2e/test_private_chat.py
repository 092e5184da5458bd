from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from bot import texts
from bot.conversation import Conversation
from bot.handlers import asking
from bot.rendering import Reply
from tests.e2e.application import Running, serving, talking
from tests.telegram_api.text import utf16_slice

if TYPE_CHECKING:
    from bot.app import Footnote
    from retrieval.engine import Engine
    from tests.telegram_server import Message, PrivateChat, TelegramServer

SHIP = "How long is the Ever Given?"
SHIP_ANSWER = "The Ever Given is 400 metres long and 59 metres wide."
JUNE = "Berlin's new airport to open on 3 June"
LATE = "Berlin's new airport opens, nine years late"
SHIP_URL = "https://example.com/harbour-courier/2021/03/30/suez-canal-ever-given-freed"


def kinds(chat: PrivateChat) -> list[str]:
    return [event.kind for event in chat.timeline]


def marked_quotes(message: Message) -> list[str]:
    """What stands in bold inside an expandable quotation."""
    boxes = [entity for entity in message.entities if entity.type == "expandable_blockquote"]
    return [
        utf16_slice(message.text, entity.offset, entity.length)
        for entity in message.entities
        if entity.type == "bold" and any(box.offset <= entity.offset and entity.end <= box.end for box in boxes)
    ]


async def test_start_says_hello_and_what_the_bot_does(bot: Running, chat: PrivateChat) -> None:
    await chat.say("/start")

    assert (await chat.next_message()).text == texts.START
    assert bot.said == ["Serving Telegram as @footnote_bot. Ctrl-C stops."]


async def test_help_lists_the_commands_and_newest_articles_but_not_what_admins_may_do(
    bot: Running, chat: PrivateChat
) -> None:
    await chat.say("/help")

    message = await chat.next_message()
    assert message.styled("bot_command") == ["/ask", "/timeline", "/latest", "/sources", "/new", "/share", "/help"]
    assert "Notre-Dame opens its doors five years after the fire" in message.styled("italic")
    assert bot.is_serving


@pytest.mark.parametrize("said", [SHIP, f"/ask {SHIP}", f"/ask@footnote_bot {SHIP}", f"/ASK\n{SHIP}"])
@pytest.mark.usefixtures("bot")
async def test_a_question_is_answered_with_its_quoted_and_linked_sources(chat: PrivateChat, said: str) -> None:
    await chat.say(said)

    message = await chat.next_message()
    headline, first, *_ = message.text.split("\n\n")
    assert headline == f"{SHIP_ANSWER} [1]"
    assert first.splitlines()[:2] == [
        "1. Suez Canal flows again after Ever Given is pulled free",
        "The Harbour Courier, 30 March 2021 · read · at the quote",
    ]
    assert marked_quotes(message)[0] == SHIP_ANSWER
    assert message.links[0] == ("read", SHIP_URL)
    assert len(message.quotations) == len(marked_quotes(message)) <= 3
    assert json.loads(message.options["link_preview_options"]) == {"is_disabled": True}


async def test_an_answer_that_takes_its_time_is_announced_and_is_exactly_one_message(
    bot: Running, chat: PrivateChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "TYPING_AFTER", 0.0)
    await chat.say(SHIP)
    await chat.next_message()
    await bot.finish()

    assert kinds(chat) == ["message", "action", "message"]
    assert [action.what for action in chat.actions] == ["typing"]


@pytest.mark.usefixtures("bot")
async def test_every_quote_stands_word_for_word_in_its_article(chat: PrivateChat, engine: Engine) -> None:
    texts_of = [(await engine.article(card.id) or (card, ""))[1] for card in await engine.articles()]
    for question in ("When did Berlin's new airport open?", "Who predicted the Higgs boson?"):
        await chat.say(question)
        message = await chat.next_message()
        assert marked_quotes(message)
        for quote in marked_quotes(message):
            assert any(quote in text for text in texts_of), quote


@pytest.mark.usefixtures("bot")
async def test_an_article_without_a_date_is_shown_without_one(chat: PrivateChat) -> None:
    await chat.say("Who were awarded the Nobel Prize for the Higgs boson?")

    lines = (await chat.next_message()).text.splitlines()
    title = lines.index("1. The Higgs boson: how a particle from 1964 was found")
    assert lines[title + 1] == "The Perihelion Review · read · at the quote"


@pytest.mark.usefixtures("bot")
async def test_ask_without_a_question_says_how_to_use_it(chat: PrivateChat) -> None:
    await chat.say("/ask")

    assert (await chat.next_message()).text == texts.ASK_WHAT


@pytest.mark.usefixtures("bot")
async def test_a_timeline_is_one_message_of_dated_quotes_oldest_first(chat: PrivateChat) -> None:
    await chat.say("/timeline Berlin airport")

    message = await chat.next_message()
    assert message.text.startswith(f"What my articles say, oldest first\n\n1. 17 April 2012 – {JUNE}\n")
    assert f"\n\n2. 31 October 2020 – {LATE}\nThe Harbour Courier · read · at the quote\n" in message.text
    assert message.styled("bold") == ["What my articles say, oldest first", "1. 17 April 2012", "2. 31 October 2020"]
    assert [text for text, _ in message.links] == ["read", "at the quote"] * 2
    assert len(message.quotations) == 2


@pytest.mark.parametrize("said", ["/timeline", "/timeline@footnote_bot  ", "/timeline 🤷"])
@pytest.mark.usefixtures("bot")
async def test_timeline_without_a_subject_says_how_to_use_it(chat: PrivateChat, said: str) -> None:
    await chat.say(said)

    message = await chat.next_message()
    assert message.text == texts.TIMELINE_WHAT
    assert message.styled("bot_command") == ["/timeline"]


@pytest.mark.usefixtures("bot")
async def test_what_the_answer_keeps_to_stands_above_it_in_italics(chat: PrivateChat) -> None:
    await chat.say(f"since:2021 {SHIP}")

    message = await chat.next_message()
    (scope,) = message.styled("italic")
    assert scope == "Only articles from 1 January 2021 on. 1 article without a date was left out."
    assert message.text.startswith(f"{scope}\n\n{SHIP_ANSWER} [1]\n")


@pytest.mark.usefixtures("bot")
async def test_articles_that_differ_are_pointed_out(chat: PrivateChat) -> None:
    await chat.say("When did Berlin's new airport open?")

    message = await chat.next_message()
    assert message.styled("italic") == ["My articles differ here: compare [1] with [2]. The newest of these is [1]."]


@pytest.mark.parametrize(
    ("said", "reply"), [("hello", texts.GREETING), ("Thank you!", texts.THANKS), ("bye 👋", texts.GOODBYE)]
)
@pytest.mark.usefixtures("bot")
async def test_small_talk_gets_a_sentence(chat: PrivateChat, said: str, reply: str) -> None:
    await chat.say(said)

    assert (await chat.next_message()).text == reply


@pytest.mark.usefixtures("bot")
async def test_a_question_about_the_bot_gets_the_help(chat: PrivateChat) -> None:
    await chat.say("What can you do?")

    assert (await chat.next_message()).styled("bot_command") == [
        "/ask",
        "/timeline",
        "/latest",
        "/sources",
        "/new",
        "/share",
        "/help",
    ]


@pytest.mark.usefixtures("bot")
async def test_a_date_that_makes_no_sense_is_repeated_as_code(chat: PrivateChat) -> None:
    await chat.say(f"since:<99999> {SHIP} since:99999")

    message = await chat.next_message()
    assert message.text.startswith("I do not understand the date in since:99999. These work: ")
    assert message.styled("code") == ["since:99999"]


@pytest.mark.usefixtures("bot")
async def test_what_only_comes_near_is_quoted_as_no_answer(chat: PrivateChat) -> None:
    await chat.say("How much did the Louvre museum cost?")

    message = await chat.next_message()
    assert message.text.startswith(f"{texts.NO_ANSWER}\n\n1. Notre-Dame opens its doors")
    assert 1 <= len(message.quotations) == len(marked_quotes(message)) == len(message.links) // 2 <= 2


@pytest.mark.usefixtures("bot")
async def test_what_the_articles_do_not_hold_is_said_with_the_nearest_and_the_range(chat: PrivateChat) -> None:
    await chat.say("What is the largest ship ever built in Korea?")

    message = await chat.next_message()
    assert message.text.startswith(f"{texts.NOT_FOUND}\n\n{texts.CLOSEST}\n• Suez Canal flows again")
    assert 1 <= message.text.count("•") == len(message.links) <= 3
    assert "I know 12 articles, dated 17 April 2012 to 8 December 2024." in message.text
    assert message.quotations == []


@pytest.mark.usefixtures("bot")
async def test_what_is_far_from_every_article_is_refused_without_naming_one(chat: PrivateChat) -> None:
    await chat.say("How do I bake sourdough bread at home?")

    message = await chat.next_message()
    assert message.text.startswith(f"{texts.NOT_FOUND}\n\nI know 12 articles")
    assert message.links == []


@pytest.mark.usefixtures("bot")
async def test_the_newest_articles_are_paged_there_and_back_in_one_message(chat: PrivateChat) -> None:
    await chat.say("/latest")
    sent = await chat.next_message()
    assert sent.text.startswith("Newest articles (1–6 of 12)\nA number opens the article.\n\n1. Notre-Dame")
    assert sent.button_texts == ["1", "2", "3", "4", "5", "6", "Older ›"]

    await chat.press(sent, "Older ›")
    (second,) = await chat.until(lambda: chat.edits_of(sent))
    assert second.text.startswith("Newest articles (7–12 of 12)\nA number opens the article.\n\n7. ")
    assert second.button_texts == ["7", "8", "9", "10", "11", "12", "‹ Newer"]

    await chat.press(sent, "‹ Newer")
    await chat.until(lambda: len(chat.edits_of(sent)) == 2)
    assert chat.from_bot[0].text == sent.text
    assert len(chat.from_bot) == 1


async def test_a_button_pressed_twice_shows_its_page_once_and_nothing_else(
    bot: Running, chat: PrivateChat, refusals: list[int]
) -> None:
    await chat.say("/latest")
    sent = await chat.next_message()

    answers = await asyncio.gather(chat.press(sent, "Older ›"), chat.press(sent, "Older ›"))
    await bot.finish()

    assert [answer.text for answer in answers] == ["", ""]
    assert len(chat.edits_of(sent)) == 1
    assert len(chat.from_bot) == 1
    refusals.append(400)  # the second edit changes nothing, and Telegram says so


async def test_a_button_pressed_while_the_bot_was_away_still_turns_the_page(
    bot: Running, chat: PrivateChat, refusals: list[int]
) -> None:
    await chat.say("/latest")
    sent = await chat.next_message()
    refusals.append(400)  # too late to be answered, in time to be followed

    await chat.press(sent, "Older ›", expired=True)

    second = await chat.until(lambda: chat.edits_of(sent), timeout=3)
    assert second[0].text.startswith("Newest articles (7–12 of 12)")
    assert bot.is_serving


async def test_the_menu_and_the_descriptions_are_set(bot: Running, chat: PrivateChat, server: TelegramServer) -> None:
    assert [name for name, _ in chat.menu] == ["ask", "timeline", "latest", "sources", "new", "share", "help"]
    assert server.profile_text("description") == texts.DESCRIPTION
    assert server.profile_text("short_description") == texts.SHORT_DESCRIPTION
    assert bot.is_serving


async def test_somebody_who_blocks_the_bot_in_the_middle_disturbs_nobody(
    bot: Running, chat: PrivateChat, server: TelegramServer, refusals: list[int]
) -> None:
    await chat.say(SHIP)
    await chat.user.block()
    other = server.user(first_name="Grace").private_chat()
    await other.say(SHIP)

    assert (await other.next_message()).text.startswith(SHIP_ANSWER)
    await bot.finish()
    refusals.extend(call.status for call in server.refusals)
    assert set(refusals) <= {403}
    assert chat.from_bot == ()


class Broken(Conversation):
    """A conversation with mistakes in it."""

    def start(self) -> Reply:
        raise RuntimeError("a secret detail")

    def unknown_command(self) -> Reply:
        return Reply("<b>never closed")


async def test_a_mistake_of_ours_is_told_in_one_sentence_without_details(
    server: TelegramServer, chat: PrivateChat, footnote: Footnote, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(server, talking(footnote, Broken(footnote.engine))):
        await chat.say("/start")

        assert (await chat.next_message()).text == texts.FAILED
    assert "a secret detail" in caplog.text
    assert SHIP not in caplog.text


async def test_a_message_whose_markup_telegram_does_not_take_goes_out_without_and_is_our_mistake(
    server: TelegramServer,
    chat: PrivateChat,
    footnote: Footnote,
    caplog: pytest.LogCaptureFixture,
    refusals: list[int],
) -> None:
    refusals.append(400)
    async with serving(server, talking(footnote, Broken(footnote.engine))):
        await chat.say("/nothing")

        assert (await chat.next_message(timeout=3)).text == "never closed"
    assert [record.levelname for record in caplog.records if record.name == "bot.handlers.sending"] == ["ERROR"]


async def test_questions_do_not_reach_the_log(
    server: TelegramServer, chat: PrivateChat, footnote: Footnote, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with serving(server, footnote):
        await chat.say("/ask Where is zebra?")
        await chat.next_message()
        await chat.say("Who saw the zebra?")
        await chat.next_message()

    assert "zebra" not in "".join(record.getMessage() for record in caplog.records if record.name != "httpx")
