"""What comes of an answer: whole, refused, broken, late, abandoned."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack, aclosing
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.errors import Broken, Busy, LanguageModelError, Refused, TooSlow
from retrieval.llm import Tokens
from tests.llm_server import Asked, Drop, Endless, Hang, LlmServer, Raw, Reply, Says, Status, event
from tests.retrieval.llm.asking import QUESTION, SYSTEM, answer, failure
from tests.retrieval.llm.conftest import PATIENT

if TYPE_CHECKING:
    from retrieval.llm import LanguageModel
    from tests.retrieval.llm.conftest import Open

ANSWER = "Two masons repaired it in May [1]."


class TestAnswers:
    async def test_the_pieces_make_the_answer_and_none_is_empty(self, server: LlmServer, llm: LanguageModel) -> None:
        server.script = Says(["Two ", "", "masons", ""])

        assert [piece async for piece in llm.complete(SYSTEM, QUESTION)] == ["Two ", "masons"]
        assert server.refusals == []

    async def test_the_endpoint_is_asked_for_what_was_given(self, server: LlmServer, llm: LanguageModel) -> None:
        async for _ in llm.complete(SYSTEM, QUESTION, most=33):
            pass

        (asked,) = server.asked
        assert (asked.system, asked.user) == (SYSTEM, QUESTION)
        assert asked.body["max_tokens"] == 33
        assert asked.body["temperature"] == 0

    async def test_nothing_is_sent_before_the_first_piece_is_asked_for(
        self, server: LlmServer, llm: LanguageModel
    ) -> None:
        completion = llm.complete(SYSTEM, QUESTION)

        assert llm.figures().calls == 0
        assert server.asked == []
        await completion.aclose()

    async def test_a_script_may_answer_from_the_prompt(self, server: LlmServer, llm: LanguageModel) -> None:
        def shout(asked: Asked) -> str:
            return asked.user.upper()

        server.script = shout
        assert await answer(llm) == QUESTION.upper()

    async def test_many_answers_at_once_do_not_mix(self, server: LlmServer, llm: LanguageModel) -> None:
        server.script = lambda asked: Says(list(asked.user), pause=0.001)
        completions = [llm.complete(SYSTEM, str(number) * 9) for number in range(9)]

        async def whole(number: int) -> str:
            return "".join([piece async for piece in completions[number]])

        answers = await asyncio.gather(*map(whole, range(9)))
        assert answers == [str(number) * 9 for number in range(9)]

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
    @given(
        text=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=6),
        cuts=st.lists(st.integers(0, 2000), max_size=30),
    )
    async def test_a_stream_may_be_cut_anywhere_even_within_a_character(
        self, server: LlmServer, llm: LanguageModel, text: list[str], cuts: list[int]
    ) -> None:
        events = [event(server.model, delta={"content": piece}) for piece in text]
        whole = b"".join([*events, event(server.model, delta={}, finish="stop"), b"data: [DONE]\n\n"])
        places = [0, *sorted({cut % len(whole) for cut in cuts} - {0}), len(whole)]
        server.script = Raw([whole[start:end] for start, end in pairwise(places)])

        assert await answer(llm) == "".join(text)

    async def test_an_answer_that_is_whole_ends_even_where_the_connection_does_not(
        self, server: LlmServer, llm: LanguageModel
    ) -> None:
        server.script = Says([ANSWER], ends_with="hang", tells_usage=False)

        assert await answer(llm) == ANSWER
        await server.asked[0].ended.wait()

    async def test_an_answer_that_is_whole_stands_where_the_connection_breaks_after_it(
        self, server: LlmServer, llm: LanguageModel
    ) -> None:
        server.script = Says([ANSWER], ends_with="drop", tells_usage=False)

        assert await answer(llm) == ANSWER

    async def test_an_answer_that_reached_the_most_tokens_is_whole(self, server: LlmServer, llm: LanguageModel) -> None:
        server.script = Says([ANSWER], finish="length")

        assert await answer(llm) == ANSWER

    async def test_an_endpoint_that_cannot_tell_tokens_is_asked_without_them_from_then_on(self, opened: Open) -> None:
        async with LlmServer(takes_stream_options=False) as server:
            llm = opened(base_url=server.base_url, model=server.model, api_key=server.key)

            assert [await answer(llm), await answer(llm)] == ["Yes.", "Yes."]
            assert server.refusals == ["Unrecognized field: stream_options"]

    async def test_an_endpoint_without_keys_gets_a_placeholder(self, opened: Open) -> None:
        async with LlmServer(key="") as server:
            await answer(opened(base_url=server.base_url, api_key=""))

            assert server.asked[0].headers["Authorization"] == "Bearer none"


class TestFaults:
    @pytest.mark.parametrize(
        ("reply", "kind"),
        [
            (Status(400), Refused),
            (Status(401), Refused),
            (Status(403), Refused),
            (Status(404), Refused),
            (Status(413), Refused),
            (Status(429), Busy),
            (Status(429, retry_after="3600"), Busy),
            (Status(429, retry_after="soon"), Busy),
            (Status(500), Broken),
            (Status(502), Broken),
            (Status(503, retry_after="3600"), Broken),
            (Says([ANSWER], finish=None), Broken),
            (Says([ANSWER], finish=None, ends_with="nothing"), Broken),
            (Says([ANSWER], finish=None, ends_with="drop"), Broken),
            (Says([]), None),
            (Drop(), Broken),
            (Raw([]), Broken),
            (Raw([b"data: {oops\n\n"]), Broken),
            (Raw([b"data: [1, 2]\n\n"]), Broken),
            (Raw([b'data: {"choices": 5}\n\n']), Broken),
            (Raw([b'data: {"choices": [{}]}\n\n']), Broken),
            (Raw([b"data: \xff\xfe\n\n"]), Broken),
            (Raw([b'data: {"error": {"message": "out of memory"}}\n\n']), Broken),
            (Raw([b'data: {"choices": [{"delta": {"content": 5}}]}\n\n']), Broken),
            (Raw([b'data: {"choices": [{"delta": {"content": "half \\ud83d"}}]}\n\n']), Broken),
            (Raw([b"<html>It works!</html>"]), Broken),
        ],
    )
    async def test_each_fault_is_one_of_our_errors_in_one_sentence(
        self, server: LlmServer, llm: LanguageModel, reply: Reply, kind: type[LanguageModelError] | None
    ) -> None:
        server.script = reply
        if kind is None:
            assert await answer(llm) == ""
            return

        error = await failure(llm)
        assert type(error) is kind
        assert str(error).endswith(".")
        assert "\n" not in str(error)
        assert llm.figures().failures == {kind.__name__: 1}

    async def test_what_came_before_the_break_was_given(self, server: LlmServer, llm: LanguageModel) -> None:
        server.script = Says(["Two ", "masons"], finish=None, ends_with="nothing")
        completion = llm.complete(SYSTEM, QUESTION)

        assert [await anext(completion), await anext(completion)] == ["Two ", "masons"]
        with pytest.raises(Broken):
            await anext(completion)

    async def test_a_wrong_key_is_refused(self, opened: Open) -> None:
        error = await failure(opened(api_key="another"))

        assert isinstance(error, Refused)
        assert "LLM_API_KEY" in str(error)

    async def test_a_wrong_name_of_the_model_is_refused(self, opened: Open) -> None:
        error = await failure(opened(model="another"))

        assert isinstance(error, Refused)
        assert "LLM_MODEL" in str(error)

    async def test_a_wrong_path_is_refused(self, server: LlmServer, opened: Open) -> None:
        error = await failure(opened(base_url=server.base_url.removesuffix("/v1")))

        assert isinstance(error, Refused)
        assert "LLM_BASE_URL" in str(error)

    async def test_a_model_that_the_client_knows_not_to_chat_is_refused(self, opened: Open) -> None:
        error = await failure(opened(model="gpt-5.2-pro"))

        assert isinstance(error, Refused)
        assert "LLM_MODEL" in str(error)

    async def test_an_address_that_is_none_is_refused(self, opened: Open) -> None:
        error = await failure(opened(base_url="http://127.0.0.1:one/v1"))

        assert isinstance(error, Refused)
        assert "LLM_BASE_URL" in str(error)

    async def test_an_endpoint_that_is_not_there_is_broken(self, opened: Open) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]

        assert isinstance(await failure(opened(base_url=f"http://127.0.0.1:{port}/v1")), Broken)

    async def test_a_redirect_is_not_followed(self, server: LlmServer, llm: LanguageModel) -> None:
        async with LlmServer() as elsewhere:
            server.script = Status(307, headers={"Location": f"{elsewhere.base_url}/chat/completions"})

            assert isinstance(await failure(llm), Refused)
            assert elsewhere.asked == []

    async def test_an_answer_that_failed_is_over(self, server: LlmServer, llm: LanguageModel) -> None:
        server.script = Status(500)
        completion = llm.complete(SYSTEM, QUESTION)
        with pytest.raises(Broken):
            await anext(completion)

        assert [piece async for piece in completion] == []


class TestBusy:
    @pytest.mark.parametrize("status", [429, 503])
    async def test_a_wait_that_fits_is_waited_for(self, server: LlmServer, llm: LanguageModel, status: int) -> None:
        server.script = [Status(status, retry_after="0"), ANSWER]

        assert await answer(llm) == ANSWER
        assert llm.figures().failures == {}

    async def test_it_is_waited_for_once(self, server: LlmServer, llm: LanguageModel) -> None:
        server.script = Status(429, retry_after="0")

        assert isinstance(await failure(llm), Busy)
        assert len(server.asked) == 2

    async def test_a_wait_beyond_the_total_is_not_begun(self, server: LlmServer, llm: LanguageModel) -> None:
        server.script = Status(429, retry_after="120")

        error = await failure(llm)
        assert isinstance(error, Busy)
        assert error.retry_after == 120
        assert len(server.asked) == 1

    async def test_without_a_time_nothing_is_waited_for(self, server: LlmServer, llm: LanguageModel) -> None:
        server.script = [Status(429), ANSWER]

        assert isinstance(await failure(llm), Busy)


class TestLimits:
    async def test_connecting(self, opened: Open) -> None:
        with ExitStack() as stack:
            listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
            # Nobody accepts, so the queue is full with these and whoever comes next waits.
            for _ in range(3):
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)  # noqa: FBT003 - the library's own
                waiting.connect_ex(listening.getsockname())
            base_url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"

            error = await failure(opened(replace(PATIENT, connect=0.1), base_url=base_url))
        assert isinstance(error, TooSlow)
        assert "0.1 seconds" in str(error)

    async def test_the_first_token(self, server: LlmServer, opened: Open) -> None:
        server.script = Hang()
        llm = opened(replace(PATIENT, first_token=0.1))
        await llm.warm_up()

        error = await failure(llm)
        assert str(error) == "The language model did not begin for 0.1 seconds."
        await server.asked[0].ended.wait()
        assert server.asked[0].left

    async def test_empty_pieces_are_no_token(self, server: LlmServer, opened: Open) -> None:
        server.script = Endless("", pause=0.01)

        assert isinstance(await failure(opened(replace(PATIENT, first_token=0.3))), TooSlow)

    async def test_between_two_tokens(self, server: LlmServer, opened: Open) -> None:
        server.script = Says(["Two "], finish=None, ends_with="hang")

        error = await failure(opened(replace(PATIENT, between=0.1)))
        assert str(error) == "The language model paused for 0.1 seconds."
        await server.asked[0].ended.wait()
        assert server.asked[0].left

    async def test_all_together(self, server: LlmServer, opened: Open) -> None:
        server.script = Endless(pause=0.01)
        llm = opened(replace(PATIENT, total=0.5, tokens=1_000_000))
        await llm.warm_up()

        error = await failure(llm)
        assert str(error) == "The language model's answer was not whole in time."
        await server.asked[0].ended.wait()
        assert server.asked[0].left

    async def test_the_number_of_tokens_where_the_endpoint_does_not_heed_it(
        self, server: LlmServer, opened: Open
    ) -> None:
        server.script = Endless("word ")

        assert await answer(opened(replace(PATIENT, tokens=20))) == "word " * 21
        await server.asked[0].ended.wait()
        assert server.asked[0].left

    async def test_the_number_of_tokens_where_pieces_are_long(self, server: LlmServer, opened: Open) -> None:
        server.script = Endless("x" * 100)

        assert len(await answer(opened(replace(PATIENT, tokens=20)))) == 200


class TestAbandoned:
    async def test_a_completion_that_is_closed_lets_go_of_the_connection(
        self, server: LlmServer, llm: LanguageModel
    ) -> None:
        server.script = Endless(pause=0.01)
        async with aclosing(llm.complete(SYSTEM, QUESTION)) as completion:
            await anext(completion)

        await server.asked[0].ended.wait()
        assert server.asked[0].left

    async def test_a_completion_that_is_dropped_lets_go_of_the_connection(
        self, server: LlmServer, llm: LanguageModel
    ) -> None:
        server.script = Endless(pause=0.01)
        async for _ in llm.complete(SYSTEM, QUESTION):
            break

        await server.asked[0].ended.wait()
        assert server.asked[0].left

    async def test_a_task_that_is_cancelled_lets_go_of_the_connection(
        self, server: LlmServer, llm: LanguageModel
    ) -> None:
        server.script = Hang()
        task = asyncio.create_task(answer(llm))
        asked = await server.arrival(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        await asked.ended.wait()
        assert asked.left

    async def test_it_is_no_failure(self, server: LlmServer, llm: LanguageModel) -> None:
        server.script = Endless(pause=0.01)
        for _ in range(5):
            async with aclosing(llm.complete(SYSTEM, QUESTION)) as completion:
                await anext(completion)

        figures = llm.figures()
        assert (figures.calls, figures.failures, figures.breaker) == (5, {}, "closed")

    async def test_the_others_go_on(self, server: LlmServer, llm: LanguageModel) -> None:
        server.script = lambda asked: Endless(pause=0.01) if asked.user == "long" else ANSWER
        async with aclosing(llm.complete(SYSTEM, "long")) as completion:
            await anext(completion)
            assert await answer(llm) == ANSWER


class TestTokens:
    async def test_they_are_the_endpoints_where_it_tells_them(self, server: LlmServer, llm: LanguageModel) -> None:
        server.script = Says([ANSWER], usage=(111, 22))
        completion = llm.complete(SYSTEM, QUESTION)
        assert completion.tokens == Tokens(0, 0)
        async for _ in completion:
            pass

        assert completion.tokens == Tokens(111, 22)
        assert llm.figures().tokens == Tokens(111, 22)

    async def test_they_are_estimated_where_it_does_not(self, server: LlmServer, llm: LanguageModel) -> None:
        server.script = Says(["x" * 40], tells_usage=False)
        completion = llm.complete("s" * 30, "u" * 10)
        async for _ in completion:
            pass

        assert completion.tokens == Tokens(10, 10)

    @pytest.mark.parametrize("usage", [(-1, 5), (5, -1)])
    async def test_a_count_that_cannot_be_is_not_believed(
        self, server: LlmServer, llm: LanguageModel, usage: tuple[int, int]
    ) -> None:
        server.script = Says(["x" * 40], usage=usage)
        completion = llm.complete("s" * 30, "u" * 10)
        async for _ in completion:
            pass

        assert completion.tokens == Tokens(10, 10)

    async def test_they_are_known_of_what_was_abandoned(self, server: LlmServer, llm: LanguageModel) -> None:
        server.script = Endless("x" * 40, pause=0.01)
        async with aclosing(llm.complete("s" * 30, "u" * 10)) as completion:
            await anext(completion)

        assert completion.tokens == Tokens(10, 10)
        assert llm.figures().tokens == Tokens(10, 10)

    async def test_they_are_known_of_what_broke(self, server: LlmServer, llm: LanguageModel) -> None:
        server.script = Says(["x" * 40], finish=None)
        completion = llm.complete("s" * 30, "u" * 10)
        await anext(completion)
        with pytest.raises(Broken):
            await anext(completion)

        assert completion.tokens.prompt > 0
        assert completion.tokens.completion > 0

    @pytest.mark.parametrize("reply", [Status(429), Status(500), Status(401), Drop()])
    async def test_what_was_not_taken_took_none(self, server: LlmServer, llm: LanguageModel, reply: Reply) -> None:
        server.script = reply
        completion = llm.complete(SYSTEM, QUESTION)
        with pytest.raises(LanguageModelError):
            await anext(completion)

        assert completion.tokens == Tokens(0, 0)

    async def test_a_question_that_was_waited_for_in_vain_counts(self, server: LlmServer, opened: Open) -> None:
        server.script = Hang()
        completion = opened(replace(PATIENT, first_token=0.1)).complete("s" * 30, "u" * 10)
        with pytest.raises(TooSlow):
            await anext(completion)

        assert completion.tokens == Tokens(10, 0)
