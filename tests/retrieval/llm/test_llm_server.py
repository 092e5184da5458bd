"""The scripted endpoint is strict, and can be run by itself."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.llm_server import Asked, Says, words

if TYPE_CHECKING:
    from tests.llm_server import LlmServer

MESSAGES = [{"role": "user", "content": "Well?"}]


def shout(asked: Asked) -> Says:
    return Says(words(asked.user.upper()))


async def post(server: LlmServer, key: str | None = None, **body: object) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, headers={"Authorization": f"Bearer {key or server.key}"}) as client:
        return await client.post(f"{server.base_url}/chat/completions", json=body)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 200),
        ({"model": "another"}, 404),
        ({"messages": []}, 400),
        ({"messages": [{"role": "oracle", "content": "Well?"}]}, 400),
        ({"messages": [{"role": "user"}]}, 400),
        ({"max_tokens": 0}, 400),
        ({"max_tokens": "many"}, 400),
        ({"stream_options": {"include_usage": True}}, 400),
        ({"mood": "good"}, 400),
    ],
)
async def test_a_request_of_another_shape_is_refused(server: LlmServer, change: dict[str, Any], status: int) -> None:
    answered = await post(server, **({"model": server.model, "messages": MESSAGES} | change))

    assert answered.status_code == status
    assert len(server.refusals) == (status != 200)


async def test_a_wrong_key_is_refused(server: LlmServer) -> None:
    answered = await post(server, "another", model=server.model, messages=MESSAGES)

    assert answered.status_code == 401


async def test_without_a_stream_the_answer_comes_whole(server: LlmServer) -> None:
    server.script = "It is well."
    answered = await post(server, model=server.model, messages=MESSAGES)

    assert answered.json()["choices"][0]["message"]["content"] == "It is well."


async def test_it_lists_its_model(server: LlmServer) -> None:
    async with httpx.AsyncClient(trust_env=False, headers={"Authorization": f"Bearer {server.key}"}) as client:
        listed = await client.get(f"{server.base_url}/models")

    assert [model["id"] for model in listed.json()["data"]] == [server.model]


def test_words_keep_every_letter() -> None:
    assert words(" Two  masons\nrepaired it. ") == [" Two", "  masons", "\nrepaired", " it.", " "]


async def test_it_runs_in_a_process_of_its_own() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.llm_server", "--script", "tests.retrieval.llm.test_llm_server:shout",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        address = (await process.stdout.readline()).decode().strip()
        async with httpx.AsyncClient(trust_env=False, headers={"Authorization": "Bearer any"}) as client:
            answered = await client.post(
                f"{address}/chat/completions", json={"model": "small-model", "messages": MESSAGES}
            )
        assert answered.json()["choices"][0]["message"]["content"] == "WELL?"
    finally:
        process.kill()
        await process.wait()
