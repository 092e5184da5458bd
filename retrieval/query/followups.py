"""What a short message means right after an answer: "and in 2023?", "why?" or "who owns it?" as a whole question.

It goes by patterns: a message that fits none is a question of its own, and a wrong guess is worse than none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.index.lexical import FUNCTION_WORDS
from retrieval.query import anaphora
from retrieval.query.ellipsis import Context, ellipsis
from retrieval.query.names import known_names, names
from retrieval.query.parse import OPERATOR, without_operators
from retrieval.query.referents import thing
from retrieval.query.remarks import asked_back
from retrieval.query.rewording import ENDS, asks, capitalised, with_question_word

LONGEST = 300
_LONGEST_PART = 200  # of the previous question or its answer, so that words of the message still fit
_LONGEST_MESSAGE = 120
_MOST_TITLES = 5


@dataclass(frozen=True, slots=True)
class Previous:
    """The question before, and what was shown for it."""

    question: str
    answer: str
    """The first quote; may be empty."""
    titles: tuple[str, ...]
    """Of the articles that were quoted, in the order of the quotes."""


_LEAD = re.compile(r"(?i:(?:(?:and|but|so|or|also|then|ok|okay|well|hmm?)\b[, ]*)+)")
_WHAT_ABOUT = re.compile(r"(?i:(?:what|how) about )")
_POLITE = re.compile(
    r"(?i:please |(?:(?:can|could|do|would) you (?:please )?(?:tell me|know|explain|say)|tell me|i mean|i meant) "
    r"(?=who|what|when|where|why|which|how))"
)
_SMALL_TALK = frozenset(
    """
    amazing awesome bad bot brilliant bye cheers cool correct excellent fine good goodbye great haha hello hey hi
    hmm indeed interesting lol love nice nope okay omg perfect right sorry stupid super sure thx ty useful useless
    wonderful wow wrong yeah yep yo
    """.split()  # noqa: SIM905 - reads as a list of words
)
_PERSONAL = re.compile(r"\b(?i:you|your|yours|i|i['’]m|me|my|mine|we|us(?-i:(?<!US))|our)\b")

_MEASURES = "much|many|long|often|far|big|old|high|tall|fast|deep|wide|heavy|large|late|early|soon"
_UNITS = r"(?:year|day|date|month|place|city|country|time|hour|town)"
_BARE = re.compile(
    rf"(?i:(?:why|when|where|how|who|whom|whose)(?: (?:exactly|precisely|not|else|so(?: [a-z]+)?))?"
    rf"|(?:by|with|for|to|from|against) (?:whom|who|what|where)|(?:since|until|till) when|from when|for what"
    rf"|how (?:{_MEASURES})(?: (?:exactly|precisely|more|of them))?|how many [a-z]+|how much (?:money|time|water|more)"
    rf"|which(?: ones?| [a-z]+)?|(?:(?:in|on|at|since|until|by) )?(?:what|which) {_UNITS}|for how (?:long|much)"
    r"|by how much|to what extent|at what cost)"
)
_AND_ASKED = re.compile(rf"(?<=\w), and (?:{_BARE.pattern})\?$")
_BEHIND_A_TOPIC = re.compile(
    rf"(?P<topic>[^:“]{{1,80}}): (?:[a-z].*\b(?:this|that|it|they|them|he|she)\b.*|{_BARE.pattern})\?"
)
"""As `Context.about` says it; a headline's colon has a question behind it that names what it asks of."""
_POINTER = "(?:it|that|this)"
_SAME_AS = (
    (
        re.compile(
            rf"(?i:how come|what for|for what(?: reason)?|what(?:['’]s| is| was) the reason(?: (?:for|of) {_POINTER})?"
            rf"|why(?:['’]s| is| was) {_POINTER}(?: so)?|why (?:that|this))"
        ),
        "why",
    ),
    (re.compile(r"(?i:how so)"), "how"),
    (
        re.compile(
            rf"(?i:(?P<word>why|when|where|how) (?:did|does|has|will) {_POINTER} (?:all )?"
            r"(?:happen(?:ed)?|occur|take place|come about))"
        ),
        "",
    ),
    (re.compile(r"(?i:(?P<word>when|where) (?:was|is|will) (?:that|this)(?: be)?|(?P<time>when) (?:was|is) it)"), ""),
)
"""Questions that are as bare as a question word; "" where the word is in the pattern."""


