"""Which language a message is in when it is clearly not English.

The articles, the embedding model and the stemmer are English; a question in another language finds little, and its
reader should be told why.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from retrieval.index.lexical import FUNCTION_WORDS

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_NAMES = {
    "ar": "Arabic",
    "az": "Azerbaijani",
    "be": "Belarusian",
    "bg": "Bulgarian",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "es": "Spanish",
    "et": "Estonian",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "is": "Icelandic",
    "it": "Italian",
    "kk": "Kazakh",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "mk": "Macedonian",
    "mr": "Marathi",
    "ms": "Malay",
    "ne": "Nepali",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "ps": "Pashto",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sq": "Albanian",
    "sr": "Serbian",
    "sv": "Swedish",
    "sw": "Swahili",
    "tl": "Tagalog",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
}

_LATIN = tuple(
    "en az ca cs da de es et fi fr hr hu id is it lt lv ms nl no pl pt ro sk sl sq sv sw tl tr vi".split()  # noqa: SIM905
)
"""py3langid knows 138 languages; a short English question with foreign names is taken for the rarest of them (Nigerian
Pidgin, Javanese, Xhosa), so only the ones that a reader of news is likely to write are compared."""

_ONE_LANGUAGE = {
    "ARMENIAN": "Armenian",
    "BENGALI": "Bengali",
    "CJK": "Chinese",
    "ETHIOPIC": "Amharic",
    "GEORGIAN": "Georgian",
    "GREEK": "Greek",
    "GUJARATI": "Gujarati",
    "GURMUKHI": "Punjabi",
    "HANGUL": "Korean",
    "HEBREW": "Hebrew",
    "HIRAGANA": "Japanese",
    "KANNADA": "Kannada",
    "KATAKANA": "Japanese",
    "KHMER": "Khmer",
    "LAO": "Lao",
    "MALAYALAM": "Malayalam",
    "MYANMAR": "Burmese",
    "SINHALA": "Sinhala",
    "TAMIL": "Tamil",
    "TELUGU": "Telugu",
    "THAI": "Thai",
}
"""Scripts that say the language, by the first word of Unicode's names of their letters."""

_SEVERAL_LANGUAGES = {
    "ARABIC": ("ar", "fa", "ps", "ur"),
    "CYRILLIC": ("ru", "be", "bg", "kk", "mk", "sr", "uk"),
    "DEVANAGARI": ("hi", "mr", "ne"),
}
"""Scripts with the languages that py3langid is to choose from, the one most written first."""

_CLEARLY = 2.0
"""How many times likelier than its script's first language another one must be. Three words in Cyrillic are often as
likely Bulgarian as Russian to py3langid, and it does not know how many more people write Russian."""

_DENSE = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL"})
_SCRIPT_SHARE = 0.25
"""Of the letters (those of the dense scripts count twice), so that a Russian question about Emmanuel Macron is Russian,
and an English one that mentions α-synuclein is English."""

_ENGLISH = frozenset(
    """
    about and been could did didn't does doesn't from has have how i'm it's should that the their there these they this
    those were what what's when where where's which who who's whom whose why with would you your
    """.split()  # noqa: SIM905 - a list of quoted words could not be read
)
"""English words that are none in the languages above, as "was", "is", "of", "had" are. "Has" is Spanish and "have"
Danish, but they begin many an English question."""
_ENGLISH_SHARE = 0.2

_LEAST_LIKELY = 0.3
_MOST_ENGLISH = 0.025
"""Probabilities. The second is the sum of two: with names and without. On 2,910 English questions, their function words
left out, and on questions in thirty languages it separated better than the winner's own probability, which is low
between close languages (Danish and Norwegian, Indonesian and Malay)."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def foreign(message: str) -> str | None:
    """Return the English name of the language a message is clearly written in, or None for English and for the unclear.

    The first message that neither its script nor its function words decide takes half a second and 75 MB: the model of
    py3langid is loaded, and kept. Later ones take a tenth of a millisecond.
    """
    words = _without_names(message)
    if _is_english(words):
        return None
    script = _script(message)
    if script in _ONE_LANGUAGE:
        return _ONE_LANGUAGE[script]
    if script in _SEVERAL_LANGUAGES:
        return _of_script(message, _SEVERAL_LANGUAGES[script])
    return _in_latin_letters(message, words) if script == "LATIN" else None


def _without_names(message: str) -> list[str]:
    """Return the words, those left out that a capital or a digit marks as part of a name: names are of any language.

    German nouns are left out as well; the rest of a German sentence is still German.
    """
    kept = []
    for number, token in enumerate(message.split()):
        word = _WORD.search(token)
        if word is None or any(character.isdigit() for character in token):
            continue
        if number == 0 or message.isupper() or not word[0][0].isupper():
            kept.append(word[0].replace("’", "'"))
    return kept


def _is_english(words: list[str]) -> bool:
    folded = [word.casefold() for word in words]
    known = sum(word in _ENGLISH for word in folded)
    # "Is Schönefeld in Brandenburg?" has none of the words that are English only, and none that is not English either.
    return known > _ENGLISH_SHARE * len(folded) or (bool(folded) and FUNCTION_WORDS.issuperset(folded))


def _script(message: str) -> str | None:
    """Return the script a message is in as Unicode's names of letters begin, or None if it has no letters."""
    scripts = [unicodedata.name(letter, "").partition(" ")[0] for letter in message if letter.isalpha()]
    weights = Counter[str]()
    for script in scripts:
        weights[script] += 2 if script in _DENSE else 1
    # One letter is a symbol: π, Ω, Δ. A Chinese character is a word.
    others = [s for s in weights if s != "LATIN" and weights[s] > 1 and (s in _ONE_LANGUAGE or s in _SEVERAL_LANGUAGES)]
    if others and sum(weights[script] for script in others) >= _SCRIPT_SHARE * weights.total():
        # Japanese is written in three scripts at once, and only one of them is China's too.
        kana = [script for script in others if _ONE_LANGUAGE.get(script) == "Japanese"]
        return max(kana or others, key=weights.__getitem__)
    return "LATIN" if "LATIN" in weights else None


def _of_script(message: str, languages: tuple[str, ...]) -> str:
    usual, *_ = languages
    found = _probabilities(message, languages)
    best = max(languages, key=found.__getitem__)
    return _NAMES[best if found[best] > _CLEARLY * found[usual] else usual]


def _in_latin_letters(message: str, words: list[str]) -> str | None:
    # Two words can be of any language; three without a question mark are as likely a name: Alternative für Deutschland.
    if len(words) < 2 or (len(message.split()) < 4 and "?" not in message):
        return None
    plain, whole = _probabilities(" ".join(words), _LATIN), _probabilities(message, _LATIN)
    # The names help to tell close languages apart, once it is sure that the other words are not English.
    best = max(_LATIN, key=whole.__getitem__)
    likely = min(max(plain.values()), whole[best]) >= _LEAST_LIKELY
    return _NAMES[best] if likely and plain["en"] + whole["en"] <= _MOST_ENGLISH else None


def _probabilities(text: str, languages: tuple[str, ...]) -> dict[str, float]:
    """Return the probability of each language, given that it is one of them."""
    ranked = dict(_identifier().rank(text))
    total = sum(ranked[language] for language in languages) or 1.0
    return {language: ranked[language] / total for language in languages}


@cache
def _identifier() -> LanguageIdentifier:
    # Unpacking the model takes half a second and 75 MB, which a bot that is asked in English need not spend.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
