"""The buttons under an answer: pressed at once, after a restart, and after the articles have changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot import texts
from tests.e2e.application import serving
from tests.e2e.index import footnote_over

if TYPE_CHECKING:
    from pathlib import Path

    from bot.app import Footnote
    from retrieval.engine import Engine
    from tests.e2e.application import Running
    from tests.telegram_server import Message, PrivateChat, TelegramServer

SHIP = "How long is the Ever Given?"
SHIP_ANSWER = "The Ever Given is 400 metres long and 59 metres wide."
SHIP_FILE = "2021-03-30-suez-canal-ever-given-freed.txt"
SHIP_TITLE = "Suez Canal flows again after Ever Given is pulled free"
AIRPORT = "/timeline Berlin airport"


async def asked(chat: PrivateChat, question: str = SHIP) -> Message:
    await chat.say(question)
    return await chat.next_message()


async def pressed(chat: PrivateChat, answer: Message, label: str) -> Message:
    """What stands in the answer's place after a press."""
    before = len(chat.edits_of(answer))
    await chat.press(answer, label)
    return (await chat.until(lambda: chat.edits_of(answer)[before:]))[0]


def rows(message: Message) -> list[list[str]]:
    return [[button.text for button in row] for row in message.buttons]


async def reworded(footnote: Footnote, articles: Path, old: str, new: str) -> None:
    file = articles / SHIP_FILE
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    await footnote.engine.reload()


@pytest.mark.usefixtures("bot")
async def test_under_an_answer_are_its_quotes_what_else_there_is_and_what_one_thinks_of_it(chat: PrivateChat) -> None:
    answer = await asked(chat)

    assert rows(answer) == [
        ["1", "2", "3"],
        [texts.MORE, texts.NEWER_FIRST],
        [texts.HELPED, texts.DID_NOT_HELP, texts.SHARE],
    ]
    assert all(len((button.callback_data or "").encode()) <= 64 for row in answer.buttons for button in row)


@pytest.mark.usefixtures("bot")
async def test_a_refusal_has_no_buttons(chat: PrivateChat) -> None:
    assert rows(await asked(chat, "How do I bake sourdough bread at home?")) == []


@pytest.mark.usefixtures("bot")
async def test_a_number_opens_the_quote_in_its_passage_and_back_leads_to_the_answer(chat: PrivateChat) -> None:
    answer = await asked(chat)

    page = await pressed(chat, answer, "1")

    assert page.text.startswith(f"{SHIP_TITLE} – The Harbour Courier, 30 March 2021 · read · at the quote\n\n")
    assert SHIP_ANSWER in page.styled("bold")
    assert len(page.quotations) == 1
    assert "\n\nMore than 400 ships were waiting" in page.quotations[0]
    assert page.text.endswith(f"Passage 2 of 2 · {texts.ARTICLE_LINK}")
    assert rows(page) == [[texts.BACKWARD], [texts.BACK]]

    back = await pressed(chat, answer, texts.BACK)

    assert (back.text, back.entities, rows(back)) == (answer.text, answer.entities, rows(answer))
    assert len(chat.from_bot) == 1


@pytest.mark.usefixtures("bot")
async def test_one_reads_on_through_the_article(chat: PrivateChat) -> None:
    answer = await asked(chat)
    await pressed(chat, answer, "1")

    first = await pressed(chat, answer, texts.BACKWARD)

    assert first.quotations[0].startswith("Ships are moving through the Suez Canal again")
    assert SHIP_ANSWER not in first.text
    assert rows(first) == [[texts.ONWARD], [texts.BACK]]
    assert SHIP_ANSWER in (await pressed(chat, answer, texts.ONWARD)).styled("bold")


@pytest.mark.usefixtures("bot")
async def test_more_goes_on_counting_opens_its_own_quotes_and_returns(chat: PrivateChat) -> None:
    answer = await asked(chat)

    more = await pressed(chat, answer, texts.MORE)

    assert more.text.startswith(f"More on “{SHIP}”\n\n4. ")
    assert rows(more) == [["4", "5", "6"], [texts.MORE, texts.BACK]]
    assert not set(more.quotations) & set(answer.quotations)
    opened = await pressed(chat, answer, "5")
    assert "Great Bitter Lake" in " ".join(opened.styled("bold"))
    assert rows(await pressed(chat, answer, texts.BACK)) == rows(more)
    assert (await pressed(chat, answer, texts.BACK)).text == answer.text


@pytest.mark.usefixtures("bot")
async def test_where_there_is_nothing_more_it_is_said_and_the_message_stays(chat: PrivateChat) -> None:
    answer = await asked(chat)
    presses = 0
    while not (said := await chat.press(answer, texts.MORE)).text:
        presses += 1
        await chat.until(lambda: len(chat.edits_of(answer)) == presses)  # noqa: B023 - waited for before it changes

    assert (said.text, said.show_alert) == (texts.NOTHING_MORE, True)
    assert presses >= 1


@pytest.mark.usefixtures("bot")
async def test_newer_first_puts_the_newest_article_on_top(chat: PrivateChat) -> None:
    answer = await asked(chat, AIRPORT)

    newest = await pressed(chat, answer, texts.NEWER_FIRST)

    assert newest.text.startswith("The newest first\n\n")
    assert "\n\n1. Berlin's new airport opens, nine years late\n" in newest.text
    assert (await pressed(chat, answer, texts.BACK)).text == answer.text