def complete(message: str, previous: Previous, *, is_reply: bool = False) -> str | None:
    """Return a follow-up as a question that can be understood alone, or None if it is one of its own.

    A reply to an answer (`is_reply`) counts as a follow-up more readily than a message that merely comes after it.
    """
    said = without_operators(message)
    question = _clipped(without_operators(previous.question))
    if not question or not said or len(said) > _LONGEST_MESSAGE or not any(map(str.isalnum, said)):
        return None
    answer = _clipped(previous.answer).rstrip(".")
    titles = tuple(map(_clipped, previous.titles[:_MOST_TITLES]))
    shown = (answer, *titles)
    known, seen = known_names(shown), frozenset(re.findall(r"\w+", " ".join(shown).casefold()))
    context = Context(question, answer, titles, known, thing(question, known, seen))
    completed = _completed(said, context, is_reply=is_reply)
    if completed is None or completed.rstrip(ENDS).casefold() == said.rstrip(ENDS).casefold():
        return None
    operators = [match[0] for match in OPERATOR.finditer(message)] or [
        match[0] for match in OPERATOR.finditer(previous.question)
    ]
    completed = " ".join([_tidy(completed), *operators])
    return completed if len(completed) <= LONGEST else None


def _without_addition(question: str) -> str:
    """Return a question without what was only added for a follow-up: the next one is not put on top of that."""
    if behind := _BEHIND_A_TOPIC.fullmatch(question):
        return behind["topic"]
    added = _AND_ASKED.search(question)
    return f"{question[: added.start()]}?" if added else question


def _completed(said: str, context: Context, *, is_reply: bool) -> str | None:
    if _is_small_talk(said):
        return None
    if completed := asked_back(said.rstrip(ENDS), context):
        return completed
    lead = _LEAD.match(said)
    core = said[lead.end() :] if lead else said
    about = _WHAT_ABOUT.match(core)
    core = core[about.end() :] if about else core
    core = core.rstrip(ENDS)
    if polite := _POLITE.match(core):
        core = core[polite.end() :]
    if not core or _PERSONAL.search(core):
        return None
    is_led = bool(lead or about)
    return (
        asked_back(core, context)
        or _asked_more(core, context)
        or ellipsis(core, context, is_led=is_led, is_open=is_reply or said.endswith("?"), is_reply=is_reply)
        or anaphora.resolved(core, context.question, context.answer, context.topic, context.known)
        or (_reply(core, context) if is_reply else None)
    )


def _asked_more(core: str, context: Context) -> str | None:
    """Return the question before with the question word that a bare one gives: "why?", "how many people?"."""
    word = core
    for pattern, same in _SAME_AS:
        if match := pattern.fullmatch(core):
            word = same or next(filter(None, match.groups()))
            break
    if not _BARE.fullmatch(word):
        return None
    completed = with_question_word(_without_addition(context.question), word)
    if completed is None and context.answer:
        return f"{capitalised(word)}: “{context.answer}”?"
    return completed


def _reply(core: str, context: Context) -> str | None:
    """Return a short reply behind what it is about, unless it names something of its own."""
    words = core.split()
    if len(words) > 6 or names(f"– {core}") or not {word.casefold() for word in words} - _SMALL_TALK:
        return None
    if anaphora.is_expletive(core) or re.match(
        r"(?i:(?:no|yes|not|that(?:['’]s| is)|this is|it(?:['’]s| is)|thank\w*|never)\b)", core
    ):
        return None
    return context.about(core)


def _is_small_talk(said: str) -> bool:
    """Return whether a message is praise, thanks or a greeting, and asks for nothing."""
    words = set(re.findall(r"[\w'’]+", said.casefold()))
    is_kind = words & (_SMALL_TALK | {"thanks", "thank"}) and words <= FUNCTION_WORDS | _SMALL_TALK
    return bool(is_kind) and not asks(_LEAD.sub("", said, count=1))


def _clipped(text: str) -> str:
    """Return so much of a text as a question may repeat, in whole words."""
    text = " ".join(text.split())
    if len(text) <= _LONGEST_PART:
        return text
    return (text[:_LONGEST_PART].rsplit(" ", 1)[0] or text[:_LONGEST_PART]).rstrip(ENDS) + "…"


def _tidy(text: str) -> str:
    return capitalised(" ".join(text.split()))
