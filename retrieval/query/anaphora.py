"""Pronouns in a question replaced by what they stand for: "who owns it?" as "Who owns the Ever Given?"."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from retrieval.index.lexical import FUNCTION_WORDS
from retrieval.query.names import names
from retrieval.query.referents import person, place
from retrieval.query.rewording import asks, capitalised, lowered

if TYPE_CHECKING:
    from collections.abc import Collection

_MOST_WORDS = 12
_PRONOUN = re.compile(
    r"\b(?i:(?P<thing>it|its)|(?P<person>he|him|his|she|her|hers)|(?P<people>they|them|their|theirs)|(?P<place>there)"
    r"|(?P<pointing>that|this|those|these))\b(?!['’])"
)
_POSSESSIVE = re.compile(r"(?i:its|his|their)|(?i:her)(?= [a-z])")
_WHOSE = re.compile(r"(?i:(?:and )?(?:its|his|her|their) [a-z][\w-]*(?: [a-z][\w-]*)?)")
_WEATHER = (
    r"rain(?:s|ing|y)?|snow(?:s|ing|y)?|sunny|windy|cloudy|hot|cold|warm|dark|late|early|monday|tuesday|wednesday|thursday"
    r"|friday|saturday|sunday|christmas|easter|time"
)
# "It" that stands for nothing, or for what comes later.
_BE_IT = r"(?:is|was|will|does|did|has|would|could|can) it (?:be |been |get |ever |always |going to )?"
_EMPTY_IT = re.compile(
    rf"(?i:\b(?:{_BE_IT}(?:{_WEATHER})\b"
    r"|(?:what|which) (?:time|day|date|month|year|season) (?:is|was) it\b"
    r"|how (?:far|long|hot|cold|warm|late|dark|early) (?:is|was|does|will) it (?:be |get |take )?"
    r"(?:from|to|in|on|at|until|till|for|between|since|there|now)\b"
    r"|how (?:long|many [a-z]+) (?:has|had) it been since\b(?!.*\b(?:it|they|them|he|him|she|her)\b)"
    r"|(?:is|was|would|will) it (?:be )?(?![a-z]+ing\b)[a-z]+ (?:to|that|if|when|for)\b(?!$)"
    r"|(?:is|was) it .+ (?:that|who)\b(?!$)"
    r"|it (?:take|takes|took|cost|costs|mean|means|feel|make sense|matter)\b.* to\b"
    r"|(?:why|how) is it that|how(?:['’]s| is) it going|what(?:['’]s| is) it like|it (?:seems?|turns? out|appears?) ))"
    r"|\bIT\b"
)
_HAPPENING = re.compile(r"(?i:\bit (?:take|last|happen|begin|start|end|occur)\b)")
_EXISTS = re.compile(
    r"(?i:(?<!\bwho )\b(?:is|are|was|were|will|has|have|be|been) there\b"
    r"|\bthere (?:is|are|was|were|will|has|have)\b|there['’]s)"
)
_POINTS = re.compile(
    r"(?i:$| [a-z][\w-]*$| (?:really |actually |all )?(?:mean|cost|happen|cause|work|change|affect|matter|last|help"
    r"|begin|start|end|take|compare|true|possible|legal|normal|important|good|bad|dangerous|in|for|to|on|from|by|with|about|so)"
    r"\b)"
)
_JOINING = re.compile(
    r"(?i:\b(?:that|which|who|whose|because|if|when|while|whether|and|or|but|where|why|how|think|believe|want)\b"
    r"|\bto [a-z])"
)
_NOUN_PHRASE = re.compile(r"(?i:\b(?:the|an?|his|her|its|their|this|that|my|your) [\w-]+)")
# "Who moved his court", "which country built its fleet"
_OF_ITS_OWN = re.compile(
    r"(?i:who .* (?:his|her|their)|(?:which|whose|how many|what (?!happen|cause|is|was)) ?.* (?:its|their))"
)
_DOER = re.compile(
    r"(?i:(?:who|which|what|whose|how many) (?!(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could)\b))"
)
_AFTER_AUXILIARY = re.compile(r"(?i:\b(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could) )$")
_AS_OBJECT = re.compile(
    r"(?i:$| (?:in|at|on|to|from|for|with|by|about|after|before|of|again|then|now|so|since|during)\b)"
)


def resolved(message: str, question: str, answer: str, topic: str | None, known: Collection[str]) -> str | None:
    """Return the message with what its pronoun stands for, which is outside of it; None if it has none such."""
    pronoun = _PRONOUN.search(message)
    if pronoun is None or len(message.split()) > _MOST_WORDS or not _refers_back(message, pronoun):
        return None
    about = f"{capitalised(topic)}: {lowered(message)}?" if topic else None
    if _WHOSE.fullmatch(message):
        message = f"what about {message}"
    kind = pronoun.lastgroup
    completed = None
    if kind == "thing" and not _HAPPENING.search(message):
        completed = _replaced(message, "it|its", topic)
    elif kind == "person":
        words = "he|him|his" if pronoun[0].casefold() in {"he", "him", "his"} else "she|her|hers"
        completed = _replaced(message, words, person(question, answer))
    elif kind == "people":
        completed = _replaced(message, "they|them|their", _pair(question, answer))
    elif kind == "place":
        completed = _placed(message, place(question, known))
    return completed or about


def is_expletive(message: str) -> bool:
    """Return whether "it" stands for nothing, as in "is it raining?"."""
    return bool(_EMPTY_IT.search(message))


def _refers_back(message: str, pronoun: re.Match[str]) -> bool:
    """Return whether a pronoun stands for something, and not for something in the message."""
    if not (asks(message) or _WHOSE.fullmatch(message)) or _stands_inside(message, pronoun):
        return False
    if pronoun["thing"]:
        return not is_expletive(message)
    if pronoun["place"]:
        return not _EXISTS.search(message)
    return not pronoun["pointing"] or _is_pointing(message, pronoun)


def _stands_inside(message: str, pronoun: re.Match[str]) -> bool:
    """Return whether a pronoun may stand for something that the message itself names before it."""
    before = message[: pronoun.start()]
    if _AFTER_AUXILIARY.search(before) and not _NOUN_PHRASE.search(before):
        return False
    if _POSSESSIVE.match(message, pronoun.start()) and pronoun[0].casefold() != "it":
        content = [word for word in re.findall(r"[\w-]+", before.casefold()) if word not in FUNCTION_WORDS]
        return len(content) > 1 or bool(names(message)) or bool(_OF_ITS_OWN.fullmatch(before + pronoun[0]))
    is_object = _AS_OBJECT.match(message, pronoun.end())
    if not is_object and _DOER.match(before):  # "who said he would"
        return True
    named = [name for name in names(message) if name.end <= pronoun.start()]
    phrases = _NOUN_PHRASE.findall(before)
    if not named and not phrases:
        return False
    # What a verb is done to is not who does it: in "What did the crew say about it?" it is something else.
    return not is_object or len(named) + len(phrases) > 1 or bool(_JOINING.search(before, 1))


def _is_pointing(message: str, pronoun: re.Match[str]) -> bool:
    """Return whether "that" is no conjunction: it ends the message, is its subject or points at a thing."""
    before = message[: pronoun.start()].split()
    if not before or names(message):
        return False
    if not _POINTS.match(message, pronoun.end()):
        return False
    return pronoun.end() == len(message) or before[-1].casefold() in FUNCTION_WORDS


def _replaced(message: str, words: str, referent: str | None) -> str | None:
    if referent is None:
        return None

    def stand_in(match: re.Match[str]) -> str:
        if not _POSSESSIVE.match(match.string, match.start()) or match[0].casefold() in {"he", "him", "she", "it"}:
            return referent
        return referent if re.search(r"['’]s?$", referent) else f"{referent}'s"

    return re.sub(rf"\b(?i:{words})\b", stand_in, message) + "?"


def _placed(message: str, where: str | None) -> str | None:
    if where is None:
        return None
    behind = re.search(r"(?i:\b(?:from|in|to|over|near|around|at) )there\b", message)
    return re.sub(r"\b(?i:there)\b", where if behind else f"in {where}", message, count=1) + "?"


def _pair(question: str, answer: str) -> str | None:
    """Return the two that a question for someone was answered with."""
    if not re.match(r"(?i:(?:who|which|what)\b)", question):
        return None
    found = names(answer)
    for first, second in pairwise(found):
        if answer[first.end : second.start] == " and ":
            return f"{first.text} and {second.text}"
    return None
