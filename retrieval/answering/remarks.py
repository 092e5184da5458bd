"""What a reader has to know beside the quotes: where they are from, whether they agree, how old they are."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from retrieval.answering.agreement import differing
from retrieval.query.models import NO_SCOPE, Form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.answering.extractive import Chosen
    from retrieval.models import Citation, Remarks
    from retrieval.query.models import Query, Scope

REPORTED_WITHIN = timedelta(days=7)
"""News of a day is printed the next, so the week after a time said in words is looked at next."""

LONG_AGO = timedelta(days=90)
"""When the present is asked for, quotes older than this are shown with their age."""


def noticed(
    query: Query, remarks: Remarks, chosen: Sequence[Chosen], citations: Sequence[Citation], today: date
) -> Remarks:
    """Return the remarks on where an answer was looked for, with what its quotes add to them."""
    newest = max((citation.article.day for citation in citations if citation.article.day), default=None)
    is_old = query.about_now and newest is not None and newest < today - LONG_AGO
    wants_order = query.about_now or query.form is not Form.ANSWER
    return replace(
        remarks,
        outside=NO_SCOPE if _keeps_to(remarks.outside, chosen[0]) else remarks.outside,
        differing=() if query.form is Form.TIMELINE else differing(query.text, citations),
        as_of=newest if is_old else None,
        dateless=newest is None and wants_order,
    )


def with_reports(scope: Scope) -> Scope:
    """Return the scope with the days in which its news is still printed."""
    if scope.until is None:
        return scope
    return replace(scope, until=min(scope.until, date.max - REPORTED_WITHIN) + REPORTED_WITHIN)


def _keeps_to(scope: Scope, entry: Chosen) -> bool:
    """Whether a quote keeps to a scope after all: its article does, or it tells of that time itself."""
    card = entry.passage.article
    if scope.is_empty or with_reports(scope).holds(card.day, card.source):
        return True
    if scope.source is not None and scope.source != card.source:
        return False
    return _tells_of(scope, entry.passage.text)


def _tells_of(scope: Scope, text: str) -> bool:
    """Whether a text names the time itself: the day, the month, or else one of the years where the span ends."""
    since, until = scope.since, scope.until
    if since is None or until is None or (since.year, since.month) != (until.year, until.month):
        return any(str(day.year) in text for day in (since, until) if day)
    month = rf"(?:{since:%B}|{since:%b}\.?)"
    if since != until:
        return bool(re.search(rf"\b{month}(?!\w)", text))
    return bool(re.search(rf"\b{month} {since.day}\b|\b{since.day}(?:st|nd|rd|th)? {month}(?!\w)", text))
