"""What the lexical index of a generation is made of, known before its catalog is."""

from __future__ import annotations

import heapq
import json
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from retrieval.index.catalog_writer import CatalogWriter

if TYPE_CHECKING:
    from collections.abc import Generator


class TextRow(NamedTuple):
    """A passage as it goes into the lexical index; rows are in order by their articles' paths."""

    path: str
    number: int
    key: int
    header: str
    text: str


@dataclass(frozen=True, slots=True)
class Texts:
    """The passages of a catalog, without those of some articles, and with others."""

    catalog: str
    """The path of a file that nobody writes."""
    without: tuple[str, ...] = ()
    """The paths of articles."""
    added: tuple[TextRow, ...] = ()

    def rows(self) -> Generator[tuple[int, str, str], None, None]:
        """Yield each passage's key, header and text, in the order of the articles' paths."""
        without = frozenset(self.without)
        with closing(CatalogWriter.open(Path(self.catalog))) as catalog:
            kept = (row for row in map(TextRow._make, catalog.texts()) if row.path not in without)
            for row in heapq.merge(kept, sorted(self.added)):
                yield row.key, row.header, row.text

    def to_json(self) -> str:
        """Return it as another process can read it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, said: str) -> Self:
        """Return what `to_json` was asked of."""
        fields = json.loads(said)
        return cls(fields["catalog"], tuple(fields["without"]), tuple(map(TextRow._make, fields["added"])))
