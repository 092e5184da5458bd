"""What a pronoun may stand for: the thing, the person or the place that a question and its answer are about."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from retrieval.index.lexical import FUNCTION_WORDS
from retrieval.query.names import ROLES, Name, is_adjective, names

if TYPE_CHECKING:
    from collections.abc import Collection


ATTRIBUTES = frozenset(
    """
    age aim aims amount area author budget builder capital captain cast cause causes chief colour commander
    consequences cost costs crew date dead deaths depth designer destination director distance duration effect effects
    goal height impact injured inhabitants leader length location losses mass mayor members mission name number
    operator origin outcome owner owners passengers people population position president price purpose reaction
    reactions reason reasons result results risk risks role route size speed staff status temperature value victims
    weather weight width winner workers
    """.split()  # noqa: SIM905 - same
)
"""What a thing has, and is not: whoever asks for the name of a ship asks about the ship."""
_ROLE_BEFORE = re.compile(rf"(?i:\b{ROLES},? )$")
_ROLE_INSIDE = re.compile(rf"(?i:{ROLES} (?:of )?)+")
_ROLE_AFTER = re.compile(
    r",? (?:who\b|(?:a|an|the) (?:former |new |then )?[a-z]|said\b|says\b|told\b|led\b|died\b|ran\b)"
)
_ASKS_FOR_SOMEONE = re.compile(rf"(?i:(?:who|whom|whose|(?:which|what) (?:[a-z]+ )?{ROLES})\b)")
_ROLE_OF = re.compile(rf"(?i:\b(?P<role>the (?:[a-z-]+ )?{ROLES} (?:of|for|at) (?:the )?))$")
_NO_PERSON = re.compile(
    r"\b(?:Air(?:port|lines?)|Agency|Alliance|Area|Army|Authority|Bank|Bay|Boson|Canal|Cathedral|Cent(?:re|er)|City|Club"
    r"|Collider|Commission|Committee|Company|Congress|Council|Court|Cup|East|Group|House|Institute|Island|Kingdom"
    r"|Laboratory|Lake|League|List|Mass|Ministry|North|Ocean|Office|Olympics|Park|Parliament|Party|Pole|Prize|River"
    r"|Salvage|School|Sea|Senate|South|Space|States?|Strait|Street|Telescope|Terminal|Treaty|Union|Universit(?:y|ies)"
    r"|War|West|World)\b|[0-9&]|\b[A-Z]{2,}\b"
)
_AUXILIARY = re.compile(
    r"(?i:\b(?:(?P<do>did|do|does|will|would|can|could|should|must|may|might)"
    r"|(?P<be>is|are|was|were|has|have|had|be|been))\b)"
)
_DEFINITE = re.compile(r"\b(?i:the) (?=[a-z])")
# "The cathedral in" before "Paris"
_HEAD = re.compile(r"\b(?i:the) (?:(?!(?:the|of|in|at|and)\b)[\w-]+ ){1,3}(?:of|in|at|from|near|on) (?:the )?$")
_NEXT = re.compile(r" ([a-z][\w-]*)(?=[ ?!.,;]|$)")
_PARTICIPLE = re.compile(
    r".+(?:ed|en|ing)|built|made|found|held|shut|left|sold|paid|led|lost|won|put|cut|hit|sunk|born"
)
_PREPOSITION = re.compile(r"\b(?i:in|at|on|from|to|near|of) (?:the )?$")


def thing(question: str, known: Collection[str], seen: Collection[str]) -> str | None:
    """Return what a question is about, with the words that belong to its name: "the Berlin airport".

    `seen` are the words of what was shown; they tell "the Berlin airport open" from "the Ever Given run aground".
    """
    found = names(question, known)
    if found:
        nouns = [name for name in found if not is_adjective(name.text)] or found
        things = [name for name in nouns if not _is_person(question, name)] or nouns
        return _whole(question, things[0], seen)
    if match := _DEFINITE.search(question):
        return _whole(question, Name("the", match.start(), match.start() + 3), seen)
    return None


def person(question: str, answer: str) -> str | None:
    """Return whom "he" or "she" means: whoever was asked for, is named in the question or has an office."""
    asked = names(question)
    in_question = [_bare(name.text) for name in asked if _is_person(question, name)]
    in_answer = [name for name in names(answer) if _is_person(answer, name)]
    with_role = [_bare(name.text) for name in in_answer if _has_role(answer, name)]
    if _ASKS_FOR_SOMEONE.match(question):
        people = [*with_role, *(_bare(name.text) for name in in_answer)]
        if others := [one for one in people if one not in in_question]:
            return others[0]
    by_role = ((_ROLE_OF.search(question, 0, name.start), name) for name in asked)
    named_by_role = [match["role"] + name.text for match, name in by_role if match]
    # Two capitals in an answer may be a place; somebody's office or deed says that they are not.
    return next(iter([*in_question, *named_by_role, *with_role]), None)


def place(question: str, known: Collection[str]) -> str | None:
    """Return where something is: a name behind "in" or "at", else the only one."""
    found = names(question, known)
    behind = [name for name in found if _PREPOSITION.search(question, 0, name.start)]
    if behind or len(found) == 1:
        name = (behind or found)[0]
        return _whole(question, name, (), alone=True)
    return None


def _bare(name: str) -> str:
    """Return a person's name without the office."""
    return _ROLE_INSIDE.sub("", name, count=1) if _ROLE_INSIDE.match(name) else name


def _has_role(text: str, name: Name) -> bool:
    return bool(
        _ROLE_BEFORE.search(text, 0, name.start) or _ROLE_AFTER.match(text, name.end) or _bare(name.text) != name.text
    )


def _is_person(text: str, name: Name) -> bool:
    words = _bare(name.text).split()
    if _NO_PERSON.search(_bare(name.text)) or not words:
        return False
    if re.search(r"(?i:\bthe )$", text[: name.start]):
        return False
    return len(words) in {2, 3, 4} or _bare(name.text) != name.text


def _whole(question: str, name: Name, seen: Collection[str], *, alone: bool = False) -> str:
    """Return a name with its article and the words without capitals that belong to it; `alone`: no "the spire of"."""
    auxiliary = _AUXILIARY.search(question, 0, name.start)
    start, end = name.start, name.end
    if re.search(r"(?i:\bthe )$", question[:start]):
        start -= 4
    definite = question[start : start + 4].casefold() == "the "
    head = None if alone else _HEAD.search(question, 0, name.start)
    if head and ATTRIBUTES & {*head[0].casefold().split()}:
        head = None
    possessive = re.match(r"['’]s(?= )", question[end:])
    block: list[re.Match[str]] = []
    at = end + (possessive.end() if possessive else 0)
    while (match := _NEXT.match(question, at)) and match[1] not in FUNCTION_WORDS:
        block.append(match)
        at = match.end()
    between = question[auxiliary.end() : head.start() if head else start] if auxiliary else "?"
    is_subject = not between.strip()
    if auxiliary and auxiliary["do"] and is_subject:
        block = list(takewhile(lambda match: match[1] in seen, block[:-1]))
    elif not (definite or possessive or is_adjective(name.text)):
        block = []
    while block and (block[-1][1].endswith("ly") or _PARTICIPLE.fullmatch(block[-1][1])):
        block.pop()
    if block:
        end = block[-1].end()
    return question[head.start() if head else start : end].strip()
