"""A language model behind the conversation: its share of tokens, and that it never stands in the way."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from bot import texts, writing
from bot.admin import figures, pages
from bot.conversation import Conversation
from bot.pulse import Pulse
from bot.writing import Budget, Lack, Writing
from retrieval.llm import LanguageModel, Limits
from retrieval.writing import Writer
from tests.llm_server import LlmServer, Status

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.app import Footnote
    from retrieval.engine import Engine

QUESTION = "When did Finland join NATO?"
JOINED = "Finland joined NATO on 4 April 2023"
ADA, GRACE = 1, 2


@pytest.fixture
async def endpoint() -> AsyncIterator[LlmServer]:
    async with LlmServer() as running:
        running.script = f"{JOINED} [1]."
        yield running


@pytest.fixture
async def model(endpoint: LlmServer) -> AsyncIterator[LanguageModel]:
    limits = Limits(connect=1.0, first_token=1.0, between=0.5, total=2.0)
    made = LanguageModel(endpoint.base_url, endpoint.model, endpoint.key, limits)
    await made.warm_up()
    yield made
    await made.aclose()


def with_budget(model: LanguageModel, footnote: Footnote, *, of_all: int = 0, of_one: int = 0) -> Writing:
    return Writing(Writer(model), footnote.state.spending, Budget(of_all, of_one))


@pytest.fixture
def talk(model: LanguageModel, footnote: Footnote, engine: Engine) -> Conversation:
    return Conversation(engine, with_budget(model, footnote))


class TestAnswers:
    async def test_the_model_is_named_and_its_sentences_are_cited(
        self, talk: Conversation, endpoint: LlmServer
    ) -> None:
        reply = await talk.answer(QUESTION)
        assert f"<b>{JOINED}" in reply.html
        assert texts.WRITTEN_BY.format(model=endpoint.model) in reply.html
        assert "<blockquote expandable>" in reply.html

    async def test_a_failure_is_told_in_one_line_above_the_quotes(
        self, talk: Conversation, endpoint: LlmServer, engine: Engine
    ) -> None:
        endpoint.script = Status(500)
        reply = await talk.answer(QUESTION)
        assert reply.html.startswith(texts.NOT_WRITTEN)
        assert reply.html.removeprefix(f"{texts.NOT_WRITTEN}\n\n") == (await Conversation(engine).answer(QUESTION)).html

    async def test_what_nobody_can_prove_is_replaced_by_quotes_without_a_word(
        self, talk: Conversation, endpoint: LlmServer, engine: Engine
    ) -> None:
        endpoint.script = "Finland left NATO in 2031 [1]."
        assert (await talk.answer(QUESTION)).html == (await Conversation(engine).answer(QUESTION)).html

    async def test_a_refused_question_never_reaches_the_model(self, talk: Conversation, endpoint: LlmServer) -> None:
        reply = await talk.answer("Who won the chess match in Quibdó?")
        assert not reply.answered
        assert endpoint.asked == []

    async def test_markup_in_a_model_s_words_is_text(self, talk: Conversation, endpoint: LlmServer) -> None:
        endpoint.script = f"<a href='https://evil.example'>{JOINED}</a> [1]. {JOINED} [1]."
        assert "evil.example" not in (await talk.answer(QUESTION)).html


class TestBudget:
    async def test_tokens_are_counted_by_day_and_person(
        self, model: LanguageModel, footnote: Footnote, engine: Engine
    ) -> None:
        words = with_budget(model, footnote)
        await words.write(await engine.consult(QUESTION), ADA)
        today = datetime.now().astimezone().date()
        assert await footnote.state.spending.spent(today, ADA) == model.figures().tokens.total > 0
        assert await footnote.state.spending.spent(today, GRACE) == 0

    async def test_who_has_spent_their_share_gets_quotes_and_others_words(
        self, model: LanguageModel, footnote: Footnote, engine: Engine
    ) -> None:
        words = with_budget(model, footnote, of_one=10)
        consulted = await engine.consult(QUESTION)
        assert (await words.write(consulted, ADA))[1] is None
        assert await words.write(consulted, ADA) == (consulted.answer, Lack.TOKENS)
        assert (await words.write(consulted, GRACE))[1] is None

    async def test_the_share_of_all_is_for_all(
        self, model: LanguageModel, footnote: Footnote, engine: Engine, endpoint: LlmServer
    ) -> None:
        talk = Conversation(engine, with_budget(model, footnote, of_all=10))
        await talk.answer(QUESTION)
        assert (await talk.answer(QUESTION)).html.startswith(texts.NO_TOKENS_LEFT)
        assert len(endpoint.asked) == 1

    async def test_follow_ups_take_from_the_same_share(
        self, model: LanguageModel, footnote: Footnote, endpoint: LlmServer
    ) -> None:
        words = with_budget(model, footnote, of_one=10)
        endpoint.script = "When did Sweden join NATO?"
        assert await words.complete("And Sweden?", QUESTION, JOINED, ADA) == "When did Sweden join NATO?"
        assert await words.complete("And Sweden?", QUESTION, JOINED, ADA) is None


async def test_no_more_are_written_at_once_than_an_endpoint_bears(
    model: LanguageModel, footnote: Footnote, engine: Engine, monkeypatch: pytest.MonkeyPatch, endpoint: LlmServer
) -> None:
    monkeypatch.setattr(writing, "MOST_AT_ONCE", 0)
    consulted = await engine.consult(QUESTION)
    assert await with_budget(model, footnote).write(consulted) == (consulted.answer, Lack.MODEL)
    assert endpoint.asked == []


async def test_status_tells_calls_failures_tokens_and_times(
    model: LanguageModel, footnote: Footnote, engine: Engine, endpoint: LlmServer, tmp_path: Path
) -> None:
    words = with_budget(model, footnote)
    endpoint.script = [f"{JOINED} [1].", Status(500)]
    for _ in range(2):
        await words.write(await engine.consult(QUESTION))
    now = await figures.collect(engine, footnote.state, tmp_path, Pulse(), words)
    said = pages.status(now)
    assert f"<b>Language model:</b> {endpoint.model}, in use" in said
    assert "<b>Its calls since the start:</b> 2, failures: 1 (Broken 1)" in said
    assert now.writing is not None
    assert now.writing.spent == model.figures().tokens.total
