"""Every fixed sentence users read, as Telegram HTML, in the language of whoever is answered: `texts.NOT_FOUND`.

One file a language, and the same names in each; values put into them are escaped by `rendering`. The language is that
of the task that answers (`speaking`), so two people are answered at once, each in their own.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from bot.texts import english, russian
from bot.texts.operator import *  # noqa: F403 - the same in every language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.texts.english import *  # noqa: F403 - what `__getattr__` gives, as type checkers see it

DEFAULT = "en"
LANGUAGES = {DEFAULT: english, "ru": russian}

_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


def language() -> str:
    """Return the language that is spoken, a key of LANGUAGES."""
    return _language.get()


@contextmanager
def speaking(code: str | None) -> Iterator[None]:
    """Speak the language of an IETF tag ("ru", "pt-br") for as long as the block runs, English where it has no file."""
    wanted = (code or DEFAULT).partition("-")[0].lower()
    token = _language.set(wanted if wanted in LANGUAGES else DEFAULT)
    try:
        yield
    finally:
        _language.reset(token)


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Return a text in the language that is spoken; a test sees that each language has the same names."""
        try:
            return getattr(LANGUAGES[_language.get()], name)
        except AttributeError:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
