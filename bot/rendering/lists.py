"""Lists of articles that lead to them: a heading of its own, and each article with its first sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.rendering.articles import title_line
from bot.rendering.markup import escaped, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.models import ArticleCard

OPENING = 200


def listed(head: str, cards: Sequence[ArticleCard], openings: Sequence[str], first: int) -> str:
    """Return articles numbered from `first`; `head` is HTML."""
    entries = [
        f"{number}. {title_line(card)}\n<i>{escaped(shortened(opening, OPENING))}</i>"
        for number, (card, opening) in enumerate(zip(cards, openings, strict=True), start=first)
    ]
    return "\n\n".join([head, *entries])
