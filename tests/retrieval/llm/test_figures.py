from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retrieval.errors import Broken, Refused
from retrieval.llm import Figures, LanguageModel, Spread, Tokens
from retrieval.llm.tally import Tally
from tests.llm_server import LlmServer, Says, Status
from tests.retrieval.llm.asking import QUESTION, SYSTEM, answer, failure

if TYPE_CHECKING:
    from tests.retrieval.llm.conftest import Clock


def test_before_any_call_nothing_is_known() -> None:
    nothing = Spread(None, None)
    expected = Figures(0, {}, Tokens(0, 0), nothing, nothing, "closed")

    assert LanguageModel("http://127.0.0.1:9/v1", "small-model").figures() == expected


async def test_calls_failures_and_tokens_are_summed(server: LlmServer, llm: LanguageModel) -> None:
    server.script = [Says(["Yes."], usage=(10, 2)), Status(500), Says(["No."], usage=(20, 3)), Status(400)]
    await answer(llm)
    await failure(llm)
    await answer(llm)
    await failure(llm)

    figures = llm.figures()
    assert figures.calls == 4
    assert figures.failures == {"Broken": 1, "Refused": 1}
    assert figures.tokens == Tokens(30, 5)
    assert figures.tokens.total == 35


async def test_times_are_counted_from_the_first_iteration(server: LlmServer, llm: LanguageModel, clock: Clock) -> None:
    server.script = Says(["Yes", "."])
    completion = llm.complete(SYSTEM, QUESTION)
    clock.now += 100
    async for _ in completion:
        clock.now += 2

    figures = llm.figures()
    assert figures.first_token == Spread(0.0, 0.0)
    assert figures.total == Spread(4.0, 4.0)


def test_times_are_those_of_the_last_two_hundred() -> None:
    tally = Tally()
    for _ in range(50):
        tally.spoke(1000.0)
        tally.ended(1000.0)
    for seconds in range(1, 201):
        tally.spoke(float(seconds))
        tally.ended(2.0 * seconds)

    figures = tally.figures("closed")
    assert (figures.first_token.p50, figures.first_token.p95) == pytest.approx((100.5, 190.05))
    assert (figures.total.p50, figures.total.p95) == pytest.approx((201.0, 380.1))


def test_failures_are_counted_by_kind_and_have_no_times() -> None:
    tally = Tally()
    for error in (Broken("It broke."), Broken("It broke."), Refused("No.", is_lasting=False)):
        tally.failed(error)

    figures = tally.figures("open")
    assert figures.failures == {"Broken": 2, "Refused": 1}
    assert figures.total == Spread(None, None)
    assert figures.breaker == "open"
