"""Numbers in a text, whatever their form: "490,000", "490 thousand", "half a million", "$5m", "40 per cent"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.verification.lemmas import words

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value and what it is measured in: "%", a currency, "th" for a place in an order, "s" for a decade, or ""."""

    value: float
    unit: str = ""


_SMALL = words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = words("twenty thirty forty fifty sixty seventy eighty ninety")
_VALUES = {word: number for number, word in enumerate(_SMALL)} | {
    word: 10 * number for number, word in enumerate(_TENS, start=2)
}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0}
_SUFFIXES = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12, "trn": 1e12}
_ORDINALS = {
    word: number
    for number, word in enumerate(
        words(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
            "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
        ),
        start=1,
    )
}
_FRACTIONS = {"half": 0.5, "third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "tenth": 0.1}
_DECADES = {
    "twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80,
    "nineties": 90,
}  # fmt: skip
_TIMES = {"once": 1, "twice": 2, "thrice": 3}
_SIGNS = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "₹": "rupee", "₽": "ruble", "₴": "hryvnia"}
_CURRENCIES = {
    **{name: name for name in ("dollar", "euro", "pound", "yen", "yuan", "rupee", "ruble", "franc", "crown", "krona",
                               "krone", "peso", "real", "rand", "lira", "zloty", "hryvnia", "forint", "won")},
    "rouble": "ruble", "usd": "dollar", "eur": "euro", "gbp": "pound", "kronor": "krona", "kroner": "krone",
}  # fmt: skip

_SPELLED = "|".join(sorted((*_VALUES, *_SCALES), key=len, reverse=True))
_WORD_NUMBER = (
    rf"(?:(?:half\s+an?|an?\s+half|an?\s+quarter\s+of\s+an?|an?|several)\s+(?=(?:{'|'.join(_SCALES)})s?\b))?"
    rf"\b(?:{_SPELLED})s?\b(?:(?:\s+and\s+a\s+half\b)|(?:[\s-]+(?:and\s+)?|\s+point\s+)(?:{_SPELLED})\b)*"
)
_DIGITS = r"\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?!\d)(?:\.\d+)?|\d+\.\d+|\d+"
_CURRENCY = "|".join(sorted(_CURRENCIES, key=len, reverse=True))
_SCALE = r"hundred|thousand|million|billion|trillion|dozen"
_PATTERN = re.compile(
    rf"""(?xi)
    (?P<sign>(?:US|A|C|AU|NZ|HK)?[$€£¥₹₽₴]|\b(?:USD|EUR|GBP)\s)?\s?
    (?:
      (?<![\w.])(?P<digits>{_DIGITS})
      (?: (?P<ordinal>st|nd|rd|th)\b | (?P<decade>['’]?s)\b
        | [\s\u00a0-]?(?P<scale>{_SCALE})s?\b | \s?(?P<suffix>k|mn|m|bn|b|trn|tn)\b )?
    | (?P<words>{_WORD_NUMBER.replace(" ", "[ ]")})
    | \b(?P<times>once|twice|thrice)\b
    | \b(?P<tens>(?:{"|".join(_TENS)})[-\s])?(?P<place>{"|".join(_ORDINALS)})\b(?!-hand|[ ]of[ ]all)
    | \b(?P<fraction>(?:one|two|three|four|an?)[\s-])?(?P<part>half|halves|thirds?|quarters?|fifths|tenths)\b
    | \b(?P<nineties>{"|".join(_DECADES)})\b
    )
    (?:[\s-]?(?P<percent>%|per\s?cent\b|percentage\s(?P<points>points?)\b)
      |[\s-]?(?P<currency>{_CURRENCY})s?\b)?
    """
)


@dataclass(frozen=True, slots=True)
class Counted:
    """Where a quantity stands in a text."""

    start: int
    end: int
    quantity: Quantity


