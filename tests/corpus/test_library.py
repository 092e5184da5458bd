"""A folder of files, good and bad: every one that has a reader becomes an article or a named problem."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import library
from corpus.errors import FolderError
from corpus.library import FileRecord, Scan, mark_of, scan
from corpus.models import Problem

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
    for name in ("a.xlsx", "a.txt.bak", "a.txt~", "README", "txt", ".txt", "a.jpg"):
        write(name, "It rained.")

    assert scan(folder) == Scan(articles=())


def test_hidden_files_and_folders_are_passed_over(folder: Path, write: Write) -> None:
    write(".draft.txt", "It rained.")
    write(".git/notes.txt", "It rained.")
    write("2023/.trash/dam.md", "It rained.")

    assert scan(folder) == Scan(articles=())


def test_a_folder_named_like_an_article_is_a_folder(folder: Path, write: Write) -> None:
    write("x.txt/dam.txt", "It rained.")

    assert scan(folder).problems == ()
    assert paths(scan(folder)) == ["x.txt/dam.txt"]


def test_a_link_to_a_file_of_the_folder_is_read(folder: Path, write: Write) -> None:
    (folder / "dam.txt").symlink_to(write("drafts/dam", "It rained."))

    assert paths(scan(folder)) == ["dam.txt"]


def test_a_link_to_a_file_elsewhere_is_a_problem(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.txt").write_text("It rained.")
    (folder / "dam.txt").symlink_to(tmp_path / "elsewhere.txt")

    assert scan(folder).problems == (Problem("dam.txt", "is a link that leads out of the folder"),)


def test_a_link_to_a_folder_elsewhere_is_a_problem_and_not_followed(folder: Path, write: Write, tmp_path: Path) -> None:
    write("dam.txt", "It rained.")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "ferry.txt").write_text("It sank.")
    (folder / "archive").symlink_to(tmp_path / "elsewhere")

    found = scan(folder)

    assert (paths(found), found.problems) == (
        ["dam.txt"],
        (Problem("archive", "is a link that leads out of the folder"),),
    )


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
    assert scan(folder) == Scan(articles=())


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
        ("a.txt", b"\x89PNG\r\n\x1a\n\0\0", "is a picture, not text"),
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

    assert scan(folder).problems == (Problem("dump.txt", "is 48 MB; a file may have 20 MB at most"),)


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


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan that believes to run ten seconds later, when no file is so new that it must be read again."""
    monkeypatch.setattr(library, "time", SimpleNamespace(time_ns=lambda: time.time_ns() + 10_000_000_000))


def known(found: Scan) -> dict[str, FileRecord]:
    return {record.path: record for record in found.files}


@pytest.mark.usefixtures("later")
def test_a_file_that_has_not_changed_is_not_opened(folder: Path, write: Write) -> None:
    write("dam.txt", "It rained.")
    write("broken.txt", b"\xff")
    before = scan(folder)

    again = scan(folder, known(before))

    assert again == Scan(
        articles=(),
        kept=tuple(mark_of(article) for article in before.articles),
        problems=before.problems,
        files=before.files,
    )


@pytest.mark.usefixtures("later")
def test_only_a_file_that_changed_is_read_again(folder: Path, write: Write) -> None:
    write("dam.txt", "It rained.")
    write("ferry.txt", "It sank.")
    before = scan(folder)
    write("ferry.txt", "It sank twice.")

    again = scan(folder, known(before))

    assert (paths(again), [mark.path for mark in again.kept]) == (["ferry.txt"], ["dam.txt"])


def test_a_file_changed_just_before_the_scan_is_read_again(folder: Path, write: Write) -> None:
    write("dam.txt", "It rained.")

    before = scan(folder)

    assert [record.stamp for record in before.files] == [None]
    assert paths(scan(folder, known(before))) == ["dam.txt"]


@pytest.mark.usefixtures("later")
def test_a_file_that_could_not_be_had_is_tried_again(folder: Path) -> None:
    (folder / "dam.txt").symlink_to(folder / "gone")
    before = scan(folder)
    (folder / "gone").write_text("It rained.")

    assert paths(scan(folder, known(before))) == ["dam.txt"]


