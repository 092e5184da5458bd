"""No more messages reach Telegram in a span of time than it takes, however long each is on its way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession, FormData, web

from bot.delivery.departures import FEW, SURE, Departures

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROUNDING = 1e-6
"""A sum of times is off by its last digits."""


def now() -> float:
    return asyncio.get_running_loop().time()


async def answered_after(departures: Departures, seconds: float) -> None:
    """Let a request leave and be answered."""
    departed = await departures.depart()
    await asyncio.sleep(seconds)
    departures.arrived(departed)


async def test_no_more_leave_in_a_span_of_time_than_may() -> None:
    departures = Departures(3, 0.1)
    times = await asyncio.gather(*(departures.depart() for _ in range(10)))
    assert all(later - earlier >= 0.1 - ROUNDING for earlier, later in zip(times, times[3:], strict=False))


async def test_they_leave_in_the_order_they_came() -> None:
    departures, left = Departures(1, 0.01), []

    async def leave(number: int) -> None:
        await departures.depart()
        left.append(number)

    await asyncio.gather(*map(leave, range(20)))
    assert left == list(range(20))


async def test_one_that_does_not_wait_any_more_takes_no_place() -> None:
    departures = Departures(1, 0.1)
    first = await departures.depart()
    waiting = [asyncio.create_task(departures.depart()) for _ in range(2)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    assert 0.1 - ROUNDING <= await waiting[1] - first < 0.2


async def test_one_that_was_long_on_its_way_counts_from_its_answer() -> None:
    departures = Departures(1, 0.1)
    await answered_after(departures, 0.2)
    answered = now()
    assert await departures.depart() - answered >= 0.1 - 1e-3  # between its answer and this line


async def test_once_the_way_is_known_it_counts_from_when_it_may_have_come() -> None:
    departures, way = Departures(1, 0.05), 0.04
    for _ in range(FEW):
        await answered_after(departures, way)
    departed = await departures.depart()
    await asyncio.sleep(0.2)
    answered = now()
    departures.arrived(departed)
    waited = await departures.depart() - answered
    assert waited >= 0.05 - 2 * way - 1e-3
    assert waited < 0.05 - SURE * way + 0.03  # and not from its answer, but for a late timer


async def test_who_is_alone_leaves_at_once() -> None:
    task = asyncio.create_task(Departures().depart())
    await asyncio.sleep(0)  # once round the loop
    assert task.done()


@pytest.fixture
async def arrivals() -> AsyncIterator[tuple[str, list[float]]]:
    """A server's address, and when it was reached."""
    times: list[float] = []

    async def handle(request: web.Request) -> web.Response:
        await request.read()  # as Telegram, which has nothing to judge before
        times.append(now())
        await asyncio.sleep(0.01)
        return web.Response()

    application = web.Application()
    application.router.add_post("/bot1:x/{method}", handle)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/bot1:x", times
    await runner.cleanup()


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText", "sendDocument"])
async def test_what_stays_in_a_chat_is_counted(arrivals: tuple[str, list[float]], method: str) -> None:
    url, times = arrivals
    async with ClientSession(trace_configs=[Departures(2, 0.2).trace]) as session:
        await asyncio.gather(*(session.post(f"{url}/{method}", json={}) for _ in range(7)))
    assert all(later - earlier >= 0.2 for earlier, later in zip(times, times[2:], strict=False))


@pytest.mark.parametrize("method", ["sendChatAction", "sendMessageDraft", "answerCallbackQuery", "getUpdates"])
async def test_what_does_not_is_not(arrivals: tuple[str, list[float]], method: str) -> None:
    url, times = arrivals
    async with ClientSession(trace_configs=[Departures(1, 60.0).trace]) as session:
        await asyncio.gather(*(session.post(f"{url}/{method}", json={}) for _ in range(3)))
    assert len(times) == 3


async def test_a_file_leaves_in_pieces_and_counts_once(arrivals: tuple[str, list[float]]) -> None:
    url, times = arrivals
    form = FormData({"chat_id": "1"})
    form.add_field("document", b"x" * 1_000_000, filename="questions.jsonl")
    async with ClientSession(trace_configs=[Departures(1, 60.0).trace]) as session:
        await session.post(f"{url}/sendDocument", data=form)
    assert len(times) == 1


async def test_nothing_of_a_request_is_on_the_wire_before_it_may_leave() -> None:
    """The headers wait with the body: Telegram may count what it has the head of."""
    departures, received = Departures(1, 0.3), asyncio.Queue[float]()

    async def read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            received.put_nowait(now())
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(read, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot1:x/sendMessage"
    async with server, ClientSession(trace_configs=[departures.trace]) as session:
        await asyncio.gather(session.post(url, data=b"one"), session.post(url, data=b"two"))
    first, second = received.get_nowait(), received.get_nowait()
    assert second - first >= 0.3
    assert received.empty()
