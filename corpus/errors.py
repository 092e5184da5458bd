"""What can go wrong with a folder of articles.

CorpusError
├── FolderError     the folder itself cannot be used
└── UnreadableFile  one file was skipped; the others go on
"""

from __future__ import annotations


class CorpusError(Exception):
    """Base of the package's errors; its text is one plain sentence for the person who can mend it."""


class FolderError(CorpusError):
    """ARTICLES_DIR is missing, is not a folder, or may not be listed."""


class UnreadableFile(CorpusError):
    """A file that holds no readable article; `reason` is the sentence without the file's name."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason
