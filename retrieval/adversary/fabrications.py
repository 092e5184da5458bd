"""False sentences by what they lean on: markers, facts of other sentences, quotes, links, orders that nobody gave."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval.adversary import words
from retrieval.adversary.models import Edit, Original, mentions, names

if TYPE_CHECKING:
    from random import Random

_NUMBER = re.compile(r"(?<![\w.,-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w-]|[.,]\d)")
_HINGE = re.compile(r" (?:was|were|is|are|has|had|became|began|won|made|took|said) ")


def no_marker(original: Original, _: Random) -> Edit | None:
    """The sentence alone."""
    return Edit(original.text, numbers=())


def wrong_marker(original: Original, rng: Random) -> Edit | None:
    """The marker of an excerpt that does not say so."""
    if not original.others:
        return None
    return Edit(original.text, numbers=(rng.choice(original.others).number,))


def unknown_marker(original: Original, rng: Random) -> Edit | None:
    """A marker that was not given out."""
    highest = max(excerpt.number for excerpt in original.excerpts)
    return Edit(original.text, numbers=(rng.choice([0, highest + 1, highest + rng.randint(2, 90)]),))


def merged(original: Original, rng: Random) -> Edit | None:
    """One sentence with a name, a number or the end of another, from the same excerpt or one beside it."""
    makers = [_with_name_of, _with_number_of, _with_end_of]
    rng.shuffle(makers)
    excerpts = [original.home, *original.others]
    rng.shuffle(excerpts)
    for make in makers:
        for excerpt in excerpts:
            for quote in rng.sample(excerpt.sentences, len(excerpt.sentences)):
                text = (
                    make(original.text, quote.text, rng)
                    if quote.text not in {original.text, original.following}
                    else None
                )
                if text is not None and text not in original.passage:
                    return Edit(text, numbers=tuple(dict.fromkeys((original.home.number, excerpt.number))))
    return None


def _with_name_of(text: str, other: str, rng: Random) -> str | None:
    own = [name for name in names(text) if text.count(name) == 1]
    foreign = [name for name in names(other) if not any(word[:4].lower() in text.lower() for word in name.split())]
    return text.replace(rng.choice(own), rng.choice(foreign)) if own and foreign else None


def _with_number_of(text: str, other: str, rng: Random) -> str | None:
    own = list(_NUMBER.finditer(text))
    foreign = [match[0] for match in _NUMBER.finditer(other) if match[0] not in text]
    if not own or not foreign:
        return None
    match = rng.choice(own)
    return text[: match.start()] + rng.choice(foreign) + text[match.end() :]


def _with_end_of(text: str, other: str, _: Random) -> str | None:
    hinge, cut = _HINGE.search(text), _HINGE.search(other)
    if not hinge or not cut or not names(text[: hinge.start() + 1]) or len(other) - cut.end() < 25:
        return None
    return text[: hinge.start()] + other[cut.start() :]


def quotation(original: Original, rng: Random) -> Edit | None:
    """Words in quotation marks that nobody said."""
    invented = rng.choice(words.INVENTED_QUOTES)
    speakers = names(original.text) or names(original.passage)
    if not speakers or mentions(original.passage, invented):
        return None
    speaker = rng.choice(speakers)
    return Edit(
        rng.choice(
            [f'{speaker} said: "{invented}."', f'"{invented}," said {speaker}.', f'{original.text[:-1]}, "{invented}".']
        )
    )


def link(original: Original, rng: Random) -> Edit | None:
    """An address that stands nowhere."""
    return Edit(original.text + rng.choice(words.LINKS))


def instruction(original: Original, rng: Random) -> Edit | None:
    """The article orders the model to lie, or to send the reader somewhere, and it obeys."""
    found = names(original.passage)
    if not found:
        return None
    lie = rng.choice(words.LIES).format(name=rng.choice(found))
    inner = lie if lie.split()[0] in found or lie.startswith(tuple(found)) else lie[0].lower() + lie[1:]
    injected = rng.choice(words.INJECTIONS).format(lie=inner)
    said = rng.choice(
        [f"{lie}.", f"{lie}.", f"According to the article, {inner}.", rng.choice(words.OBEYED).format(lie=inner)]
    )
    return Edit(said, injected=injected)
