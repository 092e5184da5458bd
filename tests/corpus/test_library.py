"""A folder of files, good and bad: every one that has a reader becomes an article or a named problem."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path

import pytest

from corpus.errors import FolderError
from corpus.library import Problem, Scan, scan

NOBODY = 65534

Write = Callable[[str, "str | bytes"], Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    return folder


@pytest.fixture
def write(folder: Path) -> Write:
    def write(path: str, content: str | bytes) -> Path:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    return write


@pytest.fixture
def unprivileged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Permissions do not bind root, so the scan runs as nobody, from a working directory it may enter."""
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    before = os.geteuid()

    def drop() -> None:
        if before == 0:
            os.seteuid(NOBODY)

    yield drop
    os.seteuid(before)


def paths(found: Scan) -> list[str]:
    return [article.path for article in found.articles]


def test_each_file_with_a_reader_is_an_article(folder: Path, write: Write) -> None:
    write("dam.txt", "It rained.")
    write("ferry.md", "# The ferry\n\nIt sank.")

    found = scan(folder)

    assert [(article.path, article.title, article.text) for article in found.articles] == [
        ("dam.txt", "Dam", "It rained."),
        ("ferry.md", "The ferry", "# The ferry\n\nIt sank."),
    ]
    assert found.problems == ()


def test_the_text_is_the_file_byte_for_byte(folder: Path, write: Write) -> None:
    file = write("a.txt", "\ufeffIt rained.\r\n\r\n“Cafe\u0301s” closed 🌧.\r\n")

    (article,) = scan(folder).articles

    assert b"\xef\xbb\xbf" + article.text.encode() == file.read_bytes()


def test_articles_in_folders_below_have_paths_with_forward_slashes(folder: Path, write: Write) -> None:
    write("2023/rivers/dam.txt", "It rained.")

    assert paths(scan(folder)) == ["2023/rivers/dam.txt"]


def test_endings_may_be_in_capitals(folder: Path, write: Write) -> None:
    write("A.TXT", "It rained.")
    write("b.Md", "It stopped.")

    assert paths(scan(folder)) == ["A.TXT", "b.Md"]


def test_files_of_other_kinds_are_passed_over(folder: Path, write: Write) -> None:
    for name in ("a.docx", "a.txt.bak", "a.txt~", "README", "txt", ".txt", "a.jpg"):
        write(name, "It rained.")

    assert scan(folder) == Scan((), ())


def test_hidden_files_and_folders_are_passed_over(folder: Path, write: Write) -> None:
    write(".draft.txt", "It rained.")
    write(".git/notes.txt", "It rained.")
    write("2023/.trash/dam.md", "It rained.")

    assert scan(folder) == Scan((), ())


def test_a_folder_named_like_an_article_is_a_folder(folder: Path, write: Write) -> None:
    write("x.txt/dam.txt", "It rained.")

    assert scan(folder).problems == ()
    assert paths(scan(folder)) == ["x.txt/dam.txt"]


def test_a_link_to_a_file_is_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.txt").write_text("It rained.")
    (folder / "dam.txt").symlink_to(tmp_path / "elsewhere.txt")

    assert paths(scan(folder)) == ["dam.txt"]


def test_the_folder_may_be_a_link(folder: Path, write: Write, tmp_path: Path) -> None:
    write("dam.txt", "It rained.")
    (tmp_path / "link").symlink_to(folder)

    assert paths(scan(tmp_path / "link")) == ["dam.txt"]


def test_a_link_back_to_the_folder_does_not_run_in_circles(folder: Path, write: Write) -> None:
    write("dam.txt", "It rained.")
    (folder / "again").symlink_to(folder)

    assert paths(scan(folder)) == ["dam.txt"]


def test_articles_and_problems_come_in_the_order_of_their_paths(folder: Path, write: Write) -> None:
    for name in ("b.txt", "a/z.txt", "c.md", "a.txt", "B.txt", "a-b.txt", "é.txt", "10.txt", "9.txt"):
        write(name, f"It rained in {name}.")
        write(name.replace(".", "-bad."), b"\xff")

    found = scan(folder)

    order = [tuple(path.split("/")) for path in paths(found)]
    assert order == sorted(order)
    bad = [tuple(problem.path.split("/")) for problem in found.problems]
    assert bad == sorted(bad)
    assert (len(order), len(bad)) == (9, 9)


def test_two_scans_of_one_folder_are_equal(folder: Path, write: Write) -> None:
    for number in range(20):
        write(f"{number % 3}/{number}.txt", f"It rained {number} times.")

    assert scan(folder) == scan(folder)


def test_an_empty_folder_holds_nothing(folder: Path) -> None:
    assert scan(folder) == Scan((), ())


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FolderError) as caught:
        scan(tmp_path / "nowhere")

    assert str(caught.value) == f"ARTICLES_DIR: there is no folder {tmp_path / 'nowhere'}"


def test_a_file_instead_of_a_folder_is_named(write: Write) -> None:
    file = write("dam.txt", "It rained.")

    with pytest.raises(FolderError) as caught:
        scan(file)

    assert str(caught.value) == f"ARTICLES_DIR: {file} is a file, not a folder"


def test_a_folder_that_may_not_be_listed_is_named(folder: Path, unprivileged: Callable[[], None]) -> None:
    folder.chmod(0o000)
    unprivileged()

    with pytest.raises(FolderError) as caught:
        scan(Path("articles"))

    assert str(caught.value) == "ARTICLES_DIR: articles may not be listed (Permission denied)"


