"""A strict OpenAI-compatible server on loopback that answers, and fails, as a script says.

    async with LlmServer() as server:
        server.script = [Status(429, retry_after="1"), "The ferry sank [1]."]
        model = LanguageModel(server.base_url, server.model, server.key)
        ...
        assert server.refusals == []

A script is one reply for every call, a list of replies for the next calls (then the last one again), or a function of
what was asked. A text is said in words. `python -m tests.llm_server --port 8099 --script package.module:function` runs
it in a process of its own until it is ended.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import pkgutil
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping


class Reply:
    """Something that happens to a call."""


@dataclass(frozen=True)
class Says(Reply):
    """The text in these pieces, with a pause in seconds before each; whole unless `finish` is None.

    `ends_with` is what comes after: the end of the connection, none of it while the client stays (hang), or its break.
    """

    pieces: Sequence[str]
    pause: float = 0.0
    finish: str | None = "stop"
    usage: tuple[int, int] | None = None
    """Prompt and completion; counted in words if it is None."""
    tells_usage: bool = True
    ends_with: str = "done"
    """`done`, `nothing`, `hang` or `drop`."""


@dataclass(frozen=True)
class Endless(Reply):
    """One piece again and again, whatever was asked for."""

    piece: str = "word "
    pause: float = 0.0


@dataclass(frozen=True)
class Status(Reply):
    """Refused with a status."""

    status: int
    retry_after: str | None = None
    message: str = "no"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Raw(Reply):
    """Bytes as they are, each chunk sent by itself, then the end of the connection."""

    chunks: Sequence[bytes]


@dataclass(frozen=True)
class Drop(Reply):
    """The connection breaks before any answer."""


@dataclass(frozen=True)
class Hang(Reply):
    """No answer while the client stays."""


@dataclass
class Asked:
    """A completion that was asked for."""

    body: Mapping[str, Any]
    headers: Mapping[str, str]
    ended: asyncio.Event
    """Set when nothing more is sent."""
    left: bool = False
    """Whether the client left before the end."""

    @property
    def system(self) -> str:
        return "\n".join(message["content"] for message in self.body["messages"] if message["role"] == "system")

    @property
    def user(self) -> str:
        return "\n".join(message["content"] for message in self.body["messages"] if message["role"] == "user")


Answering = Callable[[Asked], Reply | str]
Script = Reply | str | list[Reply | str] | Answering

# What may stand in a request, and of which kind it is.
FIELDS: Mapping[str, type | tuple[type, ...]] = {
    "model": str,
    "messages": list,
    "stream": bool,
    "stream_options": dict,
    "max_tokens": int,
    "temperature": (int, float),
}


class LlmServer:
    """The server; `takes_stream_options` is off for one of those that refuse what they do not know."""

    def __init__(
        self, *, model: str = "small-model", key: str = "sk-zebra-of-the-tests", takes_stream_options: bool = True
    ) -> None:
        self.model = model
        self.key = key
        self.takes_stream_options = takes_stream_options
        self.script: Script = "Yes."
        self.asked: list[Asked] = []
        self.refusals: list[str] = []
        self.base_url = ""
        self._runner: web.AppRunner | None = None
        self._arrived = asyncio.Condition()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Listen; `base_url` is where."""
        application = web.Application()
        application.router.add_post("/v1/chat/completions", self._complete)
        application.router.add_get("/v1/models", self._models)
        # A handler learns by this that its client left.
        self._runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"

    async def stop(self) -> None:
        """Stop listening and end what is in hand."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def arrival(self, number: int) -> Asked:
        """Return the call of that number, counted from 1, as soon as it came."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.asked) >= number)
        return self.asked[number - 1]

    async def _models(self, request: web.Request) -> web.Response:
        if refusal := self._unknown(request):
            return refusal
        return web.json_response({"object": "list", "data": [{"id": self.model, "object": "model"}]})

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        if refusal := self._unknown(request):
            return refusal
        body = await request.json()
        wrong = _wrong(body) or (
            "Unrecognized field: stream_options" if "stream_options" in body and not self.takes_stream_options else ""
        )
        if wrong:
            return self._refused(400, wrong)
        if body["model"] != self.model:
            return self._refused(404, f"The model {body['model']} does not exist")
        asked = Asked(body, dict(request.headers), asyncio.Event())
        async with self._arrived:
            self.asked.append(asked)
            self._arrived.notify_all()
        try:
            return await self._answer(request, asked)
        except ConnectionError:
            asked.left = True
            return web.Response()
        except asyncio.CancelledError:
            asked.left = True
            raise
        finally:
            asked.ended.set()

    def _unknown(self, request: web.Request) -> web.Response | None:
        said = request.headers.get("Authorization", "")
        if said.startswith("Bearer ") and (not self.key or said == f"Bearer {self.key}"):
            return None
        return self._refused(401, f"Incorrect API key provided: {said.removeprefix('Bearer ')}")

    def _refused(self, status: int, message: str) -> web.Response:
        self.refusals.append(message)
        return web.json_response({"error": {"message": message, "type": "invalid_request_error"}}, status=status)

    def _next(self, asked: Asked) -> Reply:
        script = self.script
        if isinstance(script, list):
            reply = script.pop(0) if len(script) > 1 else script[0]
        else:
            reply = script(asked) if callable(script) else script
        return Says(words(reply)) if isinstance(reply, str) else reply

    async def _answer(self, request: web.Request, asked: Asked) -> web.StreamResponse:
        reply = self._next(asked)
        match reply:
            case Status():
                headers = dict(reply.headers) | ({"Retry-After": reply.retry_after} if reply.retry_after else {})
                return web.json_response(
                    {"error": {"message": reply.message, "type": "error"}}, status=reply.status, headers=headers
                )
            case Drop():
                _break(request)
            case Hang():
                await asyncio.Event().wait()
            case Says() if not asked.body.get("stream"):
                return web.json_response(_whole(self.model, asked, reply))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        match reply:
            case Raw():
                for chunk in reply.chunks:
                    await response.write(chunk)
                    await asyncio.sleep(0)
            case Endless():
                while True:
                    await response.write(event(self.model, delta={"content": reply.piece}))
                    await asyncio.sleep(reply.pause)
            case Says():
                await self._say(request, response, asked, reply)
        return response

    async def _say(self, request: web.Request, response: web.StreamResponse, asked: Asked, reply: Says) -> None:
        await response.write(event(self.model, delta={"role": "assistant", "content": ""}))
        for piece in reply.pieces:
            await asyncio.sleep(reply.pause)
            await response.write(event(self.model, delta={"content": piece}))
        if reply.finish:
            await response.write(event(self.model, delta={}, finish=reply.finish))
        if reply.tells_usage and asked.body.get("stream_options", {}).get("include_usage"):
            await response.write(event(self.model, usage=_usage(asked, reply)))
        match reply.ends_with:
            case "done":
                await response.write(b"data: [DONE]\n\n")
            case "hang":
                await asyncio.Event().wait()
            case "drop":
                _break(request)


