"""What people asked in vain: alike questions in one line, and as questions for `footnote eval`."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot import texts
from bot.rendering import Attachment, Button, Reply, age, escaped, shortened, turns
from retrieval.index.lexical import stems

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.state.gaps import Gaps, Missed

PERIOD = timedelta(days=30)
PAGE = 10
QUESTION = 200
"""Characters of a question that are shown."""

FILE = "gaps.jsonl"

ALIKE = 0.6
"""The Jaccard index of two questions' stems from which they count as one."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions in the same words, or nearly the same: the newest of them, and how many there are of each kind."""

    question: str
    unanswered: int
    not_helpful: int
    last: datetime


async def collect(table: Gaps) -> list[Gap]:
    """Return what was asked in vain within the period, newest first.

    Raises:
        StateError: the tables cannot be read.
    """
    missed = await table.since(datetime.now(UTC) - PERIOD)
    return await asyncio.to_thread(grouped, missed)


def grouped(missed: Iterable[Missed]) -> list[Gap]:
    """Return alike questions together, in the order of the first of each."""
    gaps: list[Gap] = []
    words: list[frozenset[str]] = []
    by_word: dict[str, list[int]] = {}
    for question in missed:
        own = frozenset(stems(question.question)) or frozenset({question.question.casefold()})
        shared = Counter(number for word in own for number in by_word.get(word, ()))
        likeness = {number: count / (len(own) + len(words[number]) - count) for number, count in shared.items()}
        nearest = max(likeness, key=lambda number: (likeness[number], -number), default=None)
        if nearest is None or likeness[nearest] < ALIKE:
            for word in own:
                by_word.setdefault(word, []).append(len(gaps))
            words.append(own)
            gaps.append(Gap(question.question, int(question.is_unanswered), question.not_helpful, question.at))
            continue
        known = gaps[nearest]
        gaps[nearest] = replace(
            known,
            unanswered=known.unanswered + question.is_unanswered,
            not_helpful=known.not_helpful + question.not_helpful,
        )
    return gaps


def page(gaps: Sequence[Gap], number: int = 0) -> Reply:
    """Return one page of the gaps, counted from 0, the last one if there are fewer."""
    if not gaps:
        return Reply(texts.GAPS_NONE.format(days=PERIOD.days))
    number = min(number, (len(gaps) - 1) // PAGE)
    first = number * PAGE
    shown = gaps[first : first + PAGE]
    head = texts.GAPS.format(days=PERIOD.days, first=first + 1, last=first + len(shown), total=len(gaps))
    lines = [f"{place}. {_line(gap)}" for place, gap in enumerate(shown, start=first + 1)]
    as_file = Button(texts.GAPS_AS_FILE.format(name=FILE), "gaps:file")
    return Reply("\n\n".join([head, *lines]), turns("gaps", number, PAGE, len(gaps)), ((as_file,),))


def pressed(gaps: Sequence[Gap], rest: str) -> Reply:
    """Return what a button under the list does; `rest` is what its data holds behind the name."""
    if rest == "file" and gaps:
        return Reply(texts.GAPS_FILE.format(count=len(gaps)), attachment=Attachment(FILE, exported(gaps)))
    return page(gaps, int(rest) if rest.isdecimal() else 0)


def exported(gaps: Iterable[Gap]) -> str:
    """Return the questions as `footnote eval` reads them, one a line; what answers them is for a person to fill in."""
    return "".join(
        json.dumps({"question": gap.question, "article": None, "answers": []}, ensure_ascii=False) + "\n"
        for gap in gaps
    )


def _line(gap: Gap) -> str:
    counts = [
        *([texts.GAP_UNANSWERED.format(count=gap.unanswered)] if gap.unanswered else []),
        *([texts.GAP_NOT_HELPFUL.format(count=gap.not_helpful)] if gap.not_helpful else []),
        age(gap.last),
    ]
    return f"{escaped(shortened(gap.question, QUESTION))}\n<i>{' · '.join(counts)}</i>"
