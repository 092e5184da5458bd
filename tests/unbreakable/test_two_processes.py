"""Two processes over one DATA_DIR: one reloads, nobody waits, nobody is told a lie."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.rounds import rounds
from tests.unbreakable import victims
from tests.unbreakable.newsroom import ASK_SHARED, NEW, QUESTIONS, SIGNS, put

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext

    from tests.unbreakable.conftest import Footnote

pytestmark = pytest.mark.slow

ASKED = 50
RACES = rounds(2, 5)


@pytest.fixture(autouse=True)
def _served(footnote: Footnote) -> None:
    """Two generations of the old articles; the new ones wait."""
    assert footnote("reload").code == footnote("reload", "--full").code == 0
    put(footnote.articles_dir, NEW)


@pytest.mark.parametrize("command", ["reload", "rollback"])
def test_while_one_reloads_another_is_refused_in_one_sentence(footnote: Footnote, command: str) -> None:
    with footnote.beside(victims.reload_halfway) as reloading:
        assert reloading.recv() == "halfway"
        refused = footnote(command)
        reloading.send("go on")
        assert reloading.recv() == "published"
    assert refused.failed_plainly(), refused
    assert "reload is running already" in refused.err
    assert '"generation": 3' in footnote("status", "--json").out


def test_of_two_that_start_at_once_each_publishes_or_is_refused(
    processes: ForkServerContext, footnote: Footnote
) -> None:
    serving = 2
    for _ in range(RACES):
        together = processes.Barrier(2)
        started = [footnote.start("reload", "--full", together=together) for _ in range(2)]
        ran = [footnote.finish(one) for one in started]
        published = [done for done in ran if done.code == 0]
        assert published
        assert all(done.failed_plainly() for done in ran if done.code), ran
        serving += len(published)
        assert f'"generation": {serving},' in footnote("status", "--json").out


def test_every_question_is_answered_while_another_process_reloads(footnote: Footnote) -> None:
    with footnote.beside(victims.serve) as server:
        server.send(ASK_SHARED)
        answers = [server.recv()]
        with footnote.beside(victims.reload_halfway) as reloading:
            assert reloading.recv() == "halfway"
            reloading.send("go on")  # and publishes somewhere among the questions
            for _ in range(ASKED):
                server.send(ASK_SHARED)
                answers.append(server.recv())
            assert reloading.recv() == "published"
        for question, sign in zip(QUESTIONS, SIGNS[1], strict=True):
            server.send(question)
            said = server.recv()
            assert said is None if sign is None else sign in said
    assert len({*answers}) == 1
    assert SIGNS[1][0] in answers[0]


def test_a_rollback_by_another_process_is_served_until_the_next_reload(footnote: Footnote) -> None:
    assert footnote("reload").code == 0
    with footnote.beside(victims.serve) as server:
        for command, state in (("rollback", 0), ("reload", 1), ("rollback", 0)):
            assert footnote(command).code == 0
            server.send(QUESTIONS[-1])
            assert SIGNS[state][-1] in server.recv()


def test_rollbacks_and_reloads_in_any_order_leave_a_generation_that_serves(
    processes: ForkServerContext, footnote: Footnote
) -> None:
    for _ in range(RACES):
        together = processes.Barrier(2)
        started = [footnote.start(*command, together=together) for command in (("reload", "--full"), ("rollback",))]
        for done in map(footnote.finish, started):
            assert done.code == 0 or done.failed_plainly(), done
        answer = footnote("ask", QUESTIONS[-1])
        assert answer.code == 0
        assert re.search(f"{SIGNS[0][-1]}|{SIGNS[1][-1]}", answer.out), answer
    assert footnote("reload").code == 0
    assert SIGNS[1][-1] in footnote("ask", QUESTIONS[-1]).out