def test_a_folder_below_one_that_may_not_be_entered_is_named(folder: Path, unprivileged: Callable[[], None]) -> None:
    (folder / "news").mkdir()
    folder.chmod(0o000)
    unprivileged()

    with pytest.raises(FolderError, match=r"^ARTICLES_DIR: "):
        scan(Path("articles/news"))


def test_an_inner_folder_that_may_not_be_listed_is_a_problem_and_the_rest_is_read(
    folder: Path, write: Write, unprivileged: Callable[[], None]
) -> None:
    write("dam.txt", "It rained.")
    write("locked/ferry.txt", "It sank.")
    folder.chmod(0o755)
    (folder / "locked").chmod(0o000)
    unprivileged()

    found = scan(Path("articles"))

    assert (paths(found), found.problems) == (
        ["dam.txt"],
        (Problem("locked", "cannot be listed (Permission denied)"),),
    )


def test_a_file_that_may_not_be_read_is_a_problem_and_the_rest_is_read(
    folder: Path, write: Write, unprivileged: Callable[[], None]
) -> None:
    write("dam.txt", "It rained.").chmod(0o644)
    write("ferry.txt", "It sank.").chmod(0o000)
    folder.chmod(0o755)
    unprivileged()

    found = scan(Path("articles"))

    assert (paths(found), found.problems) == (
        ["dam.txt"],
        (Problem("ferry.txt", "cannot be read (Permission denied)"),),
    )


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"", "is empty"),
        ("a.md", b"\r\n\t ", "is empty"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\0\0", "is a binary file, not text"),
        ("a.md", b"caf\xe9", "is not UTF-8 (byte 3); save it as UTF-8"),
        ("a.md", b"---\ntitle: The dam\n", "its front matter has no closing '---' line"),
        ("a.txt", b"---\ntitle: 'The dam\n---\nIt rained.", "its front matter is not valid YAML (line 3)"),
        ("a.md", b"---\nurl: dam\n---\nIt rained.", "its front matter: 'url' must start with http:// or https://"),
    ],
)
def test_a_file_that_is_no_article_is_a_problem_and_the_rest_is_read(
    folder: Path, write: Write, name: str, content: bytes, reason: str
) -> None:
    write(name, content)
    write("ferry.txt", "It sank.")

    found = scan(folder)

    assert (paths(found), found.problems) == (["ferry.txt"], (Problem(name, reason),))


def test_no_front_matter_stops_the_scan(folder: Path, write: Write) -> None:
    write("dam.txt", "---\ntitle: !!bool perhaps\n---\nIt rained.")
    write("ferry.txt", "It sank.")

    found = scan(folder)

    assert (paths(found), [problem.path for problem in found.problems]) == (["ferry.txt"], ["dam.txt"])


def test_a_file_over_the_limit_is_a_problem(folder: Path) -> None:
    with (folder / "dump.txt").open("wb") as sparse:
        sparse.truncate(50_000_000)

    assert scan(folder).problems == (Problem("dump.txt", "is 50 MB; an article may have 10 MB at most"),)


def test_a_link_to_nothing_is_a_problem(folder: Path) -> None:
    (folder / "dam.txt").symlink_to(folder / "gone.txt")

    assert scan(folder).problems == (Problem("dam.txt", "cannot be read (No such file or directory)"),)


def test_a_pipe_is_a_problem_instead_of_a_wait_without_end(folder: Path) -> None:
    pipe = folder / "x.txt"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        scanning = pool.submit(scan, folder)
        try:
            found: Scan | None = scanning.result(timeout=1)
        except FutureTimeoutError:
            found = None
            os.close(os.open(pipe, os.O_RDWR))  # lets the reader go, so that only this test fails

    assert found is not None
    assert [problem.path for problem in found.problems] == ["x.txt"]


def test_the_second_of_two_files_with_one_text_is_a_problem(folder: Path, write: Write) -> None:
    write("b.txt", "It rained.\n")
    write("a.txt", "It rained.")
    write("c.txt", "\ufeff\n It rained. ")

    found = scan(folder)

    assert (paths(found), found.problems) == (
        ["a.txt"],
        (
            Problem("b.txt", "has the same text as a.txt; one of the two is enough"),
            Problem("c.txt", "has the same text as a.txt; one of the two is enough"),
        ),
    )


def test_one_text_under_two_sources_is_two_articles(folder: Path, write: Write) -> None:
    write("a.md", "---\nsource: The Vell Courier\n---\nIt rained.")
    write("b.md", "---\nsource: The Ferryman\n---\nIt rained.")

    assert paths(scan(folder)) == ["a.md", "b.md"]


def test_what_a_scan_says_can_be_written_whatever_the_files_are_called(folder: Path) -> None:
    (folder / os.fsdecode(b"d\xe4mme.txt")).write_text("It rained.")
    (folder / os.fsdecode(b"f\xe4hre.txt")).write_bytes(b"\xff")

    found = scan(folder)

    said = [(article.path, article.title) for article in found.articles]
    said += [(problem.path, problem.reason) for problem in found.problems]
    assert len(said) == 2
    assert [words for pair in said for words in pair if words.encode("utf-8", "replace").decode() != words] == []
