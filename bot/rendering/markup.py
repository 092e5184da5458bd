"""Text as Telegram HTML, and what fits into a message.

Telegram counts 4096 UTF-16 units after parsing, so lengths here are of the text a person sees.
"""

from __future__ import annotations

import re
from html import escape, unescape

from telegram.constants import MessageLimit

LIMIT = int(MessageLimit.MAX_TEXT_LENGTH)
MARKUP_LIMIT = 9000
"""Telegram refuses messages whose markup is far longer than their text."""

TITLE = 200
NAME = 80

_TAG = re.compile(r"<[^>]*>")


def escaped(text: str) -> str:
    """Return text for HTML, line breaks and odd spaces folded: a file's wrapped lines are one sentence on a phone."""
    return escape(" ".join(text.split()), quote=False)


def shortened(text: str, limit: int) -> str:
    """Return text on one line, cut to `limit` characters."""
    folded = " ".join(text.split())
    return folded if len(folded) <= limit else folded[: limit - 1].rstrip() + "…"


def file_name(path: str) -> str:
    """Return a path as code, or Telegram would make a link of it: .md is Moldova's domain."""
    return f"<code>{escaped(shortened(path, 120))}</code>"


def plain(html: str) -> str:
    """Return what a person sees of HTML."""
    return unescape(_TAG.sub("", html))


def visible_length(html: str) -> int:
    """Return what Telegram counts against its limit: UTF-16 units without markup."""
    return len(plain(html).encode("utf-16-le")) // 2


def fits(html: str) -> bool:
    """Return whether Telegram takes it as one message."""
    return visible_length(html) <= LIMIT and len(html) <= MARKUP_LIMIT
