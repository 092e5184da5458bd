"""A source that a message asks for: "according to Sky News", or the value of `source:`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

# Words that newspapers are called, too; a name of nothing else counts only as the corpus writes it.
_ORDINARY = re.compile(
    r"(?:(?:age|atlantic|citizen|conversation|courier|daily|economist|evening|express|focus|fortune|globe|"
    r"guardian|herald|hill|independent|inquirer|intercept|journal|life|local|mail|mercury|metro|mirror|"
    r"morning|nation|national|nature|new|news|observer|people|politics|post|press|quartz|record|register|"
    r"review|science|slate|spectator|standard|star|stern|sun|sunday|telegraph|time|times|today|tribune|"
    r"variety|verge|vice|voice|week|weekly|welt|wired|world|zeit)(?: |$))+"
)
# These are followed by a source; "in", "from" and "by" also by places, people and things.
_SURE = (
    r"according to|as per|citing|(?:(?:as )?(?:reported|published|written|quoted)|reports?|articles?) (?:by|in|from)"
)
_VERB = r"says?|said|reports?|reported|writes?|wrote|written|claims?|claimed|describes?|published|mentions?"
_WORK = r"articles?|reporting|coverage|stor(?:y|ies)|headlines?|editorials?"
_THE = re.compile(r"(?ai:the )")


def named(text: str, sources: Collection[str]) -> str | None:
    """Return the one source that the words ask for, as the corpus writes it; None for none, and for two at once."""
    names, pattern = _known(frozenset(sources))
    if pattern is None:
        return None
    found: set[str] = set()
    for match in pattern.finditer(text):
        written = match["cued"] or match["doing"]
        name = names.get(_key(written))
        if name and _is_meant(written, name, match):
            others = (names.get(_key(match[group] or "")) for group in ("also", "and"))
            found.update([name], filter(None, others))
    return found.pop() if len(found) == 1 else None


def resolve(value: str, sources: Collection[str]) -> str | None:
    """Return the source of that name, else the only one whose name holds it; None if there is none or several."""
    if value in sources:
        return value
    wanted = _key(value)
    names, _ = _known(frozenset(sources))
    if not wanted or wanted in names:
        return names.get(wanted)
    holding = [name for key, name in names.items() if wanted in key]
    return holding[0] if len(holding) == 1 else None


def _key(name: str) -> str:
    """Return a name as it is compared: in one case and without its article."""
    return " ".join(_bare(name).casefold().split())


def _bare(name: str) -> str:
    return _THE.sub("", name.strip(), count=1) if _THE.match(name.strip()) else name.strip()


@lru_cache(maxsize=4)  # the sources change with a reload only
def _known(sources: frozenset[str]) -> tuple[Mapping[str, str], re.Pattern[str] | None]:
    """Return the sources by key and the pattern that finds one beside a cue."""
    names: dict[str, str] = {}
    for name in sorted(sources):
        if key := _key(name):
            names.setdefault(key, name)
    if not names:
        return names, None
    longest_first = sorted(names.values(), key=lambda name: (-len(_bare(name)), name))
    one = "|".join(r"\s+".join(map(re.escape, _bare(name).split())) for name in longest_first)
    name_of = rf"(?i:{one})(?![\w-])"
    pattern = (
        rf"(?<![\w'’-])(?:(?:(?ai:(?P<sure>{_SURE})|in|from|by) )(?P<the>(?ai:the ))?(?P<cued>{name_of})"
        rf"(?: (?ai:and|or) (?ai:the )?(?P<also>{name_of}))?"
        rf"|(?:(?P<and>{name_of}) (?ai:and|or) (?ai:the )?)?(?P<doing>{name_of})(?:['’]s?)?"
        rf" (?ai:{_VERB}|{_WORK})(?!\w))"
    )
    return names, re.compile(pattern)


def _is_meant(written: str, name: str, match: re.Match[str]) -> bool:
    """Return whether what is written is the source and not the ordinary word or the place of that name."""
    as_written = " ".join(written.split()) == _bare(name)
    ordinary = _ORDINARY.fullmatch(_key(name)) is not None
    if ordinary and not as_written:
        return False
    if match["doing"] or match["sure"] or " " in _key(name):
        return True
    if ordinary and (match["the"] or "") != name[: len(name) - len(_bare(name))]:
        return False  # "from the Sun" is no newspaper, "from The Sun" is
    # "in Time Square", "from Reuters Institute"
    return as_written and not re.match(r" (?!I\b)[A-Z]", match.string[match.end("cued") :])
