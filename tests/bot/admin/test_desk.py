from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot import texts
from bot.admin.desk import LINES, PRESSED
from bot.state.audit import Action, Actor
from tests.bot.admin.words import ADA, CHAT, Shown, command, judged, noted, plain, press
from tests.e2e.index import footnote_over

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.admin.desk import Desk
    from retrieval.engine import Engine


@pytest.fixture
async def unindexed(engine: Engine, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk over an engine that has never read an article."""
    new = type(engine)(tmp_path / "missing", tmp_path / "new")
    footnote = footnote_over(new, tmp_path / "new")
    yield footnote.desk
    await footnote.aclose()
    new.close()


@pytest.mark.parametrize("name", texts.ADMIN_COMMANDS)
async def test_every_command_has_a_reply_even_without_an_index(unindexed: Desk, name: str) -> None:
    assert plain(await command(unindexed, name))


async def test_every_button_leads_back_to_the_desk(desk: Desk) -> None:

    shown = Shown()
    replies = [await command(desk, name, shown=shown) for name in ("articles", "reload", "rollback", "audit", "add")]
    buttons = [button for reply in (*replies, *shown.replies) for row in reply.rows for button in row]

    assert len(buttons) > 5
    assert all(re.match(PRESSED, button.data) for button in buttons)


async def test_the_audit_is_paged_newest_first(desk: Desk) -> None:
    for number in range(2 * LINES + 1):
        await desk.state.audit.record(ADA, Action.DISCARD, f"file {number}")

    first = await command(desk, "audit")
    second = await press(desk, first, texts.NEXT)
    third = await press(desk, second, texts.NEXT)

    assert plain(first).startswith("Who did what (1–10 of 21, newest first)\n\n")
    assert plain(first).splitlines()[3] == "file 20"
    assert plain(third).startswith("Who did what (21–21 of 21, newest first)\n\n")
    assert [button.label for button in third.buttons] == [texts.PREVIOUS]
    assert plain(await press(desk, second, texts.PREVIOUS)) == plain(first)


async def test_an_empty_audit_says_so(desk: Desk) -> None:
    assert (await command(desk, "audit")).html == texts.AUDIT_EMPTY


async def test_who_is_refused_is_noted(desk: Desk) -> None:
    assert (await desk.refuse(Actor(13, "Mallory"), "/reload")).html == texts.ADMINS_ONLY
    assert await noted(desk) == [(Action.REFUSED, "Mallory", "/reload")]


async def test_the_status_counts_what_was_asked_today_and_the_last_reload(desk: Desk) -> None:
    await command(desk, "reload", "--full")
    desk.pulse.beat()

    lines = dict(line.split(": ", 1) for line in plain(await command(desk, "status")).splitlines())

    assert lines["Last reload"] == "now by Ada: made anew; generation 2"
    assert lines["Last poll"] == "now"
    assert lines["Questions today"] == "0, answered: 0, chats: 0"
    assert "chromadb" in lines["Versions"]


@pytest.mark.parametrize("data", ["rollback:zebra", "audit:zebra", "audit:99999999999999999999", "open:", "card:%"])
async def test_odd_data_of_a_button_gets_a_reply(desk: Desk, data: str) -> None:
    judged(await desk.press(ADA, data))


async def test_what_takes_long_is_shown_meanwhile(desk: Desk) -> None:
    shown = Shown()
    await desk.command(ADA, CHAT, "add", "http://127.0.0.1:1/<b>", shown)

    assert plain(shown.replies[0]) == "Reading http://127.0.0.1:1/<b> …"
