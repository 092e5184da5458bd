"""True sentences said another way, by rules that cannot make them false."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval.adversary import words
from retrieval.adversary.models import Edit, Original, mentions

if TYPE_CHECKING:
    from random import Random

_SMALL = "two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905 - reads as a list of words
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_CONTRACTED = (
    ("did not", "didn't"), ("does not", "doesn't"), ("do not", "don't"), ("is not", "isn't"), ("are not", "aren't"),
    ("was not", "wasn't"), ("were not", "weren't"), ("has not", "hasn't"), ("have not", "haven't"),
    ("had not", "hadn't"), ("will not", "won't"), ("would not", "wouldn't"), ("could not", "couldn't"),
    ("cannot", "can't"),
)  # fmt: skip
_OPENING_TIME = re.compile(
    rf"^((?:In|On|By|During|Since) (?:the )?(?:\d{{1,2}} )?(?:(?:{_MONTH}) )?(?:\d{{1,2}}, )?\d{{4}}s?),"
    rf" (\w[^,;:\"“]+)\.$"
)
_CLOSING_TIME = re.compile(rf"^([^,;:\"“]+) (in (?:(?:{_MONTH}) )?\d{{4}})\.$")
_PASSIVE = re.compile(
    r"^((?:The |A |An )?[\w' -]{3,50}?) (?:was|were) (\w+ed) by ((?:the |a |an )?[\w' -]{3,50}?)((?: (?:in|on"
    r"|during|after|from) [\w' -]{2,40})?)\.$"
)
_ACTS = (
    "captured|destroyed|attacked|founded|designed|developed|ordered|established|opened|signed|launched|discovered"
    "|defeated|invaded"
    "|occupied|ruled|controlled|visited|published|adopted|approved|rejected|introduced|created|proposed|received"
    "|announced|reported"
    "|damaged|killed|delayed|replaced|supported|opposed|shortened|constructed|organised|organized|produced"
    "|acquired|crossed|closed"
)
_ACTIVE = re.compile(
    rf"^((?:The |A |An )?[\w' -]{{3,50}}?) ({_ACTS}) ((?:the|a|an) [\w' -]{{3,40}}?)((?: (?:in|on|during|after"
    rf"|from) [\w' -]{{2,40}})?)\.$"
)
_ASIDE = re.compile(
    r" \([^()]{2,80}\)|(?<=\w), (?:which|who|a|an|the) [^,;:.\d]{5,60}, (?=(?:is|was|were|are|has|had|became)\b)"
)
_NOT_A_SUBJECT = re.compile(
    r"\b(?:who|which|that|and|in|on|by|when|as|it|they|he|she|there|this|these|to|with|for|of|at|be|been)\b",
    re.IGNORECASE,
)
_SINGULAR = re.compile(r"^(?:The|A|An|It|He|She|They|This|These|In|On|However|But|Its|His|Her|Their|Some|Many)\b")


def verbatim(original: Original, _: Random) -> Edit | None:
    """The sentence itself."""
    return Edit(original.text)


def numbers(original: Original, rng: Random) -> Edit | None:
    """The same numbers in another form."""
    text = original.text
    forms = [
        re.sub(r"(?<=\d),(?=\d{3}\b)", "", text),
        re.sub(r"(?<![\w.,-])(\d{1,3}(?:\.\d)?),000(?![,\w]|\.\d)", r"\1 thousand", text),
        re.sub(r"(?<=\d)%", " percent", text),
        re.sub(r"(?<=\d) per ?cent\b", "%", text),
        re.sub(r"\$(\d[\d.]*) (million|billion)\b", r"\1 \2 dollars", text),
        re.sub(r"(?<=\d) million\b(?! \w+ million)", "m", text) if re.search(r"[$€£]\d[\d.]* million", text) else text,
        re.sub(rf"\b({'|'.join(_SMALL)})\b(?= [a-z]+s\b)", lambda match: str(_SMALL.index(match[1]) + 2), text),
        re.sub(r"(?<![\w.,$€£-])([2-9]|1[0-2])(?= [a-z]{3,}s\b)", lambda match: _SMALL[int(match[1]) - 2], text),
    ]
    changed = [form for form in forms if form != text]
    return Edit(rng.choice(changed)) if changed else None


def dates(original: Original, rng: Random) -> Edit | None:
    """The same dates in another form."""
    text = original.text
    forms = [
        re.sub(rf"\b(\d{{1,2}}) ({_MONTH}) (\d{{4}})\b", r"\2 \1, \3", text),
        re.sub(rf"\b({_MONTH}) (\d{{1,2}}), (\d{{4}})\b", r"\2 \1 \3", text),
        re.sub(rf"\b({_MONTH}) (\d{{1,2}})\b(?!,? \d{{4}})", r"\2 \1", text),
        re.sub(rf"\b(\d{{1,2}}) ({_MONTH})\b(?! \d{{4}})", r"the \1th of \2", text)
        if re.search(rf"\b(?:[4-9]|1\d) (?:{_MONTH})", text)
        else text,
        re.sub(r"\b(January|August|October|November|December) (?=\d{1,2}\b)", lambda match: match[1][:3] + ". ", text),
    ]
    changed = [form for form in forms if form != text]
    return Edit(rng.choice(changed)) if changed else None


def contraction(original: Original, _: Random) -> Edit | None:
    """A contraction where there was none, or none where there was one."""
    text = original.text
    for long, short in _CONTRACTED:
        text = re.sub(rf"\b{long}\b", short, text)
    if text == original.text:
        for long, short in _CONTRACTED:
            text = re.sub(rf"\b{short.replace(chr(39), '[’' + chr(39) + ']')}\b", long, text)
    return Edit(text) if text != original.text and '"' not in text and "“" not in text else None


def synonym(original: Original, rng: Random) -> Edit | None:
    """One word by another that means the same, of those that the verifier's author knew of."""
    return _with_synonym(original, words.SYNONYMS, rng)


