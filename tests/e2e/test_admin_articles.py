"""What admins do with single articles: find, open, remove, put back, add."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot import texts
from bot.state.audit import Action, Actor
from retrieval.engine import Engine
from tests.corpus.documents import pdf
from tests.e2e.application import Running, serving
from tests.e2e.held import outcome
from tests.e2e.index import footnote_over

if TYPE_CHECKING:
    from pathlib import Path

    from bot.app import Footnote
    from tests.telegram_server import Message, PrivateChat, TelegramServer, User

FINLAND = "2023-04-04-finland-joins-nato.txt"
QUORVIA = "The lighthouse of Quorvia was painted in green stripes on Monday by three sailors from the northern harbour."
GREEN = "What was painted in green stripes in Quorvia?"
PAPER = pdf("Green stripes", (QUORVIA, "Nobody in the harbour had asked for it, and nobody has complained so far."))


async def card_of(chat: PrivateChat, words: str) -> Message:
    """The card of the one article that a search finds."""
    await chat.say(f"/articles {words}")
    found = await chat.next_message()
    await chat.press(found, "1")
    return await chat.next_message()


def files_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


async def noted(footnote: Footnote) -> list[Action]:
    """What was done, newest first, reloads left out."""
    return [entry.action for entry in await footnote.state.audit.page(0, 50) if entry.action is not Action.RELOAD]


@pytest.mark.usefixtures("bot_of_ada")
async def test_articles_are_paged_there_and_back_in_one_message(chat: PrivateChat) -> None:
    await chat.say("/articles")
    sent = await chat.next_message()
    assert sent.text.startswith("Articles (1–6 of 12)\nA number opens the card.\n\n1. Notre-Dame")
    assert sent.button_texts == ["1", "2", "3", "4", "5", "6", texts.NEXT]

    await chat.press(sent, texts.NEXT)
    (second,) = await chat.until(lambda: chat.edits_of(sent))
    assert second.button_texts == ["7", "8", "9", "10", "11", "12", texts.PREVIOUS]

    await chat.press(sent, texts.PREVIOUS)
    await chat.until(lambda: len(chat.edits_of(sent)) == 2)
    assert chat.from_bot[0].text == sent.text


@pytest.mark.usefixtures("bot_of_ada")
async def test_an_article_is_found_opened_removed_and_put_back(
    chat: PrivateChat, articles: Path, footnote_of_ada: Footnote
) -> None:
    card = await card_of(chat, "finland NATO")
    assert card.text.startswith("Finland becomes the 31st member of NATO – The Continental Ledger, 4 April 2023")
    assert len(chat.from_bot) == 2, "the list stays above the card"

    await chat.press(card, texts.REMOVE)
    sure = (await chat.until(lambda: chat.edits_of(card)))[-1]
    assert sure.button_texts == [texts.REMOVE_YES, texts.REMOVE_NO]
    assert (articles / FINLAND).exists()

    await chat.press(card, texts.REMOVE_YES)
    await chat.until(lambda: chat.edits_of(card)[-1].text == f"Removed {FINLAND}. {texts.GONE}")
    await chat.say("When did Finland join NATO?")
    assert "31st member" not in (await chat.next_message()).text

    await chat.press(card, texts.PUT_BACK)
    await chat.until(lambda: chat.edits_of(card)[-1].text == f"Put back {FINLAND}. {texts.LIVE}")
    await chat.say("When did Finland join NATO?")
    assert "31st member" in (await chat.next_message()).text
    assert await noted(footnote_of_ada) == [Action.PUT_BACK, Action.REMOVE]


@pytest.mark.usefixtures("bot_of_ada")
async def test_a_file_that_is_sent_is_shown_kept_and_answered_from_at_once(
    chat: PrivateChat, footnote_of_ada: Footnote
) -> None:
    await chat.send_document("green.pdf", PAPER, "application/pdf")
    card = await chat.next_message()
    assert card.text.startswith("This is what I understood. Keep it?\n\nGreen stripes\n")
    assert card.button_texts == [texts.KEEP, texts.DISCARD]

    await chat.press(card, texts.KEEP)

    assert (await outcome(chat, card)).text == "Kept as added/green-stripes.txt. It is answered from now."
    await chat.say(GREEN)
    assert " ".join((await chat.next_message()).text.split()).startswith(f"{QUORVIA} [1]")
    assert await noted(footnote_of_ada) == [Action.ADD]


@pytest.mark.usefixtures("bot_of_ada")
async def test_a_file_that_is_discarded_leaves_nothing(chat: PrivateChat, articles: Path) -> None:
    await chat.send_document("green.txt", QUORVIA.encode(), "text/plain")
    card = await chat.next_message()

    await chat.press(card, texts.DISCARD)

    assert (await outcome(chat, card)).text == texts.DISCARDED
    assert not (articles / "added").exists()


async def test_a_file_is_kept_after_the_bot_was_started_anew(
    server: TelegramServer, chat: PrivateChat, ada: User, footnote_of_ada: Footnote, articles: Path, tmp_path: Path
) -> None:
    async with serving(server, footnote_of_ada):
        await chat.send_document("green.pdf", PAPER, "application/pdf")
        card = await chat.next_message()
    footnote_of_ada.state.close()
    footnote_of_ada.engine.close()

    engine = Engine(articles, tmp_path / "data")
    again = footnote_over(engine, tmp_path / "data", frozenset({ada.id}))
    async with serving(server, again):
        await chat.press(card, texts.KEEP)
        assert (await outcome(chat, card)).text == "Kept as added/green-stripes.txt. It is answered from now."
        await chat.say(GREEN)
        assert " ".join((await chat.next_message()).text.split()).startswith(QUORVIA)
    await again.aclose()
    engine.close()


async def test_keep_pressed_twice_at_once_keeps_once(
    bot_of_ada: Running, server: TelegramServer, chat: PrivateChat, articles: Path, refusals: list[int]
) -> None:
    await chat.send_document("green.txt", QUORVIA.encode(), "text/plain")
    card = await chat.next_message()

    await asyncio.gather(chat.press(card, texts.KEEP), chat.press(card, texts.KEEP))
    await bot_of_ada.finish()

    assert files_in(articles / "added") == ["green.txt"]
    assert chat.edits_of(card)[-1].text in {f"Kept as added/green.txt. {texts.LIVE}", texts.NO_LONGER}
    refusals.extend(call.status for call in server.refusals)
    assert set(refusals) <= {400}  # an edit that changes nothing


@pytest.mark.usefixtures("bot_of_ada")
async def test_a_file_that_is_too_large_is_told_its_size_and_not_fetched(
    server: TelegramServer, chat: PrivateChat
) -> None:
    await chat.send_document("large.txt", b"a" * (21 * 2**20), "text/plain")

    assert (await chat.next_message()).text == texts.TOO_LARGE.format(size="22 MB")
    assert server.calls_of("getFile") == []


@pytest.mark.usefixtures("bot_of_ada")
async def test_a_file_that_cannot_be_read_is_told_why(chat: PrivateChat) -> None:
    await chat.send_document("green.pdf", b"%PDF-1.7 nothing", "application/pdf")

    assert (await chat.next_message()).text.startswith("I cannot use that. green.pdf")


@pytest.mark.usefixtures("bot_of_ada")
async def test_a_file_of_anybody_else_is_not_fetched(server: TelegramServer, footnote_of_ada: Footnote) -> None:
    stranger = server.user(first_name="Mallory").private_chat()
    await stranger.send_document("green.pdf", PAPER, "application/pdf")

    assert (await stranger.next_message()).text == texts.NOT_TEXT
    assert server.calls_of("getFile") == []
    assert await footnote_of_ada.state.drafts.get(1) is None


@pytest.mark.usefixtures("bot_of_ada")
async def test_a_page_of_this_machines_own_network_is_refused(chat: PrivateChat, server: TelegramServer) -> None:
    await chat.say(f"/add {server.url}/secret")
    announced = await chat.next_message()
    assert announced.text == f"Reading {server.url}/secret …"

    assert "leads to a private address" in (await outcome(chat, announced)).text


@pytest.mark.usefixtures("bot_of_ada")
async def test_the_audit_is_paged_there_and_back(chat: PrivateChat, footnote_of_ada: Footnote) -> None:
    for number in range(11):
        await footnote_of_ada.desk.refuse(Actor(13, "Mallory"), f"/try{number}")
    await chat.say("/audit")
    sent = await chat.next_message()
    assert sent.text.startswith("Who did what (1–10 of 11, newest first)\n\n")
    assert "/try10" in sent.text

    await chat.press(sent, texts.NEXT)
    (second,) = await chat.until(lambda: chat.edits_of(sent))
    assert second.text.startswith("Who did what (11–11 of 11, newest first)\n\n")
    assert second.button_texts == [texts.PREVIOUS]