async def test_buttons_outlive_a_restart(
    server: TelegramServer, chat: PrivateChat, engine: Engine, tmp_path: Path
) -> None:
    before = footnote_over(engine, tmp_path / "state")
    async with serving(server, before):
        answer = await asked(chat)
        await pressed(chat, answer, "2")
    await before.aclose()
    after = footnote_over(engine, tmp_path / "state")
    async with serving(server, after):
        assert (await pressed(chat, answer, texts.BACK)).text == answer.text
        assert SHIP_ANSWER in (await pressed(chat, answer, "1")).styled("bold")
    await after.aclose()


async def test_a_quote_that_has_moved_is_shown_where_it_is_now(
    bot_of_ada: Running, chat: PrivateChat, footnote_of_ada: Footnote, articles: Path
) -> None:
    answer = await asked(chat)
    await reworded(footnote_of_ada, articles, "Ships are moving", "At long last, ships are moving")

    page = await pressed(chat, answer, "1")

    assert "The article was changed since; the quote stands in it still." in page.text
    assert SHIP_ANSWER in page.styled("bold")
    assert bot_of_ada.is_serving


async def test_a_quote_that_is_no_longer_in_its_article_is_shown_as_what_it_said(
    bot_of_ada: Running, chat: PrivateChat, footnote_of_ada: Footnote, articles: Path
) -> None:
    answer = await asked(chat)
    await reworded(footnote_of_ada, articles, SHIP_ANSWER, "The ship is very long.")

    page = await pressed(chat, answer, "1")

    assert "The article was changed since and no longer holds this sentence." in page.text
    assert page.text.endswith(f"It said:\n{SHIP_ANSWER}")
    assert rows(page) == [[texts.READ_ARTICLE], [texts.BACK]]
    assert "Ships are moving" in (await pressed(chat, answer, texts.READ_ARTICLE)).text
    assert (await pressed(chat, answer, texts.BACK)).text == answer.text
    assert bot_of_ada.is_serving


async def test_a_quote_of_an_article_that_is_gone_is_shown_as_what_it_said(
    bot_of_ada: Running, chat: PrivateChat, footnote_of_ada: Footnote, articles: Path
) -> None:
    answer = await asked(chat)
    (articles / SHIP_FILE).unlink()
    await footnote_of_ada.engine.reload()

    page = await pressed(chat, answer, "1")

    assert "The article was removed since, so I can show only what I quoted." in page.text
    assert page.text.endswith(f"It said:\n{SHIP_ANSWER}")
    assert rows(page) == [[texts.BACK]]
    assert bot_of_ada.is_serving


async def test_more_after_a_reload_says_that_the_articles_were_reloaded(
    bot_of_ada: Running, chat: PrivateChat, footnote_of_ada: Footnote, articles: Path
) -> None:
    answer = await asked(chat)
    await reworded(footnote_of_ada, articles, "Ships are moving", "At long last, ships are moving")

    more = await pressed(chat, answer, texts.MORE)

    assert more.text.startswith("The articles were reloaded since the answer above was given.\n\nMore on ")
    assert bot_of_ada.is_serving


@pytest.mark.parametrize("data", ["quote:1:1", "back:1", "more:1", "newer:1", "share:1", "page:1:1:0"])
async def test_a_forged_button_opens_nobody_elses_question(
    bot: Running, chat: PrivateChat, server: TelegramServer, data: str
) -> None:
    await asked(chat)
    stranger = server.user(first_name="Mallory").private_chat()
    own = await asked(stranger, "When did Finland join NATO?")

    said = await stranger.forge(own, data)

    assert (said.text, said.show_alert) == (texts.LONG_AGO, True)
    await bot.finish()
    assert stranger.edits_of(own) == ()
    assert len(stranger.from_bot) == 1


@pytest.mark.parametrize("data", ["quote:1:9", "page:1:9:0", "quote:999999:1"])
@pytest.mark.usefixtures("bot")
async def test_a_button_that_leads_nowhere_says_so(chat: PrivateChat, data: str) -> None:
    answer = await asked(chat)

    assert (await chat.forge(answer, data)).text == texts.LONG_AGO


@pytest.mark.usefixtures("bot")
async def test_a_passage_beyond_the_last_is_the_last(chat: PrivateChat) -> None:
    answer = await asked(chat)

    await chat.forge(answer, "page:1:1:99")

    (page,) = await chat.until(lambda: chat.edits_of(answer))
    assert f"Passage 2 of 2 · {texts.ARTICLE_LINK}" in page.text


async def test_a_press_too_late_to_be_answered_still_opens_the_quote(
    bot: Running, chat: PrivateChat, refusals: list[int]
) -> None:
    refusals.append(400)
    answer = await asked(chat)

    await chat.press(answer, "1", expired=True)

    assert await chat.until(lambda: chat.edits_of(answer))
    assert bot.is_serving


async def test_in_a_group_anyone_opens_a_quote(bot: Running, server: TelegramServer) -> None:
    ada, grace = server.user(first_name="Ada"), server.user(first_name="Grace")
    group = server.group("Readers", members=[ada, grace])
    await group.say(f"/ask {SHIP}")
    answer = await group.next_message()

    await group.press(answer, "1", by=grace)

    (page,) = await group.until(lambda: group.edits_of(answer))
    assert SHIP_ANSWER in page.styled("bold")
    assert bot.is_serving
    assert json.loads(page.options.get("link_preview_options", '{"is_disabled": true}'))["is_disabled"]
