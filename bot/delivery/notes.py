"""What the inbox knows of one send."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from bot.errors import StateError

if TYPE_CHECKING:
    from bot.delivery.current import Current
    from bot.state.inbox import Inbox, Send

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Note:
    """One send of an update, or of none. Where it cannot be noted the message goes out all the same."""

    inbox: Inbox
    update_id: int | None
    number: int = 0
    is_begun: bool = False

    @classmethod
    def of(cls, inbox: Inbox, current: Current | None) -> Self:
        """Return the note of the send that comes next in the answer to an update."""
        return cls(inbox, current.update_id, current.next_send()) if current else cls(inbox, None)

    async def begin(self) -> Send | None:
        """Note that the message goes out now; return what is known of it if it did before."""
        if self.update_id is None or self.is_begun:
            return None
        try:
            known = await self.inbox.begin_send(self.update_id, self.number)
        except StateError as error:
            logger.warning("A message goes out that could not be noted: %s", error)
            self.update_id = None
            return None
        self.is_begun = True
        return known

    async def end(self, answer: Any) -> None:  # noqa: ANN401 - whatever Telegram answers
        """Keep Telegram's answer."""
        await self._write(answer, is_there=True)

    async def drop(self) -> None:
        """Forget the send: it surely did not arrive."""
        await self._write(None, is_there=False)

    async def _write(self, answer: Any, *, is_there: bool) -> None:  # noqa: ANN401 - whatever Telegram answers
        if self.update_id is None or not self.is_begun:
            return
        try:
            if is_there:
                await self.inbox.end_send(self.update_id, self.number, answer)
            else:
                await self.inbox.drop_send(self.update_id, self.number)
                self.is_begun = False
        except StateError as error:
            logger.warning("What became of a message could not be noted: %s", error)
