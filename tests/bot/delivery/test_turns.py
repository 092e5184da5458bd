from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.delivery import turns
from bot.delivery.turns import Turns

if TYPE_CHECKING:
    import pytest


async def test_no_more_leave_in_a_span_of_time_than_telegram_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "DEPARTURES", (3, 0.2))
    waiting = Turns()
    times: list[float] = []

    async def leave() -> None:
        await waiting.depart()
        times.append(asyncio.get_running_loop().time())

    await asyncio.gather(*(leave() for _ in range(10)))
    assert len(times) == 10
    assert all(later - earlier >= 0.2 - 1e-3 for earlier, later in zip(times, times[3:], strict=False))


async def test_a_call_that_took_long_on_its_way_is_counted_when_it_may_have_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "DEPARTURES", (1, 0.2))
    loop = asyncio.get_running_loop()
    waiting = Turns()
    first = await waiting.depart()
    await asyncio.sleep(0.1)  # on its way
    waiting.arrived(first)
    answered = loop.time()
    assert await waiting.depart() - answered >= 0.2 - turns.BACK - 1e-3


async def test_who_is_alone_leaves_at_once() -> None:
    loop = asyncio.get_running_loop()
    waiting = Turns()
    task = loop.create_task(waiting.depart())
    await asyncio.sleep(0)  # once round the loop
    assert task.done()
