"""What each table gives back."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from bot.state.audit import COMMAND_LINE, FEEDS, Action, Actor
from bot.state.chats import Chat
from bot.state.drafts import Draft, DraftFile
from bot.state.feedback import Totals, Vote
from bot.state.feeds import RETRIES, Validators
from bot.state.state import State
from bot.state.usage import DayUsage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADA = Actor(7, "Ada")
NOON = datetime(2024, 5, 31, 12, tzinfo=UTC)
DAY = date(2024, 5, 31)
FEED = "https://ledger.example/feed.xml"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with closing(State.open(tmp_path)) as state:
        yield state


class TestAudit:
    async def test_the_newest_entry_comes_first_with_who_and_when(self, state: State) -> None:
        before = datetime.now(UTC)
        await state.audit.record(ADA, Action.RELOAD, "3 added")
        await state.audit.record(FEEDS, Action.ADD, "ferry.md")
        newest, oldest = await state.audit.page(0, 10)
        assert (oldest.actor, oldest.action, oldest.detail) == (ADA, Action.RELOAD, "3 added")
        assert (newest.actor, newest.action, newest.detail) == (FEEDS, Action.ADD, "ferry.md")
        assert before <= oldest.at <= newest.at <= datetime.now(UTC)

    async def test_pages_follow_each_other_without_gap_or_repeat(self, state: State) -> None:
        for number in range(7):
            await state.audit.record(ADA, Action.ADD, str(number))
        pages = [[entry.detail for entry in await state.audit.page(offset, 3)] for offset in (0, 3, 6, 9)]
        assert pages == [["6", "5", "4"], ["3", "2", "1"], ["0"], []]
        assert await state.audit.count() == 7

    async def test_the_latest_of_some_actions_is_found_among_others(self, state: State) -> None:
        await state.audit.record(ADA, Action.RELOAD, "first")
        await state.audit.record(COMMAND_LINE, Action.FULL_RELOAD, "second")
        await state.audit.record(ADA, Action.ADD, "third")
        latest = await state.audit.latest({Action.RELOAD, Action.FULL_RELOAD})
        assert latest is not None
        assert (latest.actor, latest.detail) == (COMMAND_LINE, "second")
        assert await state.audit.latest({Action.RESTORE}) is None
        assert await state.audit.latest(()) is None

    async def test_a_detail_is_one_line_that_can_be_stored_whatever_a_file_is_called(self, state: State) -> None:
        await state.audit.record(ADA, Action.ADD, "two\nlines \udcff of it")
        (entry,) = await state.audit.page(0, 1)
        assert entry.detail == "two lines \\udcff of it"


class TestUsage:
    async def test_a_day_is_summed_over_its_chats(self, state: State) -> None:
        for chat, answered in ((1, True), (1, False), (-2, True)):
            await state.usage.count_question(chat, answered=answered, day=DAY)
        await state.usage.count_question(1, answered=True, day=DAY + timedelta(days=1))
        assert await state.usage.of_day(DAY) == DayUsage(questions=3, answered=2, chats=2)

    async def test_a_day_without_questions_is_zero(self, state: State) -> None:
        assert await state.usage.of_day(DAY) == DayUsage(0, 0, 0)


class TestSpending:
    async def test_a_day_is_summed_for_each_user_and_for_all(self, state: State) -> None:
        for user, prompt, completion in ((7, 100, 10), (8, 200, 20), (7, 1000, 1), (None, 5, 5)):
            await state.spending.spend(user, DAY, prompt=prompt, completion=completion)

        assert await state.spending.spent(DAY, 7) == 1111
        assert await state.spending.spent(DAY, 8) == 220
        assert await state.spending.spent(DAY) == 1341

    async def test_another_day_and_another_user_spent_nothing(self, state: State) -> None:
        await state.spending.spend(7, DAY, prompt=100, completion=10)

        assert await state.spending.spent(DAY + timedelta(days=1)) == 0
        assert await state.spending.spent(DAY, 9) == 0

    async def test_what_is_more_than_ninety_days_old_is_purged(self, state: State) -> None:
        for days in (89, 90, 91, 200):
            await state.spending.spend(7, DAY - timedelta(days=days), prompt=1, completion=1)

        assert await state.spending.purge(DAY) == 2
        kept = [await state.spending.spent(DAY - timedelta(days=days)) for days in (89, 90, 91, 200)]
        assert kept == [2, 2, 0, 0]

    async def test_it_is_known_after_a_restart(self, tmp_path: Path) -> None:
        for _ in range(2):
            with closing(State.open(tmp_path)) as state:
                await state.spending.spend(7, DAY, prompt=100, completion=10)

        with closing(State.open(tmp_path)) as state:
            assert await state.spending.spent(DAY, 7) == 220


class TestChats:
    async def test_a_chat_keeps_when_it_was_first_and_last_seen_in_any_order(self, state: State) -> None:
        for hours in (1, 0, 2, 1):
            await state.chats.seen(-2, "group", NOON + timedelta(hours=hours))
        assert await state.chats.all() == [Chat(-2, "group", NOON, NOON + timedelta(hours=2))]

    async def test_moments_of_other_time_zones_are_compared_as_moments(self, state: State) -> None:
        east = timezone(timedelta(hours=9))
        await state.chats.seen(1, "private", NOON)
        await state.chats.seen(1, "private", datetime(2024, 5, 31, 20, tzinfo=east))
        assert await state.chats.all() == [Chat(1, "private", NOON - timedelta(hours=1), NOON)]


class TestFeedback:
    SINCE = datetime(2000, 1, 1, tzinfo=UTC)

    async def test_the_last_vote_of_a_user_counts(self, state: State) -> None:
        assert await state.feedback.record(1, 10, 7, Vote.UP) is Vote.UP
        assert await state.feedback.record(1, 10, 7, Vote.DOWN) is Vote.DOWN
        assert await state.feedback.totals(self.SINCE) == Totals(up=0, down=1)

    async def test_pressing_the_same_again_takes_the_vote_back(self, state: State) -> None:
        await state.feedback.record(1, 10, 7, Vote.UP)
        assert await state.feedback.record(1, 10, 7, Vote.UP) is None
        assert await state.feedback.totals(self.SINCE) == Totals(0, 0)
        assert await state.feedback.record(1, 10, 7, Vote.UP) is Vote.UP

    async def test_a_press_that_comes_twice_counts_once(self, state: State) -> None:
        for _ in range(2):
            assert await state.feedback.record(1, 10, 7, Vote.UP, "press 1") is Vote.UP
        assert await state.feedback.totals(self.SINCE) == Totals(1, 0)

    async def test_a_press_that_takes_a_vote_back_and_comes_twice_leaves_it_taken_back(self, state: State) -> None:
        await state.feedback.record(1, 10, 7, Vote.UP, "press 1")
        for _ in range(2):
            assert await state.feedback.record(1, 10, 7, Vote.UP, "press 2") is None
        assert await state.feedback.totals(self.SINCE) == Totals(0, 0)

    async def test_users_messages_and_chats_vote_for_themselves(self, state: State) -> None:
        for chat, message, user in ((1, 10, 7), (1, 10, 8), (1, 11, 7), (-2, 10, 7)):
            await state.feedback.record(chat, message, user, Vote.UP)
        assert await state.feedback.totals(self.SINCE) == Totals(4, 0)

    async def test_votes_before_the_time_asked_for_do_not_count(self, state: State) -> None:
        await state.feedback.record(1, 10, 7, Vote.UP)
        assert await state.feedback.totals(datetime.now(UTC) + timedelta(hours=1)) == Totals(0, 0)


class TestDrafts:
    DRAFT = Draft(1, 7, "two.zip", (DraftFile("b.txt", b"\x00\xff"), DraftFile("a.txt", b"")), NOON)

    async def test_a_draft_comes_back_as_it_was_after_a_restart(self, tmp_path: Path) -> None:
        with closing(State.open(tmp_path)) as state:
            number = await state.drafts.keep(self.DRAFT)
        with closing(State.open(tmp_path)) as state:
            assert await state.drafts.get(number) == self.DRAFT

    async def test_only_the_first_who_decides_finds_it(self, state: State) -> None:
        number = await state.drafts.keep(self.DRAFT)
        assert [await state.drafts.delete(number) for _ in range(2)] == [True, False]
        assert await state.drafts.get(number) is None

    async def test_a_deleted_drafts_files_are_deleted_with_it(self, state: State) -> None:
        await state.drafts.delete(await state.drafts.keep(self.DRAFT))
        assert await state.database.rows("SELECT * FROM draft_files") == []

    async def test_the_number_of_a_deleted_draft_is_not_given_again(self, state: State) -> None:
        first = await state.drafts.keep(self.DRAFT)
        await state.drafts.delete(first)
        assert await state.drafts.keep(self.DRAFT) != first

    async def test_only_what_is_older_is_purged(self, state: State) -> None:
        number = await state.drafts.keep(self.DRAFT)
        assert await state.drafts.purge(NOON) == 0
        assert await state.drafts.purge(NOON + timedelta(microseconds=1)) == 1
        assert await state.drafts.get(number) is None


class TestFeeds:
    async def test_the_last_answer_is_what_is_remembered(self, state: State) -> None:
        assert await state.feeds.validators(FEED) is None
        await state.feeds.remember(FEED, Validators('"1"', None, NOON, "it answered\n404"))
        assert (await state.feeds.all())[FEED].problem == "it answered 404"
        latest = Validators('"2"', "Fri, 31 May 2024 12:00:00 GMT", NOON)
        await state.feeds.remember(FEED, latest)
        assert await state.feeds.validators(FEED) == latest
        assert await state.feeds.all() == {FEED: latest}

    async def test_an_item_is_known_by_each_of_its_keys_in_its_own_feed(self, state: State) -> None:
        await state.feeds.note(FEED, ["guid", "link"], path="ferry.md")
        assert await state.feeds.seen(FEED, ["link", "other"]) == {"link"}
        assert await state.feeds.seen("https://other.example/", ["link"]) == set()

    async def test_an_item_that_was_passed_over_is_known(self, state: State) -> None:
        await state.feeds.note(FEED, ["old"])
        assert await state.feeds.seen(FEED, ["old"]) == {"old"}

    async def test_a_failed_item_is_retried_three_times(self, state: State) -> None:
        tries = 0
        while not await state.feeds.seen(FEED, ["guid"]):
            await state.feeds.note(FEED, ["guid"], problem="it answered 500")
            tries += 1
        assert tries == 1 + RETRIES

    async def test_an_item_that_succeeds_at_last_is_known(self, state: State) -> None:
        await state.feeds.note(FEED, ["guid"], problem="")
        assert await state.feeds.seen(FEED, ["guid"]) == set()
        await state.feeds.note(FEED, ["guid"], path="ferry.md")
        assert await state.feeds.seen(FEED, ["guid"]) == {"guid"}
