"""A backup comes back byte for byte, a bad one changes nothing, and a killed restore leaves the old or the new."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import multiprocessing
import os
import signal
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import renames
from bot import restore as restoring
from bot.backup import FORMAT, MANIFEST, backup
from bot.errors import BackupError, StateError
from bot.restore import restore
from bot.serving import serving
from bot.state.audit import COMMAND_LINE, Action
from bot.state.database import NAME
from bot.state.migrations import MIGRATIONS
from bot.state.state import State
from corpus.models import Problem
from retrieval.index.store import GenerationStore
from tests.bot.state import victims

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SPAWN = multiprocessing.get_context("spawn")

FERRY = b"The ferry to Lunde was cancelled on Friday.\n"
BRIDGE = b"The bridge at Vik opened in May.\n"


class Place:
    """A folder of articles and a DATA_DIR."""

    def __init__(self, folder: Path) -> None:
        self.articles = folder / "articles"
        self.data = folder / "data"
        self.articles.mkdir(parents=True)
        self.data.mkdir()

    def record(self, detail: str) -> None:
        with closing(State.open(self.data)) as state:
            asyncio.run(state.audit.record(COMMAND_LINE, Action.ADD, detail))

    def details(self) -> list[str]:
        with closing(State.open(self.data)) as state:
            return [entry.detail for entry in asyncio.run(state.audit.page(0, 10_000))]

    def backup(self, file: Path) -> None:
        backup(self.articles, self.data, file)

    def restore(self, file: Path, *, replace: bool = False) -> restoring.RestoreReport:
        return restore(file, self.articles, self.data, replace=replace)


def contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def rewrite(file: Path, change: Callable[[dict[str, bytes]], object]) -> None:
    """Change the files within a backup, as somebody with tar could."""
    with tarfile.open(file) as archive:
        files = {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]
    change(files)
    with tarfile.open(file, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


@pytest.fixture
def old(tmp_path: Path) -> Place:
    place = Place(tmp_path / "old")
    (place.articles / "2024").mkdir()
    (place.articles / "2024" / "ferry.txt").write_bytes(FERRY)
    (place.articles / "bridge.md").write_bytes(BRIDGE)
    place.record("ferry.txt")
    (place.data / "removed").mkdir()
    (place.data / "removed" / "gone.txt").write_bytes(b"Gone.")
    (place.data / "calibration.json").write_text("{}")
    (place.data / "embeddings.db").write_bytes(b"can be made again")
    return place


@pytest.fixture
def new(tmp_path: Path) -> Place:
    return Place(tmp_path / "new")


@pytest.fixture
def file(tmp_path: Path, old: Place) -> Path:
    old.backup(tmp_path / "backup.tar.gz")
    return tmp_path / "backup.tar.gz"


names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=40).filter(
    lambda name: name not in {".", ".."} and not name.startswith((".restoring", ".before-restore-"))
)


class TestRoundTrip:
    @settings(suppress_health_check=[HealthCheck.too_slow])
    @given(files=st.dictionaries(st.lists(names, min_size=1, max_size=3).map("/".join), st.binary(max_size=3_000)))
    def test_any_files_come_back_byte_for_byte(
        self, tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
    ) -> None:
        folder = tmp_path_factory.mktemp("trip")
        old, new, written = Place(folder / "old"), Place(folder / "new"), {}
        for name, content in files.items():
            try:
                (old.articles / name).parent.mkdir(parents=True, exist_ok=True)
                (old.articles / name).write_bytes(content)
            except OSError:  # too long, or a folder and a file of one name
                continue
            written[name] = content
        assert backup(old.articles, old.data, folder / "backup").articles == len(written)
        assert restore(folder / "backup", new.articles, new.data, replace=False).articles == len(written)
        assert contents(new.articles) == written

    def test_all_that_cannot_be_made_again_comes_back(self, old: Place, new: Place, file: Path) -> None:
        report = new.restore(file)
        assert (report.articles, report.aside) == (2, ())
        assert contents(new.articles) == contents(old.articles)
        assert new.details() == ["ferry.txt"]
        assert contents(new.data / "removed") == {"gone.txt": b"Gone."}
        assert (new.data / "calibration.json").read_text() == "{}"
        assert not (new.data / "embeddings.db").exists()

    def test_a_folder_that_is_not_there_yet_is_made(self, tmp_path: Path, file: Path) -> None:
        restore(file, tmp_path / "fresh" / "articles", tmp_path / "fresh" / "data", replace=False)
        assert (tmp_path / "fresh" / "articles" / "bridge.md").read_bytes() == BRIDGE

    def test_nothing_but_the_restored_is_left_over(self, new: Place, file: Path) -> None:
        new.restore(file)
        assert {path.name for path in new.articles.parent.iterdir()} == {"articles", "data"}
        assert {path.name for path in new.data.iterdir() if path.suffix != ".lock"} == {
            NAME, "removed", "calibration.json", "generations", "lock"
        }  # fmt: skip

    def test_a_member_has_nothing_of_this_machine_but_its_time(self, file: Path) -> None:
        with tarfile.open(file) as archive:
            owners = {(member.uid, member.gid, member.uname, member.gname) for member in archive}
        assert owners == {(0, 0, "", "")}


class TestBackup:
    def test_links_and_what_is_no_file_are_left_out_and_named(self, tmp_path: Path, old: Place) -> None:
        (tmp_path / "secret").write_text("not an article")
        (old.articles / "link.txt").symlink_to(tmp_path / "secret")
        (old.articles / "folder").symlink_to(tmp_path)
        os.mkfifo(old.articles / "pipe.txt")
        report = backup(old.articles, old.data, tmp_path / "backup.tar.gz")
        assert report.articles == 2
        assert report.bytes == (tmp_path / "backup.tar.gz").stat().st_size
        assert set(report.skipped) == {
            Problem("articles/folder", "is a link"),
            Problem("articles/link.txt", "is a link"),
            Problem("articles/pipe.txt", "is no ordinary file"),
        }

    def test_two_names_of_one_file_are_two_files(self, tmp_path: Path, old: Place, new: Place) -> None:
        (old.articles / "again.md").hardlink_to(old.articles / "bridge.md")
        old.backup(tmp_path / "backup.tar.gz")
        new.restore(tmp_path / "backup.tar.gz")
        assert contents(new.articles) == contents(old.articles)

    def test_a_file_that_exists_is_not_overwritten(self, tmp_path: Path, old: Place) -> None:
        (tmp_path / "backup.tar.gz").write_text("precious")
        with pytest.raises(BackupError, match="exists already"):
            old.backup(tmp_path / "backup.tar.gz")
        assert (tmp_path / "backup.tar.gz").read_text() == "precious"

    @pytest.mark.parametrize("name", ["backup.tar.gz", "2024/../backup.tar.gz"])
    def test_it_is_not_written_among_the_articles(self, old: Place, name: str) -> None:
        with pytest.raises(BackupError, match="lies in ARTICLES_DIR"):
            old.backup(old.articles / name)

    def test_a_folder_that_is_not_there_is_one_sentence_and_leaves_nothing(self, tmp_path: Path, old: Place) -> None:
        with pytest.raises(BackupError, match=r"\AThe backup [^\n]+ was not made \(No such file or directory\)\.\Z"):
            old.backup(tmp_path / "nowhere" / "backup.tar.gz")
        old.articles.rename(tmp_path / "elsewhere")
        with pytest.raises(BackupError, match="ARTICLES_DIR: there is no folder"):
            old.backup(tmp_path / "backup.tar.gz")
        assert {path.name for path in tmp_path.iterdir()} == {"old", "elsewhere"}

    def test_a_damaged_state_is_not_backed_up_as_if_it_were_sound(self, tmp_path: Path, old: Place) -> None:
        (old.data / NAME).write_bytes(b"damaged, whenever it was")
        with pytest.raises(BackupError):
            old.backup(tmp_path / "backup.tar.gz")
        assert not (tmp_path / "backup.tar.gz").exists()

    def test_a_data_folder_within_the_articles_is_no_article(self, tmp_path: Path, old: Place) -> None:
        old.data.rename(old.articles / "data")
        assert backup(old.articles, old.articles / "data", tmp_path / "backup.tar.gz").articles == 2

    def test_the_state_is_whole_while_another_process_writes_it(self, tmp_path: Path, old: Place, new: Place) -> None:
        here, there = SPAWN.Pipe()
        process = SPAWN.Process(target=victims.record_until_killed, args=(old.data, there))
        process.start()
        while here.recv() < 10:
            pass
        old.backup(tmp_path / "backup.tar.gz")
        process.kill()
        process.join()
        new.restore(tmp_path / "backup.tar.gz")
        kept = new.details()[::-1]
        assert len(kept) > 10
        assert kept == ["ferry.txt", *map(str, range(1, len(kept)))]


class TestReplacing:
    def test_articles_are_not_replaced_unasked(self, new: Place, file: Path) -> None:
        (new.articles / "mine.txt").write_text("Mine.")
        with pytest.raises(BackupError, match="is not empty"):
            new.restore(file)
        assert contents(new.articles) == {"mine.txt": b"Mine."}

    def test_what_was_there_is_set_aside_and_named(self, new: Place, file: Path) -> None:
        (new.articles / "mine.txt").write_text("Mine.")
        (new.articles / "dangling.txt").symlink_to("nowhere")
        (new.data / "calibration.json").write_text("mine")
        new.record("mine.txt")
        report = new.restore(file, replace=True)
        articles, state, calibration = report.aside
        assert contents(articles) == {"mine.txt": b"Mine."}
        assert (articles / "dangling.txt").is_symlink()
        assert articles.name.startswith("articles.before-restore-")
        assert calibration.read_text() == "mine"
        with closing(sqlite3.connect(state)) as connection:
            assert connection.execute("SELECT detail FROM audit").fetchall() == [("mine.txt",)]
        assert new.details() == ["ferry.txt"]
        assert set(contents(new.articles)) == {"2024/ferry.txt", "bridge.md"}

    def test_a_backup_can_be_restored_over_itself_again_and_again(self, old: Place, file: Path) -> None:
        before = contents(old.articles)
        reports = [old.restore(file, replace=True) for _ in range(3)]
        assert contents(old.articles) == before
        assert len({report.aside[0] for report in reports}) == 3

    def test_a_damaged_state_is_set_aside_as_well(self, new: Place, file: Path) -> None:
        (new.data / NAME).write_bytes(b"damaged, whenever it was")
        report = new.restore(file)
        assert [path.read_bytes() for path in report.aside] == [b"damaged, whenever it was"]
        assert new.details() == ["ferry.txt"]

    def test_a_folder_that_nothing_can_be_renamed_into_is_restored_within(
        self, new: Place, old: Place, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A mounted folder, without the right to mount one."""
        rename = Path.rename

        def as_if_mounted(source: Path, target: Path) -> Path:
            if source.is_relative_to(new.articles) != Path(target).is_relative_to(new.articles):
                raise OSError(18, "Invalid cross-device link")
            return rename(source, target)

        (new.articles / "mine.txt").write_text("Mine.")
        with monkeypatch.context() as patched:
            patched.setattr(Path, "rename", lambda source, target: as_if_mounted(source, Path(target)))
            (aside,) = new.restore(file, replace=True).aside
            again = new.restore(file, replace=True)
        assert aside.parent == new.articles
        assert contents(aside) == {"mine.txt": b"Mine."}
        assert contents(again.aside[0]) == contents(old.articles)
        assert {path.name for path in new.articles.iterdir() if path.name[0] != "."} == {"2024", "bridge.md"}

    def test_data_within_the_articles_cannot_be_replaced(self, new: Place, file: Path) -> None:
        with pytest.raises(BackupError, match="lies in ARTICLES_DIR"):
            restore(file, new.articles, new.articles / "data", replace=True)


