"""Updates that Telegram brings: a small HTTP server behind a reverse proxy, and a look at what Telegram says of it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from aiohttp import web
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TelegramError
from tenacity import AsyncRetrying, retry_if_exception, wait_exponential

from bot.delivery.health import SILENCE
from bot.delivery.http import add_health, listening
from bot.errors import SettingsError, StateError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from telegram import Bot, WebhookInfo

    from bot.pulse import Pulse
    from bot.settings import Settings

logger = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header

LARGEST = 1024 * 1024
"""Bytes of an update; Telegram's largest take some tens of thousands."""

CONNECTIONS = 20
"""That Telegram may open at once; keeping an update takes milliseconds."""

LOOK_EVERY = 60.0
"""Seconds between two looks at what Telegram says of the webhook."""

LONGEST_WAIT = 60.0
"""Seconds between two tries to set it."""

_ELSEWHERE = "it brings updates to another address."

Receive = Callable[[dict[str, Any]], Awaitable[object]]
"""Keeps an update and hands it on; when it returns, the update survives the process."""


class Webhook:
    """The webhook of WEBHOOK_URL."""

    def __init__(self, settings: Settings, pulse: Pulse) -> None:
        if settings.webhook_url is None or settings.webhook_secret is None:
            raise SettingsError("WEBHOOK_URL must be set for a webhook.")
        self._settings = settings
        self._url = settings.webhook_url
        self._secret = settings.webhook_secret.get_secret_value()
        self._pulse = pulse

    @asynccontextmanager
    async def receiving(
        self, bot: Bot, receive: Receive, updates: Sequence[str], refused: Callable[[], None]
    ) -> AsyncIterator[None]:
        """Take what Telegram brings as long as the block runs; `refused` is called if it refuses the token meanwhile.

        The webhook stays set at the end, and Telegram keeps what comes until the next start.

        Raises:
            SettingsError: the port cannot be opened, or Telegram does not take the address.
            InvalidToken: Telegram refuses the token.
        """
        served = web.Application(client_max_size=LARGEST)
        add_health(served, self._pulse)

        async def bring(request: web.Request) -> web.Response:
            return web.Response(status=await self._take(request, receive))

        # Whatever the path: a proxy may have taken some of it away, and it is the secret that opens.
        served.router.add_post("/{path:.*}", bring)
        async with listening(served, self._settings, "WEBHOOK_PORT", self._settings.webhook_port):
            await self._set(bot, updates)
            watching = asyncio.create_task(self._watch(bot, updates, refused))
            try:
                yield
            finally:
                watching.cancel()
                await asyncio.wait({watching})

    async def _take(self, request: web.Request, receive: Receive) -> int:
        """Return the status of the answer; Telegram brings an update again until it is told 200."""
        given = request.headers.get(SECRET_HEADER, "")
        if not compare_digest(given.encode(errors="surrogateescape"), self._secret.encode()):
            logger.info("A call of the webhook without its secret was refused.")
            return web.HTTPForbidden.status_code
        try:
            update = json.loads(await request.read())
        except ValueError:
            update = None
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            return web.HTTPBadRequest.status_code
        try:
            await receive(update)
        except StateError as error:
            logger.warning("An update could not be kept; Telegram will bring it again: %s", error)
            return web.HTTPInternalServerError.status_code
        return web.HTTPOk.status_code

    async def _set(self, bot: Bot, updates: Sequence[str]) -> None:
        """Return once Telegram has taken the address, however long it cannot be reached."""
        async for attempt in AsyncRetrying(
            retry=retry_if_exception(_passes), wait=wait_exponential(max=LONGEST_WAIT), reraise=True
        ):
            with attempt:
                try:
                    await bot.set_webhook(
                        self._url,
                        secret_token=self._secret,
                        allowed_updates=updates,
                        max_connections=CONNECTIONS,
                        drop_pending_updates=False,
                    )
                except BadRequest as error:
                    raise SettingsError(f"WEBHOOK_URL: Telegram does not take it ({error}).") from error
        self._pulse.beat()

    async def _watch(self, bot: Bot, updates: Sequence[str], refused: Callable[[], None]) -> None:
        """Look again and again at what Telegram says of the webhook."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                self._note(await bot.get_webhook_info())
                if self._pulse.trouble == _ELSEWHERE:
                    logger.warning("The webhook was changed by somebody else; it is set again.")
                    with suppress(SettingsError):
                        await self._set(bot, updates)
            except InvalidToken:
                refused()
                return
            except TelegramError as error:
                logger.warning("Telegram did not say how the webhook is: %s", error)

    def _note(self, info: WebhookInfo) -> None:
        if info.url != self._url:
            self._pulse.trouble = _ELSEWHERE
            return
        self._pulse.beat()
        # An error that was followed by a delivery is over.
        failed = info.last_error_date
        if info.pending_update_count and failed and datetime.now(UTC) - failed < SILENCE:
            self._pulse.trouble = info.last_error_message or "it does not say why"


def _passes(error: BaseException) -> bool:
    """Return whether trying again helps; the library counts as network errors what Telegram refuses as well."""
    return isinstance(error, (NetworkError, RetryAfter)) and not isinstance(error, BadRequest)
