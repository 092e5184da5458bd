"""What every format's article needs once its blocks are known: furniture marked, a title found."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.errors import UnreadableFile
from corpus.furniture import mark
from corpus.markup import without_markup
from corpus.models import Article, Block, BlockKind
from corpus.readers.decoding import refuse_long_line
from corpus.readers.titles import title_from_path
from corpus.repetition import repeats_itself

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corpus.readers.front_matter import FrontMatter


def assemble(path: str, text: str, front: FrontMatter, blocks: Iterable[Block]) -> Article:
    """Return the article; its title is the front matter's, else its first line's if a heading, else the path's.

    Raises:
        UnreadableFile: the text says the same over and over.
    """
    if repeats_itself(text[front.body_start :]):
        raise UnreadableFile(path, "repeats the same words over and over; that is no article")
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


def compose(path: str, front: FrontMatter, parts: Iterable[tuple[BlockKind, str]]) -> Article:
    """Return the article made of extracted paragraphs and headings: its text is these, a blank line between two.

    Raises:
        UnreadableFile: a paragraph is longer than an article's line may be.
    """
    pieces: list[str] = []
    blocks: list[Block] = []
    start = 0
    for kind, words in parts:
        if piece := clean(words):
            refuse_long_line(path, len(piece))
            pieces.append(piece)
            blocks.append(Block(start, start + len(piece), kind))
            start += len(piece) + 2
    return assemble(path, "\n\n".join(pieces), front, blocks)


def clean(words: str) -> str:
    """Return extracted words in one line, without the control characters and lone surrogates that no store can hold."""
    return "".join(
        character for character in " ".join(words.split()) if unicodedata.category(character) not in {"Cc", "Cs"}
    ).strip()
