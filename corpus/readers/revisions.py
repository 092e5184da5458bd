"""A Word document as it reads with every tracked change accepted; ECMA-376 part 1, 17.13.5, names the elements.

python-docx gives the text of the runs directly below a paragraph and skips every other element, so a sentence with a
change or a content control in it would lose words and still look whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docx.oxml.ns import qn

if TYPE_CHECKING:
    from typing import Any

    # python-docx ships no types for the lxml elements below its own.
    Element = Any

_PARAGRAPH, _RUN = qn("w:p"), qn("w:r")
_DELETED = [qn(name) for name in ("w:del", "w:moveFrom")]
_WRAPPERS = [
    qn(name)
    for name in (
        "w:ins", "w:moveTo", "w:sdtContent", "w:sdt", "w:fldSimple", "w:smartTag", "w:customXml", "w:dir", "w:bdo",
    )
]  # fmt: skip
_UNREAD = [
    qn("w:sym"),
    "{http://schemas.openxmlformats.org/officeDocument/2006/math}t",
]
"""What shows as words and has no plain text: a character of a symbol font, a formula."""


def accept_all(root: Element) -> list[str]:
    """Change the tree below `root` to what Word shows when all changes are accepted.

    Deleted, moved-away and hidden runs and the codes of fields go; what insertions, content controls and fields hold
    takes their place. A paragraph with a formula or a symbol goes as a whole, because without it the rest says
    something else; the words of these paragraphs are returned.
    """
    left_out = []
    for paragraph in _found(root, _PARAGRAPH):
        _join_with_next(paragraph)
    for element in _found(root, *_DELETED):
        element.getparent().remove(element)
    for element in _found(root, *_WRAPPERS):
        _unwrap(element)
    _drop_field_codes(root)
    for run in _found(root, _RUN):
        if _is_hidden(run):
            run.getparent().remove(run)
    for paragraph in _found(root, _PARAGRAPH):
        if any(True for _ in paragraph.iter(*_UNREAD)):
            left_out.append("".join(text.text or "" for text in paragraph.iter(qn("w:t"))))
            paragraph.getparent().remove(paragraph)
    return left_out[::-1]


def _found(root: Element, *names: str) -> list[Element]:
    """Return the elements of these names, last and innermost first, since the tree changes meanwhile."""
    return list(root.iter(*names))[::-1]


def _join_with_next(paragraph: Element) -> None:
    """Put the next paragraph's content behind this one's if the mark between the two is deleted."""
    mark = paragraph.find(f"{qn('w:pPr')}/{qn('w:rPr')}/{qn('w:del')}")
    follower = paragraph.getnext()
    if mark is None or follower is None or follower.tag != _PARAGRAPH:
        return
    for child in follower.findall("{*}*"):
        if child.tag != qn("w:pPr"):
            paragraph.append(child)
    follower.getparent().remove(follower)


def _unwrap(element: Element) -> None:
    """Put what an element holds in its place; what it says of itself, such as w:sdtPr, goes."""
    parent = element.getparent()
    if parent.tag in {qn("w:rPr"), qn("w:trPr")}:  # there it is a mark, and holds nothing
        return
    at = parent.index(element)
    parent.remove(element)
    parent[at:at] = [child for child in element.findall("{*}*") if not child.tag.endswith("Pr")]


def _drop_field_codes(root: Element) -> None:
    """Remove the runs between a field's begin and its separator; a field inside a code has a result of its own."""
    open_fields: list[str] = []
    for run in list(root.iter(_RUN)):
        marks = [mark.get(qn("w:fldCharType")) for mark in run.iter(qn("w:fldChar"))]
        if not marks and "begin" in open_fields:
            run.getparent().remove(run)
        for mark in marks:
            if mark == "begin":
                open_fields.append(mark)
            elif open_fields and mark == "separate":
                open_fields[-1] = mark
            elif open_fields:
                open_fields.pop()


def _is_hidden(run: Element) -> bool:
    switch = run.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
    return switch is not None and switch.get(qn("w:val"), "true") not in {"0", "false", "off"}
