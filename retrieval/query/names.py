"""The names in a text, told by their capitals; in a question without any, by those of the answer before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.index.lexical import FUNCTION_WORDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Name:
    """A span of a text, and its words."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Word:
    core: str
    start: int
    end: int
    opens: bool
    """Whether a sentence begins with it, so that its capital says nothing."""
    closes: bool
    """Whether a mark or a possessive behind it ends a name."""


_EDGES = "\"“”„«»'‘’()[]{}?!,;:…"
_INITIAL = re.compile(r"(?:[A-Z]\.)+|(?:Dr|Mr|Mrs|Ms|St|Gen|Lt|Col|Sen|Rep|Prof|Gov|Capt|Sgt|Adm|Rev)\.")
_LINKS = frozenset("of de du la le van von der den del di al bin".split())  # noqa: SIM905 - reads as a list of words
_NO_NAMES = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
    october november december
    """.split()  # noqa: SIM905 - same
)
_ADJECTIVE = re.compile(
    r"(?i:[a-z]+(?:ish|ese|[^as]ian|ean|ist|ic)|french|dutch|german|greek|swiss|czech|thai|roman|american|mexican|african"
    r"|russian|asian|israeli|iraqi|pakistani|north|south|east|west)"
)
ROLES = (
    r"(?:prime minister|president(?:-elect)?|minister|chancellor|mayor|archbishop|bishop|pope|king|queen|prince"
    r"|princess|general|gen\.|lt\.|captain|capt\.|admiral|colonel|senator|secretary(?: of state| general)?"
    r"|chief executive|chief|chair(?:man|woman)?|head|leader|director|manager|founder|author|coach"
    r"|spokes(?:man|woman|person)|judge|professor|dr\.?|mr\.?|mrs\.?|ms\.?|sir|lady|deputy|astronaut|scientist"
    r"|engineer|architect|boss|commander|winner|owner)"
)
"""A pattern for what stands before a person's name and is none; for any case."""
_ROLE = re.compile(rf"(?i:{ROLES})")
_OPENING = re.compile(r"([A-Z][\w-]*[^\Ws])(?:['’]s| [a-z]+[^s\W]s)\b")


def names(text: str, known: Collection[str] = frozenset()) -> list[Name]:
    """Return what is named in a text; words in `known` (small letters) count where nothing has a capital."""
    found = list(_runs(text, frozenset()))
    return found or list(_runs(text, known))


def known_names(texts: Iterable[str]) -> frozenset[str]:
    """Return the words of the names in sentences and headlines, in small letters; not where each word has a capital."""
    words: set[str] = set()
    for text in texts:
        content = [word.core for word in _words(text) if word.core.casefold() not in FUNCTION_WORDS]
        if sum(word[:1].isupper() for word in content) <= 0.75 * len(content) or len(content) < 3:
            words.update(part.casefold() for name in _runs(text, frozenset()) for part in name.text.split())
        # "India lands", "India's": what goes without an article and is one has a name, wherever it stands.
        if match := _OPENING.match(text):
            words.add(match[1].casefold())
    return frozenset(word for word in words - FUNCTION_WORDS if not _ROLE.fullmatch(word))


def _words(text: str) -> Iterator[_Word]:
    opens = True
    for match in re.finditer(r"\S+", text):
        written = match[0]
        left = len(written) - len(written.lstrip(_EDGES))
        core = written.strip(_EDGES)
        if core.endswith(".") and not _INITIAL.fullmatch(core):
            core = core.rstrip(".").rstrip(_EDGES)
        possessive = core.endswith(("'s", "’s"))
        core = core[:-2] if possessive else core
        start = match.start() + left
        end = start + len(core)
        yield _Word(core, start, end, opens or left > 0, end < match.end())
        opens = written.rstrip("\"“”'’)").endswith((".", "?", "!", ":")) and not _INITIAL.fullmatch(core)


def _runs(text: str, known: Collection[str]) -> Iterator[Name]:
    """Yield runs of words with capitals."""
    words = list(_words(text))
    run: list[_Word] = []
    for number, word in enumerate(words, start=1):
        after = words[number] if number < len(words) else None
        is_name = _is_name(word, after, known)
        if not is_name and run and not run[-1].closes:
            is_numeral = word.core.isdecimal() and len(word.core) < 4
            is_name = is_numeral or (word.core in _LINKS and after is not None and _is_name(after, None, known))
        if not is_name:
            yield from _named(text, run)
            run = []
            continue
        run.append(word)
        if word.closes:
            yield from _named(text, run)
            run = []
    yield from _named(text, run)


def _is_name(word: _Word, after: _Word | None, known: Collection[str]) -> bool:
    folded = word.core.casefold()
    if not word.core or folded in _NO_NAMES:
        return False
    if folded in known and folded not in FUNCTION_WORDS:
        return True
    if not word.core[0].isupper() or word.core == "I":
        return False
    if not word.opens:
        return True
    if folded in FUNCTION_WORDS:
        return False
    # At the start of a sentence only what looks like a name by itself, or before another capital.
    is_marked = not word.core.isalpha() or (word.core.isupper() and len(word.core) > 1)
    return is_marked or (after is not None and not word.closes and after.core[:1].isupper())


def _named(text: str, run: list[_Word]) -> Iterator[Name]:
    while run and run[0].core.casefold() in {"the", "a", "an"}:
        run = run[1:]
    if run and run[-1].end - run[0].start > 1:
        yield Name(text[run[0].start : run[-1].end], run[0].start, run[-1].end)


def is_adjective(name: str) -> bool:
    """Return whether a name says only whose a thing is: "Finnish", "French"."""
    return bool(_ADJECTIVE.fullmatch(name))
