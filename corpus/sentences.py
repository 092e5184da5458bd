"""Sentences of a block by sentencex, with the two things it leaves undone: quotation marks and lines without an end."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from sentencex import get_sentence_boundaries

from corpus.models import BlockKind, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from corpus.models import Block

LONGEST = 1200
"""Characters after which a "sentence" (a table, a list without full stops) is cut at white space to stay quotable."""

# "May" and "no" are words before they are abbreviations, and sentencex takes them for the latter.
_NOT_ABBREVIATED = re.compile(r"\b(?:May|no)\.\s+(?=[A-Z])")
_CLOSING_MARK = re.compile(r"[\"'”’»)\]]+(?=\s|$)")
_DANGLING_OPENING_MARK = re.compile(r"\s+[\"'“‘«(\[]+\s*$")
_ENDS_IN_CLOCK_TIME = re.compile(r"\d\s?[ap]\.m\.\s*$", re.IGNORECASE)
_TIME_ZONE = re.compile(
    r"(?:[A-Z][\w-]*(?:\s[A-Z][\w-]*)?\s(?:standard\s|daylight\s)?time|(?:Eastern|Central|Mountain|Pacific|[A-Z]{2,4}T|UTC))\b"
)
_ENDS_IN_QUOTED_QUESTION = re.compile(r"[?!][\"”’»]\s*$")
_ATTRIBUTION = re.compile(
    r"(?:[\w.'’-]+\s+){0,4}(?:said|says|stated|asked|asks|added|replied|told|wrote|continued|remarked|claimed|wondered)"
    r"(?:\s+[\w.'’-]+){0,4}\s*",
    re.IGNORECASE,
)


def split(text: str, block: Block, language: str = "en") -> Iterator[Sentence]:
    """Yield the sentences of a paragraph, in order, white space around them left out; a heading is one sentence."""
    if block.kind is BlockKind.HEADING:
        yield Sentence(block.start, block.end, heading=True)
        return
    found = get_sentence_boundaries(language, text[block.start : block.end])
    missed = {match.end() for match in _NOT_ABBREVIATED.finditer(text, block.start, block.end)}
    starts = sorted({block.start + boundary["start_index"] for boundary in found} | missed)
    for start, end in _mended(text, [*starts, block.end]):
        yield from _cut(text, start, end)


def _mended(text: str, edges: list[int]) -> Iterator[tuple[int, int]]:
    """Move quotation marks to the sentence they belong to; join `"Why?" he said.` and `7 p.m. Eastern` again."""
    kept = edges[:1]
    for edge, following in pairwise(edges[1:]):
        piece = text[edge:following]
        before = text[kept[-1] : edge]
        if _ENDS_IN_QUOTED_QUESTION.search(before) and _is_attribution(piece):
            continue
        if _ENDS_IN_CLOCK_TIME.search(before) and _TIME_ZONE.match(piece):
            continue
        if closing := _CLOSING_MARK.match(piece):
            moved = edge + closing.end()
        elif dangling := _DANGLING_OPENING_MARK.search(text, kept[-1], edge):
            moved = dangling.start()
        else:
            moved = edge
        kept.append(moved)
    yield from _without_white_space(text, pairwise([*kept, edges[-1]]))


def _is_attribution(piece: str) -> bool:
    """`Putin stated.` and `he said. "` after a quoted question are its end, not a sentence."""
    return _ATTRIBUTION.fullmatch(_DANGLING_OPENING_MARK.sub("", piece)) is not None


def _without_white_space(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in spans:
        piece = text[start:end]
        if piece.strip():
            yield start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _cut(text: str, start: int, end: int) -> Iterator[Sentence]:
    while end - start > LONGEST:
        space = max(text.rfind(mark, start + 1, start + LONGEST) for mark in (" ", "\n", "\t", "\u00a0"))
        middle = space if space > start else start + LONGEST
        yield from (Sentence(*span) for span in _without_white_space(text, [(start, middle)]))
        start = middle
    yield from (Sentence(*span) for span in _without_white_space(text, [(start, end)]))
