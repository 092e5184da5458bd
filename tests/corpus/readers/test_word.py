"""Word documents: headings by style, and properties only where a person filled them in."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from corpus.errors import UnreadableFile
from corpus.models import BlockKind
from corpus.readers.word import read
from tests.corpus.documents import LONG, repacked, word, zipped
from tests.corpus.samples import assert_every_span_is_exact, kinds

if TYPE_CHECKING:
    from corpus.models import Contents

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


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
BY = 'w:id="1" w:author="Ada Berg"'


def written(*body: str) -> Contents:
    """What is read from a document whose body is this XML."""
    document = f"<w:document {W} {M}><w:body>{''.join(body)}</w:body></w:document>"
    return read("a.docx", repacked(word(), {"word/document.xml": document.encode()}))


def lines(*body: str) -> list[str]:
    return written(*body).articles[0].text.split("\n\n")


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*parts: str) -> str:
    return f"<w:p>{''.join(part if part.startswith('<') else run(part) for part in parts)}</w:p>"


def control(content: str) -> str:
    return f'<w:sdt><w:sdtPr><w:alias w:val="Amount"/></w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>'


def field(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


REST = paragraph("The mill stands empty.")


class TestTrackedChanges:
    """A quote is what Word shows when all changes are accepted."""

    @pytest.mark.parametrize(
        ("parts", "shown"),
        [
            (
                ["The weir lost ", f"<w:del {BY}><w:r><w:delText>two</w:delText></w:r></w:del>",
                 f"<w:ins {BY}>{run('seven')}</w:ins>", " gates."],
                "The weir lost seven gates.",
            ),
            (
                [f"<w:moveFrom {BY}>{run('In May ')}</w:moveFrom>", "the weir closed",
                 f"<w:moveTo {BY}>{run(' in May')}</w:moveTo>", "."],
                "the weir closed in May.",
            ),
            (["It cost ", control(run("90,000 crowns")), " to mend."], "It cost 90,000 crowns to mend."),
            (["It cost ", control(f"<w:ins {BY}>{run('9 crowns')}</w:ins>"), "."], "It cost 9 crowns."),
            (["See the ", f'<w:fldSimple w:instr=" REF x ">{run("minutes")}</w:fldSimple>', "."], "See the minutes."),
            (
                ["Page ", field("begin"), run("IF "), field("begin"), run("PAGE"), field("separate"), run("3"),
                 field("end"), run(" > 1"), field("separate"), run("four"), field("end"), " of it."],
                "Page four of it.",
            ),
            (["The keeper", run(" (his name is a secret)", "<w:vanish/>"), " left."], "The keeper left."),
            (["The keeper ", run("stayed", '<w:vanish w:val="0"/>'), "."], "The keeper stayed."),
        ],
        ids=["replaced", "moved", "control", "change in a control", "simple field", "nested field", "hidden", "shown"],
    )  # fmt: skip
    def test_a_paragraph_holds_what_word_shows(self, parts: list[str], shown: str) -> None:
        assert lines(paragraph(*parts), REST) == [shown, "The mill stands empty."]

    @pytest.mark.parametrize(
        "block",
        [
            control(paragraph("The lock is shut until June.")),
            paragraph(f"<w:ins {BY}>{run('The lock is shut until June.')}</w:ins>"),
            f"<w:customXml>{control(paragraph('The lock is shut until June.'))}</w:customXml>",
        ],
        ids=["content control", "inserted", "nested"],
    )
    def test_a_whole_paragraph_is_read_wherever_it_stands(self, block: str) -> None:
        assert lines(block, REST) == ["The lock is shut until June.", "The mill stands empty."]

    def test_a_paragraph_whose_end_is_deleted_goes_on_with_the_next(self) -> None:
        end = f"<w:pPr><w:rPr><w:del {BY}/></w:rPr></w:pPr>"

        assert lines(paragraph(end, "The weir "), paragraph(end, "was "), paragraph("mended."), REST) == [
            "The weir was mended.",
            "The mill stands empty.",
        ]

    @pytest.mark.parametrize(
        "sign", ["<w:r><w:sym w:char='F0B3'/></w:r>", "<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>"]
    )
    def test_a_paragraph_with_a_sign_that_is_no_text_is_left_out_and_named(self, sign: str) -> None:
        contents = written(paragraph("The flow must be ", sign, " 40 cubic metres."), REST)

        assert contents.articles[0].text == "The mill stands empty."
        assert contents.left_out == ("The flow must be  40 cubic metres.",)


def test_footnotes_come_last() -> None:
    notes = (
        f'<w:footnotes {W}><w:footnote w:id="1">{paragraph("Measured at the weir in 1998.")}</w:footnote></w:footnotes>'
    )
    package = word()
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        relations = archive.read("word/_rels/document.xml.rels").decode()
        types = archive.read("[Content_Types].xml").decode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    relations = relations.replace(
        "</Relationships>", f'<Relationship Id="n" Type="{kind}" Target="notes.xml"/></Relationships>'
    )
    override = '<Override PartName="/word/notes.xml" ContentType="application/xml"/></Types>'

    (article,) = read(
        "a.docx",
        repacked(
            package,
            {
                "word/_rels/document.xml.rels": relations.encode(),
                "[Content_Types].xml": types.replace("</Types>", override).encode(),
                "word/notes.xml": notes.encode(),
            },
        ),
    ).articles

    assert article.text.split("\n\n") == [LONG, "Measured at the weir in 1998."]
