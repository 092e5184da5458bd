"""Invented people, places and organisations: Faker's, so common ones recur and new ones never stop coming."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from faker import Faker

if TYPE_CHECKING:
    import random

LOCALES = """
en_US en_GB de_DE fr_FR es_ES nl_NL pl_PL sv_SE fi_FI pt_PT cs_CZ da_DK no_NO hu_HU ro_RO hr_HR tr_TR en_IN lv_LV lt_LT
sl_SI en_NG
""".split()  # noqa: SIM905 - a list of quoted words is harder to read, here and below
"""Not it_IT, whose towns come from a set and so in another order in every process."""

TRADES = """
Shipping Energy Rail Foods Mining Airways Health Water Trust Institute Council Union Bank Insurance Motors Steel
Textiles Media Laboratories Housing Timber Ferries Fisheries Telecom
""".split()  # noqa: SIM905
TOWNS = "burg stad haven ford mouth dale wick bruck holm minster vale berg".split()  # noqa: SIM905

NEW_NAMES = {"person": 0.85, "place": 0.75, "org": 0.85}
"""The discount of each kind's Pitman-Yor process: how the number of different names grows with the mentions."""

ENGLISH = 0.4
"""How many new names come from the first two locales, as most do in English news."""

STRENGTH = 100
"""Its strength: about how many names are new before the first one returns."""


class Names:
    """A world of names. Who was often named is likely to be named again (Pitman & Yor 1997)."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._fakers = [Faker(locale, use_weighting=False) for locale in LOCALES]
        for faker in self._fakers:
            faker.seed_instance(rng.getrandbits(64))
        self._named: dict[str, list[str]] = {kind: [] for kind in NEW_NAMES}
        self._known: dict[str, set[str]] = {kind: set() for kind in NEW_NAMES}

    def draw(self, kind: str) -> str:
        """Return a "person", "place" or "org", new or known."""
        named, known = self._named[kind], self._known[kind]
        is_new = self._rng.random() * (len(named) + STRENGTH) < STRENGTH + NEW_NAMES[kind] * len(known)
        name = self._invent(kind) if is_new else self._rng.choice(named)
        named.append(name)
        known.add(name)
        return name

    def _invent(self, kind: str) -> str:
        faker = self._rng.choice(self._fakers[:2] if self._rng.random() < ENGLISH else self._fakers)
        if kind == "person":
            return f"{faker.first_name()} {faker.last_name()}"
        if kind == "org":
            name = faker.company()
            # Full stops and commas within a name ("Sp. z o.o.") would be a test of the sentence splitter, not of scale.
            return name if name.replace("-", "").isalpha() else f"{faker.last_name()} {self._rng.choice(TRADES)}"
        if self._rng.random() < 0.5:
            return f"{faker.last_name().split()[-1].rstrip('aeiou')}{self._rng.choice(TOWNS)}"
        city: str = faker.city()
        return city if city.replace(" ", "").isalpha() else self._invent(kind)


@cache
def given_names() -> frozenset[str]:
    """Return every first name that Faker knows in our languages, in lower case."""
    return _listed("first_names", "first_names_male", "first_names_female")


@cache
def countries() -> frozenset[str]:
    """Return the names of countries, in lower case."""
    return _listed("countries")


@cache
def known_names() -> frozenset[str]:
    """Return every name that is a word in the vocabulary without being one in a dictionary."""
    return given_names() | countries() | _listed("last_names", "states")


def _listed(*attributes: str) -> frozenset[str]:
    providers = [provider for locale in LOCALES for provider in Faker(locale).get_providers()]
    lists = (getattr(provider, attribute, ()) for provider in providers for attribute in attributes)
    return frozenset(str(name).lower() for names in lists for name in names)
