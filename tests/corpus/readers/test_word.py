"""Word documents: headings by style, and properties only where a person filled them in."""

from __future__ import annotations

import pytest

from corpus.errors import UnreadableFile
from corpus.models import BlockKind
from corpus.readers.word import read
from tests.corpus.documents import LONG, repacked, word, zipped
from tests.corpus.samples import assert_every_span_is_exact, kinds

ENTITIES = (
    b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><d>&b;</d>"""
)


def test_headings_are_told_by_their_style() -> None:
    parts = [
        ("Title", "The dam above Vell"),
        ("Normal", LONG),
        ("Heading 1", "What broke."),
        ("Normal", "No full stop"),
    ]

    (article,) = read("a.docx", word(parts)).articles

    assert_every_span_is_exact(article)
    assert article.title == "The dam above Vell"
    assert kinds(article) == [
        ("The dam above Vell", BlockKind.HEADING),
        (LONG, BlockKind.PARAGRAPH),
        ("What broke.", BlockKind.HEADING),
        ("No full stop", BlockKind.PARAGRAPH),
    ]


@pytest.mark.parametrize(
    ("title", "author", "found"),
    [
        ("The dam", "Ada Berg", ("The dam", "Ada Berg")),
        ("Microsoft Word - dam.doc", "python-docx", ("A", None)),
        ("Document1", "ada", ("A", None)),
        ("", "", ("A", None)),
    ],
)
def test_properties_count_where_a_person_wrote_them(title: str, author: str, found: tuple[str, str | None]) -> None:
    (article,) = read("a.docx", word(title=title, author=author)).articles

    assert (article.title, article.author) == found


def test_the_day_the_file_was_made_is_no_publication_date() -> None:
    (article,) = read("a.docx", word()).articles

    assert article.published is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (word([]), "holds no text"),
        (zipped({"a.txt": b"It rained."}), "is a zip archive, not a Word document; name it .zip"),
        (b"It rained.", "is not a Word document, whatever its name says"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old",
            "is an old or encrypted Office file; save it as .docx without a password",
        ),
        (repacked(word(), {"word/document.xml": ENTITIES}), "declares XML entities, which no Word document needs"),
        (word()[:5_000], "is damaged: it cannot be unpacked"),
    ],
    ids=["empty", "zip", "text", "doc", "entities", "cut short"],
)
def test_what_is_no_article_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read("a.docx", data)

    assert caught.value.reason == reason
