"""Looking around in Telegram: lists, pages, examples, and what was asked in vain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot import texts
from tests.e2e.application import serving
from tests.e2e.index import footnote_over

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.engine import Engine
    from tests.telegram_server import Message, PrivateChat, TelegramServer, User

LEDGER = "The Continental Ledger (3)"
BREAD = "How do I bake sourdough bread at home?"


async def said(chat: PrivateChat, text: str) -> Message:
    await chat.say(text)
    return await chat.next_message()


async def pressed(chat: PrivateChat, message: Message, label: str) -> Message:
    """What stands in the message's place after a press."""
    before = len(chat.edits_of(message))
    await chat.press(chat.current(message) or message, label)
    return (await chat.until(lambda: chat.edits_of(message)[before:]))[0]


def labels(message: Message) -> list[str]:
    return [button.text for row in message.buttons for button in row]


@pytest.mark.usefixtures("bot")
async def test_a_source_is_chosen_read_and_left_in_one_message(chat: PrivateChat) -> None:
    sources = await said(chat, "/sources")
    assert "All articles (12)" in labels(sources)

    listed = await pressed(chat, sources, LEDGER)
    assert listed.text.startswith("The Continental Ledger (1–3 of 3)")
    page = await pressed(chat, sources, "1")
    assert page.text.startswith("Finland becomes the 31st member of NATO")
    assert page.text.endswith(f"Passage 1 of 2 · {texts.ARTICLE_LINK}")
    assert (await pressed(chat, sources, texts.TO_LIST)).text == listed.text
    assert labels(await pressed(chat, sources, texts.TO_SOURCES)) == labels(sources)
    assert len(chat.from_bot) == 1


@pytest.mark.usefixtures("bot")
async def test_a_source_may_be_named_after_the_command(chat: PrivateChat) -> None:
    assert (await said(chat, "/sources ledger")).text.startswith("The Continental Ledger (1–3 of 3)")


@pytest.mark.usefixtures("bot")
async def test_the_newest_articles_are_paged(chat: PrivateChat) -> None:
    latest = await said(chat, "/latest")
    assert latest.text.startswith("Newest articles (1–6 of 12)")

    assert (await pressed(chat, latest, texts.NEXT)).text.startswith("Newest articles (7–12 of 12)")


@pytest.mark.usefixtures("bot")
async def test_an_example_under_help_is_answered_as_if_it_had_been_typed(chat: PrivateChat) -> None:
    shown = await said(chat, "/help")
    question, *others = labels(shown)
    assert question == "When did Notre-Dame cathedral in Paris reopen?"
    assert len(others) == 2

    await chat.press(shown, question)

    answer = await chat.next_message()
    assert answer.text.startswith("Notre-Dame cathedral in Paris reopened on 7 December 2024")
    assert texts.SHARE in labels(answer)


async def test_buttons_work_after_a_restart(
    server: TelegramServer, chat: PrivateChat, engine: Engine, tmp_path: Path
) -> None:
    first = footnote_over(engine, tmp_path / "state")
    async with serving(server, first):
        shown, listed = await said(chat, "/help"), await said(chat, "/latest")
    await first.aclose()

    second = footnote_over(engine, tmp_path / "state")
    async with serving(server, second):
        assert (await pressed(chat, listed, "1")).text.startswith("Notre-Dame opens its doors")
        await chat.press(shown, labels(shown)[0])
        assert (await chat.next_message()).text.startswith("Notre-Dame cathedral in Paris reopened")
    await second.aclose()


@pytest.mark.usefixtures("bot_of_ada")
async def test_an_admin_is_sent_what_was_asked_in_vain(chat: PrivateChat, ada: User) -> None:
    await said(chat, BREAD)

    listed = await said(chat, "/gaps")
    assert BREAD in listed.text
    assert str(ada.id) not in listed.text
    await chat.press(listed, "Send as gaps.jsonl")

    note, sent = await chat.next_messages(2)
    assert note.text == "1 question for footnote eval."
    assert sent.document is not None
    assert json.loads(sent.document.data) == {"question": BREAD, "article": None, "answers": []}


@pytest.mark.usefixtures("bot")
async def test_gaps_are_for_admins(chat: PrivateChat) -> None:
    assert (await said(chat, "/gaps")).text == texts.ADMINS_ONLY
