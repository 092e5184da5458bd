from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot import texts
from bot.admin import reloads
from bot.admin.reloads import Reloads
from bot.state.audit import Action, Actor
from retrieval.errors import ReloadStopped
from retrieval.index.store import GenerationStore
from tests.bot.admin.words import ADA, Shown, command, noted, plain, press
from tests.e2e.held import HeldEngine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.admin.desk import Desk
    from retrieval.engine import Engine

GRACE = Actor(8, "Grace")
QUORVIA = "The lighthouse of Quorvia was painted in green stripes on Monday."


@pytest.fixture
async def held(own_engine: Engine) -> AsyncIterator[HeldEngine]:
    engine = HeldEngine(own_engine)
    yield engine
    engine.let_go.set()
    engine.close()


@pytest.fixture
def slow(held: HeldEngine, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Reloads:
    """Reloads of an engine that stops in the middle, shown much more often than Telegram would like."""
    monkeypatch.setattr(reloads, "PROGRESS_SECONDS", 0.01)
    return Reloads(held, desk.state.audit)


def move_away(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


async def in_the_middle(held: HeldEngine) -> None:
    assert await asyncio.to_thread(held.held.wait, 10)


async def test_a_reload_is_noted_with_what_changed(desk: Desk, articles: Path) -> None:
    (articles / "quorvia.txt").write_text(QUORVIA, encoding="utf-8")

    report = await command(desk, "reload")

    assert "• quorvia.txt" in plain(report)
    assert await noted(desk) == [(Action.RELOAD, "Ada", "1 added; generation 2")]


async def test_a_full_reload_is_noted_as_one(desk: Desk) -> None:
    await command(desk, "reload")

    assert texts.REBUILT["asked"] in (await command(desk, "reload", "--full")).html
    assert (await noted(desk))[0] == (Action.FULL_RELOAD, "Ada", "made anew; generation 3")


async def test_a_reload_that_fails_is_noted_with_the_reason(desk: Desk, articles: Path) -> None:
    move_away(articles)

    assert plain(await command(desk, "reload")).startswith("Nothing was changed. ARTICLES_DIR: there is no folder ")
    ((action, name, detail),) = await noted(desk)
    assert (action, name) == (Action.RELOAD_FAILED, "Ada")
    assert detail == f"ARTICLES_DIR: there is no folder {articles}"


async def test_two_who_ask_see_one_reload_and_one_report(slow: Reloads, held: HeldEngine, desk: Desk) -> None:
    ada, grace = Shown(), Shown()
    first = asyncio.create_task(slow.reload(ADA, ada))
    await in_the_middle(held)
    second = asyncio.create_task(slow.reload(GRACE, grace, full=True))
    while len(grace.replies) < 2:
        await asyncio.wait({first}, timeout=0.01)
    held.let_go.set()

    assert await first == await second
    assert all("Started by Ada" in reply.html for reply in grace.replies)
    assert [(action, name) for action, name, _ in await noted(desk)] == [(Action.RELOAD, "Ada")]


async def test_a_reload_that_is_stopped_shows_that_and_publishes_nothing(
    slow: Reloads, held: HeldEngine, desk: Desk
) -> None:
    running = asyncio.create_task(slow.reload(ADA, Shown()))
    await in_the_middle(held)
    assert slow.cancel().html == texts.STOPPING

    assert (await running).html == texts.RELOAD_STOPPED
    assert await noted(desk) == [(Action.RELOAD_CANCELLED, "Ada", "")]
    assert (await held.status()).manifest.number == 1


async def test_a_reload_can_be_stopped_the_moment_it_begins(slow: Reloads, held: HeldEngine) -> None:
    async def stop(_reply: object) -> None:
        slow.cancel()

    assert (await slow.reload(ADA, stop)).html == texts.RELOAD_STOPPED
    assert (await held.status()).manifest.number == 1


async def test_after_one_that_was_stopped_the_next_reload_goes_on(slow: Reloads, held: HeldEngine) -> None:
    running = asyncio.create_task(slow.reload(ADA, Shown()))
    await in_the_middle(held)
    slow.cancel()
    await running
    held.let_go.set()

    assert "Unchanged: 12" in (await slow.reload(ADA, Shown())).html


async def test_without_a_reload_there_is_nothing_to_stop(desk: Desk) -> None:
    assert (await desk.press(ADA, "reload:cancel")).html == texts.NO_RELOAD


async def test_a_change_is_brought_in_after_the_reload_that_runs(
    slow: Reloads, held: HeldEngine, articles: Path
) -> None:
    running = asyncio.create_task(slow.reload(ADA, Shown()))
    await in_the_middle(held)
    bringing = asyncio.create_task(slow.bring_in(GRACE))
    await asyncio.wait({bringing}, timeout=0.05)
    assert not bringing.done()

    (articles / "quorvia.txt").write_text(QUORVIA, encoding="utf-8")
    held.let_go.set()
    await running
    await bringing

    assert "quorvia.txt" in {card.path for card in await held.articles()}


async def test_two_changes_at_once_are_both_brought_in(desk: Desk) -> None:
    done = await asyncio.gather(desk.reloads.bring_in(ADA), desk.reloads.bring_in(GRACE))

    assert len(done) == 2
    assert {name for _, name, _ in await noted(desk)} == {"Ada", "Grace"}


async def test_a_change_hears_that_its_reload_was_stopped(slow: Reloads, held: HeldEngine) -> None:
    bringing = asyncio.create_task(slow.bring_in(ADA))
    await in_the_middle(held)
    slow.cancel()

    with pytest.raises(ReloadStopped):
        await bringing


async def test_a_reload_of_another_process_is_told_as_that(desk: Desk, own_data: Path) -> None:
    with GenerationStore(own_data).writing():
        assert (await command(desk, "reload")).html == texts.RELOAD_ELSEWHERE
    assert await noted(desk) == []


# --- the way back --------------------------------------------------------------------------------------------------


async def test_a_rollback_is_asked_and_done_and_noted(desk: Desk) -> None:
    await command(desk, "reload")
    asked = await command(desk, "rollback")

    done = await press(desk, asked, texts.ROLLBACK_YES)

    assert plain(done).startswith("Rolled back to generation 1: 12 articles, built ")
    assert (await noted(desk))[0] == (Action.ROLLBACK, "Ada", "from generation 2 to 1")


async def test_a_rollback_confirmed_too_late_is_outdated(desk: Desk) -> None:
    await command(desk, "reload")
    asked = await command(desk, "rollback")
    await command(desk, "reload", "--full")

    assert (await press(desk, asked, texts.ROLLBACK_YES)).html == texts.ROLLBACK_OUTDATED


async def test_a_rollback_confirmed_twice_goes_back_once(desk: Desk) -> None:
    await command(desk, "reload")
    await command(desk, "reload", "--full")
    asked = await command(desk, "rollback")
    await press(desk, asked, texts.ROLLBACK_YES)

    assert (await press(desk, asked, texts.ROLLBACK_YES)).html == texts.ROLLBACK_OUTDATED
    assert (await desk.engine.status()).manifest.number == 2


async def test_without_an_earlier_state_a_rollback_says_so(desk: Desk) -> None:
    reply = await command(desk, "rollback")

    assert (reply.html, reply.buttons) == ("There is no earlier state of the articles to return to.", ())


async def test_a_rollback_can_be_left(desk: Desk) -> None:
    await command(desk, "reload")

    assert (await press(desk, await command(desk, "rollback"), texts.ROLLBACK_NO)).html == texts.LEFT
