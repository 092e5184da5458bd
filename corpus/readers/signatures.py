"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A format that is seen at once; `advice` is the reason to give where another format was expected."""

    name: str
    advice: str
    is_text: bool = False


_CASELESS = re.IGNORECASE | re.DOTALL
_WORD = Kind("Word document", "is a Word document; name it .docx")
_KINDS = (
    (re.compile(rb"%PDF-"), Kind("PDF", "is a PDF; name it .pdf")),
    (re.compile(rb"PK\x03\x04|PK\x05\x06"), Kind("zip archive", "is a zip archive; name it .zip")),
    (
        re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        Kind("old Office file", "is an old or encrypted Office file; save it as .docx without a password"),
    ),
    (re.compile(rb"\{\\rtf"), Kind("RTF", "is rich text (RTF); save it as .docx")),
    (re.compile(rb"\xff\xfe|\xfe\xff"), Kind("UTF-16", "is UTF-16; save it as UTF-8")),
    (
        re.compile(rb"\xff\xd8\xff|\x89PNG\r\n|GIF8|II\*\0|MM\0\*|RIFF....WEBP", re.DOTALL),
        Kind("picture", "is a picture, not text"),
    ),
    (re.compile(rb"\x1f\x8b|BZh|\xfd7zXZ\0|7z\xbc\xaf|Rar!"), Kind("archive", "is an archive; unpack it, or use .zip")),
    (
        re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", _CASELESS),
        Kind("HTML page", "is an HTML page; name it .html", is_text=True),
    ),
)


def kind_of(data: bytes) -> Kind | None:
    """Return the format that the first bytes betray, None for plain text and for what is not known."""
    for signature, kind in _KINDS:
        if signature.match(data):
            # A Word document is a zip archive whose parts lie in the folder word/.
            return _WORD if kind.name == "zip archive" and b"word/" in data[:4096] + data[-65_536:] else kind
    return None
