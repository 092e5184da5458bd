"""A message that only says what is new: "and in 2023?", "what about Prague?", "the ship?"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.index.lexical import FUNCTION_WORDS
from retrieval.query.names import names
from retrieval.query.referents import ATTRIBUTES
from retrieval.query.rewording import ENDS, capitalised, is_time, lowered, with_name, with_time


@dataclass(frozen=True, slots=True)
class Context:
    """What a follow-up is understood from."""

    question: str
    answer: str
    titles: tuple[str, ...]
    known: frozenset[str]
    """The words of the names in answer and titles, in small letters."""
    topic: str | None
    """What the question is about."""

    def about(self, message: str) -> str:
        """Return a message behind what it is about."""
        topic = self.topic or self.question.rstrip(ENDS)
        return f"{capitalised(topic)}: {lowered(message)}?"


_PREPOSITION = re.compile(r"(?i:(?:in|at|on|from|to|for|by|with|near|under|against|of|about|outside|inside|over) )")
_PART = re.compile(r"(?P<whose>.+ (?:is|are|was|were) .+['’]s) [a-z -]+")
_BEFORE_SUBJECT = re.compile(r"\b(?i:is|are|was|were|did|does|do) $")
_DETERMINED = re.compile(r"(?i:the (?P<noun>[a-z][\w-]*(?: [a-z][\w-]*)?))")


def ellipsis(core: str, context: Context, *, is_led: bool, is_open: bool, is_reply: bool) -> str | None:
    """Return the question before with what is new in "and in 2023?", "what about Prague?" or "the ship?"."""
    preposition = _PREPOSITION.match(core)
    if is_time(core):
        phrase = core[:1].lower() + core[1:] if preposition else core
        return with_time(context.question, phrase, context.answer) if is_led or is_open or preposition else None
    lead = preposition[0] if preposition else ""
    name = core[len(lead) :]
    if (is_led or lead or (is_reply and is_open)) and _is_name(name, context):
        return with_name(context.question, name, lead, context.known) or _beside(core, context)
    return _noun(core, context, is_led=is_led) if is_led or (is_open and not lead) else None


def _noun(core: str, context: Context, *, is_led: bool) -> str | None:
    """Return a question about what a noun means beside the topic: its part, another thing, or something on its own."""
    match = _DETERMINED.fullmatch(core)
    if match is None and not (is_led and re.fullmatch(r"[a-z][\w-]*(?: [a-z][\w-]*)?", core)):
        return None
    words = (match["noun"] if match else core).split()
    if context.topic and words[-1] in ATTRIBUTES and not FUNCTION_WORDS & {*words[:-1]}:
        return f"What about {core if match else f'the {core}'} of {context.topic}?"
    if FUNCTION_WORDS & {*words}:
        return None
    if match and (completed := _in_its_place(match, context)):
        return completed
    if not match and len(words) == 1 and not core.endswith("s"):  # another name, or another subject
        return f"{context.question.rstrip(ENDS)}, and {core}?"
    return context.about(f"what about {core}")


def _beside(core: str, context: Context) -> str | None:
    """Return a name behind the topic, where the question before has none to give way and does not name it itself."""
    return None if core.casefold() in context.question.casefold() else context.about(f"what about {core}")


def _is_name(phrase: str, context: Context) -> bool:
    """Return whether a phrase is a name and nothing else; in small letters, where the question is in them, too."""
    bare = re.sub(r"^(?i:the )", "", phrase)
    if not bare or len(bare.split()) > 5:
        return False
    found = names(f"– {bare}")  # behind a dash, so that its capital is not a sentence's
    if len(found) == 1 and found[0].text == bare:
        return True
    words = bare.casefold().split()
    if FUNCTION_WORDS & {*words} or len(words) > 3 or bare != bare.casefold():
        return False
    if {*words} <= context.known:
        return True
    # One thing without an article is a name ("sweden"), several are not ("passengers"); who writes one in small letters
    # writes all so.
    is_bare = len(words) == 1 and phrase == bare and not bare.endswith("s") and bare not in ATTRIBUTES
    return is_bare and context.question == context.question.casefold() and bool(names(context.question, context.known))


def _in_its_place(thing: re.Match[str], context: Context) -> str | None:
    """Return the question about another part ("Notre-Dame's spire") or another thing without a name ("the rover")."""
    question = context.question.rstrip(ENDS)
    if part := _PART.fullmatch(question):
        return f"{part['whose']} {thing['noun']}?"
    if not context.topic or not re.fullmatch(r"(?i:the )[a-z -]+", context.topic):
        return None
    before, topic, after = question.partition(context.topic)
    return f"{before}{thing[0]}{after}?" if topic and _BEFORE_SUBJECT.search(before) else None
