"""One form for the forms of a word: irregular verbs and plurals, British spelling, then Porter's stem."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from retrieval.index.lexical import FUNCTION_WORDS, stems

_IRREGULAR = """
slay slew slain;
rise rose risen; fall fell fallen; win won; lose lost; begin began begun; come came; become became; go went gone;
give gave given; take took taken; make made; say said; tell told; find found; hold held; uphold upheld; withhold
withheld; overturn overturned; keep kept; leave left; meet met; pay paid; sell sold; buy bought; bring brought;
catch caught; teach taught; think thought; fight fought; seek sought; build built; send sent; spend spent; lend
lent; bend bent; lead led; feed fed; flee fled; bleed bled; breed bred; speed sped; grow grew grown; know knew
known; throw threw thrown; blow blew blown; draw drew drawn; fly flew flown; see saw seen; show shown; drive drove
driven; write wrote written; ride rode ridden; hide hid hidden; bite bit bitten; break broke broken; speak spoke
spoken; steal stole stolen; choose chose chosen; freeze froze frozen; wake woke woken; wear wore worn; tear tore
torn; bear bore borne born; swear swore sworn; sink sank sunk; drink drank drunk; ring rang rung; sing sang sung;
swim swam swum; run ran; strike struck stricken; stand stood; understand understood; stick stuck; shoot shot; shut;
hang hung; dig dug; spin spun; swing swung; win won; shrink shrank shrunk; spring sprang sprung; eat ate eaten; beat
beaten; forget forgot forgotten; forbid forbade forbidden; get got gotten; sit sat; lie lay lain; lay laid; sleep
slept; sweep swept; weep wept; creep crept; deal dealt; feel felt; kneel knelt; mean meant; dream dreamt; learn
learnt; burn burnt; spell spelt; spill spilt; spoil spoilt; hear heard; shine shone; slide slid; strive strove
striven; withdraw withdrew withdrawn; overthrow overthrew overthrown; undergo underwent undergone; undertake
undertook undertaken; overtake overtook overtaken; arise arose arisen; awake awoke; bind bound; wind wound; grind
ground; light lit; lose lost; prove proven; saw sawn; sew sewn; shake shook shaken; forecast; broadcast; die died
dying; tie tying; child children; man men; woman women; foot feet; tooth teeth; mouse mice; goose geese; person
people; wife wives; life lives; knife knives; half halves; leaf leaves; medium media; phenomenon phenomena; crisis
crises; basis bases; criterion criteria; policeman policemen; fireman firemen; spokesman spokesmen; spokeswoman
spokeswomen; much more most; little less least; bad worse worst; good better best; far further furthest farther
farthest;
"""
_BASE = {
    form: forms[0]
    for line in _IRREGULAR.split(";")
    if (forms := line.split())
    for form in forms[1:]
    # "Found" is what was found, "more" and "saw" are words of their own.
    if form
    not in {"found", "ground", "wound", "saw", "more", "most", "less", "least", "better", "best", "lay", "bases"}
} | {"found": "find", "founded": "founded", "founder": "founded", "founders": "founded", "founding": "founded"}

BE = frozenset({"is", "are", "was", "were", "be", "been", "being"})
"""As they are written: with a participle they make the passive."""

_PRESENT = frozenset(("beat", "hit", "cut", "set", "put", "shut", "hurt", "cost", "spread", "let", "split", "burst"))

_UNITS = {
    "km": "kilometer", "kms": "kilometer", "m": "meter", "cm": "centimeter", "mm": "millimeter", "kg": "kilogram",
    "kgs": "kilogram", "kilo": "kilogram", "kilos": "kilogram", "g": "gram", "kph": "kmh", "ft": "foot", "lb": "pound",
    "lbs": "pound", "hrs": "hour", "hr": "hour", "mins": "minute", "min": "minute", "secs": "second", "sec": "second",
    "yrs": "year", "tonne": "ton", "tonnes": "ton", "mw": "megawatt", "gw": "gigawatt", "kw": "kilowatt",
    "sq": "square", "ha": "hectare",
}  # fmt: skip
_SPELLINGS = (
    (re.compile(r"((?<=[bcdfghjklmnpqstvxyz])|(?<=\w{4}r))is(e|es|ed|ing|ations?)$"), r"iz\2"),
    (re.compile(r"(?<=\w{3})our(s|ed|ing|ites?|able|er|ers)?$"), r"or\1"),
    (re.compile(r"(?<=\w)([bt])re(s|d)?$"), r"\1er\2"),
    (re.compile(r"(?<=\w{2})ys(e|es|ed|ing)$"), r"yz\1"),
    (re.compile(r"(?<=\w{3})ence(s)?$(?<=defence|offence|efences)"), r"ense\1"),
    (re.compile(r"(?<=\w{3})ell(ed|ing|er|ers)$"), r"el\1"),
    (re.compile(r"^programme(s?)$"), r"program\1"),
    (re.compile(r"^grey"), "gray"),
    (re.compile(r"^ageing$"), "aging"),
    (re.compile(r"^catalogue(s?)$"), r"catalog\1"),
)
"""British endings and their American forms; a word that only looks British changes in all its forms alike."""


def words(text: str) -> tuple[str, ...]:
    """Return the words of a table."""
    return tuple(text.split())


def lemmas(text: str) -> frozenset[str]:
    """Return the lemmas of the words of a table."""
    return frozenset(lemma(word) for word in text.split())


@lru_cache(maxsize=20_000)
def lemma(word: str) -> str:
    """Return what the forms of a word share: "rose" and "rising" give one, "kilometres" and "km" give one."""
    folded = fold(word)
    base = _BASE.get(folded) or _UNITS.get(folded) or folded
    for british, american in _SPELLINGS:
        base = british.sub(american, base)
    if base in FUNCTION_WORDS:
        return base
    return next(iter(stems(base)), base)


def is_irregular(word: str) -> bool:
    """Return whether a word in small letters is a verb form that no rule makes: "beat", "won"."""
    return word in _BASE or word in _PRESENT


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """Return a word in small letters without accents, possessive and dots."""
    plain = word.replace("’", "'").casefold()
    plain = plain.removesuffix("'s").rstrip("'").replace(".", "")
    return "".join(sign for sign in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(sign))