def words(text: str) -> list[str]:
    """Return the text in pieces, each a word with what is before it."""
    return re.findall(r"\s*\S+|\s+\Z", text)


def event(
    model: str,
    *,
    delta: Mapping[str, Any] | None = None,
    finish: str | None = None,
    usage: Mapping[str, int] | None = None,
) -> bytes:
    """Return one event of a stream; without a delta it has no choice, as the one that tells the usage."""
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    data = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": model, "choices": choices}
    return f"data: {json.dumps(data | {'usage': usage}, ensure_ascii=False)}\n\n".encode()


def _whole(model: str, asked: Asked, reply: Says) -> Mapping[str, Any]:
    message = {"role": "assistant", "content": "".join(reply.pieces)}
    choices = [{"index": 0, "message": message, "finish_reason": reply.finish}]
    head = {"id": "1", "object": "chat.completion", "created": 0, "model": model}
    return head | {"choices": choices, "usage": _usage(asked, reply)}


def _usage(asked: Asked, reply: Says) -> Mapping[str, int]:
    prompt, completion = reply.usage or (len(f"{asked.system} {asked.user}".split()), len(reply.pieces))
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _break(request: web.Request) -> None:
    """Break the connection without a word."""
    if request.transport:
        request.transport.abort()
    raise ConnectionResetError


def _wrong(body: Any) -> str:  # noqa: ANN401 - whatever came
    """Return what is wrong with a request, or nothing."""
    if not isinstance(body, dict):
        return "The body must be an object"
    for name, value in body.items():
        if name not in FIELDS:
            return f"Unrecognized field: {name}"
        if not isinstance(value, FIELDS[name]):
            return f"Wrong type of {name}"
    if "stream_options" in body and not body.get("stream"):
        return "stream_options is for streams only"
    if body.get("max_tokens", 1) < 1:
        return "max_tokens must be at least 1"
    messages = body.get("messages")
    return "" if messages and "model" in body and all(map(_is_message, messages)) else "messages and model are needed"


def _is_message(message: Any) -> bool:  # noqa: ANN401 - whatever came
    is_shaped = isinstance(message, dict) and set(message) == {"role", "content"}
    return is_shaped and message["role"] in {"system", "user", "assistant"} and isinstance(message["content"], str)


async def _serve(port: int, script: str) -> None:
    server = LlmServer(key="")
    if script:
        server.script = pkgutil.resolve_name(script)
    await server.start(port)
    print(server.base_url, flush=True)  # noqa: T201 - whoever started it reads the address
    await asyncio.Event().wait()


def main() -> None:
    """Run it until it is ended."""
    arguments = argparse.ArgumentParser(description="A scripted OpenAI-compatible endpoint; any key will do.")
    arguments.add_argument("--port", type=int, default=0, help="0 takes a free one; the address is printed")
    arguments.add_argument("--script", default="", help="package.module:name of a script; without one it says Yes.")
    given = arguments.parse_args()
    asyncio.run(_serve(given.port, given.script))


if __name__ == "__main__":
    # Under its own name: a script's replies are of the classes of that module, not of __main__'s.
    pkgutil.resolve_name("tests.llm_server:main")()
