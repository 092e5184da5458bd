"""When the endpoint is asked, and when it rests."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from retrieval.errors import Broken, Busy, LanguageModelError, Refused, Resting
from retrieval.llm.breaker import Breaker
from tests.llm_server import Hang, LlmServer, Status
from tests.retrieval.llm.asking import answer, failure
from tests.retrieval.llm.conftest import Clock

if TYPE_CHECKING:
    from retrieval.llm import LanguageModel

BROKEN = Broken("It broke.")


async def probed(llm: LanguageModel) -> None:
    """Wait for the probe in hand."""
    assert llm._probe is not None
    await llm._probe


async def is_resting(llm: LanguageModel) -> bool:
    return isinstance(await failure(llm), Resting)


class TestModel:
    @pytest.fixture(autouse=True)
    async def _broken(self, server: LlmServer, llm: LanguageModel) -> None:
        """Three failures in a row."""
        server.script = Status(500)
        for _ in range(3):
            assert isinstance(await failure(llm), Broken)

    async def test_after_three_failures_in_a_row_nothing_is_sent(self, server: LlmServer, llm: LanguageModel) -> None:
        assert await is_resting(llm)
        assert llm.figures().breaker == "open"
        assert len(server.asked) == 3

    async def test_a_probe_is_sent_when_the_time_is_over_and_nobody_waits_for_it(
        self, server: LlmServer, llm: LanguageModel, clock: Clock
    ) -> None:
        server.script = Hang()
        clock.now += 30
        assert await is_resting(llm)

        probe = await server.arrival(4)
        assert probe.body["max_tokens"] == 1
        assert await is_resting(llm)
        assert llm.figures().breaker == "half-open"

    async def test_there_is_one_probe_however_many_ask(
        self, server: LlmServer, llm: LanguageModel, clock: Clock
    ) -> None:
        clock.now += 30
        await asyncio.gather(*(failure(llm) for _ in range(9)))
        await probed(llm)

        assert len(server.asked) == 4

    async def test_a_probe_that_succeeds_lets_the_next_through(
        self, server: LlmServer, llm: LanguageModel, clock: Clock
    ) -> None:
        server.script = "Yes."
        clock.now += 30
        assert await is_resting(llm)
        await probed(llm)

        assert llm.figures().breaker == "closed"
        assert await answer(llm) == "Yes."

    async def test_probes_that_fail_follow_each_other_more_and_more_slowly(
        self, server: LlmServer, llm: LanguageModel, clock: Clock
    ) -> None:
        for rest in (30, 60, 120, 240, 300, 300):
            sent = len(server.asked)
            clock.now += rest - 1
            assert await is_resting(llm)
            assert len(server.asked) == sent
            clock.now += 1
            assert await is_resting(llm)
            await probed(llm)
            assert len(server.asked) == sent + 1

    async def test_a_probe_that_is_found_too_short_is_an_answer(
        self, server: LlmServer, llm: LanguageModel, clock: Clock
    ) -> None:
        server.script = Status(400)
        clock.now += 30
        assert await is_resting(llm)
        await probed(llm)

        assert llm.figures().breaker == "closed"

    async def test_what_is_held_back_is_counted_and_is_no_call(self, llm: LanguageModel) -> None:
        for _ in range(2):
            assert await is_resting(llm)

        figures = llm.figures()
        assert figures.calls == 3
        assert figures.failures == {"Broken": 3, "Resting": 2}

    async def test_closing_ends_a_probe_in_hand(self, server: LlmServer, llm: LanguageModel, clock: Clock) -> None:
        server.script = Hang()
        clock.now += 30
        await failure(llm)
        probe = await server.arrival(4)
        await llm.aclose()

        await probe.ended.wait()
        assert probe.left


def opened_by(error: LanguageModelError) -> tuple[Breaker, Clock]:
    clock = Clock()
    breaker = Breaker(clock)
    breaker.failed(error)
    return breaker, clock


class TestBreaker:
    @pytest.mark.parametrize(
        ("error", "rest"),
        [
            (Refused("The key is wrong.", is_lasting=True), 300),
            (Busy("Later.", retry_after=7), 7),
            (Busy("Later.", retry_after=3600), 300),
            (Broken("Away.", retry_after=60), 60),
        ],
    )
    def test_what_says_that_the_next_call_will_fail_opens_it_at_once(
        self, error: LanguageModelError, rest: float
    ) -> None:
        breaker, clock = opened_by(error)

        assert breaker.state == "open"
        clock.now += rest - 1
        assert not breaker.take_probe()
        clock.now += 1
        assert breaker.take_probe()

    @pytest.mark.parametrize(
        "error", [BROKEN, Refused("The question is too long.", is_lasting=False), Busy("Later.", retry_after=None)]
    )
    def test_what_may_be_chance_does_not(self, error: LanguageModelError) -> None:
        breaker, _ = opened_by(error)

        assert breaker.state == "closed"

    def test_a_success_in_between_begins_the_count_anew(self) -> None:
        breaker = Breaker(Clock())
        for _ in range(4):
            breaker.failed(BROKEN)
            breaker.failed(BROKEN)
            breaker.succeeded()

        assert breaker.state == "closed"

    def test_what_ends_late_changes_nothing(self) -> None:
        breaker, clock = opened_by(Refused("The key is wrong.", is_lasting=True))
        breaker.succeeded()
        assert breaker.state == "open"
        clock.now += 299
        breaker.failed(BROKEN)
        clock.now += 1
        assert breaker.take_probe()

    def test_only_one_takes_the_probe(self) -> None:
        breaker, clock = opened_by(Busy("Later.", retry_after=1))
        clock.now += 1

        assert [breaker.take_probe() for _ in range(3)] == [True, False, False]

    def test_after_a_short_rest_a_probe_that_fails_brings_a_usual_one(self) -> None:
        breaker, clock = opened_by(Busy("Later.", retry_after=1))
        clock.now += 1
        assert breaker.take_probe()
        breaker.probe_failed(BROKEN)

        clock.now += 29
        assert not breaker.take_probe()
        clock.now += 1
        assert breaker.take_probe()

    def test_a_key_that_stays_wrong_is_tried_every_five_minutes(self) -> None:
        wrong = Refused("The key is wrong.", is_lasting=True)
        breaker, clock = opened_by(wrong)
        for _ in range(3):
            clock.now += 299
            assert not breaker.take_probe()
            clock.now += 1
            assert breaker.take_probe()
            breaker.probe_failed(wrong)

    def test_after_it_closed_the_rest_begins_short_again(self) -> None:
        breaker, clock = opened_by(Refused("The key is wrong.", is_lasting=True))
        clock.now += 300
        assert breaker.take_probe()
        breaker.probe_succeeded()
        for _ in range(3):
            breaker.failed(BROKEN)

        clock.now += 30
        assert breaker.take_probe()
