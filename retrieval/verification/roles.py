"""Who did what to whom, and which number belongs to what: the order of shared words around a shared one."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from retrieval.verification.lemmas import is_irregular, lemma, words
from retrieval.verification.opposites import are_opposites, has_opposite
from retrieval.verification.tokens import Kind, Token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.verification.alignment import Alignment

_SPEECH = frozenset(
    lemma(word)
    for word in words(
        "say tell add note declare announce remark explain state report according claim argue warn insist write reply "
        "comment"
    )
)
PREPOSITIONS = frozenset(
    words("""
    from to by in on at of for until since after before against with between through near into over under during about
    around within across behind without as than
    """)
)
JOINING = frozenset(words("and but or which who that while whereas although though because as when where if"))
AUXILIARIES = frozenset(
    words("is are was were be been being am has have had will would did does do to can could may might must should not")
)
_TIED = frozenset(
    words("""
    all every some most many few several both none no more less least fewer first last only before after until always
    never often sometimes usually rarely partly entirely nearly almost mainly above below under without early late
    """)
)
_WAYS = frozenset({"to", "from", "by"})
_ENDS = frozenset({",", ";", ".", "(", ")", "—", "–", "!", "?"})
_ASIDES = frozenset({"who", "which", "whose", "whom", "where", "when", "while", "after", "before", "as", "although"})
_BESIDE = 4
"""Tokens of the sentence within which two words belong together."""


def exchanged(claim: Sequence[Token], source: Sequence[Token], found: Alignment) -> str | None:
    """Return a word around which two others have changed sides, active and passive understood."""
    flipped = False
    for place, other in found.places.items():
        if not (is_participle(claim[place]) or is_participle(source[other])):
            continue
        here, there = _agent(claim, place), _agent(source, other)
        if (here is None) == (there is None):
            continue
        flipped = True
        if _agent_moved_wrongly(place, here, there, found):
            return claim[place].text
    if flipped:
        return None
    order = sorted(found.places)
    for place in order:
        middle = found.places[place]
        if not _acts(claim, place) or (
            claim[place].key in _SPEECH and not (_leads(claim, place) and _leads(source, middle))
        ):
            continue
        before = [at for at in order if at < place and found.places[at] > middle]
        joined = next(
            (at for at in range(place, len(claim)) if claim[at].folded in {"and", "but", "while"}), len(claim)
        )
        after = [at for at in order if place < at < joined and found.places[at] < middle]
        if before and after and not _only_times(claim, before) and not _only_times(claim, after):
            return claim[place].text
    return None


def names_exchanged(claim: Sequence[Token], source: Sequence[Token], found: Alignment) -> str | None:
    """Return a name that has changed places with another, whatever stands between them; active and passive agree."""
    places = found.places
    verbs = [pair for pair in places.items() if is_participle(claim[pair[0]]) or is_participle(source[pair[1]])]
    if any((_agent(claim, place) is None) != (_agent(source, other) is None) for place, other in verbs):
        return None
    named = [place for place in sorted(places) if claim[place].kind is Kind.NAME]
    for one, other in combinations(named, 2):
        if (
            places[one] <= places[other]
            or _is_beside(claim, one, other)
            or _is_beside(source, places[other], places[one])
        ):
            continue
        between = [
            at
            for at in range(one + 1, other)
            if at in places
            and places[other] < places[at] < places[one]
            and claim[at].kind is not Kind.NAME
            and claim[at].key not in _SPEECH
        ]
        if between:
            return claim[one].text
    return None


def _is_beside(tokens: Sequence[Token], one: int, other: int) -> bool:
    """Return whether a name says more of the one before it, "Ada Moss, head of Brightwell", or is listed with it."""
    words = tokens[one + 1 : other]
    if not any(token.is_content and token.kind is not Kind.NAME for token in words):
        return True
    closing = next((at for at, token in enumerate(words) if token.key == ","), None)
    if closing is None or any(token.folded in JOINING or _acts(tokens, one + 1 + at) for at, token in enumerate(words)):
        return False
    return all(token.kind is Kind.NAME for token in words[:closing])


def astray(claim: Sequence[Token], source: Sequence[Token], found: Alignment) -> str | None:
    """Return a name, number or date that stands beside a word which in the passage another of its kind belongs to."""
    for place, other in found.places.items():
        if not claim[place].is_fact:
            continue
        for beside in _neighbours(claim, place):
            if beside not in found.places or claim[beside].kind is claim[place].kind:
                continue
            low, high = sorted((place, beside))
            held = {found.places[at] for at in range(low, high + 1) if at in found.places} | _run(source, other)
            between = _between(source, other, found.places[beside])
            if _is_told_aside(source, other, found.places[beside]):
                return claim[place].text
            if any(
                _is_alike(source[at], claim[place]) and at not in held and not _led_otherwise(source, at, other)
                for at in between
            ):
                return claim[place].text
    return None


def led_differently(claim: Sequence[Token], source: Sequence[Token], found: Alignment) -> str | None:
    """Return a fact behind "to" that stands behind "from" or "by" in the passage: rose to five is not rose by five."""
    for place, other in found.places.items():
        if not claim[place].is_fact or not place or not other:
            continue
        mine, theirs = _directly_before(claim, place), _directly_before(source, other)
        if mine in _WAYS and theirs in _WAYS and mine != theirs:
            return f"{mine} {claim[place].text}"
        grows = source[other - 1].kind is Kind.WORD and source[other - 1].is_content
        if claim[place].kind is Kind.NUMBER and mine == "to" and grows:
            return f"to {claim[place].text}"
    return None


def _directly_before(tokens: Sequence[Token], place: int) -> str:
    """Return the preposition of the phrase that a fact begins."""
    at = place - 1
    while at >= 0 and (
        tokens[at].folded in {"the", "a", "an", "about", "some", "around"} or _in_name(tokens, at, place)
    ):
        at -= 1
    return tokens[at].folded if at >= 0 else ""


def _in_name(tokens: Sequence[Token], at: int, place: int) -> bool:
    return tokens[at].kind is Kind.NAME and tokens[place].kind is Kind.NAME


def contrary_between(claim: Sequence[Token], source: Sequence[Token], found: Alignment) -> str | None:
    """Return a word whose contrary stands in the passage, nearer to the word that it is said of here."""
    taken = set(found.places.values())
    for place, other in found.places.items():
        word = claim[place]
        if word.kind is not Kind.WORD or not has_opposite(word.key):
            continue
        against = [at for at, token in enumerate(source) if at not in taken and are_opposites(word.key, token.key)]
        near = [found.places[at] for at in _beside(claim, place) if at in found.places]
        if near and any(_distance(at, near) < _distance(other, near) for at in against):
            return word.text
    return None


def loose(claim: Sequence[Token], found: Alignment) -> str | None:
    """Return a word such as "all" or "before" that in the passage is said of another word."""
    for place, other in found.places.items():
        if claim[place].folded not in _TIED:
            continue
        following = next((at for at in range(place + 1, len(claim)) if claim[at].is_content), None)
        if (
            following in found.places
            and following is not None
            and not 0 < abs(found.places[following] - other) <= _BESIDE + 1
        ):
            return claim[place].text
    return None


def _beside(tokens: Sequence[Token], place: int) -> list[int]:
    """Return the content tokens before and behind one."""
    before = [at for at in range(place) if tokens[at].is_content]
    after = [at for at in range(place + 1, len(tokens)) if tokens[at].is_content]
    return before[-1:] + after[:1]


def _distance(place: int, places: Sequence[int]) -> int:
    return sum(abs(place - at) for at in places)


def _leads(tokens: Sequence[Token], place: int) -> bool:
    """Return whether what is said follows the word that says so, in the same sentence."""
    following = 0
    for token in tokens[place + 1 :]:
        if token.key in {".", ";", "?", "!"}:
            break
        following += token.is_content and token.kind is not Kind.NAME
    return following > 2


def _is_alike(one: Token, other: Token) -> bool:
    """Return whether two facts are of a kind: both names, dates, counts, or places in an order."""
    ordinal = [token.quantity is not None and token.quantity.unit == "th" for token in (one, other)]
    return one.kind is other.kind and ordinal[0] == ordinal[1]


def has_verb(tokens: Sequence[Token]) -> bool:
    """Return whether a clause has a verb of its own, as far as its form tells."""
    return any(
        token.folded in AUXILIARIES - {"to", "not", "being", "been", "be"}
        or (token.kind is Kind.WORD and (token.folded.endswith("ed") or is_irregular(token.folded)))
        for token in tokens
    )


def _acts(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a word may be what somebody does, or compares two: "beat", "founded", "larger than"."""
    token = tokens[place]
    if token.kind is not Kind.WORD or len(token.folded) < 3:
        return False
    if place + 1 < len(tokens) and tokens[place + 1].folded == "than":
        return True
    if place and tokens[place - 1].folded in AUXILIARIES:
        return True
    if token.folded.endswith(("ed", "ing")) or is_irregular(token.folded):
        return True
    # "Causes": not a plural behind an article, an adjective or a preposition.
    before = tokens[place - 1] if place else None
    return token.folded.endswith("s") and before is not None and before.kind is Kind.NAME


