"""Where requests go, with which key, and what is said of both."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from retrieval.llm import LanguageModel
from retrieval.llm.endpoint import Endpoint
from tests.llm_server import Drop, LlmServer, Raw, Reply, Says, Status
from tests.retrieval.llm.asking import QUESTION, SYSTEM, answer, failure

if TYPE_CHECKING:
    from llama_index.llms.openai_like import OpenAILike

    from tests.retrieval.llm.conftest import Open

ROOT = Path(__file__).parents[3]

ENVIRONMENT = {
    "OPENAI_API_KEY": "sk-stolen",
    "OPENAI_ADMIN_KEY": "sk-stolen",
    "OPENAI_BASE_URL": "https://elsewhere.example/v1",
    "OPENAI_API_BASE": "https://elsewhere.example/v1",
    "OPENAI_API_TYPE": "azure",
    "OPENAI_API_VERSION": "1999-01-01",
    "OPENAI_ORG_ID": "stolen",
    "OPENAI_PROJECT_ID": "stolen",
    "OPENAI_CUSTOM_HEADERS": "Authorization: Bearer sk-stolen\nHost: elsewhere.example\nX-Stolen: stolen",
    "OPENAI_LOG": "debug",
}


@pytest.mark.parametrize("key", ["sk-zebra", ""])
async def test_the_environment_has_no_say_in_where_or_with_what_key_is_asked(
    opened: Open, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    async with LlmServer(key=key) as server:
        await answer(opened(base_url=server.base_url, api_key=key))

        (asked,) = server.asked
        assert asked.headers["Authorization"] == f"Bearer {key or 'none'}"
        assert asked.headers["Host"] == server.base_url.removeprefix("http://").removesuffix("/v1")
        assert "stolen" not in str(asked.headers)


async def test_not_even_where_it_was_set_before_the_client_was_imported(server: LlmServer) -> None:
    program = (
        "import asyncio, logging, sys\n"
        "logging.basicConfig(level=logging.WARNING, format='%(levelname)s %(name)s %(message)s')\n"
        "from retrieval.llm import LanguageModel\n"
        "assert 'openai' not in sys.modules and 'llama_index.core' not in sys.modules\n"
        "async def main():\n"
        f"    llm = LanguageModel({server.base_url!r}, {server.model!r}, {server.key!r})\n"
        "    await llm.warm_up()\n"
        f"    print(''.join([piece async for piece in llm.complete({SYSTEM!r}, {QUESTION!r})]))\n"
        "    await llm.aclose()\n"
        "asyncio.run(main())\n"
    )
    ran = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", program],
        env=ENVIRONMENT,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.stdout, ran.stderr) == ("Yes.\n", "")
    assert "stolen" not in str(server.asked[0].headers)


async def test_nothing_is_told_of_the_machine(server: LlmServer, llm: LanguageModel) -> None:
    await answer(llm)

    assert set(server.asked[0].headers) == {
        "Accept",
        "Accept-Encoding",
        "Authorization",
        "Content-Length",
        "Content-Type",
        "Host",
        "User-Agent",
    }


@pytest.mark.parametrize(
    "reply",
    [
        "Yes.",
        Status(401, message=f"Incorrect API key provided: sk-zebra-of-the-tests; asked was {QUESTION}"),
        Status(500, message=f"sk-zebra-of-the-tests, {QUESTION}"),
        Raw([f'data: {{"error": {{"message": "sk-zebra-of-the-tests, {QUESTION}"}}}}\n\n'.encode()]),
        Raw([f"data: sk-zebra-of-the-tests, {QUESTION}\n\n".encode()]),
        Says(["Yes."], finish=None),
        Drop(),
    ],
)
async def test_neither_an_error_nor_a_log_repeats_the_key_and_no_log_above_debug_the_question(
    server: LlmServer, llm: LanguageModel, caplog: pytest.LogCaptureFixture, reply: Reply | str
) -> None:
    server.script = reply
    said = [repr(llm), repr(llm.complete(SYSTEM, QUESTION)), repr(llm.figures())]
    with caplog.at_level(logging.DEBUG):
        if reply == "Yes.":
            await answer(llm)
        else:
            error = await failure(llm)
            said += [repr(error), *traceback.format_exception(error)]

    assert "zebra" not in caplog.text + "".join(said)
    assert QUESTION not in "".join(said)
    loud = [record.getMessage() for record in caplog.records if record.levelno > logging.DEBUG]
    assert QUESTION not in "".join(loud)


def test_the_client_itself_does_not_hold_the_key(server: LlmServer) -> None:
    endpoint = Endpoint(server.base_url, server.model, server.key, LanguageModel("http://a", "b")._limits)

    assert "zebra" not in repr(vars(endpoint)) + repr(endpoint._load())


async def test_warming_up_works_in_a_thread_once_and_connects_to_nobody(
    opened: Open, server: LlmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    load = Endpoint._load

    def noted(endpoint: Endpoint) -> OpenAILike:
        threads.append(threading.current_thread())
        return load(endpoint)

    monkeypatch.setattr(Endpoint, "_load", noted)
    llm = opened()
    await asyncio.gather(llm.warm_up(), llm.warm_up())
    await llm.warm_up()

    assert len(threads) == 1
    assert threads[0] is not threading.main_thread()
    assert server.asked == []
    assert await answer(llm) == "Yes."
    assert len(threads) == 1
