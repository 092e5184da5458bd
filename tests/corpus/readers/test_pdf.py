"""PDFs: paragraphs as they were before a page cut them into lines."""

from __future__ import annotations

import pytest

from corpus.errors import UnreadableFile
from corpus.models import BlockKind
from corpus.readers.pdf import read
from tests.corpus.documents import LONG, pdf, scanned_pdf
from tests.corpus.samples import assert_every_span_is_exact, kinds

PARAGRAPH, HEADING = BlockKind.PARAGRAPH, BlockKind.HEADING


BROKEN = "They moved the ma-\nchines. A well-known mill was a well-\nknown ruin."


def test_wrapped_lines_are_joined_to_paragraphs_below_their_headline() -> None:
    (article,) = read("a.pdf", pdf(paragraphs=[LONG, f"{LONG} Twice."])).articles

    assert_every_span_is_exact(article)
    assert article.title == "The dam above Vell"
    assert kinds(article) == [("The dam above Vell", HEADING), (LONG, PARAGRAPH), (f"{LONG} Twice.", PARAGRAPH)]


def test_a_word_cut_at_the_end_of_a_line_is_whole_again() -> None:
    (article,) = read("a.pdf", pdf(paragraphs=[BROKEN])).articles

    assert kinds(article)[1:] == [("They moved the machines. A well-known mill was a well-known ruin.", PARAGRAPH)]


def test_running_heads_and_page_numbers_are_left_out_and_named() -> None:
    contents = read(
        "a.pdf", pdf(running="The Vell Courier", paragraphs=[f"{number} times. {LONG}" for number in range(20)])
    )

    (article,) = contents.articles
    assert "Courier" not in article.text
    assert "Page" not in article.text
    assert contents.left_out == ("The Vell Courier", "Page 1 of 2", "Page 2 of 2")


def test_a_paragraph_that_a_page_cuts_in_two_is_whole() -> None:
    paragraphs = ["On a " + "day, and on the next day, and on the " * 200 + "last."]

    (article,) = read("a.pdf", pdf(paragraphs=paragraphs)).articles

    assert [text for text, kind in kinds(article) if kind is PARAGRAPH] == paragraphs


@pytest.mark.parametrize(
    ("title", "found"),
    [("The dam above Vell", "The dam above Vell"), ("Microsoft Word - draft7.doc", "The dam above Vell")],
)
def test_a_title_in_the_metadata_counts_only_if_it_stands_in_the_text(title: str, found: str) -> None:
    (article,) = read("a.pdf", pdf(title=title)).articles

    assert article.title == found


def test_the_author_of_the_file_is_not_the_author_of_the_article() -> None:
    (article,) = read("a.pdf", pdf(author="Layout Desk")).articles

    assert article.author is None


def test_the_day_the_file_was_made_is_no_publication_date() -> None:
    data = pdf()
    (article,) = read("a.pdf", data).articles

    assert b"/CreationDate" in data
    assert article.published is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (pdf(password="secret"), "is encrypted; save it without a password"),  # noqa: S106 - protects nothing
        (scanned_pdf(), "holds no text (a scan?)"),
        (b"It rained.", "is not a PDF, whatever its name says"),
        (b"<html><p>It rained.</p></html>", "is an HTML page; name it .html"),
    ],
    ids=["encrypted", "scan", "text", "html"],
)
def test_what_is_no_article_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read("a.pdf", data)

    assert caught.value.reason == reason


def test_a_pdf_protected_only_against_changes_is_read() -> None:
    assert len(read("a.pdf", pdf(password="")).articles) == 1
