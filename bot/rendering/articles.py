"""Articles in lists and on cards: title, source, date, link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import texts
from bot.rendering.links import at_quote, read
from bot.rendering.local import day
from bot.rendering.markup import NAME, TITLE, escaped, file_name, shortened
from corpus.readers.titles import title_from_path

if TYPE_CHECKING:
    from retrieval.models import ArticleCard

OPENING = 600


def title_line(card: ArticleCard, quote: str = "") -> str:
    """Return an article's title, source, date and links in one line."""
    origin = origin_and_links(card, quote)
    title = f"<b>{escaped(shortened(card.title, TITLE))}</b>"
    return f"{title} – {origin}" if origin else title


def origin_and_links(card: ArticleCard, quote: str = "") -> str:
    """Return an article's source, date and link in one line, also to where it holds a quote; empty if none is known."""
    links = [read(card.url), at_quote(card.url, quote) if quote else ""]
    return " · ".join(part for part in (_origin(card), *links) if part)


def _origin(card: ArticleCard) -> str:
    source = escaped(shortened(card.source, NAME)) if card.source else ""
    return ", ".join(part for part in (source, day(card.day) if card.day else "") if part)


def card(shown: ArticleCard, opening: str, length: int) -> str:
    """Return an article's card: what is known of it and how it begins; `length` in characters."""
    lines = [
        title_line(shown),
        *([escaped(shortened(shown.author, NAME))] if shown.author else []),
        file_name(shown.path),
    ]
    return "\n".join([*lines, texts.CARD_LENGTH.format(length=length), "", escaped(shortened(opening, OPENING))])


def posted(card: ArticleCard, quote: str) -> str:
    """Return a quote with its source as a message that stands alone."""
    title = f"<b>{escaped(shortened(card.title, TITLE))}</b>"
    origin = origin_and_links(card, quote)
    return "\n".join([f"<blockquote>{escaped(quote)}</blockquote>", title, *([origin] if origin else [])])


def subject(card: ArticleCard, opening: str) -> str:
    """Return what an article is about: its title, or how it begins where the title is only its file's name."""
    words = opening if opening and card.title == title_from_path(card.path) else card.title
    return texts.SUBJECT.format(title=escaped(shortened(words, 90)))
