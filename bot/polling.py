"""Serving Telegram until told to stop: waits while Telegram is down, ends when the token is refused."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from telegram import Update
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import Application, ExtBot, Updater
from tenacity import AsyncRetrying, retry_if_exception, wait_exponential

from bot import texts
from bot.delivery.draining import shut_down, stop_polling
from bot.delivery.failures import seconds_to_wait
from bot.delivery.keeping import UNREADABLE, keep, read, receive, replay
from bot.errors import BotError, StateError, TokenRefused, TokenRevoked
from bot.menus import introduce

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Sequence

    from tenacity import RetryCallState

    from bot.delivery.webhook import Webhook
    from bot.pulse import Pulse
    from bot.state.inbox import Inbox

logger = logging.getLogger(__name__)

UPDATES = [
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.MY_CHAT_MEMBER,
]
LONGEST_WAIT = 60.0
"""Seconds between two tries to reach Telegram."""

GATHERING = 0.05
"""Seconds between two polls: many questions at once come in one, and one write to disk keeps them."""

SILENCE = 120.0
"""Seconds without even the try of a poll: whatever fails, the library tries again within thirty."""

LOOK_EVERY = 15.0
"""Seconds between two looks at the polling."""


class WatchedBot(ExtBot[Any]):
    """A bot that keeps what it is told before it acknowledges it, and notices when polling ends.

    When Telegram refuses the token in the middle of polling, the library stops for good but goes on running
    (python-telegram-bot 22.8), deaf and silent.
    """

    __slots__ = ("_next", "_pulse", "_seen", "_settling", "inbox", "polled_at", "token_refused")

    def __init__(self, *args: Any, pulse: Pulse, inbox: Inbox, **kwargs: Any) -> None:  # noqa: ANN401 - handed on as they are
        super().__init__(*args, **kwargs)
        with self._unfrozen():
            self.token_refused = asyncio.Event()
            self.inbox = inbox
            self.polled_at = 0.0
            self._pulse = pulse
            self._next = 0
            self._seen = set[int]()
            self._settling: asyncio.Task[int] | None = None

    async def get_updates(self, *, offset: int | None = None, **kwargs: Any) -> tuple[Update, ...]:  # type: ignore[override]  # noqa: ANN401, ARG002 - handed on as they are; an offset acknowledges, and the library's all that it was given
        """Poll once and return what was not seen before; it is kept, and acknowledged once the disk has it.

        No poll waits for a slow disk: until then Telegram brings the same again, besides what is new.

        Raises:
            NetworkError: it could not be kept, so it has to be asked for again.
        """
        now = asyncio.get_running_loop().time
        self._note(polled_at=now())
        try:
            self._take_settled()
            updates, last = await self._updates(self._next, **kwargs)
            self._pulse.beat()
            new = await keep(self.inbox, [update for update in updates if update.update_id not in self._seen])
            self._seen.update(update.update_id for update in updates)
        except InvalidToken:
            self.token_refused.set()
            raise
        except RetryAfter as error:
            self._note(polled_at=now() + seconds_to_wait(error))
            raise
        except StateError as error:
            raise NetworkError(f"What Telegram brought cannot be kept: {error}") from error
        if last is not None and self._settling is None:
            self._note(_settling=asyncio.create_task(self._settled(last + 1)))
        return new

    async def _settled(self, following: int) -> int:
        """Return the number of the first update that was not kept yet, once the disk has those before it."""
        await self.inbox.settle()
        return following

    def _take_settled(self) -> None:
        """Acknowledge from now on what the disk has.

        Raises:
            StateError: it did not take it.
        """
        settling = self._settling
        if settling and settling.done():
            self._note(_settling=None)
            following = settling.result()
            self._note(_next=following, _seen={number for number in self._seen if number >= following})

    async def _updates(self, offset: int, **kwargs: Any) -> tuple[Sequence[Update], int | None]:  # noqa: ANN401 - handed on as they are
        """Poll once; return what the library can read, and the number of the last update, readable or not."""
        try:
            updates = await super().get_updates(offset=offset, **kwargs)
            return updates, updates[-1].update_id if updates else None
        except UNREADABLE:  # of one update, which the library does not name
            found: list[dict[str, Any]] = await self._post("getUpdates", {"offset": offset, "allowed_updates": UPDATES})
            readable = [update for payload in found if (update := read(payload, self))]
            return readable, found[-1]["update_id"] if found else None

    def _note(self, **values: object) -> None:
        # The library lets nobody set an attribute of a bot.
        with self._unfrozen():
            for name, value in values.items():
                setattr(self, name, value)


FootnoteApplication = Application[WatchedBot, Any, Any, Any, Any, None]
"""The library's application around our bot; nothing is kept in its contexts."""


