"""Data sets: one article a line of .jsonl or a row of .csv, its fields found by the names that such files use."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

from corpus.errors import UnreadableFile
from corpus.loading import MAX_BYTES
from corpus.models import Contents, Problem
from corpus.readers import front_matter
from corpus.readers import text as plain_text
from corpus.readers.assembly import assemble
from corpus.readers.dates import understand
from corpus.readers.decoding import decode, is_storable, refuse_long_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from corpus.models import Article

ALIASES: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "content", "body", "article", "article_text", "full_text", "maintext"),
    "title": ("title", "headline"),
    "source": ("source", "publisher", "site", "publication", "source_name", "sitename", "outlet"),
    "author": ("author", "byline", "authors"),
    "published": (
        "published",
        "published_at",
        "date",
        "pub_date",
        "publication_date",
        "date_published",
        "datepublished",
        "date_publish",
        "publish_date",
        "published_date",
        "publishedat",
        "pubdate",
    ),
    "url": ("url", "link"),
    "language": ("language", "lang"),
}
"""Article's field -> the names it may have in a record, the first filled one taken; case, spaces and dashes aside."""

_EMPTY = frozenset({"", "null", "none", "nan", "n/a"})


class _BadRecord(Exception):
    """A record that holds no article; its text is the reason."""


def read(path: str, data: bytes) -> Contents:
    """Return an article a record, its path "dump.jsonl#3" for the third line; rows of .csv count from the header's, 1.

    Raises:
        UnreadableFile: not UTF-8 text, or nothing in it that has a text.
    """
    records = _rows(path, decode(path, data)) if path.lower().endswith(".csv") else _lines(decode(path, data))
    articles: list[Article] = []
    bad: list[str] = []
    for place, number, record in records:
        try:
            articles.append(_article(f"{path}#{number}", f"{place} {number}", record))
        except (UnreadableFile, _BadRecord) as error:
            bad.append(error.reason if isinstance(error, UnreadableFile) else f"{place} {number}: {error}")
    if not articles and not bad:
        raise UnreadableFile(path, "holds no records")
    problems: tuple[Problem, ...] = ()
    if bad:
        verb = "was" if len(bad) == 1 else "were"
        summary = f"{len(bad):,} of {len(articles) + len(bad):,} records {verb} skipped; the first is {bad[0]}"
        problems = (Problem(path, summary),)
    return Contents(tuple(articles), problems)


def _lines(text: str) -> Iterator[tuple[str, int, object]]:
    for number, line in enumerate(text.split("\n"), start=1):  # splitlines would cut at U+2028, which JSON allows
        if line.strip():
            try:
                record: object = json.loads(line)
            except (ValueError, RecursionError):
                record = _BadRecord("is not JSON")
            yield "line", number, record


def _rows(path: str, text: str) -> Iterator[tuple[str, int, object]]:
    header = text.lstrip().split("\n", 1)[0]
    try:
        delimiter = csv.Sniffer().sniff(header, delimiters=",;\t|").delimiter
    except csv.Error:
        delimiter = ","
    csv.field_size_limit(MAX_BYTES)
    rows = csv.reader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=delimiter, strict=True)
    names = next(_rows_or_errors(rows), [])
    if isinstance(names, _BadRecord) or not set(map(_folded, names)) & set(ALIASES["text"]):
        choice = ", ".join(ALIASES["text"][:4])
        raise UnreadableFile(path, f"has no column with the articles' texts; call it one of {choice}")
    for number, row in enumerate(_rows_or_errors(rows), start=2):
        if isinstance(row, _BadRecord):
            yield "row", number, row
        elif len(row) > len(names):
            yield "row", number, _BadRecord("has more fields than the header")
        elif row:
            yield "row", number, dict(zip(names, row, strict=False))


def _rows_or_errors(rows: Iterable[list[str]]) -> Iterator[list[str] | _BadRecord]:
    remaining = iter(rows)
    while True:
        try:
            yield next(remaining)
        except StopIteration:
            return
        except csv.Error as error:
            yield _BadRecord(f"is not CSV ({error})")


def _article(path: str, place: str, record: object) -> Article:
    if isinstance(record, _BadRecord):
        raise record
    if not isinstance(record, dict):
        raise _BadRecord("is not a JSON object")
    fields = _fields(record)
    text = fields.pop("text", None)
    if not isinstance(text, str):
        raise _BadRecord(f"has no text in a field called one of {', '.join(ALIASES['text'][:4])}")
    if not is_storable(text):
        raise _BadRecord("its text holds characters that are not text")
    for line in re.split(r"[\r\n]", text):
        try:
            refuse_long_line(path, len(line))
        except UnreadableFile as error:
            raise _BadRecord(error.reason) from error
    written = fields.get("published")
    fields["published"] = (understand(written) if isinstance(written, str) else None) or written
    return assemble(path, text, front_matter.from_fields(path, fields, place=place), plain_text.split_blocks(text))


def _fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an article that the record fills, under our names."""
    folded = {_folded(name): value for name, value in record.items() if str(value).strip().lower() not in _EMPTY}
    for name, value in folded.items():
        if isinstance(value, dict) and isinstance(value.get("name"), str):
            folded[name] = value["name"]  # news APIs give a source as {"id": ..., "name": ...}
    return {
        field: next(folded[name] for name in names if name in folded)
        for field, names in ALIASES.items()
        if any(name in folded for name in names)
    }


def _folded(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().lower().removeprefix("\ufeff"))
