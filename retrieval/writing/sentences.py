"""The sentences of a text that arrives in pieces, each with its markers, as soon as it is whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus import sentences
from corpus.models import Block, BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 4000
"""Characters of one line; whoever writes more without a break is not writing sentences."""

_MARKERS = r"(?:\[\d+(?:\s*[,;–-]\s*\d+)*\]\s*)+"
_MARKERS_BEHIND = re.compile(rf"([.!?…]+[\"'”’»)]*)[ \t]*({_MARKERS})(?=\s|$)")
"""Behind the full stop, where a splitter takes them for the beginning of the next sentence."""
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
"""What some local models write before they answer."""
_ITEM = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+|\*\*|__|^#+\s+")
_ENDED = re.compile(r"[.!?…][\"'”’»)]*\s*$")


class SentenceReader:
    """Takes the pieces of a text and gives its sentences."""

    def __init__(self) -> None:
        self._buffer = ""

    def feed(self, piece: str) -> Iterator[str]:
        """Yield the sentences that are whole now: something that is no marker follows each."""
        self._buffer = _THOUGHT.sub("", self._buffer + piece)
        if self._buffer.lstrip().startswith("<think>"):
            return
        while "\n" in self._buffer or len(self._buffer) > LONGEST:
            line, _, rest = self._buffer.partition("\n") if "\n" in self._buffer else (self._buffer, "", "")
            self._buffer = rest
            yield from _sentences(line)
        text = _with_markers_before(self._buffer)
        *whole, last = _sentences(text) or [""]
        # Of the last one nobody knows whether it goes on, and what follows may be its markers.
        if whole and not last.startswith("["):
            self._buffer = last if not text[-1:].isspace() else last + " "
            yield from whole

    def end(self) -> Iterator[str]:
        """Yield what is left, if it came to its end."""
        rest, self._buffer = self._buffer, ""
        if rest.lstrip().startswith("<think>"):
            return
        found = _sentences(_with_markers_before(rest))
        yield from (sentence for sentence in found if _ENDED.search(sentence))


def _with_markers_before(text: str) -> str:
    """Return a text with each sentence's markers before its full stop."""
    return _MARKERS_BEHIND.sub(lambda found: f" {found[2].strip()}{found[1]} ", text)


def _sentences(line: str) -> list[str]:
    text = _ITEM.sub("", _with_markers_before(line)).replace("**", "")
    block = Block(0, len(text), BlockKind.PARAGRAPH)
    return [stripped for span in sentences.split(text, block) if (stripped := text[span.start : span.end].strip())]
