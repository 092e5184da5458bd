"""Questions made of an article's sentences: when, how many, how much, who said so.

Only sentences of a plain shape are turned: a subject that is named, a verb from a list, and the fact that is asked for.
What is doubtful is left out, for an example must read as a person would write it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus.models import Block, BlockKind
from corpus.sentences import split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retrieval.models import ArticlePages

LONGEST = 80
"""Characters of a question; a button shows about half of that on a phone."""
READABLE = 48

WRAPPED = 120
"""Characters of the longest line in a text whose lines were broken to a width."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question, and the span of the sentence that it was made of."""

    question: str
    start: int
    end: int


_REGULAR = """
    abandon accept accuse achieve acquire add adopt agree announce appoint approve arrest arrive assassinate attack
    award ban bomb capture cancel cause claim close collapse collect complete control crash create declare defeat
    destroy deliver demand detain discover donate drop earn elect employ end enter erupt evacuate exceed expand fire
    gain grant halt handle hire host import increase inherit injure install introduce invade invest issue join kill
    land last launch leak lift liberate mobilise mobilize name obtain offer open occupy order pass pledge plunge
    post produce promise publish raise ratify reach receive recruit reduce release remove reopen replace report
    rescue resign retire return reveal save secure seize serve sign start stage strand store suffer surrender
    suspend sustain total train transport treat unveil use vaccinate visit vote welcome
"""
_IRREGULAR = {
    "began": "begin", "bought": "buy", "broke": "break", "brought": "bring", "built": "build", "cost": "cost",
    "cut": "cut", "died": "die", "fell": "fall", "fought": "fight", "found": "find", "gave": "give", "grew": "grow",
    "held": "hold", "hit": "hit", "laid": "lay", "left": "leave", "lost": "lose", "made": "make", "met": "meet",
    "paid": "pay", "planned": "plan", "sent": "send", "set": "set", "shot": "shoot", "sold": "sell", "spent": "spend",
    "stopped": "stop", "struck": "strike", "took": "take", "went": "go", "withdrew": "withdraw", "won": "win",
}  # fmt: skip


def _past(base: str) -> str:
    if base.endswith("y") and base[-2] not in "aeiou":
        return f"{base[:-1]}ied"
    return f"{base}d" if base.endswith("e") else {"ban": "banned", "drop": "dropped"}.get(base, f"{base}ed")


BASE = {_past(base): base for base in _REGULAR.split()} | _IRREGULAR
"""Verbs of the news as they stand in a report -> as they stand in a question."""

_VERB = rf"(?P<verb>{'|'.join(sorted(BASE, key=len, reverse=True))})"
_PARTICIPLE = r"(?P<done>[a-z]{3,}ed|built|found|held|sold|sent|shot|set|won|founded|begun|broken|hit|put|made|given)"
_SUBJECT = r"(?P<subject>(?:The |An? )?[A-Z][^,;:()\"“”]{1,60}?)"
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DATE = (
    rf"(?:on (?:the )?\d{{1,2}} {_MONTH}(?: \d{{4}})?|on {_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:, \d{{4}})?"
    rf"|in {_MONTH}(?:,? \d{{4}})?|in (?:1\d|20)\d\d)(?![\w-])"
)
_ABOUT = (
    r"(?:(?:[Aa]bout|[Aa]round|[Aa]pproximately|[Rr]oughly|[Nn]early|[Aa]lmost|[Ss]ome|[Mm]ore than|[Oo]ver|[Aa]t least"
    r"|[Ff]ewer than|[Uu]p to|[Oo]nly) )?"
)
_COUNT = (
    r"(?:\d[\d,.]*\d|\d|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en|[Dd]ozens of)"
    r"(?: (?:hundred|thousand|million|billion))?"
)
_THINGS = r"(?P<things>(?:[a-z-]+ ){0,3}?[a-z-]+(?:s|people|men|women|children)(?: of [a-z]+(?: and [a-z]+)?)?)"
_MONEY = (
    rf"{_ABOUT}(?:(?:US)?[$€£]\s?\d[\d,.]*(?: (?:million|billion|trillion))?"
    r"|\d[\d,.]*(?: (?:million|billion|trillion))? (?:euros|dollars|pounds|rupees|yen|roubles|rubles|hryvnias?))"
)
_BE = r"(?P<be>is|are|was|were)"
_SAID = (
    r"(?P<said>(?:has |have )?(?:said|stated|announced|asserted|warned|argued|claimed|declared|insisted|promised"
    r"|reported|suggested|acknowledged|admitted|denied|estimated|predicted|accused|urged|added|noted))"
)
_PERSON = r"(?P<person>(?:[A-Z][\w.'’-]+ ){0,5}[A-Z][\w'’-]+)"
_REST = r"(?P<rest>(?: [^,;:()\"“”]+?)?)"
_END = r"(?=[,;:.(]|$| and | but | while | after | because | as )"
_LEAD = re.compile(r"^(?:Currently|However|Meanwhile|Today|Also|Moreover|Additionally), ")

