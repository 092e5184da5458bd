"""A web site on loopback that answers as a test wants, and remembers what it was asked."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Self

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from corpus.errors import FetchError
from corpus.web.fetching import Fetcher, Limits
from corpus.web.guard import GuardedNetwork

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Sequence

    from corpus.web.guard import Address

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HERE = IPv4Address("127.0.0.1")
BRIEF = Limits(size=1024**2, wait=5, total=10, pause=0)
"""Limits for tests: the retry comes at once."""


class Site:
    """Every path answers 404 until `on` says otherwise; `requests` holds what came, in order."""

    def __init__(self, ssl_context: ssl.SSLContext | None = None) -> None:
        self.requests: list[web.Request] = []
        self._handlers: dict[str, Handler] = {}
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        self._server = TestServer(application, host="127.0.0.1", scheme="https" if ssl_context else "http")
        self._ssl = ssl_context

    async def __aenter__(self) -> Self:
        await self._server.start_server(ssl=self._ssl)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    @property
    def port(self) -> int:
        assert self._server.port is not None
        return self._server.port

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self._server.scheme}://{host}:{self.port}{path}"

    def on(self, path: str, handler: Handler) -> None:
        self._handlers[path] = handler

    def gives(self, path: str, *bodies: str | bytes | int, **headers: str) -> None:
        """Answer with each body or status in turn, and with the last from then on; `_` stands for "-" in a header."""
        left = list(bodies)

        async def answer(_: web.Request) -> web.Response:
            body = left.pop(0) if len(left) > 1 else left[0]
            status, content = (body, b"") if isinstance(body, int) else (200, body)
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return web.Response(
                status=status, body=content.encode() if isinstance(content, str) else content, headers=named
            )

        self.on(path, answer)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        handler = self._handlers.get(request.path)
        return await handler(request) if handler else web.Response(status=404)


def only_here(address: Address) -> bool:
    """What tests take for public: the one address where sites listen."""
    return address == HERE


async def everything_is_here(host: str) -> Sequence[Address]:
    """Resolve every name to the sites."""
    assert host
    return (HERE,)


def new_fetcher(limits: Limits = BRIEF, ssl_context: ssl.SSLContext | None = None) -> Fetcher:
    """A fetcher to which this machine's first loopback address is the internet."""
    return Fetcher(GuardedNetwork(only_here, everything_is_here), limits, ssl_context)


async def refusal(awaitable: Awaitable[object]) -> FetchError:
    """What the failing fetch said."""
    with pytest.raises(FetchError) as caught:
        await awaitable
    return caught.value