def synonym_unlisted(original: Original, rng: Random) -> Edit | None:
    """One word by another that means the same, which the verifier's tables do not know of."""
    return _with_synonym(original, words.SYNONYMS_UNLISTED, rng)


def _with_synonym(original: Original, pairs: tuple[tuple[str, str], ...], rng: Random) -> Edit | None:
    # In a compound or a fixed phrase the word may mean something else.
    found = [
        (match, other)
        for word, other in pairs
        for match in re.finditer(rf"(?<=[a-z] ){word}(?= (?:[a-z]|\d))", original.text)
        if not mentions(original.text, other) and not _is_quoted(original.text, match.start())
    ]
    if not found:
        return None
    match, other = rng.choice(found)
    return Edit(original.text[: match.start()] + other + original.text[match.end() :])


def order(original: Original, _: Random) -> Edit | None:
    """The time at the other end of the sentence."""
    if match := _OPENING_TIME.match(original.text):
        rest = match[2]
        return Edit(f"{rest[0].upper()}{rest[1:]} {match[1][0].lower()}{match[1][1:]}.")
    if match := _CLOSING_TIME.match(original.text):
        start = match[1]
        if len(re.findall(r"\b(?:in|and|that|which|who|when|of|as|from) ", start)) > 1:
            return None
        start = start[0].lower() + start[1:] if _SINGULAR.match(start) else start
        return Edit(f"{match[2][0].upper()}{match[2][1:]}, {start}.")
    return None


def voice(original: Original, _: Random) -> Edit | None:
    """The active for the passive, or the passive for the active."""
    passive, active = _PASSIVE.match(original.text), _ACTIVE.match(original.text)
    if passive:
        patient, verb, agent, rest = passive.groups()
        middle = verb
    elif active:
        agent, verb, patient, rest = active.groups()
        agent, patient = patient, agent
        middle = f"{'were' if agent.endswith('s') else 'was'} {verb} by"
    else:
        return None
    if _NOT_A_SUBJECT.search(patient) or _NOT_A_SUBJECT.search(agent) or re.search(r"\d", agent + patient):
        return None
    patient = patient[0].lower() + patient[1:] if _SINGULAR.match(patient) else patient
    return Edit(f"{agent[0].upper()}{agent[1:]} {middle} {patient}{rest}.")


def aside(original: Original, rng: Random) -> Edit | None:
    """The sentence without what it says in brackets or between two commas."""
    found = [match for match in _ASIDE.finditer(original.text) if not _is_quoted(original.text, match.start())]
    if not found:
        return None
    match = rng.choice(found)
    gap = " " if match[0].startswith(",") else ""
    return Edit(original.text[: match.start()] + gap + original.text[match.end() :])


def joined(original: Original, rng: Random) -> Edit | None:
    """Two neighbouring sentences as one."""
    following = original.following
    if (
        not original.text.endswith(".")
        or not re.fullmatch(r"[A-Z][^\"“”]{20,160}\.", following)
        or '"' in original.text
    ):
        return None
    if _SINGULAR.match(following):
        following = following[0].lower() + following[1:]
    link = rng.choice([", and ", "; "])
    return Edit(f"{original.text[:-1]}{link}{following}")


def introduced(original: Original, rng: Random) -> Edit | None:
    """The sentence after words that say nothing."""
    start = original.text[0].lower() + original.text[1:] if _SINGULAR.match(original.text) else original.text
    return Edit(
        rng.choice(["According to the article, ", "The article says that ", "In addition, ", "However, "]) + start
    )


def _is_quoted(text: str, place: int) -> bool:
    return text[:place].count('"') % 2 == 1 or text[:place].count("“") > text[:place].count("”")
