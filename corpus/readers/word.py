"""Word documents as Word shows them, all changes accepted: headings by style, footnotes last, tables left out."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from corpus.errors import UnreadableFile
from corpus.models import BlockKind, Contents
from corpus.readers.assembly import compose
from corpus.readers.front_matter import FrontMatter
from corpus.readers.properties import sane
from corpus.readers.revisions import accept_all
from corpus.readers.signatures import kind_of
from corpus.readers.zipped import open_zip, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docx.document import Document

    from corpus.readers.revisions import Element

_DOCUMENT = "word/document.xml"
_HEADINGS = ("heading", "title", "subtitle")


def read(path: str, data: bytes) -> Contents:
    """Return the one article that a .docx file holds; it is undated, since the file's date is not the article's.

    Raises:
        UnreadableFile: no Word document, a damaged one, one that declares entities or unpacks to too much, or no text.
    """
    _check(path, data)
    document = docx.Document(BytesIO(data))
    roots = [document.element.body, *_notes(document)]
    left_out = [words for root in roots for words in accept_all(root)]
    parts = [(kind, words) for root in roots for kind, words in _parts(root, document) if words.strip()]
    if not parts:
        raise UnreadableFile(path, "holds no text")
    properties = document.core_properties
    author = sane(properties.author)
    front = FrontMatter(
        body_start=0,
        title=sane(properties.title),
        author=author if author and " " in author else None,  # one word is the name of an account
    )
    return Contents((compose(path, front, parts),), left_out=tuple(left_out))


def _check(path: str, data: bytes) -> None:
    """Look into the package before a parser does."""
    kind = kind_of(data)
    if kind is None or kind.name not in {"zip archive", "Word document"}:
        raise UnreadableFile(
            path, kind.advice if kind is not None else "is not a Word document, whatever its name says"
        )
    with open_zip(path, data) as package:
        if _DOCUMENT not in package.namelist():
            raise UnreadableFile(path, "is a zip archive, not a Word document; name it .zip")
        for member in package.infolist():
            if member.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in unpack(package, member, path)[:4096]:
                # Word never writes one; its only use here is entities that grow when they are read.
                raise UnreadableFile(path, "declares XML entities, which no Word document needs")


def _notes(document: Document) -> Iterator[Element]:
    """Yield the trees of the footnotes and of the endnotes."""
    for relation in document.part.rels.values():
        if relation.reltype in {RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES}:
            yield parse_xml(relation.target_part.blob)


def _parts(root: Element, document: Document) -> Iterator[tuple[BlockKind, str]]:
    for element in root.iter(qn("w:p")):
        if any(True for _ in element.iterancestors(qn("w:tbl"), qn("w:txbxContent"))):
            continue
        paragraph = Paragraph(element, document)
        style = (paragraph.style.name or "").lower() if paragraph.style is not None else ""
        yield BlockKind.HEADING if style.startswith(_HEADINGS) else BlockKind.PARAGRAPH, paragraph.text
