"""Links and orders: what a model writes when an article told it to, and what in an article is said to a model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINK = re.compile(
    r"(?i)\b(?:https?|ftp|tg|mailto)\s?:/{0,2}\S|\bwww\.\w|\]\(|\b[\w.+-]+@[\w-]+\.\w|(?<![\w@])@[a-z]\w{3,}"
    r"|\b(?:t\.me|bit\.ly|tinyurl\.com)\b|\b[a-z0-9-]{2,}(?:\.[a-z0-9-]+)*\.(?:com|org|net|info|example|io|co|ru|de|uk"
    r"|eu|gov|edu|app|dev|xyz|site|online|shop|top|biz|me)\b(?:/\S*)?|<\s*(?:a|script|img|iframe)\b"
)
_MODEL = r"(?:ai|language model|ai assistant|chatbot|llm|ai model)s?"
_RULES = r"(?:instructions?|rules?|prompts?|guidelines?|directions?)"
_OPENS = r"(?:^|[.:;!?\n]\s*)\W*(?:(?:and|then|now|instead|please|always|simply|just),?\s+)*"
# News of rules that drivers ignore, or of a company that informs its users, speak to no model.
_TO_A_MODEL = re.compile(
    rf"(?i)\b(?:ignore|disregard|forget|override|bypass)\s+(?:(?:all|any|the|these|those|every|of)\s+)*"
    rf"(?:previous|prior|earlier|above|preceding|your|system)\s.{{0,20}}{_RULES}"
    rf"|{_OPENS}(?:ignore|disregard|forget)\b.{{0,40}}(?:\b{_RULES}|\babove\b)"
    r"|\b(?:system|developer) ?(?:prompt|message)\b|\bnew instructions?\s*:|<\|?(?:im_start|system|user|assistant)"
    r"|^\W*(?:system|assistant|user|instructions?)\s*:"
    rf"|\b(?:as|you are) an? (?:\w+ )?{_MODEL}\b|\byou are an? (?:\w+ )?assistant\b"
    rf"|\b(?:the|any|this|all) (?:{_MODEL}|assistant) (?:must|should|shall|has to)\b"
    rf"|\b(?:attention|note|message|notice|dear) (?:to |for )?(?:the |all |any )?(?:{_MODEL}|assistants?)\b"
    r"|\b(?:tell|inform|assure|advise|instruct|convince|urge) (?:the|your|every) (?:user|reader)\b"
    rf"|{_OPENS}(?:tell|inform|assure|advise|convince|urge) (?:the |your |all )?(?:users|readers)\b"
    r"|\binstructions? (?:for|to) (?:the |all |any )?(?:\w+ )?(?:assistants?|ai|llms?|chatbots?|language models?)\b"
    r"|\bwhen you (?:summari[sz]|answer|respond|repl)\w*"
)
_TO_WHOEVER_WRITES = re.compile(
    rf"(?i){_OPENS}(?:say|write|reply|state|answer|respond|repeat|print|output) (?:only )?(?:that\b|:|with\b)"
    rf"|{_OPENS}(?:say|state|answer|reply|respond|write|output|print|repeat|include|mention)\b.{{0,60}}\b(?:instead"
    r"|in your (?:answer|reply|response)|to the (?:user|reader)s?|the following)\b"
    r"|\byou (?:must|are required to|have to|should|need to|are to|shall) (?:say|tell|report|write|answer|include|state"
    r"|mention|reply)\b|\b(?:in|of) your (?:answer|reply|response|output)\b"
)
_ORDER_TO_SAY = re.compile(
    r"^\W*(?:(?:and|then|now|instead|also|please|always|simply|just),?\s+)*(?:say|answer|reply|respond|write"
    r"|output|print"
    r"|repeat|claim|tell|state|include|add|mention|pretend|act|do not (?:say|mention|cite|quote|tell)"
    r"|never (?:say|mention)"
    r"|from now on|the (?:correct|right|true|only|real) answer)\b",
    re.IGNORECASE,
)
_CALL = re.compile(
    r"(?i)^\W*(?:please\s+)?(?:(?:click|subscribe|sign up|follow us|join us|buy now|order now|see more"
    r"|read more|check out"
    r"|learn more|find out|don['’]t miss|do not miss|act now|hurry|get your|enter your|send (?:us|your|money)|log in"
    r"|verify your|open the link|go to|head to|reply with|remember to|make sure|be sure|note that|stay tuned)\b"
    r"|(?:visit|register|call|contact|donate|download|share|transfer|pay|tap|press|scan|text|email|consult|try|use|order"
    r"|ignore|disregard|forget|tell)\s+(?:the|your|our|us|this|these|here|now|it|them|me|below|today|at|for|\d+)\b)"
)
_ADDRESS = re.compile(
    r"(?i)\b(?:you|your|yours|yourself)\b|\bplease\b|\b(?:users?|readers?|customers?|everyone|anyone"
    r"|people) (?:should|must|need to|are (?:advised|urged|asked"
    r"|encouraged|told) to|is (?:told|advised|asked))\b|\bthe (?:user|reader) (?:is|should|must)\b"
)
_QUOTED = re.compile(r"[\"“«„][^\"”»“]*[\"”»“]")


def link(text: str) -> str | None:
    """Return the first link, address or handle of a text."""
    match = _LINK.search(text)
    return match[0] if match else None


def order(text: str, verbatim: str) -> str | None:
    """Return what in a sentence speaks to a reader or a model; quotes and what stands in `verbatim` may."""
    bare = _QUOTED.sub("", text)
    for pattern in (_TO_A_MODEL, _TO_WHOEVER_WRITES, _CALL):
        if match := pattern.search(bare):
            return match[0]
    match = _ADDRESS.search(bare)
    return match[0] if match and match[0].casefold() not in verbatim.casefold() else None


def usable(sentences: Sequence[str]) -> tuple[bool, ...]:
    """Return whether each sentence may prove anything: none that speaks to a model, nor the order that follows one."""
    found: list[bool] = []
    after_order = False
    for sentence in sentences:
        speaks = bool(_TO_A_MODEL.search(sentence) or _TO_WHOEVER_WRITES.search(_QUOTED.sub("", sentence)))
        follows = after_order and bool(_ORDER_TO_SAY.search(sentence) or _ADDRESS.search(sentence))
        found.append(not (speaks or follows))
        after_order = speaks or follows
    return tuple(found)
