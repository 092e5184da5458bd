"""A Chroma server as the home of vectors: its collections by name, and patience while it is away for a moment."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
from chromadb.api.fastapi import FastAPI
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings, System
from chromadb.errors import NotFoundError
from pydantic import SecretStr
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential

from retrieval.errors import IndexBroken, ServerUnreachable
from retrieval.index.vectors import CONFIGURATION, VectorIndex

if TYPE_CHECKING:
    from chromadb.types import Collection as Model
    from tenacity import RetryCallState

PREFIX = "footnote-"
"""What the names of our collections begin with; a server may hold others'."""

CONNECT_SECONDS = 3.0

logger = logging.getLogger(__name__)


class VectorServer:
    """A Chroma server of version 1 or later; it is asked for nothing before the first call.

    Any call may raise ServerUnreachable, and so may its indexes. All of them share its connections.
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        """Take the address, `http://` or `https://`, and the token that a proxy before the server asks for.

        Raises:
            ServerUnreachable: nothing can be reached by such an address or such a token.
        """
        self.url = _checked(url)
        self.token = SecretStr(token) if token else None
        if token and not (token.isascii() and token.isprintable() and " " not in token):
            raise ServerUnreachable("CHROMA_TOKEN has a character in it that no token has.")
        self._session = httpx.Client(
            transport=_PatientTransport(self.url), headers={"Authorization": f"Bearer {token}"} if token else None
        )

    def create(self, name: str) -> VectorIndex:
        """Return a new, empty index.

        Raises:
            IndexBroken: the server holds one of this name that is not empty.
        """
        # Or an empty one that is there: the first attempt may have made it, and only its answer was lost.
        index = self._index(self._api.create_collection(name, configuration=CONFIGURATION, get_or_create=True))
        if index.count():
            raise IndexBroken(f"The Chroma server at {self.url} holds a collection {name} already.")
        return index

    def open(self, name: str) -> VectorIndex:
        """Return the index of this name.

        Raises:
            IndexBroken: there is none.
        """
        try:
            return self._index(self._api.get_collection(name))
        except NotFoundError as error:
            raise IndexBroken(f"The Chroma server at {self.url} has no collection {name}.") from error

    def remove(self, name: str) -> None:
        """Remove the index of this name, if there is one; nothing may be searching it."""
        with suppress(NotFoundError):
            self._api.delete_collection(name)

    def names(self) -> list[str]:
        """Return the names of our indexes, in order."""
        return sorted(model.name for model in self._api.list_collections() if model.name.startswith(PREFIX))

    def close(self) -> None:
        """Let go of the connections; its indexes end with it."""
        self._session.close()

    @cached_property
    def _api(self) -> FastAPI:
        """Chroma's own side of the wire, over our session.

        Not `chromadb.HttpClient`: that one connects while it is built, when its calls have no timeout yet, and leaves
        three sessions behind that nothing closes.
        """
        answer = self._session.get(f"{self.url}/api/v2/version")
        if not re.match(r'"[1-9]', answer.text):
            raise ServerUnreachable(f"At {self.url} there is no Chroma server of version 1 or later.")
        settings = Settings(
            anonymized_telemetry=False,
            chroma_api_impl="chromadb.api.fastapi.FastAPI",
            chroma_server_host=self.url,
            chroma_server_http_port=0,  # demanded, and not used where the host is a whole address
        )
        api = System(settings).instance(FastAPI)
        api._session.close()  # noqa: SLF001 - no public way to a timeout, to retries, or to close a session
        api._session = self._session  # noqa: SLF001 - same
        api.get_pre_flight_checks()  # kept by Chroma; asked now, for later it would be asked in the middle of a reload
        return api

    def _index(self, model: Model) -> VectorIndex:
        return VectorIndex(Collection(client=self._api, model=model, embedding_function=None), close=lambda: None)


@dataclass(frozen=True, slots=True)
class _Patience:
    """How many seconds one attempt may take, and after how many no other one begins."""

    attempt: float
    total: float


_QUESTION = _Patience(attempt=3, total=3)
"""Somebody waits for what is read."""
_RELOAD = _Patience(attempt=20, total=60)
"""A server that is restarted or moved is back by then, and a reload is spared."""


class _Unwell(Exception):
    """The server, or a proxy before it, answers that it cannot answer now."""


class _PatientTransport(httpx.BaseTransport):
    """Sends a request again until it is answered or patience ends.

    All that Footnote asks of Chroma may be said twice: rows that are there are not added again, and what is gone stays
    gone. So a request whose answer was lost is simply repeated.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._transport = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the server's answer, read to its end.

        Raises:
            ServerUnreachable: it did not come, or says that this server cannot be used.
        """
        patience = _QUESTION if request.method == "GET" or request.url.path.endswith("/query") else _RELOAD
        request.extensions = {"timeout": httpx.Timeout(patience.attempt, connect=CONNECT_SECONDS).as_dict()}
        retrying = Retrying(
            retry=retry_if_exception_type((httpx.TransportError, _Unwell)),
            wait=wait_exponential(multiplier=0.1, max=5),
            stop=stop_after_delay(patience.total),
            before_sleep=self._log,
            reraise=True,
        )
        try:
            response: httpx.Response = retrying(self._send, request)
        except (httpx.TransportError, _Unwell) as error:
            raise ServerUnreachable(self._sentence(error)) from error
        refusal = _refusal(response, authorized="Authorization" in request.headers)
        if refusal:
            raise ServerUnreachable(f"The Chroma server at {self._url} {refusal}.")
        return response

    def close(self) -> None:
        """Let go of the connections."""
        self._transport.close()

    def _send(self, request: httpx.Request) -> httpx.Response:
        response = self._transport.handle_request(request)
        try:
            response.read()
        finally:
            response.close()
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS or response.is_server_error:
            raise _Unwell(f"{response.status_code} {response.reason_phrase}")
        return response

    def _sentence(self, error: BaseException | None) -> str:
        return f"The Chroma server at {self._url} does not answer ({_reason(error)})."

    def _log(self, state: RetryCallState) -> None:
        logger.warning("%s Trying again.", self._sentence(state.outcome.exception() if state.outcome else None))


def _refusal(response: httpx.Response, *, authorized: bool) -> str | None:
    """Return what the operator must mend, or None for an answer that Chroma's client understands."""
    if response.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return "refuses CHROMA_TOKEN" if authorized else "asks for a token, and CHROMA_TOKEN is not set"
    if response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return "refuses a batch of vectors as too large; a proxy before it must let 40 MB through"
    if not response.is_success and "json" not in response.headers.get("Content-Type", ""):
        return f"does not answer as Chroma does ({response.status_code} {response.reason_phrase})"
    return None


def _reason(error: BaseException | None) -> str:
    """Return the operating system's words for what went wrong, or the library's."""
    if isinstance(error, httpx.TimeoutException):
        return "timed out"
    cause = error
    while cause:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror.lower()
        cause = cause.__cause__ or cause.__context__
    return str(error).rstrip(".")


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or True)
    except ValueError:
        usable = False
    if not usable or "@" in parts.netloc or parts.query or parts.fragment:
        raise ServerUnreachable("CHROMA_URL must be an address like http://127.0.0.1:8000, without a name or password.")
    return url.rstrip("/")
