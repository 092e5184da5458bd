"""A remark on an answer that asks for something: "tell me more", "really?", "who said that?", "the second one"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval.query.rewording import capitalised, lowered

if TYPE_CHECKING:
    from retrieval.query.ellipsis import Context

_MORE = re.compile(
    r"(?i:(?:(?:can|could) you )?(?:please )?(?:(?:tell|show|give) me )?(?:some |any |a bit |a little )?"
    r"(?:more|further)(?: details?| information| info| about (?:it|this|that)| on (?:it|this|that))*(?: please)?"
    r"|(?:any )?details(?: please)?|(?:can you |please )?(?:elaborate|explain(?: (?:it|this|that))?)"
    r"|go on|continue|(?:what|how) about (?:it|this|that)|what else|anything else)"
)
_SURE = re.compile(
    r"(?i:really|seriously|is (?:that|it|this) (?:really )?(?:true|so|right|correct|certain|sure)"
    r"|are you (?:really |quite )?(?:sure|certain)(?: about (?:that|it|this))?|is (?:that|it)|for real|truly)"
)
_SAID = re.compile(
    r"(?i:(?P<asks>who (?:said|says|claimed|claims|wrote|announced|reported|confirmed|estimated|told)(?: you)?)"
    r"(?: (?:that|this|so|it))|(?P<says>says who))"
)
_NEXT = re.compile(
    r"(?i:(?:and )?then(?: what)?|what (?:happened |came |comes )?(?:next|then|after(?:wards)?|after (?:that|this)))"
)
_ORDINALS = {"first": 0, "second": 1, "third": 2, "last": -1, "one": 0, "two": 1}
_ORDINAL = re.compile(
    r"(?i:the (?P<which>first|second|third|1st|2nd|3rd|last)(?: (?:one|article|quote|source|story|report))?"
    r"|(?:number|no\.?|quote|article|#) ?(?P<number>[123]|one|two))"
)


def asked_back(said: str, context: Context) -> str | None:
    """Return the question behind a remark on the answer: "tell me more", "really?", "who said that?"."""
    if _MORE.fullmatch(said):
        return f"Tell me more about {context.topic}" if context.topic else f"More on: {lowered(context.question)}"
    if _SURE.fullmatch(said):
        return f"Is it true: “{context.answer}”?" if context.answer else context.question
    if match := _SAID.fullmatch(said):
        asks = "Who said" if match["says"] else capitalised(match["asks"])
        return f"{asks} “{context.answer}”?" if context.answer else None
    if _NEXT.fullmatch(said):
        return context.about("what happened next")
    if match := _ORDINAL.fullmatch(said):
        which = (match["which"] or match["number"]).casefold()
        place = int(which[0]) - 1 if which[0] in "123" else _ORDINALS[which]
        title = next(iter(context.titles[place:]), None)
        return f"Tell me more about “{title}”" if title else None
    return None
