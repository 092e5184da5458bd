"""Links that lead into the chat, and those that lead to a quote on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import texts

if TYPE_CHECKING:
    from bot.app import Footnote
    from tests.telegram_server import Message, PrivateChat, TelegramServer

SHIP = "How long is the Ever Given?"
SHIP_ANSWER = "The Ever Given is 400 metres long and 59 metres wide."
SHIP_TITLE = "Suez Canal flows again after Ever Given is pulled free"
PAGE = "https://example.com/harbour-courier/2021/03/30/suez-canal-ever-given-freed"
HERE = "https://t.me/footnote_bot?start="

pytestmark = pytest.mark.usefixtures("bot")


def payload(message: Message) -> str:
    (address,) = [url for _, url in message.links if url.startswith(HERE)]
    return address.removeprefix(HERE)


async def test_the_link_beside_the_plain_one_leads_to_the_quote(chat: PrivateChat) -> None:
    await chat.say(SHIP)

    plain, at_the_quote, *_ = (await chat.next_message()).links
    assert plain == ("read", PAGE)
    words = SHIP_ANSWER.replace(" ", "%20").replace(".", "%2E")
    assert at_the_quote == ("at the quote", f"{PAGE}#:~:text={words}")


async def test_share_under_an_answer_gives_a_link_that_asks_the_same(chat: PrivateChat, server: TelegramServer) -> None:
    await chat.say(SHIP)
    answer = await chat.next_message()
    await chat.press(answer, texts.SHARE)
    shared = await chat.next_message()
    friend = server.user(first_name="Grace").private_chat()

    await friend.say(f"/start {payload(shared)}")

    opened = await friend.next_message()
    assert opened.text.startswith(f"Understood as: {SHIP}\n\n{SHIP_ANSWER}")
    assert opened.button_texts[:3] == ["1", "2", "3"]
    assert chat.edits_of(answer) == ()


async def test_a_followup_is_shared_as_the_whole_question(chat: PrivateChat) -> None:
    await chat.say(SHIP)
    await chat.next_message()
    await chat.say("Who owns it?")
    await chat.next_message()
    await chat.say("/share")
    shared = await chat.next_message()

    await chat.say(f"/start {payload(shared)}")

    assert (await chat.next_message()).text.startswith("Understood as: Who owns the Ever Given?\n\n")


async def test_share_as_a_reply_shares_the_answer_that_it_replies_to(chat: PrivateChat, footnote: Footnote) -> None:
    await chat.say(SHIP)
    ship = await chat.next_message()
    await chat.say("When did Finland join NATO?")
    await chat.next_message()

    await chat.reply(ship, "/share")

    shared = await chat.next_message()
    assert await footnote.state.links.question(payload(shared).removeprefix("q_")) == SHIP


async def test_share_without_an_answer_says_how_to_use_it(chat: PrivateChat) -> None:
    await chat.say("/share")

    assert (await chat.next_message()).text == texts.SHARE_WHAT


async def test_a_link_to_an_article_opens_it(chat: PrivateChat) -> None:
    await chat.say(SHIP)
    answer = await chat.next_message()
    await chat.press(answer, "1")
    (page,) = await chat.until(lambda: chat.edits_of(answer))

    await chat.say(f"/start {payload(page)}")

    opened = await chat.next_message()
    assert opened.text.startswith(f"{SHIP_TITLE} – The Harbour Courier, 30 March 2021 · read\n\n")
    assert opened.quotations[0].startswith("Ships are moving through the Suez Canal again")


async def test_a_link_to_an_article_that_is_gone_says_so(chat: PrivateChat) -> None:
    await chat.say("/start a_000000000000")

    assert (await chat.next_message()).text == texts.NO_SUCH_ARTICLE


@pytest.mark.parametrize("unknown", ["q_nothing", "q_", "zzz", "a", "_"])
async def test_a_link_to_nothing_known_says_hello(chat: PrivateChat, unknown: str) -> None:
    await chat.say(f"/start {unknown}")

    assert (await chat.next_message()).text == texts.START
