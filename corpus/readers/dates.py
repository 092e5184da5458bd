"""Publication dates as web pages and data sets write them, where they can be understood in one way only."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime
from email.utils import parsedate_to_datetime

_RFC_5322 = re.compile(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} ")
_WRITTEN_OUT = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%Y/%m/%d")


def understand(written: str) -> date | datetime | None:
    """Return the date that ISO 8601, RFC 5322 or an English month's name gives; None for others, such as 03/04/2024."""
    written = " ".join(written.split())
    for parse in (date.fromisoformat, datetime.fromisoformat):
        with suppress(ValueError):
            return parse(written)
    if _RFC_5322.match(written):
        with suppress(ValueError):
            return parsedate_to_datetime(written)
    for form in _WRITTEN_OUT:
        with suppress(ValueError):
            return datetime.strptime(written, form).date()  # noqa: DTZ007 - only the day is kept
    return None
