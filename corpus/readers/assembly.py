"""What every format's article needs once its blocks are known: furniture marked, a title found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.furniture import mark
from corpus.markup import without_markup
from corpus.models import Article, BlockKind
from corpus.readers.titles import title_from_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corpus.models import Block
    from corpus.readers.front_matter import FrontMatter


def assemble(path: str, text: str, front: FrontMatter, blocks: Iterable[Block]) -> Article:
    """Return the article; its title is the front matter's, else its first line's if a heading, else the path's."""
    marked = mark(text, blocks)
    body = [block for block in marked if block.kind is not BlockKind.FURNITURE]
    if not any(block.kind is BlockKind.PARAGRAPH for block in body):
        # A text of nothing but short lines without full stops has no headings: its lines are what it says.
        is_heading = BlockKind.HEADING
        marked = tuple(
            replace(block, kind=BlockKind.PARAGRAPH) if block.kind is is_heading else block for block in marked
        )
        headline = None
    else:
        headline = text[body[0].start : body[0].end] if body[0].kind is BlockKind.HEADING else None
    return Article(
        path=path,
        text=text,
        title=front.title or without_markup(headline or "") or title_from_path(path),
        blocks=marked,
        source=front.source,
        author=front.author,
        published=front.published,
        url=front.url,
        language=front.language,
    )
