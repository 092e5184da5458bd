"""PDF: paragraphs by pdfminer's layout analysis, wrapped lines joined, running heads and page numbers left out."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from statistics import median
from typing import TYPE_CHECKING

from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTTextBox, LTTextLine
from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfparser import PDFParser
from pdfminer.psparser import PSException
from pdfminer.utils import decode_text

from corpus.errors import UnreadableFile
from corpus.models import BlockKind, Contents
from corpus.readers.assembly import clean, compose
from corpus.readers.front_matter import FrontMatter
from corpus.readers.properties import stands_in
from corpus.readers.signatures import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PAGE_NUMBER = re.compile(r"\W*(?:page|p\.|seite|стр\.)?\s*\d{1,4}\s*(?:(?:of|/|von|из)\s*\d{1,4})?\W*", re.IGNORECASE)
_UNMAPPED = re.compile(r"\(cid:\d+\)")
_HYPHENATED = re.compile(r"(\w+)-\n\s*([^\W\d_]+)")
_ENDS_A_SENTENCE = re.compile(r"[.!?…:;][\"'”’»)\]]*$")

MARGIN = 0.1
"""Share of a page's height at its top and bottom in which running heads and page numbers stand."""

RUNNING_LENGTH = 100
"""Characters; a running head is a name, a section and a number."""

HEADING_SCALE = 1.15
"""A heading is set at least so much larger than the lines around it."""

HEADING_LENGTH = 200
"""Characters; a longer paragraph in large type is a lead, not a heading."""


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """Lines of one paragraph, the size they are set in, and in points where they stand on which page."""

    page: int
    lines: tuple[str, ...]
    size: float
    height: int
    in_margin: bool

    @property
    def words(self) -> str:
        return clean(" ".join(self.lines))

    @property
    def pattern(self) -> tuple[str, int]:
        """The same for "12 The Vell Courier" and "13 The Vell Courier" at one height of two pages."""
        return re.sub(r"\d+", "#", self.words), self.height


def read(path: str, data: bytes) -> Contents:
    """Return the one article that a PDF holds; it is undated, since the file's date is not the article's.

    Raises:
        UnreadableFile: no PDF, a damaged or encrypted one, or one without text.
    """
    if b"%PDF-" not in data[:1024]:
        kind = kind_of(data)
        raise UnreadableFile(path, kind.advice if kind is not None else "is not a PDF, whatever its name says")
    try:
        info = _info(data)
        paragraphs = [part for number, page in enumerate(extract_pages(BytesIO(data))) for part in _page(number, page)]
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise UnreadableFile(path, "is encrypted; save it without a password") from error
    except PSException as error:
        raise UnreadableFile(path, "is a damaged PDF") from error
    if not paragraphs:
        raise UnreadableFile(path, "holds no text (a scan?)")
    everything = "\n".join(line for paragraph in paragraphs for line in paragraph.lines)
    if 2 * sum(map(len, _UNMAPPED.findall(everything))) > len(everything):
        raise UnreadableFile(path, "holds text in fonts that do not say which letters they draw")
    running = _running(paragraphs)
    body = [paragraph for paragraph in paragraphs if paragraph not in running]
    if not body:
        raise UnreadableFile(path, "holds no text (a scan?)")
    usual = _usual_size(body)
    front = FrontMatter(
        body_start=0,
        title=stands_in(everything, info.get("Title")) or _headline(body, usual),
        author=stands_in(everything, info.get("Author")),
    )
    article = compose(path, front, _parts(body, usual))
    return Contents((article,), left_out=tuple(dict.fromkeys(paragraph.words for paragraph in running)))


def _info(data: bytes) -> dict[str, str]:
    """Return the document's metadata as words; what is no string in it is not metadata."""
    return {
        name: decode_text(value)
        for entries in PDFDocument(PDFParser(BytesIO(data))).info
        for name, value in entries.items()
        if isinstance(value, bytes)
    }


