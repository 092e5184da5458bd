"""The block at the top of a file: read exactly, or refused with the right reason."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UnreadableFile
from corpus.readers.front_matter import FrontMatter, from_fields, parse
from tests.corpus.samples import texts, thorough

if TYPE_CHECKING:
    from collections.abc import Callable

FULL = """---
title: "The dam: what broke"
source: The Vell Courier
author: Ada Berg
published: 2023-05-03
url: https://example.org/2023/dam?page=1#top
language: de
---

It rained.
"""


def fields_of(block: str) -> FrontMatter:
    return parse("a.md", f"---\n{block}\n---\nIt rained.")


def reason_for(text: str) -> str:
    with pytest.raises(UnreadableFile) as caught:
        parse("a.md", text)
    assert caught.value.path == "a.md"
    return caught.value.reason


def without_place(front: FrontMatter) -> FrontMatter:
    return replace(front, body_start=0)


def outcome(read: Callable[[], FrontMatter]) -> FrontMatter | UnreadableFile:
    try:
        return read()
    except UnreadableFile as error:
        return error


def test_every_field_is_read() -> None:
    assert without_place(parse("a.md", FULL)) == FrontMatter(
        body_start=0,
        title="The dam: what broke",
        source="The Vell Courier",
        author="Ada Berg",
        published=date(2023, 5, 3),
        url="https://example.org/2023/dam?page=1#top",
        language="de",
    )


@pytest.mark.parametrize(
    "text", ["It rained.", "", "It rained.\n---\ntitle: no\n---\n", "--\ntitle: no\n--\n", "--- no"]
)
def test_a_text_without_front_matter_is_all_body(text: str) -> None:
    assert parse("a.md", text) == FrontMatter(body_start=0)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_body_begins_after_the_closing_line(newline: str) -> None:
    text = FULL.replace("\n", newline)

    assert text[parse("a.md", text).body_start :].strip() == "It rained."


def test_a_rule_in_the_body_does_not_end_the_front_matter_again() -> None:
    text = FULL + "\n---\n\nIt stopped.\n"

    assert text[parse("a.md", text).body_start :].strip() == "It rained.\n\n---\n\nIt stopped."


def test_empty_front_matter_gives_empty_fields() -> None:
    text = "---\n---\nIt rained."
    front = parse("a.md", text)

    assert (without_place(front), text[front.body_start :].strip()) == (FrontMatter(body_start=0), "It rained.")


def test_unknown_and_empty_fields_are_passed_over() -> None:
    front = fields_of("title:\nsource: ' '\npublished:\nurl:\ntags: [a, b]\nlanguage:")

    assert without_place(front) == FrontMatter(body_start=0)


@pytest.mark.parametrize(
    ("block", "published"),
    [
        ("published: 2023-05-03", date(2023, 5, 3)),
        ("published: '2023-05-03'", date(2023, 5, 3)),
        ("published: 2023-05-03 22:15:00", datetime(2023, 5, 3, 22, 15)),  # noqa: DTZ001 - the file names no zone
        ("published: 2023-05-03T22:15:00Z", datetime(2023, 5, 3, 22, 15, tzinfo=UTC)),
        ("title: undated", None),
    ],
)
def test_a_date_is_the_one_in_the_file(block: str, published: date | None) -> None:
    found = fields_of(block).published

    # A datetime at midnight is the same day; which of the two a bare date becomes is the parser's business.
    if isinstance(found, datetime) and not isinstance(published, datetime):
        assert (found.date(), found.time().isoformat()) == (published, "00:00:00")
    else:
        assert found == published


def test_several_authors_are_one_line() -> None:
    assert fields_of("author: [Ada Berg, Bo Ek]").author == "Ada Berg, Bo Ek"


def test_white_space_in_a_value_is_folded() -> None:
    assert fields_of("title: >\n  The dam\n  broke\n").title == "The dam broke"


@pytest.mark.parametrize(
    ("block", "title"),
    [("title: 1984", "1984"), ("title: 2023-05-03", "2023-05-03"), ("title: 1.5", "1.5"), ("title: 'No'", "No")],
)
def test_a_title_that_looks_like_a_number_or_date_is_its_words(block: str, title: str) -> None:
    assert fields_of(block).title == title


@pytest.mark.parametrize("code", ["no", "en", "de", "pt-BR"])
def test_a_language_is_the_code_that_was_written(code: str) -> None:
    assert fields_of(f"language: {code}").language == code


@pytest.mark.parametrize("name", ["title", "source", "author", "url", "language"])
def test_a_value_that_is_no_line_of_text_is_refused(name: str) -> None:
    assert reason_for(f"---\n{name}: {{a: b}}\n---\n") == f"its front matter: '{name}' must be one line of text"


@pytest.mark.parametrize("text", ["---\ntitle: The dam\n\nIt rained.", "---\n", "---\ntitle: x\n--\nIt rained."])
def test_a_block_that_is_not_closed_is_refused(text: str) -> None:
    assert reason_for(text) == "its front matter has no closing '---' line"


@pytest.mark.parametrize(("block", "line"), [("title: 'open", 3), ("a: b: c", 2), ("title: x\n\t- y", 3)])
def test_broken_yaml_is_refused_with_its_line_in_the_file(block: str, line: int) -> None:
    assert reason_for(f"---\n{block}\n---\nIt rained.") == f"its front matter is not valid YAML (line {line})"


@pytest.mark.parametrize("block", ["just words", "- a\n- b", "42"])
def test_a_block_without_names_is_refused(block: str) -> None:
    assert reason_for(f"---\n{block}\n---\nIt rained.") == "its front matter must be 'name: value' lines"


@pytest.mark.parametrize(
    "value",
    ["soon", "May 2023", "2023", "3/5/2023", "true", "[2023-05-03]", "2023-13-45", "2023-02-30", "2023-05-03 25:00:00"],
)
def test_a_date_that_is_none_is_refused(value: str) -> None:
    assert (
        reason_for(f"---\npublished: {value}\n---\nIt rained.")
        == "its front matter: 'published' must be a date such as 2024-05-31"
    )


@pytest.mark.parametrize(
    "value",
    ["example.org", "javascript:alert(1)", "ftp://example.org/a", "http://", "'http://[::1'", "/2023/dam", "https:dam"],
)
def test_a_link_that_is_none_is_refused(value: str) -> None:
    assert (
        reason_for(f"---\nurl: {value}\n---\nIt rained.")
        == "its front matter: 'url' must start with http:// or https://"
    )


@pytest.mark.parametrize(
    "block",
    [
        "title: !!bool perhaps",
        "title: !!python/object:os.system x",
        "!!pairs [title: x]",
        "title: &a x",
        "title: *a",
        "base: {a: b}\n<<: {title: x}",
        "title: " + "[" * 5000,
        "? [a]\n: b",
        "tags: [a, *a]",
    ],
    ids=lambda block: block[:40].encode("unicode_escape").decode(),
)
def test_what_yaml_builds_by_reference_or_by_type_is_refused(block: str) -> None:
    assert (
        reason_for(f"---\n{block}\n---\nIt rained.")
        == "its front matter must be 'name: value' lines, without anchors, tags or deep nesting"
    )


def test_a_character_that_yaml_forbids_is_called_invalid_yaml() -> None:
    assert reason_for("---\ntitle: \x07\n---\nIt rained.") == "its front matter is not valid YAML"


@pytest.mark.parametrize("step", ["[*a{0}, *a{0}]", "{{<<: *a{0}, b{0}: *a{0}}}", "!!pairs [x: *a{0}, y: *a{0}]"])
def test_a_few_lines_cannot_grow_into_gigabytes(step: str) -> None:
    bomb = "a0: &a0 {x: x}\n" + "".join(f"a{n}: &a{n} {step.format(n - 1)}\n" for n in range(1, 21))
    tracemalloc.start()
    try:
        reason = reason_for(f"---\n{bomb}author: *a20\n---\nIt rained.")
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert reason == "its front matter must be 'name: value' lines, without anchors, tags or deep nesting"
    assert most < 1_000_000


def test_a_block_longer_than_any_is_refused_before_it_is_parsed() -> None:
    assert reason_for(f"---\ntitle: {'x' * 66_000}\n---\nIt rained.") == "its front matter is longer than 64 KB"


def test_nested_values_of_unknown_names_are_passed_over() -> None:
    front = fields_of("image: {path: dam.jpg, alt: [the, dam]}\ntitle: The dam")

    assert without_place(front) == FrontMatter(body_start=0, title="The dam")


_YAML = st.one_of(
    texts(),
    st.lists(
        st.builds(
            "{}: {} {}".format,
            st.sampled_from(["title", "author", "published", "url", "language", "?", "-", "<<"]),
            st.sampled_from(["", "", "!!bool", "!!int", "!!float", "!!timestamp", "!!binary", "!!set", "&a", "!x"]),
            st.sampled_from(
                ["", "a", "''", "no", "0x", "1:99", "2023-02-30", "[a, b]", "{a: b}", "*a", "|", "[", "1e9"]
            ),
        ),
        max_size=4,
    ).map("\n".join),
)


@given(_YAML, texts())
@thorough
def test_any_text_parses_or_is_refused_in_words(block: str, rest: str) -> None:
    text = f"---\n{block}\n---\n{rest}"
    front = outcome(lambda: parse("a.md", text))

    if isinstance(front, FrontMatter):
        assert 0 <= front.body_start <= len(text)
    else:
        assert front.reason != ""


_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.dates(), st.binary(max_size=4)
)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2)
)


@given(
    st.dictionaries(
        st.sampled_from(["title", "source", "author", "published", "url", "language", "tags"]), _VALUES, max_size=4
    )
)
@thorough
def test_any_fields_give_lines_of_text_or_are_refused_in_words(fields: dict[str, object]) -> None:
    front = outcome(lambda: from_fields("a.jsonl", fields, body_start=7))

    if isinstance(front, UnreadableFile):
        assert front.reason.startswith("its front matter")
    else:
        lines = [front.title, front.source, front.author, front.url, front.language]
        assert front.body_start == 7
        assert [line for line in lines if line is not None and line != " ".join(line.split())] == []
