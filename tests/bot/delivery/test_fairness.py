from __future__ import annotations

import asyncio
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.fairness import Fairness


class Desk:
    """Somebody who computes until told to stop, and remembers in which order people came."""

    def __init__(self, fairness: Fairness) -> None:
        self.fairness = fairness
        self.began: list[int | None] = []
        self.most = 0
        self.most_of_one = 0
        self.now: list[int | None] = []

    async def compute(self, user: int | None) -> None:
        async with self.fairness.turn(user):
            self.began.append(user)
            self.now.append(user)
            self.most = max(self.most, len(self.now))
            self.most_of_one = max(self.most_of_one, self.now.count(user))
            for _ in range(3):
                await asyncio.sleep(0)
            self.now.remove(user)


@given(st.lists(st.sampled_from([1, 2, 3, None]), max_size=40), st.integers(1, 5))
def test_everybody_is_served_and_never_more_at_once_than_allowed(users: list[int | None], most: int) -> None:
    async def work() -> Desk:
        desk = Desk(Fairness(most))
        await asyncio.gather(*(desk.compute(user) for user in users))
        return desk

    desk = asyncio.run(work())

    assert sorted(desk.began, key=str) == sorted(users, key=str)
    assert desk.most <= most
    assert desk.most_of_one <= 2


async def test_who_asks_once_does_not_wait_for_who_asks_fifty_times() -> None:
    desk = Desk(Fairness(1))
    await asyncio.gather(*(desk.compute(1) for _ in range(50)), desk.compute(2))

    assert desk.began.index(2) <= 2


async def test_a_turn_that_nobody_waits_for_any_more_goes_to_the_next() -> None:
    fairness = Fairness(1)
    desk = Desk(fairness)
    async with fairness.turn(1):
        waiting = [asyncio.create_task(desk.compute(user)) for user in (2, 3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
    with suppress(asyncio.CancelledError):
        await waiting[0]
    await waiting[1]

    assert desk.began == [3]


async def test_a_turn_given_in_the_moment_of_the_cancellation_is_not_lost() -> None:
    fairness = Fairness(1)
    desk = Desk(fairness)
    async with fairness.turn(1):
        waiting = asyncio.create_task(desk.compute(2))
        await asyncio.sleep(0)
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    await desk.compute(3)

    assert desk.began == [3]