class TestBadBackups:
    @pytest.fixture(autouse=True)
    def nothing_changes(self, new: Place) -> Iterator[None]:
        (new.articles / "mine.txt").write_text("Mine.")
        new.record("mine.txt")
        yield
        assert contents(new.articles) == {"mine.txt": b"Mine."}
        assert new.details() == ["mine.txt"]
        assert {path.name for path in new.articles.parent.iterdir()} == {"articles", "data"}
        assert not list(new.data.glob("restoring*"))

    def refused(self, new: Place, file: Path, match: str = "") -> None:
        with pytest.raises(BackupError, match=rf"\A[^\n]*{match}[^\n]*\Z"):
            new.restore(file, replace=True)

    def test_a_changed_article(self, new: Place, file: Path) -> None:
        rewrite(file, lambda files: files.update({"articles/bridge.md": BRIDGE.replace(b"May", b"Mai")}))
        self.refused(new, file, r"articles/bridge\.md")

    def test_an_article_too_few_and_one_too_many(self, new: Place, file: Path) -> None:
        rewrite(file, lambda files: files.update({"articles/new.md": b"New."}))
        self.refused(new, file, r"articles/new\.md")
        rewrite(file, lambda files: [files.pop(f"articles/{name}") for name in ("new.md", "bridge.md")])
        self.refused(new, file, r"articles/bridge\.md")

    def test_a_truncated_one_wherever_it_ends(self, new: Place, file: Path) -> None:
        content = file.read_bytes()
        for end in (0, 1, 10, 200, len(content) // 2, len(content) - 9, len(content) - 8, len(content) - 1):
            file.write_bytes(content[:end])
            self.refused(new, file)

    def test_an_archive_that_ends_between_two_files(self, new: Place, file: Path) -> None:
        rewrite(file, lambda files: files.pop(MANIFEST))
        self.refused(new, file, "not all of it")

    @pytest.mark.parametrize(
        "content", [b"", b"no archive", gzip.compress(b""), gzip.compress(bytes(20_000))], ids=range(4)
    )
    def test_something_else(self, new: Place, file: Path, content: bytes) -> None:
        file.write_bytes(content)
        self.refused(new, file)

    def test_no_file_at_all(self, new: Place, tmp_path: Path) -> None:
        self.refused(new, tmp_path / "nothing", "No such file")

    @pytest.mark.parametrize("name", ["../evil", "articles/../../evil", "{}/evil", "articles/x/../../../evil"])
    def test_a_path_that_leads_out(self, new: Place, file: Path, name: str) -> None:
        rewrite(file, lambda files: files.update({name.format(file.parent): b"evil"}))
        self.refused(new, file, "does not belong")
        assert not list(file.parent.rglob("evil"))

    @pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
    def test_what_is_no_ordinary_file(self, new: Place, file: Path, kind: bytes) -> None:
        with tarfile.open(file, "w:gz") as archive:
            member = tarfile.TarInfo("articles/link")
            member.type, member.linkname = kind, "../../../etc/passwd"
            archive.addfile(member)
        self.refused(new, file, "does not belong")

    def test_one_name_twice(self, new: Place, file: Path) -> None:
        with tarfile.open(file, "w:gz") as archive:
            for _ in range(2):
                archive.addfile(tarfile.TarInfo("articles/twice"))
        self.refused(new, file, "does not belong")

    def test_a_file_larger_than_the_disk(self, new: Place, file: Path) -> None:
        member = tarfile.TarInfo("articles/large")
        member.size = 2**60
        file.write_bytes(gzip.compress(member.tobuf()))
        self.refused(new, file, "no room")

    def test_a_header_larger_than_the_memory(self, new: Place, file: Path) -> None:
        member = tarfile.TarInfo("articles/x")
        member.type, member.size = tarfile.XHDTYPE, 2**40
        file.write_bytes(gzip.compress(member.tobuf(tarfile.GNU_FORMAT)))
        self.refused(new, file, "absurd length")

    @pytest.mark.parametrize("version", [FORMAT + 1, 0, None, "1"])
    def test_another_format(self, new: Place, file: Path, version: object) -> None:
        def change(files: dict[str, bytes]) -> None:
            files[MANIFEST] = json.dumps(json.loads(files[MANIFEST]) | {"format": version}).encode()

        rewrite(file, change)
        self.refused(new, file, "has format")

    @pytest.mark.parametrize("manifest", [b"", b"[]", b"{}", b'{"format": 1}', b"\xff", b"[" * 100_000])
    def test_a_manifest_that_is_none(self, new: Place, file: Path, manifest: bytes) -> None:
        rewrite(file, lambda files: files.update({MANIFEST: manifest}))
        self.refused(new, file, "manifest")

    def test_a_state_of_a_newer_footnote(
        self, new: Place, old: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patched:
            patched.setattr("bot.state.database.MIGRATIONS", (*MIGRATIONS, "CREATE TABLE later (id INTEGER);"))
            Place.record(old, "later")
            old.backup(tmp_path / "newer.tar.gz")
        self.refused(new, tmp_path / "newer.tar.gz", "update it")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(where=st.integers(0), value=st.integers(0, 255))
def test_a_backup_with_any_byte_changed_is_refused_or_means_the_same(
    tmp_path_factory: pytest.TempPathFactory, old: Place, file: Path, where: int, value: int
) -> None:
    folder = tmp_path_factory.mktemp("changed")
    new, content = Place(folder), bytearray(gzip.decompress(file.read_bytes()))
    content[where % len(content)] = value
    (folder / "backup").write_bytes(gzip.compress(bytes(content), compresslevel=1))
    try:
        new.restore(folder / "backup")
    except BackupError:
        assert contents(new.articles) == {}
    else:
        assert contents(new.articles) == contents(old.articles)


class TestOthersAtWork:
    def test_a_bot_that_serves_is_not_disturbed(self, new: Place, file: Path) -> None:
        with serving(new.data), pytest.raises(BackupError, match="a bot is serving"):
            new.restore(file)
        new.restore(file)

    def test_a_reload_is_not_disturbed(self, new: Place, file: Path) -> None:
        store = GenerationStore(new.data)
        store.prepare()
        with store.writing(), pytest.raises(BackupError, match="A reload is running"):
            new.restore(file)
        new.restore(file)

    def test_a_state_that_somebody_has_open_is_not_taken_away(self, new: Place, file: Path) -> None:
        new.record("mine")
        with closing(State.open(new.data)) as state:
            asyncio.run(state.audit.count())
            with pytest.raises(BackupError, match="is in use"):
                new.restore(file)
        assert new.details() == ["mine"]

    def test_two_bots_cannot_serve_from_one_folder(self, tmp_path: Path) -> None:
        with (
            serving(tmp_path / "data"),
            pytest.raises(StateError, match="a bot is serving"),
            serving(tmp_path / "data"),
        ):
            pass

    def test_a_folder_that_cannot_be_used_is_one_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "data").touch()
        with pytest.raises(StateError, match=r"\ADATA_DIR: [^\n]+\Z"), serving(tmp_path / "data"):
            pass


def restore_and_die(file: Path, articles: Path, data: Path, renamed: int) -> None:
    """Restore; die by SIGKILL after that many of the renames that replace what was there."""
    rename, done = Path.rename, 0

    def counted(source: Path, target: Path) -> Path:
        nonlocal done
        if not (data / renames.JOURNAL).exists():
            return rename(source, target)
        if done == renamed:
            os.kill(os.getpid(), signal.SIGKILL)
        done += 1
        return rename(source, target)

    Path.rename = counted  # type: ignore[assignment,method-assign] # in a process of its own
    restore(file, articles, data, replace=True)


class TestKilled:
    @pytest.mark.parametrize("renamed", range(8))
    def test_a_killed_restore_leaves_the_old_once_the_bot_starts(self, new: Place, file: Path, renamed: int) -> None:
        """Seven renames: an article, state and calibration aside; then two entries of the articles, and the rest."""
        (new.articles / "mine.txt").write_text("Mine.")
        (new.data / "calibration.json").write_text("mine")
        new.record("mine.txt")
        process = SPAWN.Process(target=restore_and_die, args=(file, new.articles, new.data, renamed))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        with serving(new.data):
            assert contents(new.articles) == {"mine.txt": b"Mine."}
            assert new.details() == ["mine.txt"]
            assert (new.data / "calibration.json").read_text() == "mine"
        new.restore(file, replace=True)
        assert set(contents(new.articles)) == {"2024/ferry.txt", "bridge.md"}
        assert new.details() == ["ferry.txt"]

    def test_a_rename_that_fails_takes_all_others_back(
        self, new: Place, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (new.articles / "mine.txt").write_text("Mine.")
        rename = Path.rename

        def busy(source: Path, target: Path) -> Path:
            if source.name == "bridge.md":
                raise OSError(16, "Device or resource busy")
            return rename(source, target)

        with monkeypatch.context() as patched:
            patched.setattr(Path, "rename", busy)
            with pytest.raises(BackupError, match=r"Device or resource busy\); everything is as it was"):
                new.restore(file, replace=True)
        assert contents(new.articles) == {"mine.txt": b"Mine."}
        assert {path.name for path in new.articles.parent.iterdir()} == {"articles", "data"}
