"""How much a person may ask in a day."""

from __future__ import annotations

import logging
import math
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from bot import texts
from bot.errors import StateError
from bot.rendering import Reply

if TYPE_CHECKING:
    from bot.dialogue.values import Asker
    from bot.state.exchanges import Exchanges

logger = logging.getLogger(__name__)


class Quota:
    """So many questions a person and day of this machine's clock; 0 is no limit, and `exempt` people have none."""

    def __init__(self, exchanges: Exchanges, daily: int, exempt: frozenset[int]) -> None:
        self._exchanges = exchanges
        self._daily = daily
        self._exempt = exempt

    async def refusal(self, asker: Asker) -> Reply | None:
        """Return when a person may ask again, or None if they may now."""
        if not self._daily or asker.user is None or asker.user in self._exempt:
            return None
        now = datetime.now().astimezone()
        today = datetime.combine(now.date(), time()).astimezone()
        tomorrow = datetime.combine(now.date() + timedelta(days=1), time()).astimezone()
        try:
            asked = await self._exchanges.count_of(asker.user, today, asker.update)
        except StateError as error:
            logger.warning("Questions could not be counted, and one more is answered: %s", error)
            return None
        if asked < self._daily:
            return None
        hours = max(1, math.ceil((tomorrow - now) / timedelta(hours=1)))
        return Reply(texts.QUOTA.format(count=hours, limit=self._daily))
