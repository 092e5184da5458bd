"""A quote where it stands: one passage of its article at a time, as it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from bot import texts
from bot.rendering.articles import title_line
from bot.rendering.markup import TITLE, escaped, fits, shortened

if TYPE_CHECKING:
    from retrieval.models import ArticleCard, Quote

WRAPPED = 120
"""Characters of the longest line in a text whose lines were broken to a width; longer ones are paragraphs each."""

_ANY_BREAK = re.compile(r"\s*\n\s*")
_BLANK_LINE = re.compile(r"\s*\n\s*\n\s*")
_SPACES = re.compile(r"[^\S\n]+|(?<!\n)\n(?!\n)")


@dataclass(frozen=True, slots=True)
class Page:
    """A passage of an article, counted from 0, and the quote in it, if that is where it stands."""

    card: ArticleCard
    passage: Quote
    index: int
    total: int
    quote: Quote | None = None
    notes: tuple[str, ...] = ()
    """What became of the article since it was quoted."""
    link: str = ""
    """To this article in the chat."""


def page(shown: Page) -> str:
    """Return a page within one message's length; what is around the quote gives way, never the quote."""
    foot = " · ".join(
        part for part in (texts.PASSAGE_OF.format(number=shown.index + 1, total=shown.total), shown.link) if part
    )
    title = title_line(shown.card, shown.quote.text if shown.quote else "")
    for head in (title, f"<b>{escaped(shortened(shown.card.title, TITLE))}</b>"):
        for reach in (len(shown.passage.text), 1500, 500, 0):
            quoted = f"<blockquote>{_marked(shown, reach)}</blockquote>"
            if fits(html := "\n\n".join([head, *shown.notes, quoted, foot])):
                return html
    return "\n\n".join([*shown.notes, f"<blockquote>{_marked(shown, 0)}</blockquote>"])


def as_it_was(title: str, quote: str, *notes: str) -> str:
    """Return a quote that its article does not hold any more."""
    head = f"<b>{escaped(shortened(title, TITLE))}</b>"
    return "\n\n".join([head, *notes, f"{texts.IT_SAID}\n<blockquote><b>{escaped(quote)}</b></blockquote>"])


def _marked(shown: Page, reach: int) -> str:
    """Return the passage with the quote in bold, `reach` characters on each side of it, cut at words."""
    passage, quote = shown.passage, shown.quote
    is_wrapped = max((len(line) for line in passage.text.splitlines()), default=0) <= WRAPPED
    start = quote.start - passage.start if quote else 0
    end = quote.end - passage.start if quote else 0
    before, after = passage.text[:start], passage.text[end:]
    if len(before) > reach:
        before = "… " + before[len(before) - reach :].partition(" ")[2]
    if len(after) > max(reach, 300 if quote is None else 0):
        after = after[: max(reach, 300 if quote is None else 0)].rpartition(" ")[0] + " …"
    words = f"<b>{_paragraphs(quote.text, is_wrapped=is_wrapped)}</b>" if quote else ""
    sides = (_paragraphs(side, is_wrapped=is_wrapped) for side in (before, after))
    return words.join(sides).strip()


def _paragraphs(text: str, *, is_wrapped: bool) -> str:
    """Return text for HTML in which paragraphs stay apart and other spaces are folded."""
    apart = (_BLANK_LINE if is_wrapped else _ANY_BREAK).sub("\n\n", text)
    return escape(_SPACES.sub(" ", apart), quote=False)
