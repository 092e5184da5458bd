"""Sentences for one article: patterns filled with its cast, its topic's words, its days, and what it said before."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Generic, TypeVar

from tests.bench.language import MONTHS, WEEKDAYS

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tests.bench.language import Language, Pattern
    from tests.bench.names import Names

Item = TypeVar("Item")

OFFSET = 2.7
"""Mandelbrot's: the most frequent items are less frequent than Zipf's law says."""

REPEATED, TOPICAL, COINED = 0.2, 0.45, 0.06
"""How often a word is one that the article used before, one of its topic, or one made for the occasion."""

OF_THE_CAST = {"person": 0.85, "place": 0.7, "org": 0.5}
"""How often a name is one of the article's own and not one mentioned in passing."""

MADE_WITH = "re non over micro inter anti mega sub super tele hydro electro geo agri bio photo thermo proto".split()  # noqa: SIM905
_ATTACHED = frozenset({"'s", ",", ";", ":", "."})


class Ranked(Generic[Item]):
    """Items drawn as Zipf's law says, the first most often (Mandelbrot 1953)."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self._weights = list(accumulate(1 / (rank + OFFSET) for rank in range(len(items))))

    def draw(self, rng: random.Random) -> Item:
        """Return one of them."""
        return self._items[bisect_left(self._weights, rng.random() * self._weights[-1])]


class Vocabulary:
    """The words of one article."""

    def __init__(self, rng: random.Random, words: Mapping[str, Ranked[str]], topic: Mapping[str, Ranked[str]]) -> None:
        self._rng = rng
        self._words = words
        self._topic = topic
        self._used: dict[str, list[str]] = defaultdict(list)

    def draw(self, slot: str) -> str:
        """Return a word for a slot such as {noun}."""
        used, where = self._used[slot], self._rng.random()
        if where < REPEATED and used:
            return self._rng.choice(used)
        word = (self._topic if where < REPEATED + TOPICAL else self._words)[slot].draw(self._rng)
        if where > 1 - COINED and slot in {"{noun}", "{nouns}", "{adj}"}:
            word = self._beginning() + word
        used.append(word)
        return word

    def _beginning(self) -> str:
        return self._rng.choice(MADE_WITH) if self._rng.random() < 0.5 else self._words["{noun}"].draw(self._rng)


class Writing:
    """Writes the sentences of one article."""

    def __init__(
        self,
        rng: random.Random,
        language: Language,
        names: Names,
        vocabulary: Vocabulary,
        event: date,
    ) -> None:
        self._rng = rng
        self._language = language
        self._names = names
        self._vocabulary = vocabulary
        self._event = event
        self._lengths = sorted(language.by_length)
        self._mentioned: set[str] = set()
        sizes = {"person": (2, 2, 3, 3, 4), "place": (1, 2, 2), "org": (1, 1, 2)}
        self._cast = {kind: Ranked([names.draw(kind) for _ in range(rng.choice(size))]) for kind, size in sizes.items()}

    def sentence(self) -> str:
        """Return a sentence about as long as one of the samples'."""
        wanted = self._rng.choice(self._language.lengths)
        length = self._lengths[min(bisect_left(self._lengths, wanted), len(self._lengths) - 1)]
        return self._filled(self._rng.choice(self._language.by_length[length]))

    def title(self) -> str:
        """Return a headline."""
        return self._filled(self._rng.choice(self._language.titles))

    def name(self, kind: str, *, in_passing: bool = False) -> str:
        """Return the full name of a "person", "place" or "org", usually one of the article's cast."""
        is_own = not in_passing or self._rng.random() < OF_THE_CAST[kind]
        return self._cast[kind].draw(self._rng) if is_own else self._names.draw(kind)

    def value(self, kind: str) -> str:
        """Return a "date", "month", "weekday", "year", "number", "money", "percent", "time" or "ordinal"."""
        rng = self._rng
        match kind:
            case "date":
                value = written(self._day())
            case "month":
                value = written(self._day()).partition(" ")[2]
            case "weekday":
                value = WEEKDAYS[self._event.weekday()] if rng.random() < 0.6 else rng.choice(WEEKDAYS)
            case "year":
                value = str(self._event.year - int(rng.expovariate(1 / 8)))
            case "money":
                value = f"${10 ** rng.uniform(0.1, 2.9):.3g} {rng.choice(('million', 'million', 'billion'))}"
            case "percent":
                value = f"{rng.randint(1, 99)}%"
            case "time":
                value = f"{rng.randint(1, 12)}:{rng.randrange(0, 60, 5):02} {rng.choice('ap')}.m."
            case "ordinal":
                value = f"{rng.randint(4, 20)}th"
            case _:
                # Leading digits as Benford's law has them, and round beyond three.
                value = f"{int(float(f'{10 ** rng.uniform(0.4, 5.2):.3g}')):,}"
        return value

    def _day(self) -> date:
        is_event = self._rng.random() < 0.4
        return self._event if is_event else self._event - timedelta(days=int(self._rng.expovariate(1 / 500)))

    def _filled(self, pattern: Pattern) -> str:
        text = ""
        before = ""
        for part in pattern:
            word = self._fill(part) if part[0] == "{" else part
            if part == "." and text.endswith("."):  # 7:20 a.m.
                continue
            if before in {"a", "an"}:
                text = text.removesuffix(before) + ("an" if word[0] in "aeioAEIO" else "a")
            text += word if part in _ATTACHED or not text else f" {word}"
            before = word
        return text[0].upper() + text[1:]

    def _fill(self, slot: str) -> str:
        kind = slot[1:-1]
        if kind in self._cast:
            name = self.name(kind, in_passing=True)
            is_known = name in self._mentioned
            self._mentioned.add(name)
            return name.rpartition(" ")[2] if is_known and kind == "person" else name
        return self._vocabulary.draw(slot) if slot in self._language.lexicon.words else self.value(kind)


def written(day: date) -> str:
    """Return a date as the articles write it: 3 June 2012."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
