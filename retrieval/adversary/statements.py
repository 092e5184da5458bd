"""False sentences by another word: names, denials, contraries, exchanged roles, doubts, speakers, additions."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

from retrieval.adversary import words
from retrieval.adversary.models import Edit, Original, mentions, names

if TYPE_CHECKING:
    from random import Random

_AUXILIARY = re.compile(r"\b(is|was|were|are|has|have|had|will|would|should|must|could)\b(?! not| n't| been no)")
_DENIAL = re.compile(r"\b(is|was|were|are|has|have|had|will|would|did|does|do|could|can) not\b")
_SAYING = re.compile(
    r"\b(?:said|says|stated|announced|added|told|argued|claimed|explained|warned|noted)\b|\b[Aa]ccording to\b"
)


def name(original: Original, rng: Random) -> Edit | None:
    """A name of another article in the place of one."""
    own = [found for found in names(original.text) if original.text.count(found) == 1]
    others = [found for found in original.strangers if not _shares_a_word(found, original.passage)]
    if not own or not others:
        return None
    return Edit(original.text.replace(rng.choice(own), rng.choice(others)))


def negation(original: Original, rng: Random) -> Edit | None:
    """A denial where there was none, or none where there was one."""
    denials = list(_DENIAL.finditer(original.text))
    if denials:
        match = rng.choice(denials)
        if match[1] in {"did", "does", "do"}:
            return None
        return Edit(original.text[: match.start()] + match[1] + original.text[match.end() :])
    if mentions(original.text, "not only") or re.search(r"\b(?:no|never|nor|neither|without)\b|n't", original.text):
        return None
    found = list(_AUXILIARY.finditer(original.text))
    if not found:
        return None
    match = found[0]
    return Edit(original.text[: match.end()] + " " + rng.choice(["not", "not", "never"]) + original.text[match.end() :])


def direction(original: Original, rng: Random) -> Edit | None:
    """A word's contrary in its place, of the pairs that the verifier's author knew of."""
    return _replaced(original, words.CONTRARIES, rng)


def direction_unlisted(original: Original, rng: Random) -> Edit | None:
    """A word's contrary in its place, of pairs that the verifier's tables do not hold."""
    return _replaced(original, words.CONTRARIES_UNLISTED, rng)


def _replaced(original: Original, pairs: tuple[tuple[str, str], ...], rng: Random) -> Edit | None:
    both = [*pairs, *((other, one) for one, other in pairs)]
    found = [
        (match, other)
        for word, other in both
        for match in re.finditer(rf"(?<![\w-]){word}(?![\w-])", original.text)
        if not mentions(original.text, other)
    ]
    if not found:
        return None
    match, other = rng.choice(found)
    return Edit(original.text[: match.start()] + other + original.text[match.end() :])


def swapped(original: Original, rng: Random) -> Edit | None:
    """Two names that have changed places, with something happening between them."""
    text = original.text
    places = [(text.index(found), found) for found in names(text) if text.count(found) == 1]
    opening = re.match(r"(?:The )?((?:[A-Z][a-z]+)(?: [A-Z][a-z]+)+)(?= [a-z])", text)
    if opening:
        places.append((opening.start(1), opening[1]))
    pairs = []
    for (first, one), (second, other) in combinations(sorted(set(places)), 2):
        between = text[first + len(one) : second]
        acts = re.search(
            r" (?:\w+ed|was|were|is|became|won|took|made|gave|led|beat|met|built|wrote|said|had|has) ", between
        )
        if acts and not _shares_a_word(one, other):
            pairs.append((first, one, second, other))
    if not pairs:
        return None
    first, one, second, other = rng.choice(pairs)
    return Edit(text[:first] + other + text[first + len(one) : second] + one + text[second + len(other) :])


def certainty(original: Original, rng: Random) -> Edit | None:
    """What may be, was planned or alleged told as a fact."""
    found = [(match, match.expand(fact)) for doubt, fact in words.DOUBTS for match in re.finditer(doubt, original.text)]
    if not found:
        return None
    match, fact = rng.choice(found)
    return Edit(original.text[: match.start()] + fact + original.text[match.end() :])


def attribution(original: Original, rng: Random) -> Edit | None:
    """Somebody else said so."""
    others = [found for found in original.strangers if not _shares_a_word(found, original.passage)]
    speakers = [speaker for speaker in words.SPEAKERS if not _shares_a_word(speaker, original.passage)]
    if not others or not speakers or _SAYING.search(original.text):
        return None
    speaker = rng.choice([rng.choice(others), rng.choice(speakers)])
    start = original.text[0] + original.text[1:]
    return Edit(
        rng.choice([f"According to {speaker}, {start}", f"{speaker[0].upper()}{speaker[1:]} said that {start}"])
    )


def addition(original: Original, rng: Random) -> Edit | None:
    """The sentence, and something likely that nobody said."""
    tails = [tail for tail in words.ADDITIONS if not _shares_a_word(tail, original.passage)]
    if not tails or not original.text.endswith("."):
        return None
    return Edit(f"{original.text[:-1]}{rng.choice(tails)}.")


def qualifier(original: Original, rng: Random) -> Edit | None:
    """All for some, most for few, always for often."""
    return _replaced(original, words.QUALIFIERS, rng)


def _shares_a_word(one: str, text: str) -> bool:
    return any(word[:5].lower() in text.lower() for word in re.findall(r"[\w’'-]{4,}", one))
