"""How times and sentences stand in the tables."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """Return a moment as the tables keep it: UTC, always of the same width, so that text sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment(stamped: str) -> datetime:
    """Return the moment, in UTC."""
    return datetime.fromisoformat(stamped)


def one_line(text: str) -> str:
    """Return the text on one line; what UTF-8 cannot hold is spelled out, for SQLite takes no such (odd file names)."""
    return " ".join(text.split()).encode("utf-8", "backslashreplace").decode()
