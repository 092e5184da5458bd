"""Dates and times in a text: "Nov. 27" = "27 November" = "the 27th of November", "7:14 p.m." = "19:14"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.verification.lemmas import words

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Moment:
    """The parts of a date or time that are said; the others are None."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    minute: int | None = None
    """Of the day."""

    def is_told_by(self, other: Moment) -> bool:
        """Return whether the other says all that this one does."""
        return all(
            mine is None or mine == theirs
            for mine, theirs in (
                (self.year, other.year),
                (self.month, other.month),
                (self.day, other.day),
                (self.weekday, other.weekday),
                (self.minute, other.minute),
            )
        )


@dataclass(frozen=True, slots=True)
class Dated:
    """Where a moment stands in a text."""

    start: int
    end: int
    moment: Moment


MONTHS = words("january february march april may june july august september october november december")
_SHORT = {name[:3]: number for number, name in enumerate(MONTHS, start=1)}
WEEKDAYS = words("monday tuesday wednesday thursday friday saturday sunday")
_MONTH = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:1\d|20)\d\d(?!\d)"
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_LEAD = r"in|of|since|until|till|by|early|late|mid|last|this|next|from|during|through|to|and|before|after"
_COUNTED = (
    "percent|per[ ]cent|km|kilomet|met(?:re|er)|miles|feet|people|tons|tonnes|euros|dollars|pounds|million|billion"
    "|thousand"
)
_PATTERN = re.compile(
    rf"""(?x)
    (?<![\w.])(?:
      (?P<iy>{_YEAR})-(?P<im>0[1-9]|1[0-2])-(?P<id>0[1-9]|[12]\d|3[01])(?!\d)
    | (?:the[ ])?(?P<d1>{_DAY})(?:st|nd|rd|th)?(?:[ ]?(?:[–-]|to|and|or)[ ]?(?P<d1b>{_DAY})(?:st|nd|rd|th)?)?
      [ \u00a0](?:of[ ])?(?P<m1>{_MONTH})
      (?:,?[ \u00a0](?P<y1>{_YEAR}))?(?!\w)
    | (?P<m2>{_MONTH})[ \u00a0](?:the[ ])?(?P<d2>{_DAY})(?:st|nd|rd|th)?(?![\w:%]|[.,]\d)
      (?:(?:[ ]?(?:[–-]|to)[ ]?)(?P<d2b>{_DAY})(?:st|nd|rd|th)?(?![\w:%]))?(?:,?[ \u00a0](?P<y2>{_YEAR}))?(?!\w)
    | (?P<m3>{_MONTH}),?[ \u00a0](?:of[ ])?(?P<y3>{_YEAR})(?!\w)
    | (?P<h>[01]?\d|2[0-3])(?:[:.](?P<min>[0-5]\d))?[ \u00a0]?(?P<half>[aApP])\.?[mM]\b\.?
    | (?P<h24>[01]?\d|2[0-3]):(?P<min24>[0-5]\d)(?![\d:])
    | (?P<noon>noon|midday|midnight)\b
    | (?P<wd>{_WEEKDAY})s?\b
    | (?P<m4>January|February|April|June|July|August|September|October|November|December)\b
    | (?<![^\s(\"“])(?P<lead>(?i:{_LEAD})[ -])(?P<m5>March|May)\b(?![ ][A-Z])
    | (?P<y>(?:1[1-9]|20)\d\d)(?![\d%]|[.,]\d|['’]?s\b|[ ]?(?:{_COUNTED}))
    )
    """
)


def find(text: str) -> Iterator[Dated]:
    """Yield the dates and times of a text in order; of "2–4 May" both days."""
    for match in _PATTERN.finditer(text):
        yield from _dated(match)


def _dated(match: re.Match[str]) -> Iterator[Dated]:
    start, end = match.span()
    if match["iy"]:
        yield Dated(start, end, Moment(int(match["iy"]), int(match["im"]), int(match["id"])))
    elif match["m1"] or match["m2"]:
        form = "1" if match["m1"] else "2"
        month, year = _month(match["m" + form]), _number(match["y" + form])
        first, last = _number(match["d" + form]), _number(match[f"d{form}b"])
        if last is None:
            yield Dated(start, end, Moment(year, month, first))
        else:
            cut = match.start(f"d{form}b")
            yield Dated(start, cut, Moment(year, month, first))
            yield Dated(cut, end, Moment(year, month, last))
    elif match["m3"]:
        yield Dated(start, end, Moment(int(match["y3"]), _month(match["m3"])))
    elif match["h"] or match["h24"] or match["noon"]:
        yield Dated(start, end, Moment(minute=_minute(match)))
    elif match["wd"]:
        yield Dated(start, end, Moment(weekday=WEEKDAYS.index(match["wd"].lower())))
    elif match["m4"]:
        yield Dated(start, end, Moment(month=_month(match["m4"])))
    elif match["m5"]:
        yield Dated(match.end("lead"), end, Moment(month=_month(match["m5"])))
    else:
        yield Dated(start, end, Moment(int(match["y"])))


def _minute(match: re.Match[str]) -> int:
    if match["noon"]:
        return 0 if match["noon"] == "midnight" else 12 * 60
    if match["h24"]:
        return int(match["h24"]) * 60 + int(match["min24"])
    hour = int(match["h"]) % 12 + (12 if match["half"] in "pP" else 0)
    return hour * 60 + int(match["min"] or 0)


def _month(name: str) -> int:
    return _SHORT[name[:3].lower()]


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None
