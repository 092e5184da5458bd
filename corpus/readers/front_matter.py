"""The YAML block at the top of a file: title, source, author, published, url, language."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import yaml
from frontmatter.default_handlers import YAMLHandler

from corpus.errors import UnreadableFile
from corpus.readers.decoding import is_storable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BOUNDARY = re.compile(r"^---[^\S\n]*$", re.MULTILINE)


MAX_CHARACTERS = 64 * 1024
"""What a block may have: it is parsed in the caller's own process, a second for a megabyte."""

MAX_DEPTH = 4
_MERGE = "<<"


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What the block says, and where the article's own text begins."""

    body_start: int
    title: str | None = None
    source: str | None = None
    author: str | None = None
    published: date | datetime | None = None
    url: str | None = None
    language: str = "en"


def parse(path: str, text: str) -> FrontMatter:
    """Return the front matter of `text`; without one, empty fields and a body that starts at 0.

    Raises:
        UnreadableFile: the block is not closed, is not YAML, or holds a date or link that is none. Guessing would put a
            wrong source or date under a quote.
    """
    handler = YAMLHandler(fm_boundary=_BOUNDARY)
    if not handler.detect(text):
        return FrontMatter(body_start=0)
    try:
        block, body = handler.split(text)
    except ValueError as error:
        raise UnreadableFile(path, "its front matter has no closing '---' line") from error
    if len(block) > MAX_CHARACTERS:
        raise UnreadableFile(path, f"its front matter is longer than {MAX_CHARACTERS // 1024} KB")
    try:
        fields = _fields(path, block)
    except (yaml.YAMLError, ValueError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = f" (line {line + 1})" if line is not None else ""
        raise UnreadableFile(path, f"its front matter is not valid YAML{where}") from error
    return from_fields(path, fields, body_start=len(text) - len(body))


def _fields(path: str, block: str) -> dict[str, object]:
    """Return the named values of a block: words, and lists and maps of words.

    Built from the parser's events instead of by PyYAML's constructor, for two reasons. Aliases, merges and tags, which
    can make gigabytes of a few lines, are refused before anything is made of them. And every value is left a word:
    `published` says itself when a date is none, and Norwegian is "no", not False.

    Raises:
        UnreadableFile: no map, or one with aliases, merges, tags or deep nesting.
        yaml.YAMLError: no YAML.
    """
    events = yaml.parse(block, Loader=yaml.SafeLoader)
    plain = "its front matter must be 'name: value' lines"
    simple = UnreadableFile(path, f"{plain}, without anchors, tags or deep nesting")

    def value(event: yaml.Event, depth: int) -> Any:  # noqa: ANN401 - whatever YAML can nest
        if not isinstance(event, yaml.NodeEvent) or event.anchor is not None or depth > MAX_DEPTH:
            raise simple
        if getattr(event, "tag", None) is not None:
            raise simple
        if isinstance(event, yaml.ScalarEvent):
            return event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return [value(inner, depth + 1) for inner in _until(yaml.SequenceEndEvent, events)]
        fields = {}
        for inner in _until(yaml.MappingEndEvent, events):
            if not isinstance(inner, yaml.ScalarEvent) or inner.value == _MERGE:
                raise simple
            fields[value(inner, depth)] = value(next(events), depth + 1)
        return fields

    documents = [value(next(events), 0) for event in events if isinstance(event, yaml.DocumentStartEvent)]
    fields = documents[0] if documents else {}
    if len(documents) > 1 or not isinstance(fields or {}, dict):
        raise UnreadableFile(path, plain)
    return fields or {}


def _until(end: type[yaml.Event], events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    return iter(lambda: None if isinstance(event := next(events), end) else event, None)


def from_fields(
    path: str, fields: Mapping[str, Any], body_start: int = 0, place: str = "its front matter"
) -> FrontMatter:
    """Return front matter made of named values, whatever file format they came in; an error says `place`.

    Raises:
        UnreadableFile: a date or link that is none, or a value that is no line of text.
    """
    return FrontMatter(
        body_start=body_start,
        title=_line(path, fields, "title", place),
        source=_line(path, fields, "source", place),
        author=_line(path, fields, "author", place),
        published=_day(path, fields.get("published"), place),
        url=_link(path, _line(path, fields, "url", place), place),
        language=_line(path, fields, "language", place) or "en",
    )


def _line(path: str, fields: Mapping[str, Any], name: str, place: str) -> str | None:
    value = fields.get(name)
    if isinstance(value, list) and name == "author" and not any(isinstance(part, (list, dict)) for part in value):
        value = ", ".join(map(str, value))
    if isinstance(value, (list, dict)):
        raise UnreadableFile(path, f"{place}: '{name}' must be one line of text")
    line = " ".join(str(value).split()) if value is not None else ""
    if not is_storable(line):
        raise UnreadableFile(path, f"{place}: '{name}' holds characters that are not text")
    return line or None


def _day(path: str, value: object, place: str) -> date | datetime | None:
    written = "" if value is None else str(value).strip()
    if not written:
        return None
    for parse in (date.fromisoformat, datetime.fromisoformat):
        with suppress(ValueError):
            return parse(written)
    raise UnreadableFile(path, f"{place}: 'published' must be a date such as 2024-05-31")


def _link(path: str, url: str | None, place: str) -> str | None:
    if url is not None and not is_link(url):
        raise UnreadableFile(path, f"{place}: 'url' must start with http:// or https://")
    return url


def is_link(url: str) -> bool:
    """Return whether a browser could follow `url` from anywhere: http or https, with a host."""
    try:
        return urlsplit(url).scheme in {"http", "https"} and bool(urlsplit(url).hostname)
    except ValueError:
        return False
