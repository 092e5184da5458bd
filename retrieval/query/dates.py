"""Spans of time in a message: "in December 2023", "since last week", or the value of an operator.

Patterns of ours find the phrases, because a date parser takes "may", "second" and "Apollo 11" for dates too.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import islice

from retrieval.query.spans import MONTH, PART, SEASON, WEEKDAY, Span, span_of, year_before

Bounds = tuple[date | None, date | None]
"""The first and the last day, both included, or None where a span is open."""

_COUNT = r"(?:[1-9][0-9]{0,2}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_MONTH = rf"(?:{MONTH}\b|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?\b"
_ISO = r"[12][0-9]{3}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?(?![0-9-])"
# What follows a number that is no year: more of the number, or the thing that is counted.
_YEAR = (
    r"[12][0-9]{3}(?![0-9a-z%]|[.,:/–-][0-9]{1,2}(?![0-9])|[.,][0-9]| ?(?:%|per ?cent|people|m[ea]n|women|children"
    r"|soldiers|troops|workers|voters|votes|students|residents|inhabitants|members|employees|jobs|homes|houses|cars"
    r"|copies|deaths|cases|points|seats|met(?:re|er)s?|kilomet\w+|km|miles|feet|acres|hectares|square|tons|tonnes|kg|mw"
    r"|euros?|dollars|pounds|years|days|hours|bce?|ad)\b)"
)
# Phrases that mean a time wherever they stand.
_CLEAR = "|".join(
    (
        _ISO,
        rf"(?:{WEEKDAY},? )?(?:the )?{_DAY}(?: of)? {_MONTH},? {_YEAR}",
        rf"(?:{WEEKDAY},? )?{_MONTH} {_DAY},? {_YEAR}",
        rf"{PART}?{_MONTH},?(?: of)? {_YEAR}",
        rf"(?:the )?{PART}?{SEASON}(?: of)? {_YEAR}",
        rf"(?:last|this) {SEASON}\b(?<!this fall)(?! of)",
        rf"{PART}{_YEAR}",
        rf"last (?:{WEEKDAY}|{MONTH}\b)",
        r"(?<!the )(?<!his )(?<!her )(?<!its )(?<!their )(?:last|this) (?:week|month|year)\b(?! of)",
        r"(?:the day before )?yesterday\b",
        # "Today" often means nowadays.
        r"(?:(?<=happened )|(?<=happening )|(?<=news )|(?<=published )|(?<=reported )|(?<=announced )|(?<=since ))"
        r"today\b",
        r"today(?=['’]s (?:news|articles?|stories|headlines|papers?)\b)",
        rf"{_COUNT} (?:day|week|month|year)s? ago\b",
        rf"(?:the )?(?:last|past) (?:{_COUNT}|(?:a )?(?:couple(?: of)?|few)|several) (?:hour|day|week|month|year)s?\b"
        r"(?! of)",
        r"(?:the )?past (?:day|week|month|year|decade)\b(?! of)",
        # Not "the last year he won".
        r"(?:(?<=in )|(?<=over )|(?<=during )|(?<=within )|(?<=from ))the last (?:day|week|month|year|decade)\b(?! of)",
        r"recent (?:days|weeks|months)\b",
    )
)
# Those that mean one only behind a word of time.
_TIED = "|".join(
    (
        rf"(?:the )?{_DAY}(?: of)? {_MONTH}",
        rf"{_MONTH} {_DAY}",
        rf"(?:the )?{PART}?[12][0-9]{{2}}0['’]?s",
        _YEAR,
        WEEKDAY,
    )
)
_BARE = rf"{PART}?{MONTH}\b(?!['’/]| (?-i:[A-Z]))"  # not June Carter, nor May's cabinet
_WITHIN = "in|on|during|of|from|throughout"
_SIDES = {
    "since": re.compile("since|starting|beginning|from"),
    "after": re.compile("after|(?:later|newer) than"),
    "before": re.compile("before|prior to|(?:earlier|older) than"),
    "until": re.compile("until|till|through|by|no later than"),
}
_LEAD = "|".join((_WITHIN, *(words.pattern for words in _SIDES.values())))
_SAID = re.compile(
    r"(?<![\w'’-])(?ai:"
    rf"(?:between|{_WITHIN}) (?P<first>{_CLEAR}|{_TIED}|{_MONTH}|{_DAY})"
    rf"(?: (?:and|or|to|until|till|through) | ?[–-] ?)(?P<last>{_CLEAR}|{_TIED}|{MONTH}\b)"
    rf"|(?P<lead>{_LEAD}) (?:in )?(?P<tied>{_CLEAR}|{_TIED})(?P<on> on(?:wards?)?\b)?"
    rf"|(?P<month_lead>in|during|from|since|until|till|before|after) (?P<month>{_BARE})"
    rf"|(?P<clear>{_CLEAR}))(?!\w)"
)
_VALUE = re.compile(rf"(?ai:{_CLEAR}|{_TIED}|{PART}?{_MONTH}|today)")
# A verb, a name or a walk, unless a day stands beside it.
_NO_MONTH = re.compile(r"(?:last )?(?:may|march)\b(?! [0-9]{1,2}\b)")
_TWO_YEARS = re.compile(r"[12][0-9]([0-9]{2})-([0-9]{2})")  # "in 2008-09" is no September
_CLAUSE_END = re.compile(r"$|[?.!,;:)]| (?:and|to|until|till|this|last|of)\b")
_MOST = 8  # phrases that are looked at; no question names more, but a pasted article does
_YEARS = re.compile(r"[12][0-9]{3}")


def said(text: str, today: date) -> Bounds:
    """Return the span of time that the words name, open at both ends if none; several give the one around them."""
    within: list[Span] = []
    since: date | None = None
    until: date | None = None
    for match in islice(_SAID.finditer(text), _MOST):
        first, last = _bounds(match, today)
        if first and last:
            within.append((first, last))
        else:
            since, until = since or first, until or last
    if within:
        return min(first for first, _ in within), max(last for _, last in within)
    return (since, None) if since and until and since > until else (since, until)


def value(text: str, today: date) -> Span | None:
    """Return the span that an operator's value names, such as "2024-05" or "last week"; None if it names none."""
    return span_of(text, today) if _VALUE.fullmatch(text) else None


