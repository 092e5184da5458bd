from __future__ import annotations

import asyncio
import os
import threading
from typing import TYPE_CHECKING

import pytest

from bot import texts
from bot.conversation import Conversation
from retrieval.engine import Engine, ReloadReport
from tests.e2e.application import Running, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.telegram_server import PrivateChat, TelegramServer, User

SHIP = "How long is the Ever Given?"
SHIP_ANSWER = "The Ever Given is 400 metres long and 59 metres wide."
NEW = "The lighthouse of Quorvia was painted in green stripes on Monday."


class HeldEngine(Engine):
    """An engine that stops in the middle of a reload until it is let go."""

    def __init__(self, articles_dir: Path, data_dir: Path) -> None:
        super().__init__(articles_dir, data_dir)
        self.held, self.let_go = threading.Event(), threading.Event()

    def _reload(self, progress: Callable[[int, int], None], *, full: bool) -> ReloadReport:
        with self._store.writing():
            self.held.set()
            assert self.let_go.wait(10)
        return super()._reload(progress, full=full)


@pytest.fixture
def held_engine(own_engine: Engine, tmp_path: Path) -> HeldEngine:
    return HeldEngine(own_engine.articles_dir, tmp_path / "data")


@pytest.fixture
async def bot_of_ada(server: TelegramServer, own_engine: Engine, ada: User) -> AsyncIterator[Running]:
    """A bot over articles of its own, whose admin is Ada."""
    admin_ids = frozenset({ada.id})
    async with serving(server, Conversation(own_engine, admin_ids), admin_ids) as running:
        yield running


def move_away(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


def write_below(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


async def reported(chat: PrivateChat) -> str:
    """The report of a reload, which takes the place of the message that announced it."""
    announced = await chat.next_message()
    assert announced.text == texts.RELOADING
    return (await chat.until(lambda: chat.edits_of(announced)))[-1].text


@pytest.mark.usefixtures("bot_of_ada")
async def test_an_admin_sees_what_serves(chat: PrivateChat) -> None:
    await chat.say("/status")

    lines = (await chat.next_message()).text.splitlines()
    assert lines[0] == "Articles: 12 from 4 sources"
    assert lines[2] == "Dates: 17 April 2012 – 8 December 2024"
    assert lines[-1] == "Skipped files: 0"


@pytest.mark.usefixtures("bot_of_ada")
async def test_an_admin_sees_the_admin_commands_in_help_and_menu(chat: PrivateChat) -> None:
    await chat.say("/help")

    assert "/reload" in (await chat.next_message()).styled("bot_command")
    assert [name for name, _ in chat.menu] == ["ask", "timeline", "sources", "help", "reload", "status"]


@pytest.mark.parametrize("command", ["/reload", "/status", "/reload --full"])
@pytest.mark.usefixtures("bot_of_ada")
async def test_anybody_else_is_refused(server: TelegramServer, command: str) -> None:
    stranger = server.user(first_name="Mallory").private_chat()
    await stranger.say(command)

    assert (await stranger.next_message()).text == texts.ADMINS_ONLY
    assert len(stranger.from_bot) == 1


@pytest.mark.parametrize("command", ["/reload", "/status"])
@pytest.mark.usefixtures("bot")
async def test_without_admins_everybody_is_refused(chat: PrivateChat, command: str) -> None:
    await chat.say(command)

    assert (await chat.next_message()).text == texts.ADMINS_ONLY


@pytest.mark.usefixtures("bot_of_ada")
async def test_a_reload_reports_every_kind_of_change_by_name_and_serves_it(chat: PrivateChat, articles: Path) -> None:
    await chat.say("/reload")
    await reported(chat)
    (articles / "quorvia.txt").write_text(f"{NEW}\n", encoding="utf-8")
    (articles / "empty.txt").write_bytes(b"")
    (articles / "2023-04-04-finland-joins-nato.txt").unlink()
    ship = articles / "2021-03-30-suez-canal-ever-given-freed.txt"
    ship.write_text(ship.read_text(encoding="utf-8").replace("400 metres", "401 metres"), encoding="utf-8")

    await chat.say("/reload")
    lines = (await reported(chat)).splitlines()

    assert lines[0].startswith("Reloaded in ")
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
    for _ in range(2):
        await chat.say("/reload")
        report = await reported(chat)

    assert report == "Nothing to do: the articles are as they were.\nUnchanged: 12"


@pytest.mark.usefixtures("bot_of_ada")
async def test_a_full_reload_builds_anew_even_if_nothing_changed(chat: PrivateChat) -> None:
    await chat.say("/reload --full")

    assert (await reported(chat)).startswith("Reloaded in ")


@pytest.mark.usefixtures("bot_of_ada")
async def test_a_reload_that_cannot_be_done_changes_nothing(chat: PrivateChat, articles: Path) -> None:
    move_away(articles)

    await chat.say("/reload")
    assert (await reported(chat)).startswith("Nothing was changed. ARTICLES_DIR: there is no folder ")
    await chat.say(SHIP)
    assert (await chat.next_message()).text.startswith(SHIP_ANSWER)


@pytest.mark.usefixtures("bot_of_ada")
async def test_a_file_with_an_odd_name_is_reported_and_the_others_are_read(chat: PrivateChat, articles: Path) -> None:
    """A name that is not UTF-8, as an old archive leaves behind."""
    write_below(articles, os.fsdecode(b"caf\xe9.txt"), "A story with an odd name.\n")
    (articles / "quorvia.txt").write_text(f"{NEW}\n", encoding="utf-8")

    await chat.say("/reload")
    announced = await chat.next_message()
    report = (await chat.until(lambda: chat.edits_of(announced), timeout=3))[-1].text

    assert "quorvia.txt" in report


async def test_a_second_reload_while_one_runs_is_told_so_and_questions_go_on(
    server: TelegramServer, chat: PrivateChat, held_engine: HeldEngine, ada: User, articles: Path
) -> None:
    (articles / "quorvia.txt").write_text(f"{NEW}\n", encoding="utf-8")
    async with serving(server, Conversation(held_engine, frozenset({ada.id}))):
        await chat.say("/reload")
        first = await chat.next_message()
        assert await asyncio.to_thread(held_engine.held.wait, 10)

        await chat.say("/reload")
        assert await reported(chat) == texts.ALREADY_RELOADING
        await chat.say(SHIP)
        assert (await chat.next_message()).text.startswith(SHIP_ANSWER)
        assert chat.edits_of(first) == ()

        held_engine.let_go.set()
        report = (await chat.until(lambda: chat.edits_of(first)))[-1].text
        assert "Added: 1\n• quorvia.txt" in report
    held_engine.close()


async def test_a_report_that_cannot_replace_its_announcement_is_sent_below_it(
    server: TelegramServer, chat: PrivateChat, own_engine: Engine, ada: User, refusals: list[int]
) -> None:
    refusals.append(400)
    held = HeldEngine(own_engine.articles_dir, own_engine._store.data_dir)
    async with serving(server, Conversation(held, frozenset({ada.id}))):
        await chat.say("/reload")
        await chat.delete(await chat.next_message())
        held.let_go.set()

        assert "Unchanged: 12" in (await chat.next_message()).text
    held.close()


async def test_an_admin_who_never_wrote_to_the_bot_does_not_keep_it_from_starting(
    server: TelegramServer, chat: PrivateChat, conversation: Conversation, refusals: list[int]
) -> None:
    refusals.append(400)  # no menu for a chat that does not exist
    async with serving(server, conversation, frozenset({424242})):
        await chat.say("/start")

        assert (await chat.next_message()).text == texts.START
