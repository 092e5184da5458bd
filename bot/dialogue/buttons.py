"""The buttons under an answer and under its quotes; their data names an exchange, which outlives restarts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import texts
from bot.rendering import Button
from bot.state.feedback import Vote

if TYPE_CHECKING:
    from bot.state.exchanges import Exchange

Rows = tuple[tuple[Button, ...], ...]


def below(exchange: Exchange) -> Rows:
    """Return the rows of buttons under an answer, or under what took its place."""
    if not exchange.evidence:
        return ()
    number = exchange.id
    quotes = tuple(Button(str(shown.number), f"quote:{number}:{shown.number}") for shown in exchange.evidence)
    more = Button(texts.MORE, f"more:{number}")
    if exchange.parent is not None:
        return quotes, (more, Button(texts.BACK, f"back:{exchange.parent}"))
    votes = Button(texts.HELPED, f"vote:{Vote.UP}"), Button(texts.DID_NOT_HELP, f"vote:{Vote.DOWN}")
    share = Button(texts.SHARE, f"share:{number}")
    return quotes, (more, Button(texts.NEWER_FIRST, f"newer:{number}")), (*votes, share)


def beside(name: str, index: int, total: int) -> tuple[Button, ...]:
    """Return the buttons to the passages before and after one of an article, counted from 0."""
    turns = []
    if index:
        turns.append(Button(texts.BACKWARD, f"{name}:{index - 1}"))
    if index + 1 < total:
        turns.append(Button(texts.ONWARD, f"{name}:{index + 1}"))
    return tuple(turns)
