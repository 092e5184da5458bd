"""The bad cousins of every format, all in one folder: each is one named problem, and the scan goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from corpus.library import scan
from tests.corpus.documents import LONG, page, pdf, repacked, scanned_pdf, word, zipped

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from corpus.library import Scan

BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb.docx": (lambda: repacked(word(), {"word/bomb.xml": bytes(250 * 2**20)}), "would unpack to 251 MB"),
    "bomb.zip": (lambda: zipped({f"{number}.md": bytes(15 * 2**20) for number in range(14)}), "would unpack to 210 MB"),
    "columns.csv": (lambda: b"name,age\nAda,7\n", "has no column with the articles' texts"),
    "cut.docx": (lambda: word()[:4_000], "is damaged"),
    "cut.pdf": (lambda: pdf()[:600], "is a damaged PDF"),
    "encrypted.pdf": (lambda: pdf(password="secret"), "is encrypted"),  # noqa: S106 - protects nothing
    "entities.docx": (
        lambda: repacked(word(), {"word/document.xml": b"<!DOCTYPE d [<!ENTITY a 'ha'>]><d/>"}),
        "declares XML",
    ),
    "html.md": (page, "is an HTML page; name it .html"),
    "line.txt": (lambda: b"a" * 10_000_000, "has a line of 10 MB; that is data, not an article"),
    "menu.html": (lambda: b"<html><nav><a href='/'>Home</a></nav></html>", "holds no article"),
    "nul.txt": (lambda: b"It rained.\0", "is a binary file, not text"),
    "pdf.txt": (pdf, "is a PDF; name it .pdf"),
    "scan.pdf": (scanned_pdf, "holds no text (a scan?)"),
    "text.pdf": (LONG.encode, "is not a PDF"),
    "utf16.csv": (lambda: "text\nIt rained.".encode("utf-16"), "is UTF-16; save it as UTF-8"),
    "utf16.txt": (lambda: "It rained.".encode("utf-16"), "is UTF-16; save it as UTF-8"),
    "word.txt": (word, "is a Word document; name it .docx"),
    "word.zip": (lambda: zipped({"deep.zip": zipped({"a.txt": b"It rained."})}), "is an archive within an archive"),
    "zip.docx": (lambda: zipped({"a.txt": b"It rained."}), "is a zip archive, not a Word document; name it .zip"),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """What a scan says of all of them, a good article, a dump of 100 MB and a link that leads out."""
    folder: Path = tmp_path_factory.mktemp("articles")
    for name, (make, _) in BAD.items():
        (folder / name).write_bytes(make())
    (folder / "zzz.md").write_text(LONG)
    with (folder / "dump.jsonl").open("wb") as sparse:
        sparse.truncate(100 * 2**20)
    (folder / "link.txt").symlink_to("/etc/hostname")
    return scan(folder)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_problem_in_words(found: Scan, name: str) -> None:
    (reason,) = [problem.reason for problem in found.problems if problem.path.startswith(name)]

    assert reason.startswith(BAD[name][1])


def test_a_dump_is_refused_by_its_size(found: Scan) -> None:
    assert [problem.reason for problem in found.problems if problem.path == "dump.jsonl"] == [
        "is 100 MB; a file may have 20 MB at most"
    ]


def test_a_link_that_leads_out_is_a_problem(found: Scan) -> None:
    assert [problem.reason for problem in found.problems if problem.path == "link.txt"] == [
        "is a link that leads out of the folder"
    ]


def test_the_good_article_among_them_is_read(found: Scan) -> None:
    assert [article.path for article in found.articles] == ["zzz.md"]
