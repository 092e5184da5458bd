"""Serving Telegram by long polling until told to stop: waits while Telegram is down, ends when the token is refused."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from telegram import BotCommand, BotCommandScopeChat, Update
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import AIORateLimiter, Application, ExtBot
from tenacity import AsyncRetrying, retry_if_exception, wait_exponential

from bot import texts
from bot.errors import BotError, TokenRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from tenacity import RetryCallState

    from bot.pulse import Pulse

logger = logging.getLogger(__name__)

UPDATES = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY]
LONGEST_WAIT = 60.0
"""Seconds between two tries to reach Telegram."""


class WatchedBot(ExtBot[AIORateLimiter]):
    """A bot that notices when Telegram refuses its token in the middle of polling.

    The library then stops polling for good but goes on running (python-telegram-bot 22.8), deaf and silent.
    """

    __slots__ = ("_pulse", "token_refused")

    def __init__(self, *args: Any, pulse: Pulse, **kwargs: Any) -> None:  # noqa: ANN401 - handed on as they are
        super().__init__(*args, **kwargs)
        with self._unfrozen():
            self.token_refused = asyncio.Event()
            self._pulse = pulse

    async def get_updates(self, *args: Any, **kwargs: Any) -> tuple[Update, ...]:  # noqa: ANN401 - handed on as they are
        """Poll once; an answer and a refused token are remembered."""
        try:
            updates = await super().get_updates(*args, **kwargs)
        except InvalidToken:
            self.token_refused.set()
            raise
        self._pulse.beat()
        return updates


FootnoteApplication = Application[WatchedBot, Any, Any, Any, Any, None]
"""The library's application around our bot; nothing is kept in its contexts."""


async def serve(
    application: FootnoteApplication, admin_ids: Iterable[int], stop: asyncio.Event, say: Callable[[str], None]
) -> None:
    """Answer Telegram until `stop` is set, then finish what is in hand; `say` tells the operator one line at a time.

    Raises:
        TokenRefused: Telegram does not know the token, at the start or later.
    """
    bot = application.bot
    try:
        if await _finished(_reach(bot, say), stop):
            await application.initialize()
            await _introduce(bot, admin_ids)
            await application.start()
            if await _finished(_start_polling(application, say), stop):
                say(texts.SERVING.format(username=bot.username))
                await _finished(bot.token_refused.wait(), stop)
    except InvalidToken as error:
        raise TokenRefused(texts.TOKEN_REFUSED) from error
    finally:
        await _shut_down(application)
    if bot.token_refused.is_set():
        raise TokenRefused(texts.TOKEN_REFUSED)


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
    await application.updater.start_polling(bootstrap_retries=-1, allowed_updates=UPDATES, error_callback=on_error)


async def _shut_down(application: FootnoteApplication) -> None:
    """Stop polling, let the handlers finish, close the connections; every step only if it has been taken."""
    if application.updater and application.updater.running:
        # It polls once more to acknowledge what it has, which a refused token does not let it.
        with suppress(InvalidToken):
            await application.updater.stop()
    if application.running:
        await application.stop()
    await application.shutdown()
    await application.bot.shutdown()


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


async def _introduce(bot: WatchedBot, admin_ids: Iterable[int]) -> None:
    """Set the command menus and descriptions; where Telegram does not take them, the bot works all the same."""
    everybody = [BotCommand(name, text) for name, text in texts.COMMANDS.items()]
    admins = everybody + [BotCommand(name, text) for name, text in texts.ADMIN_COMMANDS.items()]
    try:
        await bot.set_my_commands(everybody)
        await bot.set_my_description(texts.DESCRIPTION)
        await bot.set_my_short_description(texts.SHORT_DESCRIPTION)
    except TelegramError as error:
        logger.warning("Menus and descriptions were not set: %s", error)
    for admin_id in admin_ids:
        try:
            await bot.set_my_commands(admins, scope=BotCommandScopeChat(admin_id))
        except TelegramError as error:
            logger.info("Admin %s has no menu yet (has never written to the bot?): %s", admin_id, error)
