"""One reader a format. A reader takes a decoded file and gives the articles in it; `READERS` is the only registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.readers import markdown, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from corpus.models import Article

READERS: Mapping[str, Callable[[str, str], Article]] = {
    ".txt": text.read,
    ".md": markdown.read,
}
"""File name ending -> reader(path, text). `path` is relative to the folder, with forward slashes."""
