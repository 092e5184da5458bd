"""What is said where there is no answer, or a question that cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import texts
from bot.rendering.articles import title_line
from bot.rendering.local import day
from bot.rendering.markup import NAME, escaped, shortened
from bot.rendering.remarks import remarked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.engine import Status
    from retrieval.models import Answer

LISTED_NAMES = 10
"""Names in a list; a phone shows no more at a glance."""


def not_found(given: Answer, status: Status, *above: str) -> str:
    """Return a friendly no below what is put `above`: the nearest articles and what the corpus covers."""
    lines = [*(f"{line}\n" for line in (*above, *remarked(given))), texts.NOT_FOUND]
    if given.nearest:
        lines += ["", texts.CLOSEST, *(f"• {title_line(card)}" for card in given.nearest)]
    return "\n".join([*lines, "", _range(status), texts.TRY_AGAIN])


def unreadable_date(operator: str, value: str) -> str:
    """Return what is wrong with the value of since:, before: and their like."""
    return texts.UNREADABLE_DATE.format(operator=escaped(operator), value=escaped(shortened(value, NAME)))


def contradicting(operator: str, value: str) -> str:
    """Return that an operator leaves no article of those that the ones before it let in."""
    return texts.CONTRADICTING.format(operator=escaped(operator), value=escaped(shortened(value, NAME)))


def unknown_source(value: str, sources: Sequence[str]) -> str:
    """Return that no source is called so, and some that there are."""
    names = ", ".join(escaped(shortened(source, NAME)) for source in sources[:LISTED_NAMES])
    if len(sources) > LISTED_NAMES:
        names = texts.AND_OTHERS.format(articles=names, count=len(sources) - LISTED_NAMES)
    known = texts.KNOWN_SOURCES.format(names=names) if names else ""
    return texts.UNKNOWN_SOURCE.format(value=escaped(shortened(value, NAME)), sources=known).strip()


def _range(now: Status) -> str:
    articles = texts.ARTICLES.format(count=now.manifest.articles)
    if not now.oldest or not now.newest:
        return texts.RANGE_UNDATED.format(articles=articles)
    pattern = texts.RANGE_ONE_DAY if now.oldest == now.newest else texts.RANGE
    return pattern.format(articles=articles, oldest=day(now.oldest), newest=day(now.newest))