@pytest.mark.usefixtures("later")
def test_the_second_of_two_texts_takes_the_place_of_a_first_that_is_gone(folder: Path, write: Write) -> None:
    first = write("a.txt", "It rained.")
    write("b.txt", "It rained.")
    before = scan(folder)
    first.unlink()

    again = scan(folder, known(before))

    assert (paths(again), again.problems) == (["b.txt"], ())


@pytest.mark.usefixtures("later")
def test_an_article_that_was_kept_gives_way_to_a_new_one_before_it(folder: Path, write: Write) -> None:
    write("b.txt", "It rained.")
    before = scan(folder)
    write("a.txt", "It rained.")

    again = scan(folder, known(before))

    assert (paths(again), again.kept) == (["a.txt"], ())
    assert again.problems == (Problem("b.txt", "has the same text as a.txt; one of the two is enough"),)


def test_the_same_texts_of_a_dump_are_one_problem(folder: Path, write: Write) -> None:
    write("a.txt", "It rained.")
    write("dump.jsonl", '{"text": "It rained."}\n{"text": "It sank."}\n{"text": "It sank."}\n')

    found = scan(folder)

    assert paths(found) == ["a.txt", "dump.jsonl#2"]
    reason = "2 of 3 articles have the same text as another; the first is dump.jsonl#1, which has the text of a.txt"
    assert found.problems == (Problem("dump.jsonl", reason),)


def test_progress_is_told_for_every_file(folder: Path, write: Write) -> None:
    write("a.txt", "It rained.")
    write("b.txt", b"\xff")
    told: list[tuple[int, int]] = []

    scan(folder, progress=lambda done, total: told.append((done, total)))

    assert told == [(1, 2), (2, 2)]


def test_progress_may_stop_the_scan(folder: Path, write: Write) -> None:
    write("a.txt", "It rained.")

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan(folder, progress=stop)


NAMES = st.sampled_from(["a.txt", "b.txt", "c/d.md"])
CONTENTS = st.sampled_from([b"It rained.", b" It rained. ", b"It sank.", b""])
STEPS = st.one_of(
    st.tuples(st.just("write"), NAMES, CONTENTS),
    st.tuples(st.just("remove"), NAMES, st.just(b"")),
    st.tuples(st.just("rename"), NAMES, NAMES),
    st.just(("scan", "", b"")),
)


@pytest.mark.usefixtures("later")
@given(st.lists(STEPS, min_size=4, max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_scan_that_reads_only_what_changed_sees_what_a_scan_from_nothing_sees(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, bytes | str]]
) -> None:
    folder = tmp_path_factory.mktemp("articles")
    before = scan(folder)
    for number, (what, name, other) in enumerate(steps):
        with suppress(OSError):  # a step that cannot be taken is none
            take_step(folder, what, name, other, number)
        if what == "scan":
            before = scan(folder, known(before))

    found, fresh = scan(folder, known(before)), scan(folder)

    described = [(mark.path, mark.digest) for mark in (*map(mark_of, found.articles), *found.kept)]
    assert sorted(described) == sorted((article.path, article.digest) for article in fresh.articles)
    assert found.problems == fresh.problems
    assert found.files == fresh.files


def take_step(folder: Path, what: str, name: str, other: bytes | str, number: int) -> None:
    file = folder / name
    if what == "write" and isinstance(other, bytes):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(other)
        # Two writes within one tick of the file system's clock are what the two seconds of a real scan are for.
        os.utime(file, ns=(number, number))
    elif what == "remove":
        file.unlink()
    elif what == "rename":
        file.rename(folder / str(other))


@pytest.mark.parametrize("words", ["1 ", "Mr. ", "The ferry sails at noon. ", "да ", "雨"])
def test_a_file_that_repeats_itself_is_named_and_the_others_go_on(folder: Path, write: Write, words: str) -> None:
    write("dam.txt", "It rained for nine days.")
    write("log.txt", words * 30_000)

    found = scan(folder)

    assert [article.path for article in found.articles] == ["dam.txt"]
    assert found.problems == (Problem("log.txt", "repeats the same words over and over; that is no article"),)


def test_a_long_table_of_results_does_not_repeat_itself(folder: Path, write: Write) -> None:
    lines = (f"Match {number}: Rovers beat United {number % 9} to {number % 4}." for number in range(3_000))
    write("results.txt", "\n".join(lines))

    assert scan(folder).problems == ()
