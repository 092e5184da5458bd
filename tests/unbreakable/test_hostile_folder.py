"""A folder of articles that changes, vanishes or forbids while it is read, and one with ten thousand files."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from corpus import library
from corpus.errors import FolderError
from corpus.library import scan
from tests.unbreakable import victims
from tests.unbreakable.newsroom import ASK_SHARED, NEW, OLD, put

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext

    from corpus.library import Scan
    from tests.unbreakable.conftest import Footnote

pytestmark = pytest.mark.slow

NOBODY = 65534
FILES = 10_000


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that any user of the machine may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield put(Path(folder) / "articles", OLD)


def problems(found: Scan) -> dict[str, str]:
    return {problem.path: problem.reason for problem in found.problems}


def test_a_folder_that_vanishes_while_it_is_read_leaves_the_articles_of_before(footnote: Footnote) -> None:
    assert footnote("reload").code == 0
    with footnote.beside(victims.reload_from_a_vanishing_folder) as reloading:
        assert reloading.recv() == f"ARTICLES_DIR: {footnote.articles_dir} vanished while it was read"
    footnote.articles_dir.mkdir()
    assert "1014" in footnote("ask", ASK_SHARED).out


def test_a_file_deleted_between_listing_and_reading_is_named_and_the_others_are_read(articles_dir: Path) -> None:
    last = max(OLD)

    def delete(done: int, _total: int) -> None:
        if done == 1:
            (articles_dir / last).unlink()

    found = scan(articles_dir, progress=delete)
    assert {article.path for article in found.articles} == {*OLD} - {last}
    assert problems(found) == {last: "cannot be read (No such file or directory)"}


def test_a_folder_inside_that_vanishes_costs_its_own_files_only(articles_dir: Path) -> None:
    put(articles_dir / "year", {"ferry.txt": "A ferry came late.\n", "train.txt": "A train came late.\n"})

    def vanish(done: int, _total: int) -> None:
        if done == 1:
            shutil.rmtree(articles_dir / "year")

    found = scan(articles_dir, progress=vanish)
    assert {article.path for article in found.articles} == {*OLD}
    assert {*problems(found)} == {"year/ferry.txt", "year/train.txt"}


def _scan_as_nobody(folder: Path, parent: Connection) -> None:
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    try:
        parent.send(problems(scan(folder)))
    except FolderError as error:
        parent.send(str(error))


@pytest.mark.parametrize("forbidden", ["ferry.txt", "year", ""], ids=["a-file", "a-folder-inside", "the-folder"])
def test_what_may_not_be_read_is_named(processes: ForkServerContext, open_to_all: Path, forbidden: str) -> None:
    if os.getuid():
        pytest.skip("only root may become another user")
    put(open_to_all / "year", {"train.txt": "A train came late.\n"})
    (open_to_all / forbidden).chmod(0)
    ours, theirs = processes.Pipe()
    process = processes.Process(target=_scan_as_nobody, args=(open_to_all, theirs))
    process.start()
    said = ours.recv()
    process.join()
    (open_to_all / forbidden).chmod(stat.S_IRWXU)
    if forbidden:
        ((path, reason),) = said.items()
        assert path == forbidden
        assert reason.endswith("(Permission denied)")
    else:
        assert said == f"ARTICLES_DIR: {open_to_all} may not be listed (Permission denied)"


def test_articles_that_vanish_with_their_disk_go_on_answering(footnote: Footnote) -> None:
    assert footnote("reload").code == 0
    shutil.rmtree(footnote.articles_dir)
    done = footnote("reload")
    assert done.failed_plainly()
    assert str(footnote.articles_dir) in done.err
    assert "1014" in footnote("ask", ASK_SHARED).out
    put(footnote.articles_dir, NEW)
    assert footnote("reload").code == 0
    assert "1014" in footnote("ask", ASK_SHARED).out


def test_ten_thousand_files_that_did_not_change_are_not_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What was written in the last two seconds is read again, and no test waits for these to pass.
    monkeypatch.setattr(library, "RACY_NANOSECONDS", 0)
    folder = tmp_path / "many"
    for number in range(FILES):
        if number % 100 == 0:
            (folder / f"{number // 100:03}").mkdir(parents=True)
        (folder / f"{number // 100:03}" / f"{number}.txt").write_text(f"Train {number} was late.\n", encoding="utf-8")
    first = scan(folder)
    assert len(first.articles) == FILES

    opened: list[str] = []
    counting = True

    def count(event: str, arguments: tuple[object, ...]) -> None:
        if counting and event == "open" and str(arguments[0]).startswith(str(folder)):
            opened.append(str(arguments[0]))

    sys.addaudithook(count)
    second = scan(folder, {record.path: record for record in first.files})
    counting = False
    assert opened == []
    assert (len(second.kept), second.articles, second.files) == (FILES, (), first.files)
