"""The language model as everything else sees it: within limits, behind a breaker, with its figures."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import aclosing
from typing import TYPE_CHECKING

from retrieval.errors import LanguageModelError, Refused, Resting, TooSlow
from retrieval.llm.breaker import Breaker
from retrieval.llm.completion import Completion
from retrieval.llm.endpoint import Endpoint
from retrieval.llm.meter import Meter
from retrieval.llm.models import Limits
from retrieval.llm.stream import TextStream
from retrieval.llm.tally import Tally

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from retrieval.llm.models import Figures

PROBE_SECONDS = 10.0

logger = logging.getLogger(__name__)


class LanguageModel:
    """A model at an OpenAI-compatible endpoint; nothing is connected or loaded before it is used.

    Where the endpoint fails again and again, completions fail at once with Resting, and a background request finds out
    when it is well again.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str = "",
        limits: Limits = Limits(),  # noqa: B008 - frozen
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the endpoint's address, as a rule up to /v1, and what it calls the model."""
        self.model = model
        self._limits = limits
        self._clock = clock
        self._endpoint = Endpoint(base_url, model, api_key, limits)
        self._breaker = Breaker(clock)
        self._tally = Tally()
        self._probe: asyncio.Task[None] | None = None

    async def warm_up(self) -> None:
        """Load the client, which takes seconds, in a thread; the endpoint is not asked for anything.

        Raises:
            Refused: the client knows that this model cannot be used so.
        """
        await self._endpoint.warm_up()

    def complete(self, system: str, user: str, *, most: int | None = None) -> Completion:
        """Return the model's answer, at most so many tokens of it; nothing is sent before it is iterated."""
        most = self._limits.tokens if most is None else most
        meter = Meter(system + user, most)
        return Completion(self._answer(system, user, most, meter), meter)

    def figures(self) -> Figures:
        """Return what happened since the process's start."""
        return self._tally.figures(self._breaker.state)

    async def aclose(self) -> None:
        """Let go of all connections."""
        if self._probe:
            self._probe.cancel()
            await asyncio.wait([self._probe])
        await self._endpoint.aclose()

    async def _answer(self, system: str, user: str, most: int, meter: Meter) -> AsyncGenerator[str, None]:
        """Yield the pieces of one answer and note what came of it."""
        if self._breaker.state != "closed":
            self._probe_if_due()
            resting = Resting("The language model's endpoint failed before and is not asked for a while.")
            self._tally.failed(resting)
            raise resting
        self._tally.began()
        began = self._clock()
        try:
            text, stream = await self._begun(system, user, most, meter)
            self._tally.spoke(self._clock() - began)
            async with aclosing(stream):
                while text:
                    meter.count(text)
                    yield text
                    text = "" if stream.is_whole or meter.is_over else await stream.read(self._limits.between)
                if stream.is_whole:
                    await stream.read_count()
        except LanguageModelError as error:
            self._tally.failed(error)
            self._breaker.failed(error)
            logger.warning("%s The breaker is %s.", error, self._breaker.state)
            raise
        else:
            self._breaker.succeeded()
            self._tally.ended(self._clock() - began)
        finally:
            self._tally.spent(meter.tokens)

    async def _begun(self, system: str, user: str, most: int, meter: Meter) -> tuple[str, TextStream]:
        """Return the first piece and where the others come from; a busy endpoint is asked again if there is time."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._limits.total
        try:
            async with asyncio.timeout_at(end):
                await self._endpoint.warm_up()
        except TimeoutError:
            raise TooSlow("The language model's client was not loaded in time.") from None
        stream = TextStream(self._endpoint.stream(system, user, most), meter, end)
        try:
            return await stream.read(self._limits.first_token), stream
        except LanguageModelError as error:
            wait = error.retry_after
            if wait is None or loop.time() + wait >= end:
                raise
        await asyncio.sleep(wait)
        stream = TextStream(self._endpoint.stream(system, user, most), meter, end)
        return await stream.read(self._limits.first_token), stream

    def _probe_if_due(self) -> None:
        if self._breaker.take_probe():
            self._probe = asyncio.create_task(self._ask_whether_it_is_well())

    async def _ask_whether_it_is_well(self) -> None:
        """Ask for one token, for nobody, and tell the breaker."""
        seconds = min(PROBE_SECONDS, self._limits.first_token)
        end = asyncio.get_running_loop().time() + seconds
        chunks = self._endpoint.stream("Answer with one word.", "Are you there?", 1)
        try:
            async with aclosing(TextStream(chunks, Meter("", 1), end)) as stream:
                await stream.read(seconds)
        except LanguageModelError as error:
            # Some models refuse so short an answer; one that reads a request is there.
            if not (isinstance(error, Refused) and not error.is_lasting):
                self._breaker.probe_failed(error)
                return
        self._breaker.probe_succeeded()
        logger.info("The language model answers again.")
