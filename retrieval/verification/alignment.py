"""Which token of a passage each token of a sentence rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from retrieval.verification.opposites import are_opposites
from retrieval.verification.synonyms import synonyms
from retrieval.verification.tokens import Kind, Token

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

NEAR = 0.75
"""The cosine of two words in their sentences from which one may stand for the other."""

_FAR = 8
"""Tokens; beyond it all distances count alike."""

_NOT_THE_WORD = 3.0
"""What it costs to rest on a synonym, in tokens that a place may be farther off."""

_SAME_NAME = {
    frozenset(group.split())
    for group in (
        "us usa america american", "uk britain british", "eu european", "un", "uae emirat", "netherland dutch",
        "franc french", "spain spanish", "greec greek", "germani german", "itali italian", "switzerland swiss",
        "denmark danish dane", "poland polish pole", "sweden swedish swede", "norway norwegian", "turkey turkish turk",
        "ireland irish", "finland finnish finn", "wale welsh", "scotland scottish scot", "england english",
        "israel isra", "iraq iraqi", "china chines", "japan japanes", "ukrain ukrainian", "russia russian",
        "kiev kyiv", "turkiy turkey", "czechia czech", "iceland iceland",
    )
}  # fmt: skip
_SPELLED_OUT = {
    "us": ("unit", "state"),
    "uk": ("unit", "kingdom"),
    "eu": ("european", "union"),
    "un": ("unit", "nation"),
}


class Indexed:
    """Tokens, and where each word among them stands."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.places: dict[str, list[int]] = {}
        self.facts: list[int] = []
        for place, token in enumerate(tokens):
            if token.kind in {Kind.WORD, Kind.NAME}:
                self.places.setdefault(token.key, []).append(place)
            elif token.kind is not Kind.MARK:
                self.facts.append(place)

    @cached_property
    def names(self) -> list[int]:
        """The places of names."""
        return [place for place, token in enumerate(self.tokens) if token.kind is Kind.NAME]

    @cached_property
    def acronyms(self) -> dict[str, int]:
        """The first letters of runs of names, and where each run begins."""
        return _acronyms(self.tokens)


@dataclass(slots=True)
class Alignment:
    """Places in the passage by places in the sentence, both counted in tokens."""

    places: dict[int, int] = field(default_factory=dict)
    opposed: dict[int, int] = field(default_factory=dict)
    """Words for which the passage has only a contrary."""
    missing: list[int] = field(default_factory=list)
    guessed: set[int] = field(default_factory=set)
    """Those in `places` that only the vectors speak for."""


def align(claim: Indexed, source: Indexed, cosines: NDArray[np.float32] | None = None) -> Alignment:
    """Return where each content token of a sentence stands in a passage.

    `cosines`, of shape (tokens of the sentence, tokens of the passage), lets words stand for others that mean the same.
    """
    found = Alignment()
    candidates: list[tuple[int, dict[int, float]]] = []
    for place, token in enumerate(claim.tokens):
        if not token.is_content:
            continue
        at = _candidates(claim, place, source)
        if not at and token.kind in {Kind.WORD, Kind.NAME}:
            if against := _against(token.key, source):
                found.opposed[place] = against[0]
                continue
            if cosines is not None and token.kind is Kind.WORD and len(token.key) > 2:
                at = dict.fromkeys(_nearest(place, source.tokens, cosines), _NOT_THE_WORD)
                found.guessed.update([place] if at else [])
        if at:
            candidates.append((place, at))
        elif not _goes_without(claim.tokens, place, source.tokens):
            found.missing.append(place)
    found.places = _most_even(candidates)
    _give_back(found, claim.tokens, source.tokens)
    _choose_opposed(found, claim.tokens, source)
    return found


def _give_back(found: Alignment, claim: Sequence[Token], source: Sequence[Token]) -> None:
    """Take from words what rests on a place that another word holds by right: "US" is not "United States" as well."""
    exact = {other for place, other in found.places.items() if claim[place].key == source[other].key}
    for place, other in list(found.places.items()):
        if other in exact and claim[place].key != source[other].key:
            del found.places[place]
            found.guessed.discard(place)
            found.missing.append(place)


def stands_in(token: Token, source: Indexed) -> bool:
    """Return whether a token stands in a passage, in whatever form."""
    return bool(_candidates(Indexed((token,)), 0, source))


def _candidates(claim: Indexed, place: int, source: Indexed) -> dict[int, float]:
    """Return where a token may stand, and what it costs to rest there."""
    token = claim.tokens[place]
    if token.kind in {Kind.NUMBER, Kind.MOMENT}:
        return {other: 0.0 for other in source.facts if same(token, source.tokens[other])}
    at = dict.fromkeys(source.places.get(token.key, ()), 0.0)
    if token.kind is Kind.NAME:
        if at:
            return at
        if named := _by_name(claim, place, source):
            return dict.fromkeys(named, _NOT_THE_WORD)
        if not token.opens:
            return {}
    near = [other for key in synonyms(token.key) if key != token.key for other in source.places.get(key, ())]
    if not at and not near:
        near = [
            other
            for key, others in source.places.items()
            if key[:4] == token.key[:4] and _akin(token, source.tokens[others[0]])
            for other in others
        ]
    return dict.fromkeys(near, _NOT_THE_WORD) | at


def _against(key: str, source: Indexed) -> list[int]:
    return [other for word, others in source.places.items() if are_opposites(key, word) for other in others]


