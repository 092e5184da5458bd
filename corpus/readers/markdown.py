"""Markdown: blocks by markdown-it, so wrapped paragraphs, lists and headings are what they look like on a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from corpus.models import Article, Block, BlockKind, Contents
from corpus.readers import front_matter
from corpus.readers.assembly import assemble
from corpus.readers.decoding import decode_prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token


_NEWLINE = re.compile(r"\r\n?|\n")  # the newlines markdown-it counts


def read(path: str, data: bytes) -> Contents:
    """Return the one article that a .md file is; its text is the file decoded, character by character."""
    return Contents((parse(path, decode_prose(path, data)),))


def parse(path: str, text: str) -> Article:
    """Return the article in the text of a .md file; without a title of its own its first heading is that."""
    front = front_matter.parse(path, text)
    return assemble(path, text, front, _blocks(text, front.body_start))


def _blocks(text: str, start: int) -> Iterator[Block]:
    """Yield headings and paragraphs; code, tables and HTML are left out, as they hold no sentences."""
    line_starts = [start, *(newline.end() for newline in _NEWLINE.finditer(text, start)), len(text)]
    kind, in_table = BlockKind.PARAGRAPH, False
    for token in MarkdownIt().enable("table").parse(text[start:]):
        if token.type in {"heading_open", "paragraph_open"}:
            kind = BlockKind.HEADING if token.type == "heading_open" else BlockKind.PARAGRAPH
        elif token.type in {"table_open", "table_close"}:
            in_table = token.type == "table_open"
        elif token.type == "inline" and not in_table and token.content.strip() and token.map:
            first, last = token.map
            lines = line_starts[first], line_starts[min(last, len(line_starts) - 1)]
            yield Block(*_span(text, token.content, *lines), BlockKind.FURNITURE if _is_only_images(token) else kind)


def _span(text: str, content: str, start: int, end: int) -> tuple[int, int]:
    """Return where the content lies between two offsets, without the bullets or heading signs around it."""
    lines = [line.strip() for line in content.strip().splitlines()]
    begin, last = text.find(lines[0], start, end), text.rfind(lines[-1], start, end)
    if begin < 0 or last < 0:  # the parser rewrote a tab or an escape: take the lines whole
        stripped = text[start:end].strip()
        begin = text.index(stripped, start, end)
        return begin, begin + len(stripped)
    return begin, last + len(lines[-1])


def _is_only_images(token: Token) -> bool:
    parts = token.children or []
    return all(part.type in {"image", "softbreak", "hardbreak"} or not part.content.strip() for part in parts)
