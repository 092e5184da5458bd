"""Spans of time, and what else narrows a question down, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot import texts
from bot.rendering.local import day, month
from bot.rendering.markup import NAME, escaped, shortened

if TYPE_CHECKING:
    from datetime import date

    from retrieval.query.models import Scope


def described(scope: Scope) -> str:
    """Return a scope in words that follow "articles": of May 2024, from 3 May 2024 on, in The Ledger."""
    return " ".join(part for part in (_span(scope.since, scope.until), _source_name(scope.source)) if part)


def _span(since: date | None, until: date | None) -> str:
    if since is None or until is None:
        if since:
            return texts.FROM_ON.format(since=day(since))
        return texts.UP_TO.format(until=day(until)) if until else ""
    if since == until:
        return texts.OF_DAY.format(day=day(since))
    if since.day == 1 and (until + timedelta(days=1)).day == 1:
        if (since.year, since.month) == (until.year, until.month):
            return texts.OF_MONTH.format(month=month(since))
        if since.year == until.year and (since.month, until.month) == (1, 12):
            return texts.OF_YEAR.format(year=since.year)
    return texts.FROM_TO.format(since=day(since), until=day(until))


def _source_name(source: str | None) -> str:
    return texts.OF_SOURCE.format(source=escaped(shortened(source, NAME))) if source else ""
