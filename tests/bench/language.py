"""How news reads, learned from the sample articles: lengths, function words, word order; and words to fill the gaps.

A sentence of the samples becomes a pattern: function words and irregular verbs stay, other words become slots by their
ending ({noun}, {past} …), names, dates and amounts slots by what they are. New patterns come from a Markov chain of
order 2 over them that backs off to order 1 as Witten & Bell (1991) do. The words for the slots are those of the
embedding model's vocabulary, which is sorted by frequency.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from bot.settings import SAMPLE_ARTICLES
from corpus import sentences
from corpus.library import scan
from corpus.models import BlockKind
from retrieval.embedding.minilm import _model_folder
from retrieval.index.lexical import FUNCTION_WORDS
from tests.bench.names import countries, given_names, known_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Pattern = tuple[str, ...]

PATTERNS = 5000
"""New patterns to choose from: enough that two sentences rarely share one, made in a second."""

FEWEST_SLOTS = 3
"""A sentence with fewer would come word for word in article after article."""

LITERAL_RANK = 3000
"""A word this frequent that fits no slot is an irregular form ("came", "told") and stays; a rarer one is guessed."""

MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()  # noqa: SIM905

_MONTH = "|".join(MONTHS)
_UNITS = r"(?:\ (?:million|billion))?"
_PIECE = re.compile(
    rf"""
    (?P<date>\d{{1,2}}\ (?:{_MONTH})(?:\ \d{{4}})?) | (?P<month>(?:{_MONTH})(?:\ \d{{4}})?) \b
    | (?P<weekday>(?:{"|".join(WEEKDAYS)})) \b
    | (?P<money>\$[\d.,]*\d{_UNITS} | [\d.,]*\d{_UNITS}\ (?:euros|rupees)) \b
    | (?P<percent>[\d.]+%) | (?P<time>\d{{1,2}}(?::\d\d)?\ [ap]\.m\.) | (?P<year>(?:18|19|20)\d\d) \b
    | (?P<ordinal>\d+(?:st|nd|rd|th)) \b | (?P<number>\d(?:[\d.,]*\d)?{_UNITS}) \b
    | (?P<place>(?:[A-Z]\.){{2,}}) | (?P<rank>(?:Gen|Lt)\.) | (?P<possessive>['’]s\b)
    | (?P<word>[^\W\d_]\w*(?:[-’'](?!s\b)\w+)*) | (?P<mark>[,;:.]) | (?P<odd>\S)
    """,
    re.VERBOSE,
)
_BEFORE_PLACES = frozenset("in from near at to between outside of around across towards".split())  # noqa: SIM905
_BEFORE_VERBS = frozenset("to will must can could would may should not".split())  # noqa: SIM905
_BEFORE_THIRD_PERSONS = frozenset({"who", "which", "that", "it", "{person}", "{place}", "{org}"})
_ADJECTIVE = re.compile(r".{2,}(?:al|ous|ive|ful|ic|able|ible|less|ary)")
_NOUN = re.compile(r".{3,}(?:tion|sion|ment|ness|ity|ism|ship|ance|ence|ure|age|hood)")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words by slot, most frequent first, and the rank of every word in English."""

    words: Mapping[str, tuple[str, ...]]
    ranks: Mapping[str, int]
    slots: Mapping[str, str]
    verbs: frozenset[str]

    def slot(self, word: str, before: str) -> str:
        """Return the slot a word of the samples becomes after the token `before`, or the word where it stays."""
        if word in FUNCTION_WORDS:
            return word
        slot = self.slots.get(word)
        if slot == "{noun}" and word in self.verbs and before in _BEFORE_VERBS:
            return "{verb}"
        if slot == "{nouns}" and word[:-1] in self.verbs and before in _BEFORE_THIRD_PERSONS:
            return "{verbs}"
        if slot or self.ranks.get(word, LITERAL_RANK) < LITERAL_RANK:
            return slot or word
        endings = {"ly": "{adv}", "ing": "{ing}", "ed": "{past}", "s": "{nouns}"}
        return next((slot for ending, slot in endings.items() if word.endswith(ending)), "{noun}")


@dataclass(frozen=True, slots=True)
class Language:
    """What was learned from the samples."""

    lexicon: Lexicon
    by_length: Mapping[int, tuple[Pattern, ...]]
    """New sentences by their number of words."""
    lengths: tuple[int, ...]
    """Words of every sentence of the samples."""
    paragraphs: tuple[int, ...]
    """Sentences of every paragraph of the samples."""
    titles: tuple[Pattern, ...]


@cache
def learn() -> Language:
    """Return the language of the sample articles; the same at every call."""
    lexicon = _lexicon()
    paragraphs, titles = _samples()
    seen_inside = _capitalised_inside([sentence for paragraph in paragraphs for sentence in paragraph])
    patterns = [
        pattern
        for paragraph in paragraphs
        for sentence in paragraph
        if (pattern := to_pattern(sentence, lexicon, seen_inside)) and pattern[-1] == "."
    ]
    new = sorted(
        set(_Chain(patterns).sentences(random.Random("patterns"), PATTERNS)), key=lambda made: (words(made), made)
    )
    return Language(
        lexicon=lexicon,
        by_length={length: tuple(group) for length, group in groupby(new, key=words)},
        lengths=tuple(words(pattern) for pattern in patterns),
        paragraphs=tuple(len(paragraph) for paragraph in paragraphs),
        titles=tuple(pattern for title in titles if (pattern := to_pattern(title, lexicon, seen_inside))),
    )


def words(pattern: Pattern) -> int:
    """Return the number of words, marks not counted."""
    return sum(token not in {",", ";", ":", ".", "'s"} for token in pattern)


def to_pattern(sentence: str, lexicon: Lexicon, names: frozenset[str]) -> Pattern:
    """Return a sentence with slots, or () where it holds brackets or quotation marks: a chain would not close them."""
    tokens: list[str] = []
    name: list[str] = []

    def close_name() -> None:
        if name:
            tokens.append(_kind_of_name(name, tokens[-1] if tokens else ""))
            name.clear()

    for number, match in enumerate(_PIECE.finditer(sentence)):
        kind, piece = match.lastgroup or "", match.group()
        if kind == "odd":
            return ()
        if kind == "word" and piece[0].isupper() and not (number == 0 and _is_common(piece, lexicon, names)):
            name.append(piece)
            continue
        if name and kind == "number" and len(piece) < 3:  # Ariane 5, Terminal 1
            continue
        close_name()
        if kind == "word":
            tokens.append(lexicon.slot(piece.lower(), tokens[-1] if tokens else ""))
        elif kind in {"mark", "possessive"}:
            tokens.append("'s" if kind == "possessive" else piece)
        elif kind != "rank":
            tokens.append(f"{{{kind}}}")
    close_name()
    return tuple(tokens)


def _is_common(word: str, lexicon: Lexicon, names: frozenset[str]) -> bool:
    return word not in names and (word.lower() in FUNCTION_WORDS or word.lower() in lexicon.ranks)


def _kind_of_name(name: Sequence[str], before: str) -> str:
    if len(name) > 1 and name[0].lower() in given_names():
        return "{person}"
    is_place = " ".join(name).lower() in countries() or before in _BEFORE_PLACES
    return "{place}" if is_place else "{org}"


def _capitalised_inside(sentences_of_samples: Iterable[str]) -> frozenset[str]:
    """Return the words that stand capitalised within a sentence: names, also where they begin one."""
    return frozenset(
        match.group()
        for sentence in sentences_of_samples
        for match in list(_PIECE.finditer(sentence))[1:]
        if match.lastgroup == "word" and match.group()[0].isupper()
    )


def _samples() -> tuple[list[list[str]], list[str]]:
    articles = scan(SAMPLE_ARTICLES).articles
    paragraphs = [
        [
            article.text[sentence.start : sentence.end]
            for sentence in sentences.split(article.text, block, article.language)
        ]
        for article in articles
        for block in article.blocks
        if block.kind is BlockKind.PARAGRAPH
    ]
    return [paragraph for paragraph in paragraphs if paragraph], [article.title for article in articles]


class _Chain:
    """A Markov chain of order 2 over tokens; "" stands before and after a sentence."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._after: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for pattern in patterns:
            for first, second, third in zip(("", "", *pattern), ("", *pattern), (*pattern, ""), strict=False):
                self._after[first, second].append(third)
                self._after[(second,)].append(third)

    def sentences(self, rng: random.Random, count: int) -> Iterator[Pattern]:
        for _ in range(count):
            made = ["", ""]
            while len(made) == 2 or (made[-1] and len(made) < 80):
                seen = self._after.get((made[-2], made[-1]), [])
                kinds = len(set(seen))
                # Witten and Bell: what was followed by many kinds of token is likely to be followed by yet another.
                backs_off = not seen or (len(made) > 2 and rng.random() < kinds / (kinds + len(seen)))
                made.append(rng.choice(self._after[(made[-1],)] if backs_off else seen))
            pattern = tuple(made[2:-1])
            slots = sum(token[0] == "{" for token in pattern)
            if slots >= FEWEST_SLOTS and pattern[-1] == "." and "." not in pattern[:-1]:
                yield pattern


def _lexicon() -> Lexicon:
    """Sort the model's vocabulary into slots by the endings of its words and of their other forms."""
    file = _model_folder() / "tokenizer.json"
    numbers: dict[str, int] = json.loads(file.read_text(encoding="utf-8"))["model"]["vocab"]
    all_words = [word for word in sorted(numbers, key=numbers.__getitem__) if re.fullmatch("[a-z]{3,}", word)]
    ranks = {word: rank for rank, word in enumerate(all_words)}
    verbs = frozenset(word for word in all_words if any(form in ranks for form in _verb_forms(word))) - FUNCTION_WORDS
    slots = {word: slot for word in all_words if word not in FUNCTION_WORDS and (slot := _slot(word, ranks, verbs))}
    not_to_use = known_names() | {name.lower() for name in (*MONTHS, *WEEKDAYS)}
    by_slot: dict[str, list[str]] = defaultdict(list)
    for word in all_words:
        if word in slots and word not in not_to_use:
            by_slot[slots[word]].append(word)
    by_slot["{verb}"] = [word for word in all_words if word in verbs and word not in not_to_use]
    by_slot["{verbs}"] = [word for word in by_slot["{nouns}"] if word[:-1] in verbs]
    return Lexicon({slot: tuple(found) for slot, found in by_slot.items()}, ranks, slots, verbs)


def _verb_forms(word: str) -> tuple[str, ...]:
    return (word + "ing", word[:-1] + "ing") if word.endswith("e") else (word + "ing", word + word[-1] + "ing")


def _slot(word: str, ranks: Mapping[str, int], verbs: frozenset[str]) -> str | None:
    def is_form(ending: str) -> bool:
        stem = word.removesuffix(ending)
        stems = {stem, stem + "e", stem[:-1] if stem[-2:-1] == stem[-1:] else stem}
        return word.endswith(ending) and any(len(made) > 2 and made in ranks for made in stems)

    plural = word[:-1] + "ies" if word.endswith("y") else word + "s"
    for ending, slot in (("ly", "{adv}"), ("ing", "{ing}"), ("ed", "{past}")):
        if is_form(ending):
            return slot
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and (word[:-1] in ranks or is_form("ies")):
        return "{nouns}"
    if _ADJECTIVE.fullmatch(word) and plural not in ranks:
        return "{adj}"
    if _NOUN.fullmatch(word) or plural in ranks:
        return "{noun}"
    return "{verb}" if word in verbs else None
