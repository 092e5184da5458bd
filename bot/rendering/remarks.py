"""What has to be known before the quotes are read, in one line."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot import texts
from bot.rendering.local import day
from bot.rendering.scopes import described

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.models import Answer, Citation


def remarked(given: Answer, compared: Sequence[Citation] = ()) -> list[str]:
    """Return what has to be known before the quotes are read: one line, or none; only shown ones can be compared."""
    remarks, said = given.remarks, []
    if not remarks.scope.is_empty:
        said.append(texts.IN_SCOPE.format(scope=described(remarks.scope)))
    if remarks.undated:
        said.append(texts.LEFT_OUT.format(count=remarks.undated))
    if not remarks.outside.is_empty:
        is_undated = given.citations[0].article.day is None and remarks.outside.source is None
        pattern = texts.OUTSIDE_UNDATED if is_undated else texts.OUTSIDE
        said.append(pattern.format(scope=described(remarks.outside)))
    differing = [citation for citation in compared if citation.number in remarks.differing]
    if len(differing) > 1:
        first, *others = (f"[{citation.number}]" for citation in differing)
        said.append(texts.DIFFERING.format(first=first, others=", ".join(others)))
        days = {citation.article.day for citation in differing}
        if None not in days and len(days) > 1:
            newest = max(differing, key=lambda citation: citation.article.day or date.min)
            said.append(texts.NEWEST_OF_THESE.format(number=f"[{newest.number}]"))
    if remarks.as_of:
        said.append(texts.AS_OF.format(day=day(remarks.as_of)))
    if remarks.dateless and not said:
        said.append(texts.DATELESS)
    return [f"<i>{' '.join(said)}</i>"] if said else []
