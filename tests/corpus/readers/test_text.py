"""Plain text to paragraphs and headings."""

from __future__ import annotations

import time

import pytest
from hypothesis import given

from corpus.models import BlockKind
from corpus.readers.text import HEADING_WORDS, WRAP_WIDTH, parse
from tests.corpus.samples import assert_every_span_is_exact, inked, kinds, texts, thorough

PARAGRAPH, HEADING, FURNITURE = BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.FURNITURE


@given(texts())
@thorough
def test_every_span_of_any_text_is_exact(text: str) -> None:
    assert_every_span_is_exact(parse("a.txt", "The first line is never a rule.\n" + text))


@given(texts())
@thorough
def test_blocks_hold_every_character_that_is_not_white_space(text: str) -> None:
    text = "The first line is never a rule.\n" + text

    assert inked(text, parse("a.txt", text).blocks) == [
        i for i, character in enumerate(text) if not character.isspace()
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\n\n", "\r\n\r\n", "\n \t\n"])
def test_each_line_of_a_text_that_is_not_wrapped_is_a_paragraph(newline: str) -> None:
    long = (
        "It rained for nine days on the hills above the town, and the river came up over the quay and the old market."
    )
    assert len(long) > WRAP_WIDTH

    assert kinds(parse("a.txt", newline.join([long, "It stopped.", long]))) == [
        (long, PARAGRAPH),
        ("It stopped.", PARAGRAPH),
        (long, PARAGRAPH),
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_wrapped_by_hand_are_joined_up_to_a_blank_line(newline: str) -> None:
    first = newline.join(["It rained for nine days on the hills", "above the town, and the river", "came up."])

    assert kinds(parse("a.txt", f"{first}{newline}{newline}It stopped.{newline}")) == [
        (first, PARAGRAPH),
        ("It stopped.", PARAGRAPH),
    ]


@pytest.mark.parametrize("blank", ["\n\n", "\n \n", "\n\t\n", "\n\n\n\n", "\r\n\r\n", "\n\u00a0\n"])
def test_a_blank_line_ends_a_wrapped_paragraph(blank: str) -> None:
    wrapped = "It rained for nine days\non the hills."

    assert kinds(parse("a.txt", f"{wrapped}{blank}It stopped.")) == [(wrapped, PARAGRAPH), ("It stopped.", PARAGRAPH)]


@pytest.mark.parametrize("white", [" ", "\t", "\u00a0", "\u2003", "\u3000"])
def test_white_space_around_a_line_is_outside_its_span(white: str) -> None:
    assert kinds(parse("a.txt", f"{white}It rained.{white}\n")) == [("It rained.", PARAGRAPH)]


@pytest.mark.parametrize("line", ["What the engineers knew", "“What we knew”", "2023", "Ten days, one dam"])
def test_a_short_line_without_a_full_stop_is_a_heading(line: str) -> None:
    assert kinds(parse("a.txt", f"It rained.\n\n{line}\n\nIt stopped."))[1] == (line, HEADING)


@pytest.mark.parametrize(
    "line",
    [
        "The engineers knew.",
        "Did the engineers know?",
        "“The engineers knew.”",
        "They knew (all of them.)",
        "They knew …",
        "The engineers knew this:",
        "The engineers knew,",
        "and the engineers knew",
        " ".join(["word"] * (HEADING_WORDS + 1)).capitalize(),
    ],
)
def test_a_line_that_ends_like_prose_or_is_long_is_no_heading(line: str) -> None:
    assert kinds(parse("a.txt", f"It rained.\n\n{line}\n\nIt stopped."))[1] == (line, PARAGRAPH)


def test_a_heading_of_just_the_longest_length_is_one() -> None:
    line = " ".join(["Word"] * HEADING_WORDS)

    assert kinds(parse("a.txt", f"It rained.\n\n{line}\n\nIt stopped."))[1] == (line, HEADING)


def test_a_first_line_that_reads_as_a_heading_is_the_title() -> None:
    assert parse("a.txt", "The  dam at Vell\n\nIt rained.").title == "The dam at Vell"


def test_a_headline_keeps_its_signs_as_plain_text_has_no_markup() -> None:
    assert (
        parse("a.txt", "The #MeToo movement: 5 * 3 numbers\n\nIt rained.").title == "The #MeToo movement: 5 * 3 numbers"
    )


def test_page_furniture_above_the_headline_is_not_the_title() -> None:
    assert parse("a.txt", "Header Ads\n\nThe dam at Vell\n\nIt rained.").title == "The dam at Vell"


def test_a_text_that_begins_with_a_sentence_is_named_after_its_file() -> None:
    assert parse("rivers/dam-breaks.txt", "It rained.\n\nThe dam\n\nIt stopped.").title == "Dam breaks"


def test_a_title_in_the_front_matter_comes_first() -> None:
    article = parse("a.txt", "---\ntitle: Nine days\n---\nThe dam at Vell\n\nIt rained.")

    assert (article.title, kinds(article)) == ("Nine days", [("The dam at Vell", HEADING), ("It rained.", PARAGRAPH)])


def test_front_matter_is_in_the_text_but_in_no_block() -> None:
    text = "---\nsource: The Vell Courier\npublished: 2023-05-03\n---\n\nIt rained."
    article = parse("a.txt", text)

    assert (article.text, article.source, kinds(article)) == (text, "The Vell Courier", [("It rained.", PARAGRAPH)])


def test_a_text_of_nothing_but_short_lines_has_no_headings() -> None:
    article = parse("gold.txt", "Norway 16\n\nGermany 12\n\nLeave a Comment")

    assert (article.title, kinds(article)) == (
        "Gold",
        [("Norway 16", PARAGRAPH), ("Germany 12", PARAGRAPH), ("Leave a Comment", FURNITURE)],
    )


def test_a_text_of_nothing_but_furniture_has_nothing_to_index() -> None:
    assert kinds(parse("a.txt", "Header Ads\n\nNo comments")) == [("Header Ads", FURNITURE), ("No comments", FURNITURE)]


def test_a_line_of_dashes_at_the_top_is_an_ornament_where_no_front_matter_follows() -> None:
    text = "-----\n\nIt rained for nine days.\n\nIt stopped."

    assert [text for text, kind in kinds(parse("a.txt", text)) if kind is not FURNITURE] == [
        "It rained for nine days.",
        "It stopped.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "It rained." + " " * 19_000 + "\nIt stopped.",
        "It rained.\n" + " " * 19_000 + "\nIt stopped.",
        "\n\n".join(f"Town number {number}" for number in range(8_000)),
        "It rained.\n" * 1_800,
        '"' * 19_000,
        "[" * 19_000 + ".",
        "\n" * 19_000 + "It rained.",
    ],
    ids=["spaces after", "a line of spaces", "short lines", "short sentences", "quotes", "brackets", "newlines"],
)
def test_a_strange_file_is_read_in_time(text: str) -> None:
    started = time.process_time()

    parse("a.txt", text)

    assert time.process_time() - started < 2
