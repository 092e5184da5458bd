"""Active and passive: what is the subject of the one is the object of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval.verification.lemmas import BE, words
from retrieval.verification.roles import AUXILIARIES, JOINING, PREPOSITIONS, is_participle
from retrieval.verification.tokens import Kind, Token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.verification.alignment import Alignment

_HOW = frozenset(words("later then also now soon again once first never always often still already not"))


def exchanged(claim: Sequence[Token], source: Sequence[Token], found: Alignment) -> str | None:
    """Return a verb whose subject is in the passive what it was in the active, or the other way round.

    Only where the active one has an object: a bridge that closed was closed, too.
    """
    for place, other in found.places.items():
        if not (is_participle(claim[place]) and is_participle(source[other])):
            continue
        here, there = _is_passive(claim, place), _is_passive(source, other)
        active = (source, other) if here else (claim, place)
        if here == there or not _has_object(*active):
            continue
        subject = next((at for at in range(place - 1, -1, -1) if _is_subject(claim[at])), None)
        at = found.places.get(subject) if subject is not None else None
        if at is not None and at < other and not any(_is_break(source[between]) for between in range(at, other)):
            return claim[place].text
    return None


def _is_passive(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a participle follows a form of "be", or its agent follows it."""
    before = tokens[max(0, place - 3) : place]
    after = next((at for at, token in enumerate(reversed(before)) if token.folded in BE), None)
    is_after = after is not None and not any(_is_break(token) for token in before[len(before) - after :])
    behind = tokens[place + 1 : place + 3]
    is_led = len(behind) == 2 and behind[0].folded == "by" and behind[1].kind not in {Kind.NUMBER, Kind.MOMENT}
    return is_after or is_led


def _is_subject(token: Token) -> bool:
    """Return whether a word before a verb may be who does it, and not how or when it is done."""
    is_how = token.kind is Kind.WORD and (token.folded.endswith("ly") or token.folded in _HOW)
    return token.is_content and token.kind is not Kind.MOMENT and token.folded not in AUXILIARIES and not is_how


def _has_object(tokens: Sequence[Token], place: int) -> bool:
    """Return whether somebody or something follows a verb directly."""
    for token in tokens[place + 1 : place + 4]:
        if token.kind is Kind.MARK or token.folded in PREPOSITIONS or token.folded in JOINING:
            return False
        if token.is_content:
            return token.kind is not Kind.MOMENT
    return False


def _is_break(token: Token) -> bool:
    return token.kind is Kind.MARK or token.folded in JOINING
