"""A sentence as the verifier reads it: words by their lemma, numbers by their value, dates by their parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import TYPE_CHECKING

from retrieval.index.lexical import FUNCTION_WORDS
from retrieval.verification import moments, quantities
from retrieval.verification.lemmas import fold, lemma, words

if TYPE_CHECKING:
    from retrieval.verification.moments import Moment
    from retrieval.verification.quantities import Quantity


class Kind(Enum):
    """What a token is."""

    WORD = auto()
    NAME = auto()
    NUMBER = auto()
    MOMENT = auto()
    MARK = auto()


@dataclass(frozen=True)
class Token:
    """A piece of a sentence: where it stands, as what, and what it is compared by."""

    text: str
    start: int
    end: int
    kind: Kind
    key: str
    """A word's lemma; a mark itself; empty for numbers and dates."""
    quantity: Quantity | None = None
    moment: Moment | None = None
    opens: bool = False
    """Whether a sentence begins with it, so that its capital may mean nothing."""

    @cached_property
    def folded(self) -> str:
        """The word in small letters, without accents."""
        return fold(self.text)

    @cached_property
    def is_content(self) -> bool:
        """Whether it says something that must be proven."""
        return self.kind is not Kind.MARK and (self.kind is not Kind.WORD or self.folded not in _FREE)

    @property
    def is_fact(self) -> bool:
        """Whether it is a name, a number or a date."""
        return self.kind in {Kind.NAME, Kind.NUMBER, Kind.MOMENT}


# Function words that a false sentence differs by.
_TELLING = frozenset(
    words("""
    above after against all almost always before below between down during each either enough every few first last
    less more most must neither never nobody none nothing off often only out over since some under until up upon
    within without yet already perhaps need both many everything anything nor not no
    take come came go goes gone get got keep kept put see say said says
    """)
)
_EMPTY = frozenset(
    words("""
    would could can cannot may might shall will ought whereas additionally furthermore moreover according per via
    respectively including amid among despite even compared such well
    """)
)
_FREE = frozenset(
    (FUNCTION_WORDS - _TELLING)
    | _EMPTY
    | {"not", "no", "never", "nor", "neither", "none", "both", "each", "either", "upon", "between",
       "during", "within", "already", "yet", "since", "over", "off", "out", "perhaps", "a", "s", "t", "re",
       "ve", "d", "ll", "m", "n", "which", "that", "must", "nobody", "n't", "n’t", "wo", "ca", "sha", "nothing", "for"}
)  # fmt: skip

_WORD = re.compile(
    r"(?P<short>(?:[A-Z]\.){2,}|(?:Dr|Mr|Mrs|Ms|St|Gen|Lt|Col|Sen|Rep|Prof|Gov|Capt|Sgt|No|vs)\.)"
    r"|(?P<word>(?:[^\W\d_]|[\u0300-\u036f])+(?:['’](?!s\b)[^\W\d_]+)*(?:['’]s\b)?\d*(?=\W|_|$)|[^\W_]+)"
    r"|(?P<mark>[,;:.!?…()\[\]\"“”«»—–]|(?<=\w)['’](?!\w))"
)
_NO_NAMES = frozenset(
    words("""
    i mr mrs ms dr prof sir the a an in on at by for of to and but or if as it its he she they we his her their this
    that these those there when while after before since however meanwhile although because during according both some
    many most several all each every no not only also then now here what who how why where about around over under
    with without from into until despite following additionally
    """)
)


def read(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text in order."""
    found: list[Token] = []
    taken: list[tuple[int, int]] = []
    for dated in moments.find(text):
        found.append(Token(text[dated.start : dated.end], dated.start, dated.end, Kind.MOMENT, "", moment=dated.moment))
        taken.append((dated.start, dated.end))
    for counted in quantities.find(text):
        if not any(start < counted.end and counted.start < end for start, end in taken):
            written = text[counted.start : counted.end]
            found.append(Token(written, counted.start, counted.end, Kind.NUMBER, "", quantity=counted.quantity))
            taken.append((counted.start, counted.end))
    taken.sort()
    found += _words(text, taken)
    found.sort(key=lambda token: token.start)
    return tuple(found)


def _words(text: str, taken: list[tuple[int, int]]) -> list[Token]:
    found: list[Token] = []
    opens = True
    held = iter([*taken, (len(text) + 1, len(text) + 1)])
    start, end = next(held)
    for match in _WORD.finditer(text):
        while end <= match.start():
            opens = False
            start, end = next(held)
        if start < match.end() and match.start() < end:
            continue
        written = match[0]
        if match["mark"]:
            found.append(Token(written, *match.span(), Kind.MARK, written))
            opens = opens or written in ".!?:" or (written in '"“«' and bool(found))
            continue
        found += _split_not(written, match.start(), opens=opens)
        opens = False
    return found


def _split_not(written: str, start: int, *, opens: bool) -> list[Token]:
    """Return a word's token; of "didn't" and "cannot" two."""
    folded = written.replace("’", "'").lower()
    if folded.endswith("n't") or folded == "cannot":
        cut = len(written) - 3
        base = {"wo": "will", "ca": "can", "sha": "shall"}.get(folded[:cut], folded[:cut])
        return [
            Token(written[:cut], start, start + cut, Kind.WORD, lemma(base), opens=opens),
            Token(written[cut:], start + cut, start + len(written), Kind.WORD, "not"),
        ]
    if match := re.search(r"'(?:ll|re|ve|d|m)$", folded):
        written = written[: match.start()]
    is_name = written[:1].isupper() and folded not in _NO_NAMES
    kind = Kind.NAME if is_name else Kind.WORD
    return [Token(written, start, start + len(written), kind, lemma(written), opens=opens)]


def content(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Return the tokens that must be proven."""
    return tuple(token for token in tokens if token.is_content)
