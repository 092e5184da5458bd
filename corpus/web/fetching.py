"""Fetching one page or feed: how far, how long and how much is limited, and every failure is a sentence."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version
from ssl import SSLCertVerificationError
from typing import TYPE_CHECKING

import httpcore
import httpx
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt

from corpus.errors import FetchError
from corpus.web.body import read_body
from corpus.web.guard import GuardedNetwork

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Iterator

    from tenacity import RetryCallState

AGENT = "Footnote"
"""What robots.txt calls us."""

_PASSING = (httpx.NetworkError, httpx.ConnectTimeout, httpx.RemoteProtocolError)
_OVERLOADED = (502, 503, 504)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes after decompression, redirects, and seconds.

    `wait` is for a connection, for the next bytes, and the longest Retry-After that is heeded; `total` is for all.
    `pause` comes before a retry where the server names no time.
    """

    size: int = 20 * 1024 * 1024
    redirects: int = 5
    wait: float = 10.0
    total: float = 30.0
    pause: float = 1.0


@dataclass(frozen=True, slots=True)
class Page:
    """What a server gave: `url` is where redirects ended; `is_unchanged` has no content, for it is what one has."""

    url: str
    content: bytes
    media_type: str
    etag: str | None
    modified: str | None
    is_unchanged: bool


class Fetcher:
    """Fetches over http and https, through a guarded network and no proxy; keeps connections, but no cookies."""

    def __init__(
        self,
        network: httpcore.AsyncNetworkBackend | None = None,
        limits: Limits = Limits(),
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits
        self._client = httpx.AsyncClient(
            transport=_Transport(network or GuardedNetwork(), ssl_context or httpx.create_ssl_context(trust_env=False)),
            trust_env=False,
            timeout=httpx.Timeout(limits.wait, pool=None),
            # gzip alone, which can be unpacked up to a limit.
            headers={"User-Agent": f"{AGENT}/{version('footnote')} (+news archive bot)", "Accept-Encoding": "gzip"},
            # What one page sets must not change what another one gives.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    async def aclose(self) -> None:
        """Close the connections that are kept."""
        await self._client.aclose()

    async def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        modified: str | None = None,
        accept: str = "*/*",
        permit: Callable[[str], Awaitable[None]] | None = None,
    ) -> Page:
        """Return what is at `url`, or that it is unchanged since it came with `etag` or `modified`.

        `permit` is asked before each hop and refuses by raising; `Robots.check` is one.

        Raises:
            FetchError: for every way in which this can fail, with a sentence about `url`.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": modified}
        headers = {"Accept": accept} | {name: value for name, value in conditions.items() if value}
        retrying = AsyncRetrying(
            stop=stop_after_attempt(2), wait=_pause, retry=retry_if_exception(self._may_pass), reraise=True
        )
        try:
            async with asyncio.timeout(self._limits.total):
                return await retrying(self._follow, url, headers, permit)
        except TimeoutError as error:
            raise FetchError(url, f"took longer than {self._limits.total:g} s") from error

    def _may_pass(self, error: BaseException) -> bool:
        return (
            isinstance(error, FetchError) and error.retry_after is not None and error.retry_after <= self._limits.wait
        )

    async def _follow(
        self, asked: str, headers: dict[str, str], permit: Callable[[str], Awaitable[None]] | None
    ) -> Page:
        url = _web_address(asked, asked)
        for _ in range(1 + self._limits.redirects):
            if permit:
                await permit(str(url))
            with self._failures_of(asked):
                async with self._client.stream("GET", url, headers=headers) as response:
                    if response.next_request is None:
                        return await self._page(asked, response)
                    url = _web_address(asked, response.next_request.url)
        raise FetchError(asked, f"redirects more than {self._limits.redirects} times")

    async def _page(self, asked: str, response: httpx.Response) -> Page:
        sent, got = response.request.headers, response.headers
        is_unchanged = response.status_code == httpx.codes.NOT_MODIFIED and bool(
            {"if-none-match", "if-modified-since"} & set(sent)
        )
        if not response.is_success and not is_unchanged:
            status = response.status_code
            raise FetchError(asked, f"answered {status}", status=status, retry_after=self._retry_after(response))
        return Page(
            url=str(response.url),
            content=b"" if is_unchanged else await read_body(asked, response, self._limits.size),
            media_type=got.get("content-type", "").partition(";")[0].strip().lower(),
            etag=_sendable(got.get("etag")) or (sent.get("if-none-match") if is_unchanged else None),
            modified=_sendable(got.get("last-modified")) or (sent.get("if-modified-since") if is_unchanged else None),
            is_unchanged=is_unchanged,
        )

    def _retry_after(self, response: httpx.Response) -> float | None:
        """Seconds until a busy server wants to be asked again; None where asking again is no use."""
        said = response.headers.get("retry-after", "").strip()
        if response.status_code not in (*_OVERLOADED, httpx.codes.TOO_MANY_REQUESTS):
            return None
        if said.isdecimal():
            return float(said)
        try:
            return max(0.0, (parsedate_to_datetime(said).astimezone(UTC) - datetime.now(UTC)).total_seconds())
        except (ValueError, OverflowError):
            return self._limits.pause if response.status_code in _OVERLOADED else None

    @contextmanager
    def _failures_of(self, asked: str) -> Iterator[None]:
        """The one place where the HTTP client's errors become ours."""
        try:
            yield
        except FetchError as error:
            # The guard knows the host only.
            raise FetchError(asked, error.reason, status=error.status, retry_after=error.retry_after) from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise FetchError(asked, "redirects to no web address") from error
        except (httpx.HTTPError, OSError) as error:  # the latter: TLS that fails after the handshake
            if _is_about_a_certificate(error):
                raise FetchError(asked, "has a certificate that cannot be trusted") from error
            reason = "broke off in the middle"
            if isinstance(error, httpx.TimeoutException):
                reason = f"did not answer within {self._limits.wait:g} s"
            elif isinstance(error, httpx.ConnectError):
                reason = "cannot be reached"
            elif isinstance(error, httpx.RemoteProtocolError):
                reason = "gave a broken or incomplete answer"
            raise FetchError(
                asked, reason, retry_after=self._limits.pause if isinstance(error, _PASSING) else None
            ) from error


class _Transport(httpx.AsyncHTTPTransport):
    """The library's transport above a network of ours, which its constructor does not take (httpx 0.28)."""

    def __init__(self, network: httpcore.AsyncNetworkBackend, ssl_context: ssl.SSLContext) -> None:
        super().__init__(verify=ssl_context, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(ssl_context=ssl_context, network_backend=network)


def _web_address(asked: str, url: str | httpx.URL) -> httpx.URL:
    verb = "is" if url is asked else "redirects to"
    try:
        address = httpx.URL(url)
        host = address.host
    except (httpx.InvalidURL, UnicodeError) as error:  # the latter: a host that is no IDNA
        raise FetchError(asked, f"{verb} no web address") from error
    if address.scheme not in {"http", "https"} or not host:
        raise FetchError(asked, f"{verb} no address that begins with http:// or https://")
    if address.userinfo:
        raise FetchError(asked, f"{verb} an address with a user name, which is not sent")
    return address


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return (error.retry_after or 0.0) if isinstance(error, FetchError) else 0.0


def _sendable(value: str | None) -> str | None:
    """A header that can be sent back; what is not ASCII cannot."""
    return value if value and value.isascii() else None


def _is_about_a_certificate(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None
