"""Sentences that depend on a number, by the plural rules of the language (CLDR, through Babel)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel import Locale

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Plural:
    """One sentence in the forms that its language has: {"one": "1 article", "other": "{count} articles"}."""

    language: str
    forms: Mapping[str, str]

    def format(self, *, count: int, **values: object) -> str:
        """Return the sentence for so many, all values put in."""
        return self.forms[Locale(self.language).plural_form(count)].format(count=count, **values)
