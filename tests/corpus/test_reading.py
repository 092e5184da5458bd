"""One reader for every format: nothing that a file does to it takes the bot, or the other files, with it."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import psutil
import pytest

from corpus import reading
from corpus.errors import UnavailableFile, UnreadableFile
from corpus.loading import MAX_BYTES
from corpus.reading import LIGHT_BYTES, FileReader
from tests.corpus.documents import LONG, page, pdf, word, zipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.models import Contents


@pytest.fixture(scope="module")
def reader() -> Iterator[FileReader]:
    """One worker for all tests, as for all files of a folder."""
    with FileReader() as reader:
        yield reader


def reason_for(reader: FileReader, path: str, data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        reader.read_bytes(path, data)
    assert caught.value.path == path
    return caught.value.reason


def workers() -> list[int]:
    return [child.pid for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.txt", LONG.encode()),
        ("a.md", LONG.encode()),
        ("a.html", page()),
        ("a.htm", page()),
        ("a.pdf", pdf()),
        ("A.PDF", pdf()),
        ("a.docx", word()),
        ("a.jsonl", b'{"text": "It rained."}'),
        ("a.csv", b"text\nIt rained.\n"),
        ("a.zip", zipped({"a.txt": LONG.encode()})),
    ],
)
def test_every_format_is_read(reader: FileReader, path: str, data: bytes) -> None:
    (article,) = reader.read_bytes(path, data).articles

    assert article.path.startswith(path)


@pytest.fixture
def _spawning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers as users have them, which are children of this process."""
    monkeypatch.setattr("corpus.reading.get_context", multiprocessing.get_context)


@pytest.mark.usefixtures("_spawning")
def test_a_small_text_needs_no_worker() -> None:
    before = workers()
    with FileReader() as reader:
        reader.read_bytes("a.txt", b" ".join(b"%d" % number for number in range(LIGHT_BYTES // 8)))

        assert workers() == before


def test_a_text_is_the_same_whoever_reads_it(reader: FileReader) -> None:
    text = "\r\n\r\n".join(f"It rained {day} times." for day in range(LIGHT_BYTES // 10))

    (article,) = reader.read_bytes("a.txt", text.encode()).articles

    assert article.text == text


@pytest.mark.usefixtures("_spawning")
def test_one_worker_reads_many_files_and_ends_with_the_reader() -> None:
    before = workers()
    with FileReader() as reader:
        seen = {tuple(workers()) for _ in range(5) if reader.read_bytes("a.pdf", pdf()).articles}

    assert [len(set(some) - set(before)) for some in seen] == [1]
    assert workers() == before


def test_an_ending_without_a_reader_is_named(reader: FileReader) -> None:
    assert reason_for(reader, "a.xlsx", b"PK").startswith("has no reader; these have one: .txt, .md, .html")


@pytest.mark.parametrize("path", ["a.txt", "a.html", "a.pdf", "a.docx", "a.csv", "a.jsonl", "a.zip"])
def test_an_empty_file_is_named(reader: FileReader, path: str) -> None:
    assert reason_for(reader, path, b"") == "is empty"


def test_bytes_over_the_limit_are_refused(reader: FileReader) -> None:
    assert reason_for(reader, "a.pdf", bytes(2 * MAX_BYTES)) == "is 40 MB; a file may have 20 MB at most"


def test_a_file_that_takes_too_long_is_named_and_the_next_is_read() -> None:
    with FileReader(seconds=0.2) as reader:
        assert reason_for(reader, "a.pdf", pdf(paragraphs=[LONG] * 800)) == "took longer than 0.2 s to read"
        assert len(reader.read_bytes("a.csv", b"text\nIt rained.\n").articles) == 1


def test_a_file_that_needs_too_much_memory_is_named_and_the_next_is_read() -> None:
    data = zipped({f"{number}.txt": b"It rained.\n" * 1_500_000 for number in range(10)})
    with FileReader(memory=64 * 2**20) as reader:
        assert reason_for(reader, "a.zip", data) == "needs more than 64 MB of memory to read"
        assert len(reader.read_bytes("a.csv", b"text\nIt rained.\n").articles) == 1


def test_a_file_that_crashes_its_reader_is_named_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with FileReader() as reader:
        with monkeypatch.context() as crashing:
            crashing.setattr(reading, "_answer", crash)
            assert reason_for(reader, "a.pdf", pdf()) == "made its reader crash"
        assert len(reader.read_bytes("a.pdf", pdf()).articles) == 1


def crash(_path: str, _data: bytes) -> Contents:
    """No hostile file is known that ends the libraries of today; this is what one would do."""
    os.abort()


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("It rained.")
    (folder / "a.txt").symlink_to(tmp_path / "secret.txt")
    with FileReader(folder) as reader, pytest.raises(UnreadableFile) as caught:
        reader.read(folder / "a.txt", "a.txt")

    assert caught.value.reason == "is a link that leads out of the folder"


class Restless(type(Path())):  # type: ignore[misc] # Path chooses its class by the system
    """A file that somebody writes to `restless` times just after it was read."""

    restless = 0

    def open(self, *args: Any, **options: Any) -> IO[Any]:  # noqa: ANN401 - as Path has it
        data: IO[Any] = super().open(*args, **options)
        if Restless.restless > 0:
            Restless.restless -= 1
            with Path(self).open("ab") as more:
                more.write(b"More.")
        return data


@pytest.fixture
def restless(tmp_path: Path) -> Iterator[Restless]:
    file = Restless(tmp_path / "a.txt")
    file.write_text("It rained.")
    yield file
    Restless.restless = 0


def test_a_file_that_changed_while_it_was_read_is_read_once_more(reader: FileReader, restless: Restless) -> None:
    Restless.restless = 1

    (article,) = reader.read(restless, "a.txt").articles

    assert article.text == "It rained.More."


def test_a_file_that_changes_all_the_time_is_named(reader: FileReader, restless: Restless) -> None:
    Restless.restless = 2
    with pytest.raises(UnavailableFile) as caught:
        reader.read(restless, "a.txt")

    assert caught.value.reason == "changed while it was being read"