def _goes_without(claim: Sequence[Token], place: int, source: Sequence[Token]) -> bool:
    """Return whether a word adds nothing: "every day" for "a day", "some 300" for "300"."""
    following = claim[place + 1] if place + 1 < len(claim) else None
    if following is None:
        return False
    if claim[place].folded == "some":
        return following.kind is Kind.NUMBER
    if claim[place].folded == "every" and following.folded in {"day", "week", "month", "year", "hour", "night"}:
        return any(
            before.folded in {"a", "an", "per", "each"} and after.key == following.key
            for before, after in pairwise(source)
        )
    return False


def same(one: Token, other: Token) -> bool:  # noqa: PLR0911 - one a kind of token
    """Return whether two tokens are the same word, value or date."""
    if one.kind is Kind.NUMBER:
        if other.quantity is not None and one.quantity is not None:
            mine, theirs = one.quantity, other.quantity
            if mine.value != theirs.value:
                return mine.unit == "s" == theirs.unit and mine.value % 100 == theirs.value % 100
            return mine.unit == theirs.unit
        return other.moment is not None and one.quantity is not None and one.quantity.value == other.moment.year
    if one.kind is Kind.MOMENT:
        if one.moment is None:
            return False
        if other.quantity is not None:
            return one.moment.year is not None and one.moment.month is None and other.quantity.value == one.moment.year
        return other.moment is not None and one.moment.is_told_by(other.moment)
    return one.key == other.key and one.key != ""


def _by_name(claim: Indexed, place: int, source: Indexed) -> list[int]:
    token = claim.tokens[place]
    if named := [other for other in source.names if _same_name(token, source.tokens[other])]:
        return named
    if any(token.key in group for group in _SAME_NAME):
        group = next(group for group in _SAME_NAME if token.key in group)
        if at := [other for key in group for other in source.places.get(key, ())]:
            return at
    if token.folded in source.acronyms:
        return [source.acronyms[token.folded]]
    if spelled := _SPELLED_OUT.get(token.key):
        return [at for at in source.places.get(spelled[0], ()) if at + 1 in source.places.get(spelled[1], ())]
    for short, first in claim.acronyms.items():
        # "Red Cross Movement" for "RCM"
        if first <= place < first + 2 * len(short) and (
            at := [at for at in source.names if source.tokens[at].folded == short]
        ):
            return at
    return []


def _akin(one: Token, other: Token) -> bool:
    """Return whether two words are of one family: "critical" and "criticise", "Norman" and "Normandy"."""
    if are_opposites(one.key, other.key):
        return False
    mine, theirs = one.folded, other.folded
    shared = next(
        (n for n, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), min(len(mine), len(theirs))
    )
    return shared >= max(5, 0.6 * max(len(mine), len(theirs)))


def _same_name(one: Token, other: Token) -> bool:
    # "Estavian" and "Estavia", "Israeli" and "Israel"
    longer, shorter = sorted((one.folded, other.folded), key=len, reverse=True)
    ending = longer.removeprefix(shorter.rstrip("aeiouy"))
    return (
        other.kind is Kind.NAME
        and len(shorter) >= 4
        and longer.startswith(shorter.rstrip("aeiouy"))
        and ending in {"n", "an", "ian", "ish", "ese", "i", "ic", "s", "ns", "ans", "ians", "is", "ean", "er", "ers"}
    )


def _acronyms(tokens: Sequence[Token]) -> dict[str, int]:
    """Return the first letters of runs of names, and where each run begins."""
    found: dict[str, int] = {}
    run: list[int] = []
    for place, token in enumerate([*tokens, None]):
        if token is not None and token.kind is Kind.NAME:
            run.append(place)
        elif not (token is not None and run and token.key in {"of", "the", "and", "for"}):
            for first in range(len(run) - 1):
                for last in range(first + 2, len(run) + 1):
                    found.setdefault("".join(tokens[at].folded[:1] for at in run[first:last]), run[first])
            run = []
    return found


def _nearest(place: int, source: Sequence[Token], cosines: NDArray[np.float32]) -> list[int]:
    order = sorted(range(len(source)), key=lambda other: -cosines[place, other])
    return [
        other
        for other in order[:3]
        if cosines[place, other] >= NEAR and source[other].kind is Kind.WORD and source[other].is_content
    ][:1]


def _most_even(candidates: list[tuple[int, dict[int, float]]]) -> dict[int, int]:
    """Return the choice of places that jumps least from word to word (Viterbi's search)."""
    if not candidates:
        return {}
    costs = dict(candidates[0][1])
    paths: list[dict[int, int]] = []
    for _, at in candidates[1:]:
        best: dict[int, tuple[float, int]] = {}
        for other, extra in at.items():
            best[other] = min((cost + extra + _jump(before, other), before) for before, cost in costs.items())
        paths.append({other: before for other, (_, before) in best.items()})
        costs = {other: cost for other, (cost, _) in best.items()}
    chosen = [min(costs, key=lambda other: (costs[other], other))]
    for path in reversed(paths):
        chosen.append(path[chosen[-1]])
    return {place: other for (place, _), other in zip(candidates, reversed(chosen), strict=True)}


def _jump(before: int, after: int) -> float:
    if after == before:
        return _FAR
    return min(abs(after - before - 1), _FAR) + (0.5 if after < before else 0.0)


def _choose_opposed(found: Alignment, claim: Sequence[Token], source: Indexed) -> None:
    """Of several contraries take the one nearest to where the word's neighbours stand."""
    for place in found.opposed:
        near = [found.places[at] for at in sorted(found.places, key=lambda at: abs(at - place))[:2]]
        against = _against(claim[place].key, source)
        found.opposed[place] = min(against, key=lambda other: sum(abs(other - at) for at in near))