def _page(number: int, page: Iterable[object]) -> Iterator[_Paragraph]:
    top: float = getattr(page, "height", 0.0)
    for box in page:
        if isinstance(box, LTTextBox):
            lines = [line for line in box if isinstance(line, LTTextLine) and line.get_text().strip()]
            in_margin = bool(lines) and (box.y0 > top * (1 - MARGIN) or box.y1 < top * MARGIN)
            for group in _groups(lines):
                sizes = [char.size for line in group for char in line if isinstance(char, LTChar)]
                texts = tuple(_UNMAPPED.sub("", line.get_text()).strip() for line in group)
                yield _Paragraph(number, texts, median(sizes) if sizes else 0.0, round(group[0].y0), in_margin)


def _groups(lines: list[LTTextLine]) -> Iterator[list[LTTextLine]]:
    """Cut a box where a line is indented, set in another size, or follows a line that ends early with its sentence."""
    group: list[LTTextLine] = []
    right = max((line.x1 for line in lines), default=0.0)
    left = min((line.x0 for line in lines), default=0.0)
    for line in lines:
        if group:
            before, height = group[-1], line.height or 1.0
            is_indented = line.x0 - left > height / 2 and before.x0 - left < height / 2
            is_resized = max(before.height, height) > HEADING_SCALE * min(before.height or 1.0, height)
            ends_early = right - before.x1 > (right - left) / 4 and _ENDS_A_SENTENCE.search(before.get_text().strip())
            if is_indented or is_resized or ends_early:
                yield group
                group = []
        group.append(line)
    if group:
        yield group


def _running(paragraphs: list[_Paragraph]) -> list[_Paragraph]:
    """Return the short lines in margins that are a page number, or stand there on several pages."""
    marginal = [part for part in paragraphs if part.in_margin and len(part.words) <= RUNNING_LENGTH]
    pages = Counter(pattern for pattern, _ in {(part.pattern, part.page) for part in marginal})
    return [part for part in marginal if _PAGE_NUMBER.fullmatch(part.words) or pages[part.pattern] > 1]


def _usual_size(body: list[_Paragraph]) -> float:
    """Return the size in which most of the text is set."""
    sizes = Counter[float]()
    for part in body:
        sizes[round(part.size, 1)] += len(part.words)
    return sizes.most_common(1)[0][0]


def _is_heading(part: _Paragraph, usual: float) -> bool:
    return part.size > HEADING_SCALE * usual and len(part.words) <= HEADING_LENGTH


def _headline(body: list[_Paragraph], usual: float) -> str | None:
    """Return the first page's heading in the largest type."""
    headings = [part for part in body if part.page == body[0].page and _is_heading(part, usual)]
    return max(headings, key=lambda part: part.size).words if headings else None


def _parts(body: list[_Paragraph], usual: float) -> Iterator[tuple[BlockKind, str]]:
    known = set(re.findall(r"\w+-\w+", "\n".join(line for part in body for line in part.lines)))
    kinds = [BlockKind.HEADING if _is_heading(part, usual) else BlockKind.PARAGRAPH for part in body]
    lines: list[str] = []
    for number, (part, kind) in enumerate(zip(body, kinds, strict=True), start=1):
        lines += part.lines
        if number == len(body) or kind is not kinds[number] or not _goes_on(part, body[number]):
            yield kind, _joined(lines, known)
            lines = []


def _goes_on(part: _Paragraph, following: _Paragraph) -> bool:
    """A paragraph that a column or page cuts in two ends without a full stop and goes on in small letters."""
    return not _ENDS_A_SENTENCE.search(part.words) and following.words[:1].islower()


def _joined(lines: list[str], known: set[str]) -> str:
    def unbroken(match: re.Match[str]) -> str:
        first, second = match.groups()
        # "well-\nknown" keeps its hyphen if "well-known" stands unbroken elsewhere, or if a name follows.
        keeps = f"{first}-{second}" in known or not second[0].islower()
        return f"{first}-{second}" if keeps else first + second

    return _HYPHENATED.sub(unbroken, re.sub("\u00ad\n?", "", "\n".join(lines)))
