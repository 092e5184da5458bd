"""False sentences by another figure: numbers, dates, scales, units, times."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval.adversary.models import Edit, Original, mentions

if TYPE_CHECKING:
    from random import Random

_SPELLED = "two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty".split()  # noqa: SIM905 - reads as a list of words
_MONTHS = "January February March April June July August September October November December".split()  # noqa: SIM905 - same
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()  # noqa: SIM905 - same
_DIGITS = re.compile(r"(?<![\w.,-])\d{1,3}(?:,\d{3})+(?![\w])|(?<![\w.,-])\d+(?:\.\d+)?(?![\w,.-]\d|\w)")
_YEAR = re.compile(r"\b(?:1\d|20)\d\d\b(?!,\d)")
_SCALES = ("thousand", "million", "billion", "trillion")
_UNITS = (
    ("kilometres", "miles"), ("kilometers", "miles"), ("km", "miles"), ("metres", "feet"), ("meters", "feet"),
    ("feet", "metres"), ("miles", "kilometres"), ("minutes", "hours"), ("hours", "days"), ("days", "weeks"),
    ("weeks", "months"), ("months", "years"), ("years", "months"), ("kilograms", "tonnes"), ("kg", "tonnes"),
    ("tonnes", "kilograms"), ("percent", "percentage points"), ("per cent", "percentage points"),
    ("dollars", "euros"), ("euros", "dollars"), ("pounds", "dollars"), ("inches", "feet"), ("seconds", "minutes"),
    ("centuries", "decades"), ("decades", "centuries"), ("acres", "square miles"),
)  # fmt: skip
_TIMES = (
    ("before", "after"), ("after", "before"), ("a.m.", "p.m."), ("p.m.", "a.m."), ("earlier", "later"),
    ("later", "earlier"), ("early", "late"), ("late", "early"), ("morning", "evening"), ("evening", "morning"),
)  # fmt: skip


def number(original: Original, rng: Random) -> Edit | None:
    """Another number in the place of one; it stands nowhere in the passage."""
    places = [match for match in _DIGITS.finditer(original.text) if not _YEAR.fullmatch(match[0])]
    spelled = [match for word in _SPELLED for match in re.finditer(rf"\b{word}\b", original.text)]
    if not places + spelled:
        return None
    match = rng.choice(places + spelled)
    if match[0] in _SPELLED:
        new = rng.choice([word for word in _SPELLED if word != match[0]])
        digits = str(_values()[new])
    else:
        new = digits = _another(match[0], rng)
    if mentions(original.passage, new) or mentions(original.passage, digits) or digits in original.passage:
        return None
    return Edit(original.text[: match.start()] + new + original.text[match.end() :])


def date(original: Original, rng: Random) -> Edit | None:
    """Another year, month or weekday; it stands nowhere in the passage."""
    found = list(_YEAR.finditer(original.text))
    for words in (_MONTHS, _DAYS):
        found += [match for word in words for match in re.finditer(rf"\b{word}\b", original.text)]
    if not found:
        return None
    match = rng.choice(found)
    if match[0].isdigit():
        new = str(int(match[0]) + rng.choice([-30, -10, -3, -2, -1, 1, 2, 3, 10]))
    else:
        new = rng.choice([word for word in (_MONTHS if match[0] in _MONTHS else _DAYS) if word != match[0]])
    if new in original.passage:
        return None
    return Edit(original.text[: match.start()] + new + original.text[match.end() :])


def scale(original: Original, rng: Random) -> Edit | None:
    """Millions for billions, or a nought more."""
    found = list(re.finditer(r"(?<=\d )(thousand|million|billion|trillion)\b", original.text))
    if found:
        match = rng.choice(found)
        new = rng.choice([word for word in _SCALES if word != match[0]])
        return (
            None
            if new in original.passage
            else Edit(original.text[: match.start()] + new + original.text[match.end() :])
        )
    whole = [
        match for match in _DIGITS.finditer(original.text) if "." not in match[0] and not _YEAR.fullmatch(match[0])
    ]
    if not whole:
        return None
    match = rng.choice(whole)
    new = f"{int(match[0].replace(',', '')) * rng.choice([10, 100, 1000]):,}"
    return (
        None if new in original.passage else Edit(original.text[: match.start()] + new + original.text[match.end() :])
    )


def unit(original: Original, rng: Random) -> Edit | None:
    """Miles for kilometres, hours for minutes."""
    found = [
        (match, other)
        for name, other in _UNITS
        for match in re.finditer(rf"(?<=\d[ -])\b{name}\b|(?<=\w[ -]){name}\b", original.text)
        if re.search(rf"(?:\d|{'|'.join(_SPELLED)}|million|hundred|thousand)[ -]$", original.text[: match.start()])
        and not mentions(original.passage, other)
    ]
    if not found:
        return None
    match, other = rng.choice(found)
    return Edit(original.text[: match.start()] + other + original.text[match.end() :])


def time(original: Original, rng: Random) -> Edit | None:
    """Before for after, morning for evening."""
    found = [
        (match, other)
        for name, other in _TIMES
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", original.text)
        if not mentions(original.text, other)
    ]
    if not found:
        return None
    match, other = rng.choice(found)
    return Edit(original.text[: match.start()] + other + original.text[match.end() :])


def _values() -> dict[str, int]:
    return dict(zip(_SPELLED, (*range(2, 13), 20, 30, 40, 50, 60), strict=True))


def _another(digits: str, rng: Random) -> str:
    value = float(digits.replace(",", ""))
    if "." in digits:
        return f"{value + rng.choice([-0.7, 0.4, 1.1, 2.3]):.{len(digits.partition('.')[2])}f}".lstrip("-")
    step = max(1, int(value) // 7)
    other = int(value) + rng.choice([-1, 1, 2]) * rng.randint(1, step + 2)
    other = abs(other) if other not in {0, int(value)} else int(value) + 3
    return f"{other:,}" if "," in digits else str(other)
