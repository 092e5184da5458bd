"""What must not be read in a log: secrets, wherever they stand, and texts of exceptions that may repeat a user's."""

from __future__ import annotations

import re
import traceback
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HIDDEN = "<token>"
WITHHELD = "<withheld>"

SHORTEST = 5
"""Characters of a part that is blotted out by itself; fewer are no secret, and stand in many words."""

_LIKE_A_TOKEN = re.compile(r"(?<=bot)\d+(?::|%3A)(?:[\w-]{30,}|[^/\s\"'\\]+(?=/))", re.IGNORECASE | re.ASCII)

# In the `Authorization` of a request, and as most sellers of language models write theirs.
_LIKE_A_KEY = re.compile(r"(?<=bearer )[\w.~+/=-]{16,}|\bsk-[\w-]{16,}", re.IGNORECASE | re.ASCII)

# By the modules' names: the command line must not import all of these to print its help.
_OURS = ("bot.", "corpus.", "retrieval.")
_TELEGRAM = "telegram.error"


class Redaction:
    """Blots secrets out of a text, in every form in which one gets into a line."""

    def __init__(self, secrets: Iterable[str]) -> None:
        found = {form for secret in secrets for part in _parts(secret) for form in _forms(part)}
        # The longest first: a part of a token must not leave the rest of it standing.
        longest_first = sorted(found, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE) if found else None

    def __call__(self, text: str) -> str:
        """Return the text without the secrets, and without anything else that looks like a bot's token or a key."""
        if self._secrets:
            text = self._secrets.sub(HIDDEN, text)
        return _LIKE_A_KEY.sub(HIDDEN, _LIKE_A_TOKEN.sub(HIDDEN, text))


def _parts(secret: str) -> Iterator[str]:
    """Return the secret, and of a bot's token the half that is one."""
    if secret:
        yield secret
    number, _, half = secret.partition(":")
    if number.isdecimal() and len(half) >= SHORTEST:
        yield half


def _forms(secret: str) -> set[str]:
    """Return the secret as it is, in an address, and in Python's and logfmt's quotation marks."""
    as_addresses = {encode(secret, safe="", errors="replace") for encode in (quote, quote_plus)}
    forms = {secret, repr(secret)[1:-1], ascii(secret)[1:-1]} | as_addresses
    forms |= {form.replace("\\", "\\\\") for form in forms}
    return forms | {form.replace('"', '\\"') for form in forms}


class Said:
    """An exception as it is logged: with its text if that is a sentence about the machine, else by its type alone."""

    def __init__(self, error: BaseException, *, with_texts: bool) -> None:
        self._error = error
        self._shown = with_texts or _is_plain(error)

    def __str__(self) -> str:
        return str(self._error) if self._shown else type(self._error).__name__

    __repr__ = __str__

    @property
    def withheld(self) -> str:
        """Return the text that must not be shown, or nothing."""
        return "" if self._shown else str(self._error)

    @property
    def as_traceback(self) -> str:
        """Return what Python prints of it, without those it came from."""
        kind = f"{type(self._error).__module__}.{type(self._error).__qualname__}".removeprefix("builtins.")
        frames = "".join(traceback.format_tb(self._error.__traceback__))
        where = f"Traceback (most recent call last):\n{frames}" if frames else ""
        return f"{where}{kind}: {self if self._shown else WITHHELD}"


def _is_plain(error: BaseException) -> bool:
    """Return whether its text holds no word of a user: ours are written so, the system's and Telegram's are known."""
    kind = type(error)
    if f"{kind.__module__}.".startswith(_OURS) or isinstance(error, OSError):
        return True
    # What Telegram says of a message that it refuses may repeat a piece of it.
    return kind.__module__ == _TELEGRAM and kind.__name__ != "BadRequest"


def chain(error: BaseException) -> Iterator[BaseException]:
    """Return the exception and those it came from, as Python's tracebacks show them but newest first."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def without(text: str, withheld: Iterable[str]) -> str:
    """Return a text in which the texts of exceptions are blotted out: libraries put them into messages."""
    for words in withheld:
        for form in {words, repr(words)[1:-1]} - {""}:
            text = text.replace(form, WITHHELD)
    return text
