"""Links: the only place where an address is written."""

from __future__ import annotations

from html import escape

from bot import texts

URL = 1000
"""Characters of an address; a longer one is left out."""

WHOLE = 12
"""Words of a quote that a text fragment repeats; of a longer one only where it begins and ends."""
EDGE = 5


def read(url: str | None) -> str:
    """Return the link to an article's page, or nothing."""
    return _anchor(url, texts.READ)


def at_quote(url: str | None, quote: str) -> str:
    """Return the link to where a page holds a quote, or nothing."""
    fragment = text_fragment(quote)
    if not url or not fragment:
        return ""
    if ":~:" in url:
        return _anchor(f"{url}&{fragment}", texts.AT_THE_QUOTE)
    return _anchor(f"{url}{':~:' if '#' in url else '#:~:'}{fragment}", texts.AT_THE_QUOTE)


def start(bot: str, payload: str) -> str:
    """Return the address that opens the chat with a bot and says `/start payload` there, or nothing without a name."""
    return f"https://t.me/{bot}?start={payload}" if bot else ""


def start_link(bot: str, payload: str, label: str) -> str:
    """Return that address as a link."""
    return _anchor(start(bot, payload), label)


def text_fragment(quote: str) -> str:
    """Return the directive that makes a browser scroll to a quote: `text=start,end` or `text=all of it`.

    Only what stands in one paragraph is matched as a whole, so a quote of several is named by its two ends
    (https://wicg.github.io/scroll-to-text-fragment).
    """
    lines = [line.split() for line in quote.splitlines() if line.strip()]
    if not lines:
        return ""
    first, last = lines[0], lines[-1]
    if len(lines) == 1 and len(first) <= WHOLE:
        return f"text={_encoded(first)}"
    return f"text={_encoded(first[:EDGE])},{_encoded(last[-EDGE:])}"


def _encoded(words: list[str]) -> str:
    """Return words as a part of a directive, where - , & have a meaning; no other mark is left for servers to mend."""
    return "".join(
        letter if letter.isascii() and letter.isalnum() else "".join(f"%{byte:02X}" for byte in letter.encode())
        for letter in " ".join(words)
    )


def _anchor(url: str | None, label: str) -> str:
    if not url or not url.startswith(("http://", "https://")) or len(escape(url)) > URL:
        return ""
    return f'<a href="{escape(url)}">{label}</a>'
