"""Whether two sentences deny the same things and are equally sure: "did not sign", "failed to sign", "may sign"."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from retrieval.verification.lemmas import BE, lemmas
from retrieval.verification.tokens import Kind, Token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.verification.alignment import Alignment

_DENYING = lemmas(
    "not no never neither nor without none nobody nothing hardly barely scarcely fail deny lack unable refuse "
    "decline avoid prevent cannot"
)
_DENYING_VERBS = lemmas("fail deny lack unable refuse decline avoid prevent")
_LIMITS = frozenset({"fewer", "less", "more", "later", "earlier"})
_TURNS = frozenset({"but", "although", "while", "whereas", "and", "though", "because", "which", "who", "that"})

# How sure each is: what was planned did not happen yet, what may happen perhaps never will.
_POSSIBLE, _WANTED, _COMING, _TOLD = range(4)
_DOUBTS = {
    _POSSIBLE: "may might could possibly perhaps potentially likely probably possible potential if unless consider "
    "threaten should unlikely probable",
    _WANTED: "plan intend aim hope expect seek try attempt propose want wish urge demand request promise vow pledge "
    "offer agree prepare order ask call encourage proposal anticipate predict forecast refuse",
    _COMING: "will would shall due schedule set",
}
_DOUBT = {word: rank for rank, table in _DOUBTS.items() for word in lemmas(table)}
_NEEDS_TO = lemmas(
    "plan intend aim hope expect seek try attempt propose want wish urge demand request promise vow pledge "
    "offer agree prepare order ask call encourage anticipate predict forecast refuse due schedule set threaten proposal"
)
_ALLEGED = lemmas(
    "alleged allegedly allege reportedly suspect suspected accuse claim supposed supposedly purported"
    " apparently rumored "
    "believe accusation allegation"
)
_SPEECH = lemmas("say according tell report announce state argue think prosecutor charge")
_REACH = 3


def denied_differently(claim: Sequence[Token], source: Sequence[Token], found: Alignment) -> str | None:
    """Return a word that one sentence denies and the other does not."""
    mine, theirs = _denials(claim), _denials(source)
    backwards = {other: place for place, other in found.places.items()}
    if _exempt(claim) > _exempt(source):
        return "not only"
    kept = {
        denial: found.places[denial]
        for denial in mine
        if denial in found.places and source[found.places[denial]].key == claim[denial].key
    }
    matched = set(kept.values())
    for denial, reached in mine.items():
        if denial in kept:
            continue
        shared = {found.places[at] for at in reached if at in found.places}
        # Each denial answers to one of its own: "did not begin without" is not "did not begin with".
        same = next(
            (
                there
                for there, words in theirs.items()
                if there not in matched and (shared & {there, *words} or not (reached or words))
            ),
            None,
        )
        if same is not None:
            matched.add(same)
        elif not any(at in found.opposed for at in reached):
            return claim[denial].text
    for denial, reached in theirs.items():
        if denial in matched or (denial in backwards and source[denial].key in _DENYING_VERBS):
            continue
        told = [backwards[at] for at in reached[:2] if at in backwards]
        if told and not _is_opposed(told, found):
            return source[denial].text
    return None


def turned_round(claim: Sequence[Token], source: Sequence[Token], found: Alignment) -> str | None:
    """Return a word of the sentence whose contrary the passage says, unless one of the two is denied."""
    mine = {at for reached in _denials(claim).values() for at in reached}
    theirs = {at for reached in _denials(source).values() for at in reached}
    for place, other in found.opposed.items():
        if (place in mine) == (other in theirs):
            return claim[place].text
    return None


def surer(claim: Sequence[Token], source: Sequence[Token], found: Alignment) -> str | None:
    """Return a word of the sentence that the passage tells with another certainty."""
    mine, theirs = _doubts(claim), _doubts(source)
    for place, other in found.places.items():
        if claim[place].key in _DOUBT.keys() - _NEEDS_TO:
            continue
        here, there = mine.get(place, _TOLD), theirs.get(other, _TOLD)
        if here != there and not (here == _WANTED and there == _COMING):
            # A doubt that hangs on another word of the two may still be the same doubt.
            if here < _TOLD and there < _TOLD and {here, there} == {_WANTED, _COMING} and _shares(claim, source, found):
                continue
            return claim[place].text
    alleged_here = any(token.key in _ALLEGED | _SPEECH for token in claim)
    if not alleged_here:
        backwards = set(found.places.values())
        for at, token in enumerate(source):
            if token.key in _ALLEGED and any(reached in backwards for reached in _reached(source, at, _REACH)):
                return token.text
    for token in claim:
        if token.key in _ALLEGED and not any(word.key in _ALLEGED | _SPEECH for word in source):
            return token.text
    return None


def _shares(claim: Sequence[Token], source: Sequence[Token], found: Alignment) -> bool:
    """Return whether a word of doubt itself stands in both."""
    return any(claim[place].key in _DOUBT and source[other].key in _DOUBT for place, other in found.places.items())


def _is_opposed(told: Sequence[int], found: Alignment) -> bool:
    return any(abs(at - place) <= 2 for at in told for place in found.opposed)


def _denials(tokens: Sequence[Token]) -> dict[int, list[int]]:
    """Return what each denying word denies: the next words of its clause."""
    found = {}
    for place, token in enumerate(tokens):
        if token.kind is Kind.WORD and token.key in _DENYING:
            if _is_no_denial(tokens, place):
                continue
            before = [at for at in range(max(0, place - 4), place) if tokens[at].is_content]
            following = [at for at in range(place + 1, len(tokens)) if tokens[at].is_content]
            found[place] = _reached(tokens, place, _REACH) or following[:1] + before[-1:]
    return found


def _exempt(tokens: Sequence[Token]) -> int:
    """Return how often "not only" stands there."""
    return sum(
        token.key == "not" and following.folded in {"only", "just", "merely"} for token, following in pairwise(tokens)
    )


def _is_no_denial(tokens: Sequence[Token], place: int) -> bool:
    """Return whether "not" belongs to "not only" or "no more than"."""
    after = [token.folded for token in tokens[place + 1 : place + 3]]
    if tokens[place].folded not in {"not", "n't", "no", "n’t"} or not after:
        return False
    return after[0] in {"only", "just", "merely", "doubt"} or (after[0] in _LIMITS and after[1:] == ["than"])


def _doubts(tokens: Sequence[Token]) -> dict[int, int]:
    """Return how sure the words are that something makes less sure."""
    found: dict[int, int] = {}
    for place, token in enumerate(tokens):
        rank = _DOUBT.get(token.key)
        if rank is None or token.kind is not Kind.WORD:
            continue
        start = place
        if token.folded == "due" and (not place or tokens[place - 1].folded not in BE):
            continue  # "due to the rain"
        if token.key in _NEEDS_TO:
            to = _to(tokens, place)
            if to is None:
                continue
            start = to
        reached = [at for at in _reached(tokens, start, 3) if tokens[at].kind not in {Kind.NUMBER, Kind.MOMENT}]
        for at in reached[:1]:
            found[at] = min(rank, found.get(at, _TOLD))
    return found


def _to(tokens: Sequence[Token], place: int) -> int | None:
    """Return the "to" that a word such as "plans" or "urged" leads to."""
    for at in range(place + 1, min(place + 7, len(tokens))):
        if tokens[at].kind is Kind.MARK:
            return None
        if tokens[at].key == "to":
            return at
    return None


def _reached(tokens: Sequence[Token], place: int, many: int) -> list[int]:
    """Return the next content words of the clause."""
    found: list[int] = []
    for at in range(place + 1, len(tokens)):
        token = tokens[at]
        if (token.kind is Kind.MARK and token.key in ",;:.!?—–") or token.key in _TURNS - {"that"}:
            break
        if (token.is_content and token.key not in _DOUBT) or (token.key in _DOUBT and token.is_content and not found):
            found.append(at)
        if len(found) == many:
            break
    return found
