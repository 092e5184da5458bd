"""The form of answer that a message wants, the subject it wants it of, and whether it asks about the present."""

from __future__ import annotations

import re

from retrieval.query.models import Form

# Each is matched with a whole message; what it names the subject is all that is left to search for.
_PLEASE = (
    r"(?:(?:please|(?:can|could) you|give|show|tell|send|make|create|write|draw|build|find|get|me|us|i want|i need"
    r"|i['’]d like|what(?:['’]s| is| are)|is there|are there|a|an|the|full|short|brief|any|all) ){0,12}"
)
_OVER_TIME = r"over (?:time|the (?:(?:last|past) )?(?:days|weeks|months|years|decades))"
_TIMELINES = (
    rf"{_PLEASE}(?:timeline|chronology) (?:of|for|on|about) (?P<subject>.+)",
    rf"{_PLEASE}(?!(?:what|which|who|when|where|why|how|in|on|is|are|do|does|did|was)\b)(?P<subject>.+?):? timeline",
    rf"how (?:has|have|had) (?P<subject>.+?) (?:changed|evolved|developed)(?: {_OVER_TIME})?(?P<rest> .+)?",
    rf"how (?:did|does|do) (?P<subject>.+?) (?:change|evolve|develop) {_OVER_TIME}(?P<rest> .+)?",
    rf"{_PLEASE}history of (?P<subject>.+?) {_OVER_TIME}(?P<rest> .+)?",
    rf"what (?:has )?(?:happened|changed) (?:to|with|in|at|for) (?P<subject>.+?) {_OVER_TIME}(?P<rest> .+)?",
)
_NEWEST = r"(?:latest|newest|most recent)"
_NEWS = r"(?:news|articles?|reports?|stor(?:y|ies)|updates?|developments?|headlines?|coverage|information)"
_ABOUT = r"(?:on|about|regarding|concerning|with|from|in|of)"
# "The latest model" is a thing, not news; nor is "the latest in a series".
_NO_THING = (
    r"(?! (?:models?|versions?|editions?|generations?|releases?|types?|products?|albums?|films?|movies?|books?)\b"
    r"| in (?:a|an|the) (?:series|string|line|row)\b)"
)
_LATESTS = (
    rf"{_PLEASE}{_NEWEST}{_NO_THING}(?: {_NEWS} {_ABOUT}| {_ABOUT}| {_NEWS}) (?P<subject>.+)",
    rf"(?:the )?{_NEWEST}{_NO_THING} (?P<subject>.+)",
    rf"what(?:['’]s| is| are) the latest{_NO_THING}(?: (?P<subject>.+))?",
    r"(?:what(?:['’]s| is)|anything|is there anything) new (?:with|on|about|in|at|from) (?P<subject>.+)",
    rf"{_PLEASE}any (?:news|updates?) (?:on|about|regarding) (?P<subject>.+)",
)
_PATTERNS = [
    (form, re.compile(rf"(?ai:{pattern})"))
    for form, patterns in ((Form.TIMELINE, _TIMELINES), (Form.LATEST, _LATESTS))
    for pattern in patterns
]
# The same inside a question with a verb of its own, which is searched as it is.
_ASKS_FOR_LATEST = re.compile(rf"\b(?ai:the {_NEWEST}{_NO_THING} (?:on|about|{_NEWS}|from))\b")

_ENDS = " ?.!,;:"
_ARTICLE = re.compile(r"(?ai:the|an?) ")
_NEWS_ALONE = re.compile(rf"(?ai:{_NEWS})")

# Not "still life", nor the current of a river.
_NOW = re.compile(
    r"\b(?ai:latest|newest|most recent|recently|nowadays|(?:right )?now|currently|today|tonight|presently|so far"
    r"|still (?!lifes?\b|water|image)|at (?:the moment|present)|these days|up to date|as of (?:now|today)"
    r"|this (?:morning|afternoon|evening|week|month|year)"
    r"|(?:the|its|his|her|their|our) current (?!of\b|in\b|is\b|was\b|flow|through\b|and\b)[a-z]{3})"
)


def form_of(text: str) -> tuple[Form, str]:
    """Return the form and what is to be searched: the subject where the message names one, else all of it."""
    asked = text.rstrip(_ENDS)
    for form, pattern in _PATTERNS:
        if match := pattern.fullmatch(asked):
            return form, _subject(match) or text
    return Form.LATEST if _ASKS_FOR_LATEST.search(text) else Form.ANSWER, text


def is_about_now(text: str) -> bool:
    """Return whether the words ask for the present or the newest."""
    return bool(_NOW.search(text))


def _subject(match: re.Match[str]) -> str:
    """Return the subject and what follows it, without an article; empty if it is no more than the word "news"."""
    parts = match.groupdict()
    subject = (parts["subject"] or "").strip(_ENDS)
    if _NEWS_ALONE.fullmatch(subject) or _ARTICLE.fullmatch(f"{subject} "):
        return ""
    if article := _ARTICLE.match(subject):
        subject = subject[article.end() :]
    return subject + (parts.get("rest") or "")
