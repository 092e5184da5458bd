"""What was asked in vain, from the tables to the file for `footnote eval`."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import texts
from bot.admin import gaps
from bot.rendering import plain
from bot.state.exchanges import Exchange
from bot.state.feedback import Vote
from bot.state.gaps import Missed
from bot.state.state import State
from corpus.library import scan
from retrieval.question_sets import load
from tests.e2e.index import ARTICLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime.now(UTC)
FERRY = "When does the ferry to Quorvia leave?"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with closing(State.open(tmp_path)) as state:
        yield state


async def asked(
    state: State,
    question: str,
    *,
    answered: bool = False,
    at: datetime = NOW,
    message: int | None = None,
    parent: int | None = None,
) -> int:
    return await state.exchanges.keep(
        Exchange(
            chat=7, user=4242, question=question, understood=question, html="", evidence=(), generation=1,
            answered=answered, at=at, message=message, parent=parent,
        )
    )  # fmt: skip


def missed(*questions: str) -> list[Missed]:
    return [Missed(question, is_unanswered=True, not_helpful=0, at=NOW) for question in questions]


async def test_what_was_not_answered_or_did_not_help_is_a_gap_and_nothing_else(state: State) -> None:
    await asked(state, FERRY)
    await asked(state, "How long is the pier?", answered=True, message=1)
    await asked(state, "Who built the pier?", answered=True, message=2)
    await asked(state, "Who paid for the harbour wall?", answered=True, message=3)
    await state.feedback.record(7, 2, 4242, Vote.DOWN)
    await state.feedback.record(7, 3, 4242, Vote.UP)

    found = await gaps.collect(state.gaps)

    assert [(gap.question, gap.unanswered, gap.not_helpful) for gap in found] == [
        ("Who built the pier?", 0, 1),
        (FERRY, 1, 0),
    ]


async def test_a_vote_that_was_taken_back_is_no_gap(state: State) -> None:
    await asked(state, "Who built the pier?", answered=True, message=2)
    for _ in range(2):
        await state.feedback.record(7, 2, 4242, Vote.DOWN)

    assert await gaps.collect(state.gaps) == []


async def test_what_was_shown_by_a_button_counts_once_and_what_is_old_not_at_all(state: State) -> None:
    number = await asked(state, FERRY)
    await asked(state, FERRY, parent=number)
    await asked(state, "Where is the lighthouse?", at=NOW - gaps.PERIOD - timedelta(hours=1))

    assert [(gap.question, gap.unanswered) for gap in await gaps.collect(state.gaps)] == [(FERRY, 1)]


def test_nearly_the_same_words_are_one_gap_with_the_newest_question() -> None:
    found = gaps.grouped(
        missed(
            FERRY, "Who built the pier?", "when do ferries to quorvia leave", "When is the ferry leaving for Quorvia?"
        )
    )

    assert [(gap.question, gap.unanswered) for gap in found] == [(FERRY, 3), ("Who built the pier?", 1)]


@given(st.lists(st.text(alphabet="abc pier?", max_size=12), max_size=20))
def test_no_question_is_lost_when_they_are_grouped(questions: list[str]) -> None:
    assert sum(gap.unanswered for gap in gaps.grouped(missed(*questions))) == len(questions)


async def test_the_file_is_what_eval_reads(state: State, tmp_path: Path) -> None:
    await asked(state, FERRY)
    await asked(state, "Что было в порту?")
    text = gaps.exported(await gaps.collect(state.gaps))

    (tmp_path / "questions.jsonl").write_text(text, encoding="utf-8")

    assert [question.text for question in load(tmp_path, ARTICLES).questions] == ["Что было в порту?", FERRY]
    assert json.loads(text.splitlines()[1]) == {"question": FERRY, "article": None, "answers": []}
    assert scan(ARTICLES).articles


async def test_admins_see_words_and_not_who_asked(state: State) -> None:
    await asked(state, "Is <b>it</b> open?", at=NOW)

    shown = gaps.page(await gaps.collect(state.gaps)).html

    assert "Is &lt;b&gt;it&lt;/b&gt; open?" in shown
    assert "4242" not in shown


def test_many_gaps_are_paged_and_the_file_holds_all() -> None:
    found = gaps.grouped(missed(*(f"word{number}" for number in range(gaps.PAGE + 2))))

    first, second = gaps.page(found), gaps.pressed(found, "1")
    with_file = gaps.pressed(found, "file")

    assert plain(first.html).startswith("Asked in vain in 30 days (1–10 of 12, newest first)")
    assert [row[0].label for row in second.rows] == [texts.PREVIOUS, "Send as gaps.jsonl"]
    assert plain(with_file.html) == "12 questions for footnote eval."
    assert with_file.attachment is not None
    assert len(with_file.attachment.text.splitlines()) == len(found)


def test_without_gaps_nothing_is_sent() -> None:
    assert plain(gaps.page([]).html) == "Nothing was asked in vain in the last 30 days."
    assert gaps.pressed([], "file").attachment is None
