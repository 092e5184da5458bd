"""How updates reach the bot: getUpdates, and the webhook that stands in its way."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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

    def __init__(self, world: World) -> None:
        self.world = world
        self.webhook: Json | None = None
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

    def set_webhook(self, params: Params) -> bool:
        url = params.text("url")
        if not url:
            return self.delete_webhook(params)
        if not url.startswith("https://"):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        port = re.match(r"https://[^/:]+:(\d+)", url)
        if port and int(port[1]) not in {80, 88, 443, 8443}:
            raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", params.text("secret_token") or ""):
            raise bad_request("secret token contains unallowed characters")
        self._end_poll("Conflict: terminated by setWebhook request")
        self._remember_allowed(params)
        if params.flag("drop_pending_updates"):
            self.world.updates.clear()
        self.webhook = {"url": url, "secret_token": params.text("secret_token")}
        return True

    def delete_webhook(self, params: Params) -> bool:
        self.webhook = None
        if params.flag("drop_pending_updates"):
            self.world.updates.clear()
        return True

    def get_webhook_info(self, _params: Params) -> Json:
        return {
            "url": self.webhook["url"] if self.webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self.world.updates),
        }
