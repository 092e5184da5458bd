"""Markdown to the blocks a reader of the page would see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.models import BlockKind
from corpus.readers.markdown import parse
from tests.corpus.samples import assert_every_span_is_exact, kinds, texts, thorough

PARAGRAPH, HEADING, FURNITURE = BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.FURNITURE

_CONTAINERS = ("", "> ", "- ", "1. ", "  - ", "# ", "> - ", "* > ", "10) ", "> # ", "\t", "- - ", ">\t")
_LINES = st.tuples(
    st.sampled_from(_CONTAINERS),
    st.sampled_from(
        [
            "It rained.",
            "a",
            "1",
            "-",
            "=",
            "#",
            "===",
            "---",
            "[a]: /b",
            "| a | b |",
            "a\\",
            "&amp;",
            "a  ",
            "# a #",
            "",
        ]
    ),
    st.sampled_from(["\n", "\n", "\r\n", "\r", "\n\n"]),
).map("".join)


@given(texts())
@thorough
def test_every_span_of_any_text_is_exact(text: str) -> None:
    assert_every_span_is_exact(parse("a.md", "The first line is never a rule.\n" + text))


@given(st.lists(_LINES, max_size=8).map("".join))
@thorough
def test_every_span_of_any_nesting_is_exact(text: str) -> None:
    assert_every_span_is_exact(parse("a.md", "The first line is never a rule.\n\n" + text))


@pytest.mark.parametrize(
    "text",
    [
        "The dam\n=======\n\nIt rained.",
        "# The dam\n\nIt rained.",
        "### The dam ###\nIt rained.",
        "   # The dam\n\n\n\n   It rained.  ",
        "# The dam\r\n\r\nIt rained.\r\n",
        "# The dam\r\rIt rained.\r",
        "---\nsource: The Vell Courier\n---\n\n# The dam\n\nIt rained.",
        "---\r\nsource: The Vell Courier\r\n---\r\n# The dam\r\nIt rained.",
    ],
)
def test_headings_and_paragraphs_are_without_the_signs_around_them(text: str) -> None:
    article = parse("a.md", text)

    assert (article.title, kinds(article)) == ("The dam", [("The dam", HEADING), ("It rained.", PARAGRAPH)])


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_wrapped_paragraph_is_one_block_with_its_line_breaks(newline: str) -> None:
    wrapped = f"It rained{newline}for nine days{newline}on the hills."

    assert kinds(parse("a.md", f"{wrapped}{newline}{newline}It stopped.")) == [
        (wrapped, PARAGRAPH),
        ("It stopped.", PARAGRAPH),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "- It rained.\n- It stopped.",
        "* It rained.\n\n* It stopped.",
        "1. It rained.\n2. It stopped.",
        "- It rained.\n  - It stopped.",
        "> It rained.\n>\n> It stopped.",
        "> - It rained.\n> - It stopped.",
    ],
)
def test_items_of_lists_and_quotations_are_paragraphs_without_their_signs(text: str) -> None:
    assert kinds(parse("a.md", text)) == [("It rained.", PARAGRAPH), ("It stopped.", PARAGRAPH)]


@pytest.mark.parametrize(
    "left_out",
    [
        "```\nprint('It rained.')\n```",
        "    indented = code",
        "<div>\nMarkup.\n</div>",
        "<!-- a note to the editor -->",
        "| year | height |\n|------|--------|\n| 2023 | 9 m |",
        "[1]: https://example.org/dam",
        "---",
    ],
    ids=["fence", "indented", "html", "comment", "table", "link target", "rule"],
)
def test_what_holds_no_sentences_is_left_out(left_out: str) -> None:
    assert kinds(parse("a.md", f"It rained.\n\n{left_out}\n\nIt stopped.")) == [
        ("It rained.", PARAGRAPH),
        ("It stopped.", PARAGRAPH),
    ]


@pytest.mark.parametrize("line", ["![the dam](dam.jpg)", "![a](a.jpg)\n![b](b.jpg)", "[![the dam](dam.jpg)](dam.html)"])
def test_a_paragraph_of_nothing_but_images_is_furniture(line: str) -> None:
    assert kinds(parse("a.md", f"It rained.\n\n{line}\n\nIt stopped."))[1] == (line, FURNITURE)


def test_an_image_inside_a_sentence_leaves_it_a_sentence() -> None:
    line = "The ![old](old.jpg) dam broke."

    assert kinds(parse("a.md", line)) == [(line, PARAGRAPH)]


@pytest.mark.parametrize(
    "line",
    [
        "Leave a Comment",
        "## Leave a Comment",
        "**Advertisement**",
        "_Photo: Ada Berg_",
        "*ADA BERG / POOL / DPA*",
        "[Leave a Comment](#comments)",
        "**[Subscribe to our newsletter](https://example.org/join)**",
    ],
)
def test_furniture_is_known_with_its_markup(line: str) -> None:
    assert kinds(parse("a.md", f"It rained.\n\n{line}\n\nIt stopped.")) == [
        ("It rained.", PARAGRAPH),
        (line.removeprefix("## "), FURNITURE),
        ("It stopped.", PARAGRAPH),
    ]


@pytest.mark.parametrize("pointer", ["Read more on the flood:", "## Related stories", "**Read more on the flood:**"])
def test_a_list_of_linked_headlines_is_furniture_up_to_the_next_sentence(pointer: str) -> None:
    text = f"It rained.\n\n{pointer}\n\n- [Ferry lost in storm](/ferry)\n- Ten years on, a count\n\nIt stopped."

    assert [kind for _, kind in kinds(parse("a.md", text))] == [PARAGRAPH, FURNITURE, FURNITURE, FURNITURE, PARAGRAPH]


@pytest.mark.parametrize(
    "line",
    [
        "AT&amp;T said **no** to the [plan](https://example.org/plan).",
        "He paid 5 \\* 3 crowns.",
        "He wrote `dam = None` on it.",
        "Tabs\tstay\ttabs.",
        "A hard break  \nstays as it is.",
        "1986\\. A great year.",
    ],
)
def test_a_span_is_the_source_of_the_line_untouched(line: str) -> None:
    assert kinds(parse("a.md", f"# The dam\n\n{line}\n"))[1] == (line, PARAGRAPH)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- -1 degrees at noon", "-1 degrees at noon"),
        ("3. 3 people drowned.", "3 people drowned."),
        ("2. 2. 2 votes were cast", "2 votes were cast"),
    ],
)
def test_a_sign_that_the_line_repeats_is_not_taken_for_the_line(text: str, expected: str) -> None:
    assert [text for text, _ in kinds(parse("a.md", text))] == [expected]


def test_the_title_is_the_first_heading_without_its_markup() -> None:
    assert parse("a.md", "# The **dam** at [Vell](https://example.org)\n\nIt rained.").title == "The dam at Vell"


def test_a_title_in_the_front_matter_comes_before_the_first_heading() -> None:
    assert parse("a.md", "---\ntitle: Nine days\n---\n# The dam\n\nIt rained.").title == "Nine days"


def test_an_article_that_begins_with_a_sentence_is_named_after_its_file() -> None:
    assert parse("rivers/2023-05-03-dam-breaks.md", "It rained.\n\n# The dam\n\nIt stopped.").title == "Dam breaks"


def test_a_short_line_without_a_full_stop_is_no_heading_in_markdown() -> None:
    assert kinds(parse("a.md", "It rained.\n\nNo stop here\n\nIt stopped."))[1] == ("No stop here", PARAGRAPH)
