"""Zip archives: their members read by the other readers, and nothing that a hostile one could gain."""

from __future__ import annotations

import io
import zipfile

import pytest

from corpus.errors import UnreadableFile
from corpus.models import Contents, Problem
from corpus.readers.archive import read
from corpus.readers.zipped import MAX_MEMBERS
from tests.corpus.documents import page, pdf, word, zipped


def problems_of(members: dict[str, bytes]) -> dict[str, str]:
    contents = read("a.zip", zipped({"ferry.txt": b"It sank."} | members))
    assert [article.path for article in contents.articles] == ["a.zip/ferry.txt"]
    return {problem.path: problem.reason for problem in contents.problems}


def test_members_go_to_the_reader_of_their_format() -> None:
    members = {
        "dam.md": b"# The dam\n\nIt rained.",
        "2023/dump.jsonl": b'{"text": "It stopped."}',
        "page.html": page(),
        "paper.pdf": pdf(),
        "letter.docx": word(),
    }

    contents = read("a.zip", zipped(members))

    assert [article.path for article in contents.articles] == [
        "a.zip/2023/dump.jsonl#1",
        "a.zip/dam.md",
        "a.zip/letter.docx",
        "a.zip/page.html",
        "a.zip/paper.pdf",
    ]
    assert contents.problems == ()


def test_hidden_members_and_other_kinds_are_passed_over() -> None:
    members = dict.fromkeys((".a.txt", "__MACOSX/._a.txt", ".git/a.txt", "a.jpg", "README"), b"It rained.")

    assert read("a.zip", zipped(members | {"folder/": b""})) == Contents(())


@pytest.mark.parametrize(
    "name",
    ["../a.txt", "b/../../a.txt", "/etc/a.txt", "C:/a.txt", "c:a.txt", "b\\a.txt", "..\\a.txt", "b/.."],
)
def test_a_name_that_leads_out_is_a_problem(name: str) -> None:
    assert problems_of({name: b"It rained."}) == {f"a.zip/{name}": "has a name that leads out of the archive"}


def test_a_name_that_cannot_be_shown_is_a_problem() -> None:
    assert problems_of({"a\nb.txt": b"It rained."}) == {
        "a.zip/a\\nb.txt": "has a name that cannot be shown; rename it",
    }


@pytest.mark.parametrize("name", ["b.zip", "b.tar.gz", "b.7z", "b.ZIP"])
def test_an_archive_within_is_a_problem(name: str) -> None:
    assert problems_of({name: zipped({"a.txt": b"It rained."})}) == {
        f"a.zip/{name}": "is an archive within an archive; unpack it first",
    }


def test_a_member_that_its_reader_refuses_is_a_problem() -> None:
    assert problems_of({"a.pdf": b"It rained.", "b.txt": b"\xff", "c.docx": word()[:3_000]}) == {
        "a.zip/a.pdf": "is not a PDF, whatever its name says",
        "a.zip/b.txt": "is not UTF-8 (byte 0); save it as UTF-8",
        "a.zip/c.docx": "is damaged: it cannot be unpacked",
    }


def test_a_member_over_the_limit_of_a_file_is_a_problem() -> None:
    assert problems_of({"a.txt": bytes(30 * 2**20)}) == {"a.zip/a.txt": "is 30 MB; a file may have 20 MB at most"}


def test_a_bomb_is_refused_before_anything_is_unpacked() -> None:
    zeros = bytes(15 * 2**20)
    data = zipped({f"{number}.txt": zeros for number in range(14)})

    with pytest.raises(UnreadableFile) as caught:
        read("a.zip", data)

    assert len(data) < 1_000_000
    assert caught.value.reason == "would unpack to 210 MB; 200 MB is the most that is unpacked"


def test_a_member_that_is_larger_than_it_says_is_a_problem() -> None:
    honest = zipped({"a.txt": b"It rained. " * 1_000})
    with zipfile.ZipFile(io.BytesIO(honest)) as archive:
        (size,) = (member.file_size for member in archive.infolist())
    lying = honest.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))

    assert read("a.zip", lying).problems == (Problem("a.zip/a.txt", "is damaged: it cannot be unpacked"),)


def test_an_encrypted_member_is_a_problem() -> None:
    data = bytearray(zipped({"a.txt": b"It rained."}))
    local, central = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    data[local + 6] |= 1
    data[central + 8] |= 1

    assert read("a.zip", bytes(data)).problems == (Problem("a.zip/a.txt", "is encrypted; pack it without a password"),)


def test_the_second_of_two_members_of_one_name_is_a_problem() -> None:
    data = zipped({"a.txt": b"It rained.", "./a.txt": b"It stopped."})

    contents = read("a.zip", data)

    assert [article.path for article in contents.articles] == ["a.zip/a.txt"]
    assert contents.problems == (Problem("a.zip/a.txt", "stands in the archive twice; the first is read"),)


def test_too_many_members_are_refused() -> None:
    data = zipped({f"{number}.txt": b"" for number in range(MAX_MEMBERS + 1)})

    with pytest.raises(UnreadableFile, match="holds 5,001 files; an archive may hold 5,000"):
        read("a.zip", data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (zipped({"a.txt": b"It rained."})[:-10], "is damaged: it cannot be unpacked"),
        (b"It rained.", "is damaged: it cannot be unpacked"),
        (b"%PDF-1.7", "is a PDF; name it .pdf"),
    ],
)
def test_what_is_no_archive_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read("a.zip", data)

    assert caught.value.reason == reason
