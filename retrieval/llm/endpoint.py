"""An OpenAI-compatible endpoint through LlamaIndex's OpenAILike: chunks out of it, and our errors."""

from __future__ import annotations

import asyncio
import logging
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
from pydantic import SecretStr

from retrieval.errors import Broken, Refused
from retrieval.llm.failures import of_status, of_transport
from retrieval.llm.models import Tokens

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from llama_index.core.base.llms.types import ChatMessage, ChatResponse, ChatResponseAsyncGen
    from llama_index.llms.openai_like import OpenAILike

    from retrieval.errors import LanguageModelError
    from retrieval.llm.models import Limits

NO_KEY = "none"
"""Sent where no key is set: the client insists on one, and endpoints without keys do not look."""

_opened: ContextVar[list[httpx.Response]] = ContextVar("_opened")
"""Where the client notes the response of the request in hand."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one event of the stream says; `is_end` where the endpoint says that the answer is whole."""

    text: str
    is_end: bool
    tokens: Tokens | None


class Endpoint:
    """The endpoint; no connection before the first stream, and no retries."""

    def __init__(self, base_url: str, model: str, api_key: str, limits: Limits) -> None:
        self._base_url = base_url
        self._model = model
        self._key = SecretStr(api_key or NO_KEY)
        self._limits = limits
        self._loading: asyncio.Future[OpenAILike] | None = None
        self._http: httpx.AsyncClient | None = None
        self._tells_tokens = True

    async def warm_up(self) -> None:
        """Load the client, which takes seconds of processor time, in a thread; no connection is made.

        Raises:
            Refused: the client knows that this model cannot be used so.
        """
        await self._loaded()

    async def stream(self, system: str, user: str, most: int) -> AsyncGenerator[Chunk, None]:
        """Yield what the endpoint sends; closing it closes the connection.

        Raises:
            LanguageModelError: the endpoint cannot be reached, does not take the request, or breaks off.
        """
        llm = await self._loaded()
        responses: list[httpx.Response] = []
        try:
            first, rest = await self._begun(llm, _messages(system, user), most, responses)
            if first is not None:
                yield _chunk(first)
                async for answer in rest:
                    yield _chunk(answer)
        except Exception as error:  # noqa: BLE001 - what LlamaIndex raises over an odd stream may be of any kind
            # Their texts repeat what the endpoint said, so they are not kept, not even as a cause.
            raise self._named(error) from None
        finally:
            # The generators between here and the response would close it when the garbage collector finds them.
            for response in responses:
                await response.aclose()

    async def aclose(self) -> None:
        """Let go of all connections."""
        if self._http:
            await self._http.aclose()

    async def _begun(
        self, llm: OpenAILike, messages: list[ChatMessage], most: int, responses: list[httpx.Response]
    ) -> tuple[ChatResponse | None, ChatResponseAsyncGen]:
        """Return the first event and those after it."""
        from openai import BadRequestError, UnprocessableEntityError  # noqa: PLC0415 - see `_load`

        mark = _opened.set(responses)
        try:
            if self._tells_tokens:
                try:
                    rest = await llm.astream_chat(messages, max_tokens=most, stream_options={"include_usage": True})
                    return await anext(rest, None), rest
                except (BadRequestError, UnprocessableEntityError) as error:
                    if "stream_options" not in error.response.text:
                        raise
                    self._tells_tokens = False
            rest = await llm.astream_chat(messages, max_tokens=most)
            return await anext(rest, None), rest
        finally:
            _opened.reset(mark)

    async def _loaded(self) -> OpenAILike:
        if self._loading is None:
            self._loading = asyncio.ensure_future(asyncio.to_thread(self._load))
        try:
            # Whoever stops waiting does not stop the thread.
            return await asyncio.shield(self._loading)
        except httpx.InvalidURL as error:
            raise Refused("LLM_BASE_URL must be an address.", is_lasting=True) from error
        except ImportError as error:
            raise Broken("The language model's client cannot be loaded; installing Footnote anew helps.") from error
        except ValueError as error:  # LlamaIndex knows some models by name that have no chat
            raise Refused("LLM_MODEL must be a model that the endpoint can chat with.", is_lasting=True) from error

    def _load(self) -> OpenAILike:
        """Return the client with all that it would import at its first request."""
        from llama_index.llms.openai_like import OpenAILike  # noqa: PLC0415 - six seconds
        from openai import AsyncOpenAI  # noqa: PLC0415 - same

        # OPENAI_LOG makes it write prompts wherever it is imported; here the log's level is ours to choose.
        for library in ("openai", "httpx"):
            logging.getLogger(library).setLevel(logging.NOTSET)
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(self._limits.total, connect=self._limits.connect, pool=self._limits.connect),
            # A redirect would take the question to where nobody sent it.
            follow_redirects=False,
            event_hooks={"request": [self._dress], "response": [_note]},
        )
        client = AsyncOpenAI(
            api_key=NO_KEY, admin_api_key="", base_url=self._base_url, http_client=self._http, max_retries=0
        )
        client.chat.completions  # noqa: B018 - its first use imports three seconds' worth
        return OpenAILike(  # type: ignore[call-arg]  # the client is no field, so mypy does not know it
            model=self._model,
            api_base=self._base_url,
            api_key=NO_KEY,
            async_openai_client=client,
            is_chat_model=True,
            max_retries=0,
            temperature=0.0,
        )

    async def _dress(self, request: httpx.Request) -> None:
        """Send what a completion needs and nothing else: variables named OPENAI_* add headers, even keys and hosts."""
        request.headers = httpx.Headers(
            {
                "Host": request.url.netloc.decode("ascii"),
                "Accept": "text/event-stream, application/json",
                "Accept-Encoding": "identity",
                "Authorization": f"Bearer {self._key.get_secret_value()}",
                "Content-Length": str(len(request.content)),
                "Content-Type": "application/json",
                "User-Agent": "Footnote",
            }
        )

    def _named(self, error: Exception) -> LanguageModelError:
        from openai import APIConnectionError, APIStatusError  # noqa: PLC0415 - see `_load`

        if isinstance(error, APIStatusError):
            return of_status(error.response)
        cause = error.__cause__ if isinstance(error, APIConnectionError) else error
        if isinstance(cause, httpx.TransportError):
            return of_transport(cause, self._limits)
        return Broken("The language model's endpoint sent what cannot be read.")


def _messages(system: str, user: str) -> list[ChatMessage]:
    from llama_index.core.base.llms.types import ChatMessage, MessageRole  # noqa: PLC0415 - see `_load`

    return [ChatMessage(system, role=MessageRole.SYSTEM), ChatMessage(user, role=MessageRole.USER)]


async def _note(response: httpx.Response) -> None:
    _opened.get().append(response)


def _chunk(answer: ChatResponse) -> Chunk:
    # `raw` is the endpoint's own JSON in the client's words, and nothing in it is checked.
    raw: Any = answer.raw
    is_end = any(choice.finish_reason for choice in raw.choices)
    return Chunk(answer.delta or "", is_end, _tokens(answer.additional_kwargs))


def _tokens(told: dict[str, Any]) -> Tokens | None:
    prompt, completion = told.get("prompt_tokens"), told.get("completion_tokens")
    if isinstance(prompt, int) and isinstance(completion, int) and min(prompt, completion) >= 0:
        return Tokens(prompt, completion)
    return None
