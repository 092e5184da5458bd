"""What the adversary works on and what it makes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from retrieval.verification.models import Excerpt

_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+(?:[ -][A-Z][a-z]+)*(?![\w-])")
_NO_NAMES = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|The|In|It|He|She|They|President|Mr|Mrs|Ms|Dr|St)\b"
)


@dataclass(frozen=True, slots=True)
class Original:
    """A true sentence, the excerpts that the model was given, and which of them holds it."""

    text: str
    following: str
    """The next sentence of the same excerpt, empty if there is none."""
    home: Excerpt
    excerpts: tuple[Excerpt, ...]
    strangers: tuple[str, ...]
    """Names that other articles of the folder use."""

    @property
    def passage(self) -> str:
        """The text around the sentence."""
        return self.home.passage.text

    @property
    def others(self) -> tuple[Excerpt, ...]:
        """The excerpts that do not hold the sentence."""
        return tuple(excerpt for excerpt in self.excerpts if excerpt is not self.home)


@dataclass(frozen=True, slots=True)
class Edit:
    """A sentence made of an original; it cites its home unless `numbers` says otherwise."""

    text: str
    numbers: tuple[int, ...] | None = None
    injected: str = ""
    """What stands in the home excerpt besides, said to a model."""


if TYPE_CHECKING:
    Maker = Callable[[Original, Random], Edit | None]
    """Makes a sentence of an original, or None where no sound one can be made."""


def names(text: str) -> list[str]:
    """Return the names within a text, told by their capitals, none that begins a sentence."""
    return [match[0] for match in _NAME.finditer(text) if not _NO_NAMES.match(match[0])]


def mentions(text: str, words: str) -> bool:
    """Return whether words stand in a text as whole words, capitals aside."""
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE) is not None