_WHEN_DID = re.compile(rf"{_SUBJECT} {_VERB}(?P<object>(?: [^,;:()\"“”]+?)?) {_DATE}")
_WHEN_WAS = re.compile(rf"{_SUBJECT} (?P<be>was|were) {_PARTICIPLE}(?P<object>(?: [^,;:()\"“”]+?)?) {_DATE}")
_HAS = re.compile(rf"{_SUBJECT} (?P<has>has|have) {_ABOUT}{_COUNT} {_THINGS}{_END}")
_DID_TO = re.compile(rf"{_SUBJECT} {_VERB} {_ABOUT}{_COUNT} {_THINGS}{_REST}{_END}")
_MANY_DID = re.compile(
    rf"{_ABOUT}{_COUNT} {_THINGS} (?P<does>(?:{_VERB}|were|are|have|had)\b[^,;:()\"“”]*?)(?:[,;.]|$)"
)
_SIZE = re.compile(
    rf"{_SUBJECT} {_BE} {_ABOUT}{_COUNT} (?:metres|meters|kilometres|kilometers|feet|miles|years|inches)"
    r" (?P<how>long|wide|tall|high|deep|old)\b"
)
_SHARE = re.compile(
    r"(?:[Aa]bout |[Nn]early |[Mm]ore than )?[\d.]+ ?(?:%|per ?cent) of (?P<does>[^,;:()\"“”]+?)(?:[,;.]|$)"
)
_MONEY_DID = re.compile(rf"{_SUBJECT} {_VERB} {_MONEY}{_REST}{_END}")
_MONEY_IS = re.compile(rf"(?P<subject>The (?:[a-z]+ ){{1,3}}of [^,;:()\"“”]{{2,50}}?) {_BE} {_MONEY}")
_WHO = re.compile(rf"(?:The )?(?:(?:former|veteran) )?{_PERSON},? {_SAID} (?P<what>(?:that )?[^,;:()\"“”]+)$")

_UNCLEAR = re.compile(
    r"\b(?:he|she|it|they|we|i|you|him|her|them|us|his|hers|its|their|our|your|my|this|these|those|there|here|now|today"
    r"|yesterday|tomorrow|recently|earlier|later|then|so far|another|other|others|former|latter"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:last|next|that|same) (?:week|month|year|day))\b"
)
"""What means something only where it stands."""
_PLACE = re.compile(r"(?:North|South|East|West|New|United|European|Soviet|Saudi|Great) ")
_TWO_VERBS = re.compile(r"\b(?:who|which|that|has|have|had|was|were|is|are|would|will)\b")
_OPENINGS = frozenset(
    "in on at for from with as after before during while when since if but and although despite".split()  # noqa: SIM905 - reads as a list of words
)


def examples(pages: ArticlePages) -> list[Example]:
    """Return the questions that an article's sentences give, those that are short enough for a button first."""
    found = [
        Example(question, start, end)
        for start, end in _sentences(pages)
        for question in questions(" ".join(pages.text[start:end].split()), pages.text)
    ]
    return sorted(found, key=lambda example: max(len(example.question), READABLE))