def find(text: str) -> Iterator[Counted]:
    """Yield the numbers of a text in order."""
    for match in _PATTERN.finditer(text):
        quantity = _quantity(match)
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        if quantity is not None:
            yield Counted(start, match.end(), quantity)


def _quantity(match: re.Match[str]) -> Quantity | None:  # noqa: PLR0911 - one a form of writing
    unit = _unit(match)
    if digits := match["digits"]:
        value = float(re.sub(r"[,\u00a0\u202f]", "", digits))
        if match["ordinal"]:
            return Quantity(value, "th")
        if match["decade"]:
            return Quantity(value, "s")
        suffix = match["suffix"]
        if suffix and not match["sign"] and suffix in {"m", "b", "k"} and match["currency"] is None:
            # "19 m" are metres, "1.2m" are millions.
            if match[0][match.end("digits") - match.start() :].startswith((" ", "\u00a0")):
                return Quantity(value, "metre") if suffix == "m" else Quantity(value, unit)
            unit = unit or ""
        scale = _SCALES.get((match["scale"] or "").lower(), _SUFFIXES.get((suffix or "").lower(), 1.0))
        return Quantity(_rounded(value * scale), unit)
    if words := match["words"]:
        return Quantity(_rounded(_spelled(words)), unit)
    if match["times"]:
        return Quantity(float(_TIMES[match["times"].lower()]), "times")
    if match["place"]:
        return _place(match, unit)
    if match["part"]:
        return _part(match)
    if match["nineties"]:
        return Quantity(float(_DECADES[match["nineties"].lower()]), "s")
    return None


def _place(match: re.Match[str], unit: str) -> Quantity | None:
    word = match["place"].lower()
    tens = _VALUES[match["tens"].rstrip("- \n").lower()] if match["tens"] else 0
    before = match.string[max(0, match.start() - 4) : match.start()].lower()
    if word in _FRACTIONS and word != "second" and re.search(r"\ba[ -]$", before) and not tens:
        return Quantity(_rounded(_FRACTIONS[word]), unit or "part")
    return Quantity(float(tens + _ORDINALS[word]), "th")


def _part(match: re.Match[str]) -> Quantity:
    name = match["part"].lower()
    name = "half" if name == "halves" else name.rstrip("s")
    count = (match["fraction"] or "one").strip("- \n").lower()
    times = {"two": 2, "three": 3, "four": 4}.get(count, 1)
    return Quantity(_rounded(times * _FRACTIONS[name]), "part")


def _unit(match: re.Match[str]) -> str:
    if match["percent"]:
        return "point" if match["points"] else "%"
    if match["currency"]:
        return _CURRENCIES[match["currency"].lower()]
    if match["sign"]:
        sign = match["sign"].strip()
        return _SIGNS.get(sign[-1]) or _CURRENCIES[sign.lower()]
    return ""


def _spelled(words: str) -> float:
    total, current, decimals = 0.0, 0.0, 0
    said = re.findall(r"[a-z]+", words.lower())
    for place, word in enumerate(said):
        singular = word.removesuffix("s") if word.removesuffix("s") in _SCALES else word
        if word == "point":
            decimals = 1
        elif decimals and word in _VALUES:
            current += _VALUES[word] / 10**decimals
            decimals += 1
        elif word in _VALUES:
            current += _VALUES[word]
        elif word == "half":
            following = said[place + 1 :]
            current += 0.5 if not following or current == 0 else 0.0
        elif word == "quarter":
            current += 0.25
        elif singular in _SCALES:
            scale = _SCALES[singular]
            current = (current or 1.0) * scale
            if scale > 100:
                total, current = total + current, 0.0
            decimals = 0
    if words.lower().rstrip().endswith("and a half") and total:
        last = next(_SCALES[word] for word in reversed(said) if word in _SCALES)
        return total + 0.5 * last
    return total + current


def _rounded(value: float) -> float:
    return float(f"{value:.10g}")
