"""A question with one part changed: its question word, its time or one of its names."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from retrieval.query.dates import value
from retrieval.query.names import Name, is_adjective, names

if TYPE_CHECKING:
    from collections.abc import Collection

ENDS = " ?.!,;:…"
_BE = r"is|are|was|were"
_AUXILIARIES = rf"{_BE}|did|does|do|has|have|had|will|would|can|could|should|must|might"
_FREE = (
    r"when|where|why|how|(?:since|until|till) when|(?:in|on|at|since|until|during|by) (?:what|which) "
    r"(?:day|date|month|year|decade|century|time|hour|place|city|country|state|region|town|way)"
)
# What may change its question word and stay a question: nothing of the sentence stands before its auxiliary.
_SWAPPABLE = re.compile(rf"(?i:(?:(?P<asked>{_FREE}) )?(?P<auxiliary>{_AUXILIARIES}) (?P<rest>.+))")
_MEASURED = re.compile(rf"(?i:how (?P<degree>[a-z]+) (?P<auxiliary>{_AUXILIARIES}) (?P<rest>.+))")
_ASKS = re.compile(
    rf"(?i:(?:(?:in|on|at|by|for|from|since|until|to|of|after|under|with) )?(?:who|what|when|where|why|which|how)"
    rf"|{_AUXILIARIES})(?:(?:['’]s)?\b)"
)
_PASSIVE = re.compile(r"(?i:[a-z]+(?:ed|en)|built|made|found|held|shut|led|lost|won|put|cut|hit)\b")

_LONG_TIME = date(2099, 12, 31)  # a phrase is a time or none, whenever it is said
_TIME_LEADS = r"in|on|since|during|before|after|until|till|by|from|of|throughout"
_TIED = re.compile(rf"(?i:\b(?:{_TIME_LEADS}|the) )$")
_YEAR = re.compile(r"(?<![\w.,-])(?:19|20)[0-9]{2}(?![\w%-])")
_MODIFIES = re.compile(rf" (?!(?i:{_TIME_LEADS}|to|for|with|at|and|or)\b)[a-z]")
_STEP = re.compile(
    r"(?i:(?:in )?(?:(?:the|a) year (?P<back>before|earlier)|the (?P<last>previous|prior) year"
    r"|(?:the|a) year (?:after|later)|the (?:next|following) year))"
)
_NOW = re.compile(r"(?i:now|today|nowadays|currently|at the moment|right now)")


def asks(question: str) -> bool:
    """Return whether a text is put as a question."""
    return bool(_ASKS.match(question))


def lowered(question: str) -> str:
    """Return a question as it stands behind a colon: its question word without a capital."""
    return question[:1].lower() + question[1:] if asks(question) else question


def capitalised(text: str) -> str:
    """Return a text as it begins a sentence."""
    return text[:1].upper() + text[1:]


def with_question_word(question: str, word: str) -> str | None:
    """Return the question with another question word, or with one more; None if it asks for that already."""
    bare = question.rstrip(ENDS)
    kind = word.casefold()
    if not asks(bare):
        return f"{bare}: {word.lower()}?"
    if re.match(rf"(?i:{re.escape(kind)}\b)", bare) and not (kind == "how" and _MEASURED.match(bare)):
        return None
    match = _SWAPPABLE.fullmatch(bare)
    if match and re.fullmatch(rf"(?:{_FREE})(?: exactly)?", kind) and _lasts(kind, match["auxiliary"]):
        return f"{_capital(word)} {match['auxiliary'].lower()} {match['rest']}?"
    if match and kind in {"who", "by whom"} and _is_passive(match):
        return f"By whom {match['auxiliary'].lower()} {match['rest']}?"
    if kind == "why" and (match := _MEASURED.fullmatch(bare)) and match["degree"].casefold() not in {"many", "often"}:
        passive = match["degree"].casefold() == "long" and re.search(r"\b[a-z]+ed\b", match["rest"])
        degree = "" if passive else f" that {match['degree'].lower()}"
        return f"Why {match['auxiliary'].lower()} {match['rest']}{degree}?"
    return f"{bare}, and {word.lower()}?"


def _is_passive(match: re.Match[str]) -> bool:
    is_be = re.fullmatch(rf"(?i:{_BE})", match["auxiliary"])
    return bool(is_be and _PASSIVE.fullmatch(match["rest"].split()[-1]))


def _lasts(kind: str, auxiliary: str) -> bool:
    """Return whether "since when" and its like go with the verb, which must not be of one moment."""
    return not kind.startswith(("since", "until", "till")) or auxiliary.casefold() not in {"did", "was", "were"}


def is_time(phrase: str) -> bool:
    """Return whether words, with or without a preposition, are a time: "in 2023", "last week", "now"."""
    bare = re.sub(rf"^(?i:(?:{_TIME_LEADS}) (?:the )?)", "", phrase)
    if _STEP.fullmatch(phrase) or _NOW.fullmatch(phrase):
        return True
    if re.fullmatch(r"(?i:may|march)", phrase):
        return False
    return len(bare) < 40 and value(bare, _LONG_TIME) is not None


def with_time(question: str, phrase: str, answer: str) -> str:
    """Return the question about another time."""
    bare = question.rstrip(ENDS)
    old = _time_in(bare)
    if step := _STEP.fullmatch(phrase):
        year = _only_year(old.text if old else "") or _only_year(bare) or _only_year(answer)
        phrase = f"in {year - 1 if step['back'] or step['last'] else year + 1}" if year else phrase
    lead = re.match(rf"(?i:(?:{_TIME_LEADS}) )", phrase)
    if old is None:
        preposition = "" if lead or not re.match(r"[12][0-9]{3}|[A-Z]", phrase) else "in "
        return f"{bare} {preposition}{phrase}?"
    before, after = bare[: old.start], bare[old.end :]
    old_lead = re.search(rf"(?i:\b(?:{_TIME_LEADS}) )$", before)
    if lead and old_lead:
        before = before[: old_lead.start()]
    elif lead:
        phrase = phrase[lead.end() :]
    elif old_lead and not re.match(r"[12][0-9]{3}|[A-Z]", phrase):
        before = before[: old_lead.start()]  # "in 2023" becomes "last year", not "in last year"
    return f"{before}{phrase}{after}?"


def with_name(question: str, name: str, lead: str, known: Collection[str]) -> str | None:
    """Return the question about another name in place of the one of its kind; None if it is asked about already."""
    bare = question.rstrip(ENDS)
    found = names(bare, known)
    if name.casefold() in {old.text.casefold() for old in found}:
        return None
    old = _like(bare, name, lead, found)
    if old is None:
        return f"{bare} {lead}{name}?" if lead else None
    before, after = bare[: old.start], bare[old.end :]
    if lead.casefold() == "about ":
        after = re.sub(r"^['’]s(?: [a-z-]+)*", "", after)
    if before.casefold().endswith(" the ") and (name.casefold().startswith("the ") or old.end == len(bare)):
        before = before[:-4]  # its own article, or none: "the Ever Given", "Berlin"
    return f"{before}{name}{after}?"


def _like(question: str, name: str, lead: str, found: list[Name]) -> Name | None:
    """Return the name in the question that the new one takes the place of."""
    if lead:
        behind = re.compile(rf"(?i:\b{re.escape(lead.strip())} (?:the )?)$")
        ties = (old for old in found if behind.search(question, 0, old.start))
        # Not "in the Lisbon airport", where the place is the airport.
        return next((old for old in ties if not _MODIFIES.match(question, old.end)), None)
    bare = re.sub(r"^(?i:the )", "", name)
    alike = [old for old in found if old.text[:4] == bare[:4] or {*old.text.split()} & {*bare.split()}]
    if not alike and bare.isupper():
        alike = [old for old in found if old.text.isupper()]
    nouns = (old for old in found if is_adjective(old.text) == is_adjective(bare))
    return next(iter([*alike, *nouns]), None)


def _time_in(question: str) -> Name | None:
    """Return the first time in a question, the longest phrase from there, without its preposition."""
    words = list(re.finditer(r"[^\s?!,;]+", question))[:40]
    for first, word in enumerate(words):
        for last in reversed(words[first : first + 6]):
            phrase = question[word.start() : last.end()]
            number = phrase.isdecimal()
            if number and not (_YEAR.fullmatch(phrase) and _TIED.search(question, 0, word.start())):
                continue
            if re.fullmatch(r"(?i:may|march|sun|mar|jan)", phrase) and not re.search(
                r"(?i:\bin )$", question[: word.start()]
            ):
                continue
            if re.match(rf"(?i:{_TIME_LEADS}|the) ", phrase + " ") or value(phrase, _LONG_TIME) is None:
                continue
            return Name(phrase, word.start(), last.end())
    return None


def _only_year(text: str) -> int | None:
    years = set(_YEAR.findall(text))
    return int(years.pop()) if len(years) == 1 else None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:].lower()
