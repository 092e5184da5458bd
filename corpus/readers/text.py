"""Plain text: paragraphs by lines or, where lines are wrapped by hand, by blank lines."""

from __future__ import annotations

import re
from itertools import pairwise

from corpus.models import Article, Block, BlockKind, Contents
from corpus.readers import front_matter
from corpus.readers.assembly import assemble
from corpus.readers.decoding import decode_prose

_LINE = re.compile(r"[^\s][^\r\n]*")
_BLANK_LINES = re.compile(r"(?:\r\n|\r(?!\n)|\n)[^\S\r\n]*[\r\n]")
_ENDS_LIKE_PROSE = re.compile(r"[.!?…:;,][\"'”’»)\]]*$")

WRAP_WIDTH = 100
"""Lines longer than this were not wrapped by hand, so each is a paragraph of its own."""

HEADING_WORDS = 16
"""A line of more words without a full stop is a sentence that lost it."""


def read(path: str, data: bytes) -> Contents:
    """Return the one article that a .txt file is; its text is the file decoded, character by character."""
    return Contents((parse(path, decode_prose(path, data)),))


def parse(path: str, text: str) -> Article:
    """Return the article in the text of a .txt file; its first line is the title where it reads as one."""
    front = front_matter.parse(path, text)
    return assemble(path, text, front, split_blocks(text, front.body_start))


def split_blocks(text: str, start: int = 0) -> list[Block]:
    """Return the paragraphs and headings of `text` from `start` on."""
    spans = [_stripped(text, match.start(), match.end()) for match in _LINE.finditer(text, start)]
    if _is_wrapped(text, spans):
        spans = _joined_paragraphs(text, spans)
    return [Block(begin, end, _kind(text[begin:end])) for begin, end in spans]


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    line = text[start:end]
    return start + len(line) - len(line.lstrip()), end - (len(line) - len(line.rstrip()))


def _kind(line: str) -> BlockKind:
    is_heading = (
        len(line.split()) <= HEADING_WORDS
        and not _ENDS_LIKE_PROSE.search(line)
        and not line[0].islower()
        and "\n" not in line
    )
    return BlockKind.HEADING if is_heading else BlockKind.PARAGRAPH


def _is_wrapped(text: str, lines: list[tuple[int, int]]) -> bool:
    """Lines wrapped by hand are all short, and some go on in the middle of a sentence."""
    if any(end - start > WRAP_WIDTH for start, end in lines):
        return False
    return any(
        text[later_start].islower() and not _BLANK_LINES.search(text, end, later_start)
        for (_, end), (later_start, _) in pairwise(lines)
    )


def _joined_paragraphs(text: str, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in lines:
        if joined and not _BLANK_LINES.search(text, joined[-1][1], start):
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined
