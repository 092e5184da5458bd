"""Understanding a message: its operators, the time and source that its words name, and the answer it wants."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from retrieval.errors import ContradictingQuery, UnreadableQuery
from retrieval.query.dates import bounds_of, said, value
from retrieval.query.forms import form_of, is_about_now
from retrieval.query.models import Form, Query, Scope
from retrieval.query.sources import named, resolve

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

# Its own word, and something other than a slash right behind it: "source: the report" and "source://" are none.
OPERATOR = re.compile(
    r"(?<!\S)(?P<name>(?ai:since|before|after|until|source)):"
    r"(?:[\"“”„](?P<quoted>[^\"“”„]*)[\"“”]|(?P<plain>[\w\"“”„]\S*))"
)
_PUNCTUATION = '.,;!?"“”„'


def understand(message: str, *, today: date, sources: Collection[str]) -> Query:
    """Return what a message asks for, seen from `today` in a corpus of these sources.

    Operators win over words, each for its part: time or source. UnreadableQuery says which operator makes no sense.
    """
    message = " ".join(message.split())
    scope = Scope()
    matches = list(OPERATOR.finditer(message))
    for match in matches:
        scope = _narrowed(scope, match, today, sources)
    text = without_operators(message)

    if scope.since is None and scope.until is None:
        since, until = said(text, today)
        scope = replace(scope, since=since, until=until)
    if scope.source is None:
        scope = replace(scope, source=named(text, sources))
    form, subject = form_of(text)
    # Whoever asks about a time that is over gets its articles, and these are old.
    over = scope.until is not None and scope.until < today
    about_now = not over and (form is Form.LATEST or is_about_now(text))
    return Query(subject, scope, strict=bool(matches), form=form, about_now=about_now)


def without_operators(message: str) -> str:
    """Return what is left of a message to search for."""
    return " ".join(OPERATOR.sub(" ", message).split())


def _narrowed(scope: Scope, match: re.Match[str], today: date, sources: Collection[str]) -> Scope:
    """Return the scope with what an operator adds."""
    operator = match["name"].casefold()
    given = match["quoted"].strip() if match["quoted"] is not None else match["plain"].strip(_PUNCTUATION)
    if operator == "source":
        source = resolve(given, sources)
        if source is None:
            raise UnreadableQuery(f"No single source of the articles is called “{given}”.", operator, given)
        if scope.source not in {None, source}:
            raise ContradictingQuery(
                f"An article has one source, not “{scope.source}” and “{source}”.", operator, given
            )
        return replace(scope, source=source)
    span = value(given, today)
    if span is None:
        raise UnreadableQuery(f"“{given}” is no date; 2024-05-03, 2024-05, 2024 and “last week” are.", operator, given)
    try:
        since, until = bounds_of(operator, span)
    except OverflowError as error:
        raise UnreadableQuery(f"No day is {operator} {given}.", operator, given) from error
    since = max(filter(None, (scope.since, since)), default=None)
    until = min(filter(None, (scope.until, until)), default=None)
    if since and until and since > until:
        raise ContradictingQuery(f"No day is from {since} on and not later than {until}.", operator, given)
    return replace(scope, since=since, until=until)
