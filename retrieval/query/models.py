"""The values that a message is understood as."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


class Form(StrEnum):
    """The shape of the answer that is wanted."""

    ANSWER = "answer"
    LATEST = "latest"
    TIMELINE = "timeline"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which articles may answer; a part that is None leaves all of them in."""

    since: date | None = None
    """The first day, included."""
    until: date | None = None
    """The last day, included."""
    source: str | None = None
    """As the corpus writes it."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked of an article."""
        return self == Scope()

    def holds(self, day: date | None, source: str | None) -> bool:
        """Return whether an article of that day and source is inside; one without a date is in no span of time."""
        if self.source is not None and source != self.source:
            return False
        if self.since is None and self.until is None:
            return True
        if day is None:
            return False
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


NO_SCOPE = Scope()


@dataclass(frozen=True, slots=True)
class Query:
    """A message as understood."""

    text: str
    """What is searched: the message without operators; empty only if it held nothing else."""
    scope: Scope = NO_SCOPE
    strict: bool = False
    """Whether operators gave the scope, so that nothing outside may be shown; said in words it is a preference."""
    form: Form = Form.ANSWER
    about_now: bool = False
    """Whether the present or the newest is asked for, so that an old article deserves a remark."""
