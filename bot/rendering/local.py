"""Dates, ages, sizes and numbers as the language that is spoken writes them (CLDR, through Babel)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal
from babel.units import format_unit

from bot import texts

_SIZES = ("byte", "kilobyte", "megabyte", "gigabyte", "terabyte")


def day(published: date) -> str:
    """Return a date as people write it: 31 October 2020."""
    return format_date(published, "d MMMM y", texts.language())


def month(of: date) -> str:
    """Return the month of a day: October 2020."""
    return format_date(of, "LLLL y", texts.language())


def age(moment: datetime) -> str:
    """Return how long ago a moment was, in words."""
    elapsed = datetime.now(UTC) - moment
    if elapsed < timedelta(seconds=1):
        return texts.JUST_NOW
    past = -timedelta(seconds=int(elapsed.total_seconds()))  # Babel rounds what is negative away from now
    return format_timedelta(past, add_direction=True, locale=texts.language())


def lasting(span: timedelta) -> str:
    """Return a span of time in words."""
    return format_timedelta(span, locale=texts.language())


def size(count: float) -> str:
    """Return so many bytes in the unit that people say: 61.8 MB."""
    power = 0
    while count >= 1000 and power + 1 < len(_SIZES):
        count, power = count / 1000, power + 1
    return format_unit(round(count, 1), f"digital-{_SIZES[power]}", "short", locale=texts.language())


def language(english: str) -> str:
    """Return the name of a language, given in English, in the language that is spoken."""
    codes = {name: code for code, name in Locale(texts.DEFAULT).languages.items()}
    return str(Locale(texts.language()).languages.get(codes.get(english, ""), english))


def number(count: int) -> str:
    """Return a number with its thousands set apart."""
    return format_decimal(count, locale=texts.language())
