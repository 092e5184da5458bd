"""Articles to passages: runs of whole sentences of about 160 tokens, cut where a paragraph ends if one ends nearby."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate, groupby, pairwise
from typing import TYPE_CHECKING

from corpus import sentences
from corpus.models import BlockKind, Passage, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.models import Article

VERSION = "1"
"""Part of every generation's manifest: raise it when the same article would give other passages or sentences."""

TARGET_TOKENS = 160
LONGEST_UNCUT = 240
"""A run of up to this many tokens stays one passage: cutting a paragraph in two loses more than it gains."""

PARAGRAPH_WORTH = 30
"""A cut at a paragraph's end may lie this many tokens farther from the ideal place than one within a paragraph."""

_TOKEN = re.compile(r"\w+|[^\w\s]")


def count_tokens(text: str) -> int:
    """Return about as many tokens as a word-piece model sees; within a tenth on English news."""
    return len(_TOKEN.findall(text))


def split_passages(article: Article) -> list[Passage]:
    """Return the passages of an article in order; together they hold every sentence that is not furniture, once."""
    groups: list[list[Sentence]] = []
    for is_furniture, blocks in groupby(article.blocks, key=lambda block: block.kind is BlockKind.FURNITURE):
        if not is_furniture:
            paragraphs = [list(sentences.split(article.text, block, article.language)) for block in blocks]
            filled = [paragraph for paragraph in paragraphs if paragraph]
            groups.extend(_groups(article.text, filled) if filled else ())
    return [
        Passage(article.id, number, group[0].start, group[-1].end, tuple(group)) for number, group in enumerate(groups)
    ]


def _groups(text: str, paragraphs: list[list[Sentence]]) -> Iterator[list[Sentence]]:
    """Cut a run of paragraphs into groups of about equal size, each cut at the best place near its ideal one."""
    run = [sentence for paragraph in paragraphs for sentence in paragraph]
    ends_paragraph = {paragraph[-1] for paragraph in paragraphs}
    seen = list(accumulate(count_tokens(text[sentence.start : sentence.end]) for sentence in run))
    wanted = 1 if seen[-1] <= LONGEST_UNCUT else round(seen[-1] / TARGET_TOKENS)
    edges = [0]
    for number in range(1, wanted):
        ideal = seen[-1] * number / wanted
        first = bisect_left(seen, ideal - TARGET_TOKENS / 2, lo=edges[-1])
        last = min(bisect_right(seen, ideal + TARGET_TOKENS / 2), len(run) - 1)
        # A heading belongs to what follows, so no cut comes right after one.
        near = [index for index in range(first, last) if not run[index].heading]
        if near:
            off = {index: abs(seen[index] - ideal) - PARAGRAPH_WORTH * (run[index] in ends_paragraph) for index in near}
            edges.append(min(near, key=off.__getitem__) + 1)
    yield from (run[start:end] for start, end in pairwise([*edges, len(run)]))
