"""What is quoted for a sentence: the shortest run of whole sentences that a reader understands alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval.models import Quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.models import Sentence
    from retrieval.models import ScoredPassage

LONGEST_RUN = 3
LONGEST = 700
"""Sentences and characters of a quote; where more would be needed to understand it, the context around it has to do."""

_MARKS = r"[\"'“”‘’«»(\[\s]*"
_JOINED = r"(?:but|and|so|yet|then|instead|also|still|however|meanwhile|moreover|for example|for instance),?"
_POINTING = r"(?:he|she|it|they|him|her|his|hers|its|their|them|this|these|such|the (?:former|latter)|the same)"
# "Those who came" and "both Ada and Bo" name what they mean; "those were", "both of them" do not.
_VERB = r"(?:is|was|are|were|has|have|had|would|will|means|meant|of them)"
_POINTING_WITH_VERB = rf"(?:that|those|both|neither)(?=\s+{_VERB}\b)"
# "This year" and "these days" stand for nothing said before.
_TIME = r"(?:year|month|week|morning|evening|afternoon|time|days|spring|summer|autumn|winter|season|decade|century)"
_BACK_REFERENCE = re.compile(
    rf"{_MARKS}(?:{_JOINED}\s+){{0,2}}(?:{_POINTING}|{_POINTING_WITH_VERB})\b(?!\s+{_TIME}\b)", re.IGNORECASE
)
_SAID = r"(?:said|says|added|adds|told|replied|stated|wrote|continued|argued|claimed|explained|warned|insisted)"
_BARE_SPEAKER = re.compile(
    rf"[,.!?…][\"”’»]\s*(?:(?:he|she|they)\s+{_SAID}|{_SAID}\s+(?:he|she|they))\b", re.IGNORECASE
)


def refers_back(sentence: str) -> bool:
    """Return whether only the sentence before tells who or what is meant: it begins with a pronoun, or "he said"."""
    return bool(_BACK_REFERENCE.match(sentence) or _BARE_SPEAKER.search(sentence))


def run(found: ScoredPassage, chosen: Sentence) -> Quote:
    """Return the sentence, after the ones before it that it needs to be understood."""
    sentences = found.passage.sentences
    last = first = sentences.index(chosen)
    while (
        first
        and last - first + 1 < LONGEST_RUN
        and refers_back(quote(found, sentences[first].start, sentences[first].end).text)
        and not sentences[first - 1].heading
        and chosen.end - sentences[first - 1].start <= LONGEST
    ):
        first -= 1
    return quote(found, sentences[first].start, chosen.end)


def section(found: ScoredPassage, chosen: Sentence) -> Quote:
    """Return the sentences around the chosen one, up to the headings before and after it."""
    sentences: Sequence[Sentence] = found.passage.sentences
    first = last = sentences.index(chosen)
    while first and not sentences[first - 1].heading:
        first -= 1
    while last + 1 < len(sentences) and not sentences[last + 1].heading:
        last += 1
    return quote(found, sentences[first].start, sentences[last].end)


def quote(found: ScoredPassage, start: int, end: int) -> Quote:
    """Return a span of the passage's article, given in the article's own counting."""
    return Quote(found.text[start - found.passage.start : end - found.passage.start], start, end)