def _agent(tokens: Sequence[Token], place: int) -> int | None:
    """Return the place of the agent behind "by", as a verb in the passive has one."""
    for at in range(place + 1, min(place + 7, len(tokens) - 1)):
        word = tokens[at]
        if (word.kind is Kind.MARK and word.key in ",;:.") or word.folded in JOINING:
            return None
        if word.folded == "by":
            agent = next((n for n in range(at + 1, len(tokens)) if tokens[n].is_content), None)
            if (
                agent is None
                or tokens[agent].kind in {Kind.NUMBER, Kind.MOMENT}
                or tokens[agent].folded.endswith("ing")
            ):
                return None
            return agent
        # Only the nearest verb before "by" is meant.
        if word.kind is Kind.WORD and word.folded.endswith("ed"):
            return None
    return None


def is_participle(token: Token) -> bool:
    """Return whether a word may be a verb of the past, or a participle, as far as its form tells."""
    return token.kind is Kind.WORD and (token.folded.endswith("ed") or is_irregular(token.folded))


def _agent_moved_wrongly(place: int, here: int | None, there: int | None, found: Alignment) -> bool:
    middle = found.places[place]
    if here is not None:
        return here in found.places and found.places[here] > middle
    backwards = {other: at for at, other in found.places.items()}
    return there in backwards and backwards[there] > place