async def serve(
    application: FootnoteApplication,
    admin_ids: Iterable[int],
    stop: asyncio.Event,
    say: Callable[[str], None],
    webhook: Webhook | None = None,
) -> None:
    """Answer Telegram until `stop` is set, then finish what is in hand; `say` tells the operator one line at a time.

    Updates come by the webhook, or are polled for where there is none.

    Raises:
        TokenRefused: Telegram does not know the token.
        TokenRevoked: it does not any more.
        StateError: what is kept of updates cannot be read.
    """
    bot = application.bot
    try:
        if await _finished(_reach(bot, say), stop):
            await application.initialize()
            await introduce(bot, admin_ids)
            await application.start()
            await replay(application)
            await _finished(_listen(application, webhook, say) if webhook else _poll(application, say), stop)
    except InvalidToken as error:
        raise TokenRefused(texts.TOKEN_REFUSED) from error
    finally:
        await shut_down(application)
    if bot.token_refused.is_set():
        raise TokenRevoked(texts.TOKEN_REVOKED)


async def _listen(application: FootnoteApplication, webhook: Webhook, say: Callable[[str], None]) -> None:
    """Take what Telegram brings until it refuses the token."""
    bot = application.bot
    async with webhook.receiving(bot, partial(receive, application), UPDATES, bot.token_refused.set):
        say(texts.SERVING.format(username=bot.username))
        await bot.token_refused.wait()


async def _poll(application: FootnoteApplication, say: Callable[[str], None]) -> None:
    """Poll until Telegram refuses the token; polling that ends by itself is begun again."""
    bot, loop = application.bot, asyncio.get_running_loop()
    await _start_polling(application, say)
    say(texts.SERVING.format(username=bot.username))
    while not bot.token_refused.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(bot.token_refused.wait(), LOOK_EVERY)
        if loop.time() - bot.polled_at > SILENCE and application.updater:
            say(texts.POLLING_RESTARTED.format(minutes=(loop.time() - bot.polled_at) / 60))
            await stop_polling(application.updater)
            # One whose polling died keeps a mark to stop.
            application.updater = Updater(bot, application.update_queue)
            await application.updater.initialize()
            await _start_polling(application, say)


async def _reach(bot: WatchedBot, say: Callable[[str], None]) -> None:
    """Return once Telegram answers, however long that takes."""

    def tell(state: RetryCallState) -> None:
        seconds = state.next_action.sleep if state.next_action else 0
        say(texts.UNREACHABLE.format(url=bot.base_url.removesuffix(f"/bot{bot.token}"), seconds=seconds))

    async for attempt in AsyncRetrying(
        retry=retry_if_exception(lambda error: isinstance(error, (NetworkError, RetryAfter))),
        wait=wait_exponential(max=LONGEST_WAIT),
        before_sleep=tell,
    ):
        with attempt:
            await bot.initialize()


async def _start_polling(application: FootnoteApplication, say: Callable[[str], None]) -> None:
    told: set[str] = set()

    def on_error(error: TelegramError) -> None:
        if isinstance(error, Conflict) and texts.ANOTHER_INSTANCE not in told:
            told.add(texts.ANOTHER_INSTANCE)
            say(texts.ANOTHER_INSTANCE)
        logger.warning("A poll failed: %s", error)

    if application.updater is None:
        raise BotError("The application was built without polling.")
    await application.updater.start_polling(
        poll_interval=GATHERING, bootstrap_retries=-1, allowed_updates=UPDATES, error_callback=on_error
    )


async def _finished(work: Coroutine[Any, Any, object], stop: asyncio.Event) -> bool:
    """Return True when `work` is done, or False if `stop` was set before and the work was cancelled."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if working.done():
        working.result()
        return True
    working.cancel()
    await asyncio.wait({working})
    return False
