"""Data sets: one article a record, whatever its fields are called."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UnreadableFile
from corpus.models import Problem
from corpus.readers.records import ALIASES, read
from tests.corpus.samples import assert_every_span_is_exact, texts, thorough

FULL = {
    "headline": "The dam: what broke",
    "Publisher": "The Vell Courier",
    "byline": "Ada Berg",
    "pub_date": "2023-05-03",
    "link": "https://example.org/dam",
    "lang": "de",
    "body": "It rained.\n\nIt stopped.",
}


def jsonl(*records: object) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def table(*rows: list[str], delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode()


def test_fields_are_found_by_their_other_names_in_jsonl() -> None:
    (article,) = read("dump.jsonl", jsonl(FULL)).articles

    assert (article.path, article.title, article.source) == ("dump.jsonl#1", "The dam: what broke", "The Vell Courier")
    assert (article.author, article.published) == ("Ada Berg", date(2023, 5, 3))
    assert (article.url, article.language) == ("https://example.org/dam", "de")
    assert article.text == "It rained.\n\nIt stopped."


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_of_a_csv_is_found(delimiter: str) -> None:
    contents = read("dump.CSV", table(list(FULL), list(FULL.values()), delimiter=delimiter))

    (of_json,) = read("dump.jsonl", jsonl(FULL)).articles
    (of_csv,) = contents.articles
    assert (of_csv.path, of_csv.text, of_csv.header) == ("dump.CSV#2", of_json.text, of_json.header)


@pytest.mark.parametrize("name", [name for names in ALIASES.values() for name in names])
def test_no_name_stands_for_two_fields(name: str) -> None:
    assert [field for field, names in ALIASES.items() if name in names] != []
    assert sum(names.count(name) for names in ALIASES.values()) == 1


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    contents = read("dump.jsonl", b'{"text": "It rained."}\n\n{"text": "It\xe2\x80\xa8stopped."}\n')

    assert [article.path for article in contents.articles] == ["dump.jsonl#1", "dump.jsonl#3"]


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("May 3, 2023", date(2023, 5, 3)),
        ("3 May 2023", date(2023, 5, 3)),
        ("2023/05/03", date(2023, 5, 3)),
        ("", None),
        ("null", None),
        (None, None),
    ],
)
def test_a_date_that_can_be_read_in_one_way_is_read(written: str | None, published: date | None) -> None:
    (article,) = read("dump.jsonl", jsonl({"text": "It rained.", "date": written})).articles

    assert article.published == published


def test_a_date_that_could_be_two_skips_its_record() -> None:
    records = [{"text": "It rained.", "date": "03/04/2024"}, {"text": "It stopped."}]

    contents = read("dump.jsonl", jsonl(*records))

    assert [article.text for article in contents.articles] == ["It stopped."]
    assert contents.problems == (
        Problem(
            "dump.jsonl",
            "1 of 2 records was skipped; the first is line 1: 'published' must be a date such as 2024-05-31",
        ),
    )


def test_bad_records_are_one_problem_that_names_the_first() -> None:
    data = b'{"text": "It rained."}\nnothing\n[]\n{"title": "The dam"}\n{"text": "\\ud800"}\n{"text": "It stopped."}\n'

    contents = read("dump.jsonl", data)

    assert [article.path for article in contents.articles] == ["dump.jsonl#1", "dump.jsonl#6"]
    assert contents.problems == (
        Problem("dump.jsonl", "4 of 6 records were skipped; the first is line 2: is not JSON"),
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"[" * 100_000, "is not JSON"),
        (b"7", "is not a JSON object"),
        (b'{"text": 7}', "has no text in a field called one of text, content, body, article"),
        (b'{"text": "a\\u0000b"}', "its text holds characters that are not text"),
        (b'{"text": "a", "title": "\\ud800"}', "'title' holds characters that are not text"),
        (b'{"text": "a", "url": "dam"}', "'url' must start with http:// or https://"),
        (b'{"text": "' + b"a" * 2_000_000 + b'"}', "has a line of 2 MB; that is data, not an article"),
    ],
)
def test_a_bad_line_is_named_with_its_reason(line: bytes, reason: str) -> None:
    (problem,) = read("dump.jsonl", line).problems

    joined = f"line 1: {reason}"
    assert problem.reason == f"1 of 1 records was skipped; the first is {joined}"


def test_a_row_with_more_fields_than_the_header_is_bad() -> None:
    contents = read("dump.csv", b"title,text\nDam,It rained, and rained.\nFerry,It sank.\n")

    assert [article.title for article in contents.articles] == ["Ferry"]
    assert contents.problems == (
        Problem("dump.csv", "1 of 2 records was skipped; the first is row 2: has more fields than the header"),
    )


def test_a_quotation_that_is_never_closed_is_named() -> None:
    contents = read("dump.csv", b'title,text\nDam,"It rained.\nFerry,It sank.\n')

    assert [problem.path for problem in contents.problems] == ["dump.csv"]


@pytest.mark.parametrize("data", [b"title,when\nDam,today\n", b"7\n8\n"])
def test_a_csv_without_a_column_of_texts_is_named(data: bytes) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read("dump.csv", data)

    choice = "text, content, body, article"
    assert caught.value.reason == f"has no column with the articles' texts; call it one of {choice}"


def test_a_csv_of_nothing_but_a_header_holds_no_records() -> None:
    with pytest.raises(UnreadableFile, match="holds no records"):
        read("dump.csv", b"title,text\n")


@given(texts())
@thorough
def test_every_span_of_any_record_is_exact(text: str) -> None:
    text = f"The first line is never a rule.\n{text}"

    (article,) = read("dump.jsonl", jsonl({"text": text})).articles

    assert article.text == text
    assert_every_span_is_exact(article)


@given(st.lists(texts().map(lambda text: f"It rained.\n{text}"), min_size=1, max_size=4))
@thorough
def test_any_text_comes_out_of_a_csv_as_it_went_in(written: list[str]) -> None:
    contents = read("dump.csv", table(["text", "title"], *([text, "The dam"] for text in written)))

    assert [article.text for article in contents.articles] == written
