"""What a phrase of time means: "last week", "3 May 2024" or "the 1990s" as a first and a last day.

Single days, weeks, months and years are read by dateparser; running spans, seasons and decades it does not know.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta

Span = tuple[date, date]
"""The first and the last day, both included."""

MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
SEASON = r"(?:spring|summer|autumn|fall|winter)"
PART = r"(?:(?:early|late|mid)[ -](?:in )?|(?:the )?(?:start|beginning|middle|end) of )"

_VAGUE = {"couple": "2", "few": "5", "several": "5"}
_FIRST_MONTH = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}

_LEFT_OUT = re.compile(rf"(?ai:the (?!day before |last |past )|{PART}|{WEEKDAY},? (?=.))+")
_RUNNING = re.compile(
    r"(?ai:(?:(?:the )?(?:last|past)|recent) (?P<count>[a-z0-9 ]+ )?(?P<unit>hour|day|week|month|year|decade)s?)"
)
_CALENDAR_UNIT = re.compile(r"(?ai:last (?:week|month|year))")
_LAST_MONTH = re.compile(rf"(?ai:last (?P<month>{MONTH}))")
_SEASON_OF = re.compile(rf"(?ai:(?P<which>last |this )?(?P<season>{SEASON})(?: of)?(?: (?P<year>[12][0-9]{{3}}))?)")
_DECADE = re.compile(r"([12][0-9]{2}0)['’]?[sS]")


def span_of(phrase: str, today: date) -> Span | None:
    """Return the days that a phrase means, seen from `today`, or None; a part ("early 2022") counts as the whole."""
    phrase = _LEFT_OUT.sub("", phrase, count=1)
    try:
        if (running := _RUNNING.fullmatch(phrase)) and not _CALENDAR_UNIT.fullmatch(phrase):
            return _running(running, today)
        if decade := _DECADE.fullmatch(phrase):
            return date(int(decade[1]), 1, 1), date(int(decade[1]) + 9, 12, 31)
        if season := _SEASON_OF.fullmatch(phrase):
            return _season(season, today)
        if last := _LAST_MONTH.fullmatch(phrase):
            span = _calendar(last["month"], today)
            return year_before(span) if span and span[1] >= today else span
        return _calendar(phrase, today)
    except (OverflowError, ValueError):  # beyond the calendar
        return None


def year_before(span: Span) -> Span:
    """Return the same months a year earlier."""
    first, last = span
    return first.replace(year=first.year - 1, day=1), _month(last.year - 1, last.month)[1]


def _running(match: re.Match[str], today: date) -> Span | None:
    """Return the span from so long ago until today."""
    words = (match["count"] or "").casefold().split()
    plural = match[0].casefold().endswith("s")
    count = next((_VAGUE[word] for word in words if word in _VAGUE), " ".join(words) or ("5" if plural else "1"))
    begin = _calendar(f"{count} {match['unit']}s ago", today, whole=False)
    return (begin[0], today) if begin else None


def _season(match: re.Match[str], today: date) -> Span:
    """Return the three months of a season; a winter is named after its December."""
    month = _FIRST_MONTH[match["season"].casefold()]
    year = int(match["year"] or today.year)
    span = _three_months(year, month)
    last = (match["which"] or "").casefold() == "last "
    return _three_months(year - 1, month) if last and span[1] >= today else span


def _three_months(year: int, month: int) -> Span:
    end = month + 2
    return date(year, month, 1), _month(year + (end > 12), end - 12 * (end > 12))[1]


def _month(year: int, month: int) -> Span:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _calendar(phrase: str, today: date, *, whole: bool = True) -> Span | None:
    """Return the day that dateparser reads, or with `whole` the week (Monday first), month or year it read."""
    # 0.2 s to import, and most messages name no time.
    from dateparser.date import DateDataParser  # noqa: PLC0415

    settings = {
        "RELATIVE_BASE": datetime.combine(today, time()),
        "PREFER_DATES_FROM": "past",
        "TIMEZONE": "UTC",  # nothing of this machine's
    }
    data = DateDataParser(languages=["en"], settings=settings).get_date_data(phrase)
    if data.date_obj is None:
        return None
    day: date = data.date_obj.date()
    if whole and data.period == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    if whole and data.period == "month":
        return _month(day.year, day.month)
    if whole and data.period == "year":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    return day, day