def bounds_of(side: str, span: Span) -> Bounds:
    """Return the days since, after, before or until a span; OverflowError where the calendar ends."""
    first, last = span
    if side in {"since", "after"}:
        return first if side == "since" else last + timedelta(days=1), None
    return None, last if side == "until" else first - timedelta(days=1)


def _bounds(match: re.Match[str], today: date) -> Bounds:
    """Return what a phrase in words means; open at both ends where it is no time that articles may be from."""
    nothing = (None, None)
    if any(not 1900 <= int(year) <= today.year + 1 for year in _YEARS.findall(match[0])):
        return nothing
    if match["last"]:
        return _between(match["first"], match["last"], today) or nothing
    phrase = match["tied"] or match["month"] or match["clear"]
    lead = (match["lead"] or match["month_lead"] or "in").casefold()
    span = None if _is_something_else(match, phrase, lead) else span_of(phrase, today)
    if span is None or span[0].year < 1900:
        return nothing
    side = next((name for name, words in _SIDES.items() if words.fullmatch(lead)), None)
    if side is None or (lead == "from" and not match["on"]):
        return span
    return bounds_of(side, span)


def _is_something_else(match: re.Match[str], phrase: str, lead: str) -> bool:
    """Return whether what looks like a time is a verb, a politician or the season of two years."""
    years = _TWO_YEARS.fullmatch(phrase)
    if years and int(years[2]) == int(years[1]) + 1:
        return True
    if match["clear"]:
        return bool(_NO_MONTH.match(phrase))
    may = match["month"] and phrase.casefold() == "may" and lead not in {"in", "during"}
    return bool(may and not _CLAUSE_END.match(match.string, match.end()))


def _between(first: str, last: str, today: date) -> Span | None:
    """Return the span from one phrase to the other; the first may lack the month or the year that both share."""
    if re.fullmatch(_DAY, first):
        first, alone = re.sub(rf"^(?ai:the )?{_DAY}", first, last), first
        if first in {last, alone}:
            return None
    end = span_of(last, today)
    year = None if _YEARS.search(first) else _YEARS.search(last)
    begin = span_of(f"{first} {year[0]}" if year else first, today)
    if begin and end and begin[0] > end[1] and not _YEARS.search(first):  # from November to February 2024
        begin = year_before(begin)
    return (begin[0], end[1]) if begin and end and begin[0] <= end[1] else None
