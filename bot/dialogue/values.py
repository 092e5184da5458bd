"""Who asks, what a button does, and how evidence is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.state.exchanges import Evidence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager

    from bot.rendering import Reply
    from retrieval.models import Citation


class Turns(Protocol):
    """Who shares the machine between people; see `bot.delivery.fairness`."""

    def turn(self, user: int | None) -> AbstractAsyncContextManager[None]:
        """Return what to hold while something is computed for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who wrote or pressed something, and where."""

    chat: int
    user: int | None
    update: int | None = None
    message: int | None = None
    """The number of the question's message, or of the message whose button was pressed."""
    reply_to: int | None = None
    """The number of our message that the question replies to."""
    bot: str = ""
    """The bot's username, for links that lead here; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a button does: another message in place of its own, one below it, or a sentence that passes."""

    edit: Reply | None = None
    send: Reply | None = None
    alert: str = ""


def evidence_of(citations: Sequence[Citation]) -> tuple[Evidence, ...]:
    """Return what is kept of quotes that are shown."""
    return tuple(
        Evidence(
            shown.number,
            shown.article.id,
            shown.article.path,
            shown.article.title,
            shown.quote.start,
            shown.quote.end,
            shown.quote.text,
        )
        for shown in citations
    )
