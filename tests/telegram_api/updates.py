"""How updates reach the bot: getUpdates, and the webhook that stands in its way."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.telegram_api.deliveries import Deliveries, Delivery
from tests.telegram_api.faults import POLLING_CONFLICT
from tests.telegram_api.rules import Json, Refusal, bad_request
from tests.telegram_api.world import DEFAULT_UPDATES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.telegram_api.params import Params
    from tests.telegram_api.world import World


@dataclass(slots=True)
class _Poll:
    """A waiting getUpdates call; another call that ends it leaves the reason here."""

    ended_by: str | None = None


class Updates:
    """The queue of updates as one bot fetches it."""

    def __init__(self, world: World, *, plain_webhooks: bool = False) -> None:
        self.world = world
        self.webhook: Json | None = None
        self.deliveries: list[Delivery] = []
        self._plain_webhooks = plain_webhooks
        self._bringing: Deliveries | None = None
        self._poll: _Poll | None = None

    def methods(self) -> dict[str, Callable[[Params], Any]]:
        return {
            "getUpdates": self.get_updates,
            "setWebhook": self.set_webhook,
            "deleteWebhook": self.delete_webhook,
            "getWebhookInfo": self.get_webhook_info,
        }

    async def get_updates(self, params: Params) -> list[Json]:
        if self.webhook is not None:
            raise Refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        self._end_poll(POLLING_CONFLICT)
        self._remember_allowed(params)
        self._forget(params.integer("offset") or 0)
        limit = min(max(params.integer("limit") or 100, 1), 100)
        timeout = min(max(params.integer("timeout") or 0, 0), 50)
        self._poll = poll = _Poll()
        try:
            async with asyncio.timeout(timeout):
                while not self.world.updates and poll.ended_by is None:
                    await self.world.change()
        except TimeoutError:
            pass
        finally:
            if self._poll is poll:
                self._poll = None
        if poll.ended_by is not None:
            raise Refusal(409, poll.ended_by)
        return self.world.updates[:limit]

    def _forget(self, offset: int) -> None:
        """Drop what the bot acknowledged; a negative offset keeps only that many of the newest."""
        if offset < 0:
            del self.world.updates[:offset]
        else:
            self.world.updates[:] = [update for update in self.world.updates if update["update_id"] >= offset]

    def _remember_allowed(self, params: Params) -> None:
        """Telegram keeps the last list it was given; an empty one means the default."""
        allowed = params.array("allowed_updates")
        if allowed is not None:
            self.world.allowed_updates = frozenset(allowed) or DEFAULT_UPDATES

    def _end_poll(self, reason: str) -> None:
        if self._poll is not None:
            self._poll.ended_by = reason
            self.world.touch()

    async def set_webhook(self, params: Params) -> bool:
        url = params.text("url")
        if not url:
            return await self.delete_webhook(params)
        if self._plain_webhooks:
            if not re.match(r"http://127\.0\.0\.1:\d+(/|$)", url):
                raise bad_request("bad webhook: this server was told to bring updates to loopback only")
        else:
            _judge_address(url)
        secret = params.text("secret_token") or ""
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
            raise bad_request("secret token contains unallowed characters")
        connections = params.integer("max_connections") or 40
        if not 1 <= connections <= 100:
            raise bad_request("max_connections must be between 1 and 100")
        self._end_poll("Conflict: terminated by setWebhook request")
        self._remember_allowed(params)
        if params.flag("drop_pending_updates"):
            self.world.updates.clear()
        await self.aclose()
        self.webhook = {"url": url, "secret_token": secret, "max_connections": connections}
        if self._plain_webhooks:  # what https leads to is out of a test's reach
            self._bringing = Deliveries(self.world, url, secret, connections, self.deliveries)
        return True

    async def delete_webhook(self, params: Params) -> bool:
        await self.aclose()
        self.webhook = None
        if params.flag("drop_pending_updates"):
            self.world.updates.clear()
        return True

    def get_webhook_info(self, _params: Params) -> Json:
        info: Json = {
            "url": self.webhook["url"] if self.webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self.world.updates),
        }
        if self.webhook:
            info["max_connections"] = self.webhook["max_connections"]
            info["allowed_updates"] = sorted(self.world.allowed_updates)
        if self._bringing and self._bringing.last_error:
            info["last_error_date"], info["last_error_message"] = self._bringing.last_error
        return info

    async def aclose(self) -> None:
        """Bring nothing any more to any webhook."""
        if self._bringing is not None:
            bringing, self._bringing = self._bringing, None
            await bringing.stop()


def _judge_address(url: str) -> None:
    """Refuse an address that Telegram brings nothing to."""
    if not url.startswith("https://"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    port = re.match(r"https://[^/:]+:(\d+)", url)
    if port and int(port[1]) not in {80, 88, 443, 8443}:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
