"""What can go wrong with a folder of articles.

CorpusError
├── FetchError      a page or feed of the web could not be had
├── FolderError     the folder itself cannot be used
└── UnreadableFile  one file was skipped; the others go on
    └── UnavailableFile  it could not be had at this moment; another try may help
"""

from __future__ import annotations

import re


class CorpusError(Exception):
    """Base of the package's errors; its text is one plain sentence for the person who can mend it."""


class FetchError(CorpusError):
    """A page or feed that could not be had; `reason` is the sentence without the address.

    `url` leaves out user name, query and fragment, which may hold secrets. `status` is what the server answered, if it
    did; `retry_after` are the seconds after which another try may help, None if none will.
    """

    def __init__(self, url: str, reason: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        self.url = re.sub(r"(?s)[?#].*", "", re.sub(r"//[^/?#]*@", "//", " ".join(url.split())))
        super().__init__(f"{self.url} {reason}")
        self.reason = reason
        self.status = status
        self.retry_after = retry_after


class FolderError(CorpusError):
    """ARTICLES_DIR is missing, is not a folder, may not be listed, or may not be written to."""


class UnreadableFile(CorpusError):
    """A file that holds no readable article; `reason` is the sentence without the file's name."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class UnavailableFile(UnreadableFile):
    """A file that could not be had at this moment: gone, not permitted, changing, or on a disk that fails."""