def questions(sentence: str, article: str) -> Iterator[str]:
    """Yield the questions that one sentence answers; the article shows which of its words are names."""
    sentence = _LEAD.sub("", sentence)
    if not sentence.endswith("."):
        return
    for question in _asked(sentence.removesuffix("."), article):
        folded = " ".join(question.split())
        words = folded.split()
        is_named = any(word[:1].isupper() for word in words[1:])
        if len(folded) <= LONGEST and len(words) >= 4 and is_named and not _UNCLEAR.search(folded.casefold()):
            yield folded


def _asked(sentence: str, article: str) -> Iterator[str]:
    match = _WHEN_DID.match(sentence)
    if match and not _is_double(match["object"]) and (subject := _within(match["subject"], article)):
        yield f"When did {subject} {BASE[match['verb']]}{match['object']}?"
    match = _WHEN_WAS.match(sentence)
    if match and not _is_double(match["object"]) and (subject := _within(match["subject"], article)):
        yield f"When {match['be']} {subject} {match['done']}{match['object']}?"
    if (match := _SIZE.match(sentence)) and (subject := _within(match["subject"], article)):
        yield f"How {match['how']} {match['be']} {subject}?"
    if (match := _HAS.match(sentence)) and (subject := _within(match["subject"], article)):
        yield f"How many {match['things']} {'does' if match['has'] == 'has' else 'do'} {subject} have?"
    if (match := _DID_TO.match(sentence)) and (subject := _within(match["subject"], article)):
        yield f"How many {match['things']} did {subject} {BASE[match['verb']]}{match['rest']}?"
    if match := _MANY_DID.match(sentence):
        yield f"How many {match['things']} {match['does']}?"
    if match := _SHARE.match(sentence):
        yield f"How much of {match['does']}?"
    if (match := _MONEY_DID.match(sentence)) and (subject := _within(match["subject"], article)):
        yield f"How much did {subject} {BASE[match['verb']]}{match['rest']}?"
    if (match := _MONEY_IS.match(sentence)) and (subject := _within(match["subject"], article)):
        yield f"How much {match['be']} {subject}?"
    if (match := _WHO.match(sentence)) and _is_person(match["person"], article):
        yield f"Who {match['said']} {match['what']}?"


def _within(subject: str, article: str) -> str:
    """Return a subject as it stands within a sentence, or nothing if that cannot be told or it is a clause."""
    first, _, rest = subject.partition(" ")
    if first.casefold() in _OPENINGS or _TWO_VERBS.search(rest) or any(word in BASE for word in rest.split()):
        return ""
    if first in {"The", "A", "An"}:
        return f"{first.lower()} {rest}" if any(letter.isupper() for letter in rest) else ""
    bare = re.sub(r"['’]s$", "", first)
    # Within a sentence only names have a capital.
    is_name = re.search(rf"[a-z0-9,] {re.escape(bare)}\b", article) or any(letter.isupper() for letter in bare[1:])
    return subject if is_name else ""


def _is_double(words: str) -> bool:
    """Whether words hold a second verb, or end where more has to follow."""
    found = words.split()
    return any(word in BASE for word in found) or found[-1:] in (["back"], ["and"], ["both"])


def _is_person(name: str, article: str) -> bool:
    words = name.split()
    if words[0].casefold() in _OPENINGS or words[0] in {"The", "He", "She", "They", "It"} or _PLACE.match(name):
        return False
    if len(words) > 1:
        return words[0][1:].islower()
    return bool(re.search(rf"\b(?!The )[A-Z][a-z]+ {re.escape(name)}\b", article)) and name[1:].islower()


def _sentences(pages: ArticlePages) -> Iterator[tuple[int, int]]:
    """Yield where the sentences of an article begin and end."""
    for passage in pages.passages:
        is_wrapped = max(map(len, passage.text.splitlines()), default=0) <= WRAPPED
        breaks = [match.span() for match in re.finditer(r"\s*\n\s*\n\s*" if is_wrapped else r"\s*\n\s*", passage.text)]
        edges = [(0, 0), *breaks, (len(passage.text), len(passage.text))]
        for (_, start), (end, _) in pairwise(edges):
            block = Block(passage.start + start, passage.start + end, BlockKind.PARAGRAPH)
            if block.start < block.end:
                yield from ((sentence.start, sentence.end) for sentence in split(pages.text, block))
