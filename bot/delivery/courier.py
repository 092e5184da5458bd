"""What goes out to Telegram: each message in its turn, once, and for as long as it takes to get there.

A send is noted in the inbox before it goes out and Telegram's answer after, so a replay knows what it need not send
again. Of a send without an answer nobody knows whether it arrived: it is repeated, and says so.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from telegram.error import ChatMigrated, RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter
from tenacity import AsyncRetrying, retry_if_exception, wait_exponential

from bot import texts
from bot.delivery.current import current, is_progress
from bot.delivery.failures import is_passing, is_undelivered, may_have_arrived, seconds_to_wait
from bot.delivery.notes import Note
from bot.delivery.turns import Turns
from bot.rendering import LIMIT, visible_length

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tenacity import RetryCallState

    from bot.delivery.metrics import Metrics
    from bot.state.inbox import Inbox

    Data = dict[str, Any]
    Call = Callable[[Data], Coroutine[Any, Any, Any]]

logger = logging.getLogger(__name__)

AT_A_TIME = 10
"""Messages on their way: enough for 30 a second of a third each, and no more are in doubt after a crash."""

TOLD_TO_WAIT = 5
"""Times that Telegram may say "too many requests" to one call."""
IN_DOUBT = 3
"""Times that a message goes out whose answer gets lost; after that it is left to the next start."""
UNSEEN = 3
"""Tries for a call that nobody sees, such as the answer to a press: soon it is too late for it."""

BACK_OFF = wait_exponential(multiplier=0.5, max=30.0)
"""Seconds between two tries to reach Telegram."""


class Courier(BaseRateLimiter[None]):
    """Every call to Telegram but the polls goes through here."""

    def __init__(self, inbox: Inbox, metrics: Metrics) -> None:
        self._inbox = inbox
        self._metrics = metrics
        self._turns = Turns()
        self._slots = asyncio.Semaphore(AT_A_TIME)
        self._is_typing = False

    async def initialize(self) -> None:
        """Do nothing: there is nothing to get ready."""

    async def shutdown(self) -> None:
        """Do nothing: whoever waits has been cancelled."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,  # noqa: ANN401, ARG002 - the library's; they are the two that follow
        kwargs: dict[str, Any],
        endpoint: str,
        data: Data,
        rate_limit_args: None,  # noqa: ARG002 - the library's
    ) -> Any:  # noqa: ANN401 - whatever Telegram answers
        """Return Telegram's answer to a call.

        Raises:
            TelegramError: it was refused, or could not be delivered.
        """

        async def call(given: Data) -> Any:  # noqa: ANN401 - whatever Telegram answers
            return await callback(endpoint, given, **kwargs)

        if endpoint == "sendChatAction":
            return await self._type(call, data)
        if endpoint == "sendMessageDraft":  # the next one tells more, and the answer all
            return True if self._turns.are_awaited or self._slots.locked() else await call(data)
        if not endpoint.startswith(("send", "edit")):
            return await self._ask(call, data)
        try:
            answer = await (self._edit(call, data) if endpoint.startswith("edit") else self._send(call, data))
        except TelegramError as error:
            self._metrics.sent(endpoint, type(error).__name__)
            if (of := current()) and is_undelivered(error) and not is_progress():
                of.undelivered = True
            raise
        self._metrics.sent(endpoint, "ok")
        if of := current():
            self._metrics.answered(asyncio.get_running_loop().time() - of.since)
        return answer

    async def _type(self, call: Call, data: Data) -> Any:  # noqa: ANN401 - whatever Telegram answers
        """Show that an answer is being made, unless there is more to do than that."""
        if self._is_typing or self._turns.are_awaited or self._slots.locked():
            return True
        self._is_typing = True
        try:
            return await call(data)
        finally:
            self._is_typing = False

    async def _ask(self, call: Call, data: Data) -> Any:  # noqa: ANN401 - whatever Telegram answers
        return await _again(lambda tries: tries >= UNSEEN)(call, data)

    async def _edit(self, call: Call, data: Data) -> Any:  # noqa: ANN401 - whatever Telegram answers
        # An edit may be made twice, so it does not matter whether it arrived; of progress the next edit tells more.
        only_progress = is_progress()

        async def once() -> Any:  # noqa: ANN401 - whatever Telegram answers
            await self._turn(data)
            async with self._slots:
                return await self._heard(call, data)

        return await _again(lambda _: only_progress)(once)

    async def _send(self, call: Call, data: Data) -> Any:  # noqa: ANN401 - whatever Telegram answers
        note = Note.of(self._inbox, current())
        lost = 0  # answers

        async def once() -> Any:  # noqa: ANN401 - whatever Telegram answers
            await self._turn(data)
            async with self._slots:
                return await sent()

        async def sent() -> Any:  # noqa: ANN401 - whatever Telegram answers
            nonlocal lost
            known = await note.begin()
            if known and known.result is not None:
                return known.result
            lost += known is not None
            try:
                answer = await (self._repeat if lost else self._heard)(call, data)
            except TelegramError as error:
                if may_have_arrived(error):
                    lost += 1
                elif not lost:
                    await note.drop()
                raise
            await note.end(answer)
            return answer

        return await _again(lambda _: lost >= IN_DOUBT)(once)

    async def _repeat(self, call: Call, data: Data) -> Any:  # noqa: ANN401 - whatever Telegram answers
        """Make a send again, marked as one that may be there twice."""
        name = "text" if "text" in data else "caption"
        marked = "\n\n".join(filter(None, (texts.REPEATED, data.get(name))))
        if visible_length(marked) <= LIMIT:
            return await self._heard(call, {**data, name: marked})
        place: Data = {key: data[key] for key in ("chat_id", "message_thread_id") if key in data}
        await self._heard(call, {**place, "text": texts.REPEATED})
        await self._turn(data)
        return await self._heard(call, data)

    async def _turn(self, data: Data) -> None:
        if "chat_id" in data:  # not in an edit of what was sent inline
            await self._turns.turn(data["chat_id"], progress=is_progress())

    async def _heard(self, call: Call, data: Data) -> Any:  # noqa: ANN401 - whatever Telegram answers
        """Make a call, where the chat is now; let it rest if Telegram says so."""
        if "chat_id" not in data:
            return await call(data)
        try:
            return await call(data)
        except RetryAfter as error:
            self._turns.pause(data["chat_id"], seconds_to_wait(error))
            raise
        except ChatMigrated as error:  # a group that became a supergroup; this went nowhere
            moved = {**data, "chat_id": error.new_chat_id}
            await self._turn(moved)
            return await self._heard(call, moved)


def _again(is_enough: Callable[[int], bool]) -> AsyncRetrying:
    """Try as long as Telegram may take it later, unless `is_enough` says otherwise of the number of tries."""
    told_to_wait = 0

    def stop(state: RetryCallState) -> bool:
        nonlocal told_to_wait
        told_to_wait += isinstance(_error(state), RetryAfter)
        return told_to_wait >= TOLD_TO_WAIT or is_enough(state.attempt_number)

    return AsyncRetrying(retry=retry_if_exception(is_passing), wait=_wait, stop=stop, before_sleep=_tell, reraise=True)


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _wait(state: RetryCallState) -> float:
    error = _error(state)
    return seconds_to_wait(error) if isinstance(error, RetryAfter) else BACK_OFF(state)


def _tell(state: RetryCallState) -> None:
    logger.warning("Telegram did not take a call, which is made again: %s", _error(state))
