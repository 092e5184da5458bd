"""All that is kept of users and admins, over one database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from bot.state.audit import Audit
from bot.state.chats import Chats
from bot.state.database import Database
from bot.state.drafts import Drafts
from bot.state.exchanges import Exchanges
from bot.state.feedback import Feedback
from bot.state.feeds import Feeds
from bot.state.gaps import Gaps
from bot.state.inbox import Inbox
from bot.state.links import Links
from bot.state.spending import Spending
from bot.state.usage import Usage

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class State:
    """The tables of one open state.db."""

    database: Database
    audit: Audit
    chats: Chats
    drafts: Drafts
    exchanges: Exchanges
    feedback: Feedback
    feeds: Feeds
    gaps: Gaps
    inbox: Inbox
    links: Links
    spending: Spending
    usage: Usage

    @classmethod
    def open(cls, data_dir: Path) -> Self:
        """Return the state of DATA_DIR.

        Raises:
            StateError: it cannot be used; the text says why.
        """
        database = Database.open(data_dir)
        return cls(
            database,
            Audit(database),
            Chats(database),
            Drafts(database),
            Exchanges(database),
            Feedback(database),
            Feeds(database),
            Gaps(database),
            Inbox(database),
            Links(database),
            Spending(database),
            Usage(database),
        )

    def close(self) -> None:
        """Wait for the statement in hand and let go of the file."""
        self.database.close()
