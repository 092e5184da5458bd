"""Small real files of every format, made by the libraries that people's own programs are made with."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import docx
from fpdf import FPDF

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONG = (
    "It rained for nine days on the hills above the town, and the river came up over the quay and into the old market, "
    "where nobody had time to save what they owned."
)
"""A paragraph that a page of any format wraps."""


class _Paper(FPDF):
    """A PDF with page numbers and, where it is given one, a running head."""

    running = ""

    def header(self) -> None:
        if self.running:
            self.set_font("Helvetica", size=9)
            self.cell(0, 8, self.running, new_x="LMARGIN", new_y="NEXT")

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("Helvetica", size=9)
        self.cell(0, 10, f"Page {self.page_no()} of 2", align="C")


def pdf(
    headline: str = "The dam above Vell",
    paragraphs: Iterable[str] = (LONG,),
    *,
    title: str = "",
    author: str = "",
    password: str | None = None,
    running: str = "",
) -> bytes:
    """A paper's page: a headline in large type, then wrapped paragraphs."""
    paper = _Paper()
    paper.running = running
    paper.set_title(title)
    paper.set_author(author)
    if password is not None:
        paper.set_encryption(owner_password="owner", user_password=password)  # noqa: S106 - protects nothing
    paper.add_page()
    paper.set_font("Helvetica", size=22)
    paper.multi_cell(0, 10, headline, new_x="LMARGIN", new_y="NEXT")
    paper.set_font("Helvetica", size=11)
    for paragraph in paragraphs:
        paper.ln(5)
        paper.multi_cell(0, 6, paragraph, align="L", new_x="LMARGIN", new_y="NEXT")
    return bytes(paper.output())


def scanned_pdf() -> bytes:
    """A page of shapes, as a scanner makes it: something to see and nothing to read."""
    paper = FPDF()
    paper.add_page()
    paper.rect(20, 20, 100, 150, style="F")
    return bytes(paper.output())


def word(parts: Iterable[tuple[str, str]] = (("Normal", LONG),), *, title: str = "", author: str = "") -> bytes:
    """A Word document of (style, text) paragraphs."""
    document = docx.Document()
    for style, text in parts:
        document.add_paragraph(text, style=style)
    document.core_properties.title = title
    document.core_properties.author = author
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip archive of named members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def repacked(package: bytes, changes: Mapping[str, bytes]) -> bytes:
    """A zip package with some of its members replaced."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return zipped(members | dict(changes))


def page(head: str = "", body: str = f"<h1>The dam above Vell</h1><p>{LONG}</p><p>{LONG[::-1]}</p>") -> bytes:
    """A web page: an article between a menu and a footer."""
    return (
        f"<!DOCTYPE html><html lang='en-GB'><head><meta charset='utf-8'>{head}</head><body>"
        "<nav><ul><li><a href='/'>Home</a></li><li><a href='/sport'>Sport</a></li></ul></nav>"
        f"<article>{body}</article><footer><p>Printed on grey paper since 1903</p></footer></body></html>"
    ).encode()
