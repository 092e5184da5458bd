"""What only admins may do: what serves, reloads, and the way back."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot import texts
from bot.admin import reloads
from bot.state.audit import Action
from tests.e2e.application import Running, serving
from tests.e2e.held import HeldEngine, is_under_way, outcome, report
from tests.e2e.index import footnote_over

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.app import Footnote
    from retrieval.engine import Engine
    from tests.telegram_server import Message, PrivateChat, TelegramServer, User

SHIP = "How long is the Ever Given?"
SHIP_ANSWER = "The Ever Given is 400 metres long and 59 metres wide."
NEW = "The lighthouse of Quorvia was painted in green stripes on Monday."
FINLAND = "2023-04-04-finland-joins-nato.txt"


@pytest.fixture
async def held(own_engine: Engine) -> AsyncIterator[HeldEngine]:
    engine = HeldEngine(own_engine)
    yield engine
    engine.let_go.set()
    engine.close()


@pytest.fixture
def grace(server: TelegramServer) -> PrivateChat:
    return server.user(first_name="Grace").private_chat()


@pytest.fixture
async def held_footnote(held: HeldEngine, ada: User, grace: PrivateChat, tmp_path: Path) -> AsyncIterator[Footnote]:
    """All of Footnote over an engine whose reload is held; its admins are Ada and Grace."""
    built = footnote_over(held, tmp_path / "data", frozenset({ada.id, grace.id}))
    yield built
    await built.aclose()


async def noted(footnote: Footnote) -> list[tuple[Action, str, str]]:
    """The audit, newest first, as (action, name, detail)."""
    entries = await footnote.state.audit.page(0, 50)
    return [(entry.action, entry.actor.name, entry.detail) for entry in entries]


def move_away(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


def write_below(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.usefixtures("bot_of_ada")
async def test_an_admin_sees_what_serves_and_how_the_machine_is(chat: PrivateChat) -> None:
    await chat.say(SHIP)
    await chat.next_message()
    await chat.say("How do I bake sourdough bread at home?")
    await chat.next_message()
    await chat.say("hello")
    await chat.next_message()

    await chat.say("/status")
    told = dict(line.split(": ", 1) for line in (await chat.next_message()).text.splitlines())

    assert list(told) == [
        "Articles", "Passages", "Dates", "Generation", "Last reload", "Skipped files", "Questions today",
        "Votes in 30 days", "Running for", "Last poll", "Disk", "Memory", "Model", "Versions",
    ]  # fmt: skip
    assert (told["Articles"], told["Dates"]) == ("12 from 4 sources", "17 April 2012 – 8 December 2024")
    assert (told["Skipped files"], told["Last reload"]) == ("0", "never")
    assert told["Questions today"] == "2, answered: 1, chats: 1"
    assert told["Last poll"] == "now" or told["Last poll"].endswith(("second ago", "seconds ago"))


@pytest.mark.usefixtures("bot_of_ada")
async def test_the_status_tells_who_reloaded_last(chat: PrivateChat) -> None:
    await report(chat, "/reload --full")

    await chat.say("/status")

    assert " by Ada: nothing changed" not in (status := (await chat.next_message()).text)
    assert " by Ada: made anew; generation 2" in status or " by Ada: 12 " in status


@pytest.mark.usefixtures("bot_of_ada")
async def test_an_admin_sees_the_admin_commands_in_help_and_menu(chat: PrivateChat, server: TelegramServer) -> None:
    await chat.say("/help")

    assert set((await chat.next_message()).styled("bot_command")) >= {f"/{name}" for name in texts.ADMIN_COMMANDS}
    assert [name for name, _ in chat.menu] == [*texts.COMMANDS, *texts.ADMIN_COMMANDS]
    stranger = server.user(first_name="Mallory").private_chat()
    assert [name for name, _ in stranger.menu] == list(texts.COMMANDS)


@pytest.mark.parametrize("command", ["/reload", "/reload --full", *(f"/{name}" for name in texts.ADMIN_COMMANDS)])
@pytest.mark.usefixtures("bot_of_ada")
async def test_anybody_else_is_refused_and_that_is_noted(
    server: TelegramServer, footnote_of_ada: Footnote, command: str
) -> None:
    stranger = server.user(first_name="Mallory").private_chat()
    await stranger.say(command)

    assert (await stranger.next_message()).text == texts.ADMINS_ONLY
    assert len(stranger.from_bot) == 1
    assert await noted(footnote_of_ada) == [(Action.REFUSED, "Mallory", command.split(maxsplit=1)[0])]


@pytest.mark.parametrize("command", [f"/{name}" for name in texts.ADMIN_COMMANDS])
@pytest.mark.usefixtures("bot")
async def test_without_admins_everybody_is_refused(chat: PrivateChat, footnote: Footnote, command: str) -> None:
    await chat.say(command)

    assert (await chat.next_message()).text == texts.ADMINS_ONLY
    assert await noted(footnote) == [(Action.REFUSED, "Ada", command)]


async def test_a_button_of_an_admin_is_refused_to_others_with_an_alert(
    bot_of_ada: Running, server: TelegramServer, footnote_of_ada: Footnote, ada: User
) -> None:
    mallory = server.user(first_name="Mallory")
    group = server.group(members=[ada, mallory])
    await group.say("/articles")
    asked = await group.next_message()

    answer = await group.press(asked, texts.NEXT, by=mallory)
    await bot_of_ada.finish()

    assert (answer.text, answer.show_alert) == (texts.ADMINS_ONLY, True)
    assert group.edits_of(asked) == ()
    assert await noted(footnote_of_ada) == [(Action.REFUSED, "Mallory", "button articles")]


async def test_a_button_left_from_before_is_refused_when_there_are_no_admins_any_more(
    server: TelegramServer, footnote_of_ada: Footnote, chat: PrivateChat
) -> None:
    async with serving(server, footnote_of_ada):
        await chat.say("/articles")
        sent = await chat.next_message()
    async with serving(server, replace(footnote_of_ada, admin_ids=frozenset())):
        answer = await chat.press(sent, texts.NEXT)

    assert (answer.text, answer.show_alert) == (texts.ADMINS_ONLY, True)
    assert chat.edits_of(sent) == ()


@pytest.mark.parametrize("data", ["reload:cancel", "rollback:no", "keep:1", "audit:7", "remove:000000000000", "open:x"])
@pytest.mark.usefixtures("bot_of_ada")
async def test_buttons_of_things_long_past_say_what_became_of_them(
    chat: PrivateChat, server: TelegramServer, data: str
) -> None:
    await chat.say("/articles")
    sent = await chat.next_message()
    world = server._world
    query = world.open_query((sent.id, data))
    message = world.message_json(chat._state, sent)
    world.push(
        "callback_query",
        {"id": query.id, "from": chat.user.account.to_json(), "message": message, "chat_instance": "1", "data": data},
    )

    await chat.until(lambda: chat.from_bot[-1] != sent and not is_under_way(chat.from_bot[-1]))

    assert chat.from_bot[-1].text in {
        texts.NO_RELOAD, texts.LEFT, texts.NO_LONGER, texts.AUDIT_EMPTY, texts.NO_SUCH_ARTICLE,
    }  # fmt: skip


@pytest.mark.usefixtures("bot_of_ada")
async def test_a_reload_reports_every_kind_of_change_by_name_and_serves_it(chat: PrivateChat, articles: Path) -> None:
    await report(chat)
    (articles / "quorvia.txt").write_text(f"{NEW}\n", encoding="utf-8")
    (articles / "empty.txt").write_bytes(b"")
    (articles / "2023-04-04-finland-joins-nato.txt").unlink()
    ship = articles / "2021-03-30-suez-canal-ever-given-freed.txt"
    ship.write_text(ship.read_text(encoding="utf-8").replace("400 metres", "401 metres"), encoding="utf-8")

    lines = (await report(chat)).text.splitlines()

    assert lines[0].startswith("Reloaded in ")
    assert lines[0].endswith(" s, generation 3")
    assert lines[1:8] == [
        "Added: 1",
        "• quorvia.txt",
        "Changed: 1",
        "• 2021-03-30-suez-canal-ever-given-freed.txt",
        "Removed: 1",
        "• 2023-04-04-finland-joins-nato.txt",
        "Unchanged: 10",
    ]
    assert lines[8] == "Skipped: 1"
    assert lines[9].startswith("• empty.txt: ")

    await chat.say("What was painted in green stripes in Quorvia?")
    assert (await chat.next_message()).text.startswith(f"{NEW} [1]")
    await chat.say(SHIP)
    assert "401 metres" in (await chat.next_message()).text
    await chat.say("When did Finland join NATO?")
    assert "31st member" not in (await chat.next_message()).text


@pytest.mark.usefixtures("bot_of_ada")
async def test_a_reload_of_unchanged_articles_says_there_was_nothing_to_do(chat: PrivateChat) -> None:
    await report(chat)

    assert (await report(chat)).text == "Nothing to do: the articles are as they were.\nUnchanged: 12"


@pytest.mark.usefixtures("bot_of_ada")
async def test_a_full_reload_builds_anew_even_if_nothing_changed(chat: PrivateChat) -> None:
    await report(chat)
    lines = (await report(chat, "/reload --full")).text.splitlines()

    assert lines[0].startswith("Reloaded in ")
    assert lines[1:] == [texts.REBUILT["asked"], "Unchanged: 12"]


@pytest.mark.usefixtures("bot_of_ada")
async def test_a_reload_that_cannot_be_done_changes_nothing(chat: PrivateChat, articles: Path) -> None:
    move_away(articles)

    assert (await report(chat)).text.startswith("Nothing was changed. ARTICLES_DIR: there is no folder ")
    await chat.say(SHIP)
    assert (await chat.next_message()).text.startswith(SHIP_ANSWER)


@pytest.mark.usefixtures("bot_of_ada")
async def test_a_file_with_an_odd_name_is_reported_and_the_others_are_read(chat: PrivateChat, articles: Path) -> None:
    """A name that is not UTF-8, as an old archive leaves behind."""
    write_below(articles, os.fsdecode(b"caf\xe9.txt"), "A story with an odd name.\n")
    (articles / "quorvia.txt").write_text(f"{NEW}\n", encoding="utf-8")

    assert "quorvia.txt" in (await report(chat)).text


@pytest.mark.usefixtures("bot_of_ada")
async def test_a_long_report_comes_with_all_names_in_a_file(chat: PrivateChat, articles: Path) -> None:
    await report(chat)
    for number in range(12):
        (articles / f"empty-{number:02}.txt").touch()

    shown = await report(chat)

    assert "Skipped: 12\n• empty-00.txt: is empty" in shown.text
    assert "… and 2 more" in shown.text
    attached = await chat.next_message()
    assert attached.document is not None
    assert attached.document.name == "reload-3.txt"
    assert attached.document.data.decode().splitlines() == [
        "Skipped: 12", *(f"empty-{number:02}.txt: is empty" for number in range(12)),
    ]  # fmt: skip


async def test_a_second_reload_shows_the_one_that_runs_and_both_are_told_what_came_of_it(
    server: TelegramServer,
    chat: PrivateChat,
    grace: PrivateChat,
    held: HeldEngine,
    held_footnote: Footnote,
    articles: Path,
) -> None:
    (articles / "quorvia.txt").write_text(f"{NEW}\n", encoding="utf-8")
    async with serving(server, held_footnote):
        await chat.say("/reload")
        first = await chat.next_message()
        assert await asyncio.to_thread(held.held.wait, 10)

        await grace.say("/reload")
        second = await grace.next_message()
        assert second.text.startswith("Preparing new passages …\n█████░░░░░░░░░░░░░░░ 25% · 3 of 12\nStarted by Ada, ")
        await chat.say(SHIP)
        assert (await chat.next_message()).text.startswith(SHIP_ANSWER)
        assert all(is_under_way(edit) for edit in chat.edits_of(first))

        held.let_go.set()
        shown = await outcome(chat, first)
        assert "quorvia.txt" in shown.text
        assert (await outcome(grace, second)).text == shown.text
    assert [(action, name) for action, name, _ in await noted(held_footnote)] == [(Action.RELOAD, "Ada")]


async def test_progress_is_edited_no_more_often_than_every_three_seconds(
    server: TelegramServer, chat: PrivateChat, held: HeldEngine, held_footnote: Footnote
) -> None:
    """Telegram counts edits against its limits; the reload itself tells of every passage."""
    assert reloads.PROGRESS_SECONDS == 3.0
    async with serving(server, held_footnote):
        await chat.say("/reload")
        announced = await chat.next_message()
        await chat.until(lambda: len(chat.edits_of(announced)) == 2)
        held.let_go.set()
        await outcome(chat, announced)

    shown = [call.at for call in server.calls if call.method in {"sendMessage", "editMessageText"}]
    first, second, third = shown[:3]
    assert second - first >= 2.9
    assert third - second >= 2.9


async def test_a_reload_that_is_cancelled_changes_nothing_and_that_is_noted(
    server: TelegramServer, chat: PrivateChat, held: HeldEngine, held_footnote: Footnote, articles: Path
) -> None:
    (articles / "quorvia.txt").write_text(f"{NEW}\n", encoding="utf-8")
    async with serving(server, held_footnote):
        await chat.say("/reload")
        announced = await chat.next_message()
        assert await asyncio.to_thread(held.held.wait, 10)

        await chat.press(announced, texts.CANCEL)

        assert (await outcome(chat, announced)).text == "Stopped. Nothing was changed."
        await chat.say("What was painted in green stripes in Quorvia?")
        assert NEW not in (await chat.next_message()).text
    assert await noted(held_footnote) == [(Action.RELOAD_CANCELLED, "Ada", "")]


async def test_a_reload_can_be_cancelled_by_another_admin(
    server: TelegramServer, chat: PrivateChat, grace: PrivateChat, held: HeldEngine, held_footnote: Footnote
) -> None:
    async with serving(server, held_footnote):
        await chat.say("/reload")
        first = await chat.next_message()
        assert await asyncio.to_thread(held.held.wait, 10)
        await grace.say("/reload")
        second = await grace.next_message()

        await grace.press(second, texts.CANCEL)

        for who, announced in ((chat, first), (grace, second)):
            assert (await outcome(who, announced)).text == "Stopped. Nothing was changed."


async def test_a_report_that_cannot_replace_its_announcement_is_sent_below_it(
    server: TelegramServer, chat: PrivateChat, held: HeldEngine, held_footnote: Footnote, refusals: list[int]
) -> None:
    async with serving(server, held_footnote):
        await chat.say("/reload")
        await chat.delete(await chat.next_message())
        held.let_go.set()

        assert "Unchanged: 12" in (await chat.next_message()).text
    refusals.extend(call.status for call in server.refusals)
    assert set(refusals) == {400}  # once or, on a slow day, for the progress as well


# --- the way back --------------------------------------------------------------------------------------------------


async def asked_to_roll_back(chat: PrivateChat) -> Message:
    await chat.say("/rollback")
    return await chat.next_message()


@pytest.mark.usefixtures("bot_of_ada")
async def test_a_rollback_is_asked_first_and_brings_back_what_was_removed(
    chat: PrivateChat, articles: Path, footnote_of_ada: Footnote
) -> None:
    await report(chat)
    (articles / FINLAND).unlink()
    await report(chat)
    asked = await asked_to_roll_back(chat)
    assert asked.text.startswith("Return to the articles before the last reload: 12 articles, as of ")

    await chat.press(asked, texts.ROLLBACK_YES)

    assert (await outcome(chat, asked)).text.startswith("Rolled back to generation 2: 12 articles, built ")
    await chat.say("When did Finland join NATO?")
    assert "31st member" in (await chat.next_message()).text
    await chat.say("/status")
    assert "(rolled back)" in (await chat.next_message()).text
    assert (await noted(footnote_of_ada))[0] == (Action.ROLLBACK, "Ada", "from generation 3 to 2")


@pytest.mark.usefixtures("bot_of_ada")
async def test_a_rollback_that_is_thought_better_of_changes_nothing(chat: PrivateChat) -> None:
    await report(chat)
    asked = await asked_to_roll_back(chat)

    await chat.press(asked, texts.ROLLBACK_NO)

    assert (await outcome(chat, asked)).text == texts.LEFT


@pytest.mark.usefixtures("bot_of_ada")
async def test_a_rollback_that_is_confirmed_after_another_reload_is_outdated(chat: PrivateChat) -> None:
    await report(chat)
    asked = await asked_to_roll_back(chat)
    await report(chat, "/reload --full")

    await chat.press(asked, texts.ROLLBACK_YES)

    assert (await outcome(chat, asked)).text == texts.ROLLBACK_OUTDATED


@pytest.mark.usefixtures("bot_of_ada")
async def test_with_nothing_before_it_a_rollback_says_so(chat: PrivateChat) -> None:
    message = await asked_to_roll_back(chat)

    assert (message.text, message.button_texts) == (texts.ROLLBACK_NONE, [])


async def test_an_admin_who_never_wrote_to_the_bot_does_not_keep_it_from_starting(
    server: TelegramServer, chat: PrivateChat, footnote: Footnote, refusals: list[int]
) -> None:
    refusals.extend([400, 400])  # no menu, in either language, for a chat that does not exist
    async with serving(server, replace(footnote, admin_ids=frozenset({424242}))):
        await chat.say("/start")

        assert (await chat.next_message()).text == texts.START