def _only_times(tokens: Sequence[Token], places: Sequence[int]) -> bool:
    return all(tokens[at].kind is Kind.MOMENT for at in places)


def _neighbours(tokens: Sequence[Token], place: int) -> list[int]:
    """Return the next content token to each side, within reach and the same piece of the sentence.

    Behind a preposition begins another piece, but before a fact it ties the fact to what stands before it.
    """
    found = []
    for step in (-1, 1):
        for distance in range(1, _BESIDE + 1):
            at = place + step * distance
            if not 0 <= at < len(tokens) or tokens[at].kind is Kind.MARK or tokens[at].folded in JOINING:
                break
            if step == 1 and tokens[at].folded in PREPOSITIONS:
                break
            if tokens[at].is_content:
                if tokens[at].kind is tokens[place].kind:
                    continue
                timed = Kind.MOMENT in {tokens[at].kind, tokens[place].kind} and Kind.NAME not in {
                    tokens[at].kind,
                    tokens[place].kind,
                }
                tied = step == -1 and distance == 2 and tokens[at + 1].folded in PREPOSITIONS
                if tokens[at].is_fact and not (timed and tied):
                    break
                found.append(at)
                break
    return found


def _between(source: Sequence[Token], one: int, other: int) -> list[int]:
    """Return the tokens between two places, without what stands there in brackets or between two commas."""
    low, high = sorted((one, other))
    inside = list(range(low + 1, high))
    marks = [at for at in inside if source[at].key in {",", "(", ")", "—", "–", "[", "]"}]
    ends = [at for at in inside if source[at].key in {".", ";"}]
    if len(marks) >= 2 and not ends:
        first, last = marks[0], marks[-1]
        inside = [at for at in inside if not first <= at <= last]
    return inside


def _is_told_aside(source: Sequence[Token], fact: int, word: int) -> bool:
    """Return whether a fact belongs to a clause of its own, "who succeeded Ada Moss in 2011", and the word does not."""
    first = next((at for at in range(fact, -1, -1) if source[at].key in _ENDS), -1) + 1
    last = next((at for at in range(fact, len(source)) if source[at].key in _ENDS), len(source))
    if first <= word < last or source[first].folded not in _ASIDES:
        return False
    return any(_acts(source, at) for at in range(first, fact))


def _run(source: Sequence[Token], place: int) -> set[int]:
    """Return the places of a fact and of those of its kind that it is listed or written together with."""
    kind = source[place].kind
    links = {",", "(", ")", "[", "]"} if kind is Kind.MOMENT else {",", "and", "or", "of", "the", "&", "[", "]", "'"}
    found = {place}
    for step in (-1, 1):
        at = place + step
        while 0 <= at < len(source):
            if source[at].kind is kind and kind is not Kind.NUMBER:
                found.add(at)
            elif (source[at].folded or source[at].key) not in links:
                break
            at += step
    return found


def _led_otherwise(source: Sequence[Token], one: int, other: int) -> bool:
    """Return whether two facts follow different prepositions, "from 18 to 16", or one is the other in brackets."""
    if one < other and any(source[at].key == "(" for at in range(one, other)):
        return True
    first, second = _leading(source, one), _leading(source, other)
    return bool(first and second and first != second)


def _leading(source: Sequence[Token], place: int) -> str:
    for at in range(place - 1, max(-1, place - 4), -1):
        if source[at].folded in PREPOSITIONS:
            return source[at].folded
        if source[at].is_content and source[at].kind is not source[place].kind:
            return ""
    return ""
