"""state.db: brought up to date from every version, kept through kills and damage, shared by processes."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.errors import StateError
from bot.state.aside import moves_aside
from bot.state.audit import COMMAND_LINE, Action
from bot.state.database import NAME, Database, check
from bot.state.migrations import MIGRATIONS
from bot.state.state import State
from tests.bot.state import victims

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with closing(State.open(tmp_path)) as state:
        yield state


def schema(data_dir: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(data_dir / NAME)) as connection:
        return connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()


def made_by_version(data_dir: Path, version: int) -> None:
    """Write the state.db that an older Footnote left, as far as it can be known: its scripts are never changed."""
    data_dir.mkdir()
    with closing(sqlite3.connect(data_dir / NAME)) as connection:
        for script in MIGRATIONS[:version]:
            connection.executescript(script)
        connection.execute(f"PRAGMA user_version = {version}")


def only(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found


async def details(data_dir: Path) -> list[str]:
    with closing(State.open(data_dir)) as state:
        return [entry.detail for entry in await state.audit.page(0, 1_000_000)]


class TestVersions:
    @pytest.mark.parametrize("version", range(len(MIGRATIONS)))
    def test_every_older_version_ends_with_the_tables_of_a_new_one(self, tmp_path: Path, version: int) -> None:
        made_by_version(tmp_path / "old", version)
        for folder in ("old", "new"):
            Database.open(tmp_path / folder).close()
        assert schema(tmp_path / "old") == schema(tmp_path / "new")

    async def test_what_an_older_version_kept_is_there_still(self, tmp_path: Path) -> None:
        made_by_version(tmp_path / "old", 1)
        with closing(sqlite3.connect(tmp_path / "old" / NAME)) as connection, connection:
            row = (1, "2024-05-31T12:00:00.000000+00:00", 7, "Ada", "reload", "3 added")
            connection.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)", row)
        assert await details(tmp_path / "old") == ["3 added"]

    def test_a_newer_version_is_refused_and_left_as_it_is(self, tmp_path: Path) -> None:
        made_by_version(tmp_path / "data", len(MIGRATIONS))
        with closing(sqlite3.connect(tmp_path / "data" / NAME)) as connection:
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
        before = (tmp_path / "data" / NAME).read_bytes()
        with pytest.raises(StateError, match=r"\ADATA_DIR: [^\n]+ was written by a newer Footnote[^\n]+\.\Z"):
            Database.open(tmp_path / "data")
        assert (tmp_path / "data" / NAME).read_bytes() == before

    def test_a_script_that_fails_leaves_the_version_before_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Database.open(tmp_path / "data").close()
        before = schema(tmp_path / "data")
        broken = "CREATE TABLE half (id INTEGER) STRICT; CREATE TABLE audit (id INTEGER) STRICT;"
        monkeypatch.setattr("bot.state.database.MIGRATIONS", (*MIGRATIONS, broken))
        with pytest.raises(StateError, match="table audit already exists"):
            Database.open(tmp_path / "data")
        assert schema(tmp_path / "data") == before


class TestDamage:
    @pytest.mark.parametrize("content", [b"not a database at all", b"SQLite format 3\0" + bytes(200)])
    async def test_a_damaged_file_is_set_aside_and_said_so(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes
    ) -> None:
        (tmp_path / NAME).write_bytes(content)
        with caplog.at_level(logging.WARNING):
            assert await details(tmp_path) == []
        kept = only(tmp_path, f"{NAME}.damaged-*")
        assert kept.read_bytes() == content
        assert kept.name in caplog.text

    async def test_damage_inside_is_found_at_the_start(self, tmp_path: Path) -> None:
        with closing(State.open(tmp_path)) as state:
            for number in range(200):
                await state.audit.record(COMMAND_LINE, Action.ADD, f"{number} {'x' * 100}")
        content = bytearray((tmp_path / NAME).read_bytes())
        content[4096 : 2 * 4096] = b"\xff" * 4096
        (tmp_path / NAME).write_bytes(content)
        assert await details(tmp_path) == []
        kept = only(tmp_path, f"{NAME}.damaged-*")
        assert kept.read_bytes() == bytes(content)

    def test_two_damaged_files_of_one_second_are_both_kept(self, tmp_path: Path) -> None:
        for _ in range(2):
            (tmp_path / NAME).write_bytes(b"damaged, whenever it was")
            Database.open(tmp_path).close()
        assert len(list(tmp_path.glob(f"{NAME}.damaged-*"))) == 2

    def test_a_databases_log_is_set_aside_first_and_under_its_name(self, tmp_path: Path) -> None:
        for ending in ("", "-wal", "-shm"):
            (tmp_path / f"{NAME}{ending}").touch()
        sources, targets = zip(*moves_aside(tmp_path / NAME, "damaged"), strict=True)
        assert [source.name for source in sources] == [f"{NAME}-wal", f"{NAME}-shm", NAME]
        assert [target.name.removeprefix(targets[2].name) for target in targets] == ["-wal", "-shm", ""]

    async def test_files_beside_the_database_that_are_lost_are_made_anew(self, tmp_path: Path) -> None:
        with closing(State.open(tmp_path)) as state:
            await state.audit.record(COMMAND_LINE, Action.ADD, "kept")
        assert only(tmp_path, f"{NAME}*").name == NAME
        assert await details(tmp_path) == ["kept"]

    def test_a_copy_that_is_damaged_is_one_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "copy.db").write_bytes(b"no database, however long it may be")
        with pytest.raises(StateError, match=r"\ADATA_DIR: [^\n]+ cannot be used [^\n]+\Z"):
            check(tmp_path / "copy.db")


class TestUnusable:
    def test_a_folder_in_its_place_is_one_sentence(self, tmp_path: Path) -> None:
        (tmp_path / NAME).mkdir()
        with pytest.raises(StateError, match=r"\ADATA_DIR: [^\n]+ cannot be used [^\n]+\Z"):
            Database.open(tmp_path)

    def test_a_file_in_the_place_of_the_folder_is_one_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "data").touch()
        with pytest.raises(StateError, match=r"\ADATA_DIR: [^\n]+ cannot be used [^\n]+\Z"):
            Database.open(tmp_path / "data")

    @pytest.mark.parametrize("room", [1, 8 * 4096, 40 * 4096])
    async def test_a_full_disk_is_one_sentence_and_keeps_what_was_kept(self, tmp_path: Path, room: int) -> None:
        here, there = SPAWN.Pipe()
        process = SPAWN.Process(target=victims.record_on_a_full_disk, args=(tmp_path, room, there))
        process.start()
        kept, kind, sentence = here.recv()
        process.join()
        assert kind == "StateError"
        assert "DATA_DIR: " in sentence
        assert "\n" not in sentence
        assert len(await details(tmp_path)) == kept

    async def test_a_closed_state_is_one_sentence(self, tmp_path: Path) -> None:
        state = State.open(tmp_path)
        state.close()
        with pytest.raises(StateError, match="cannot be used"):
            await state.audit.count()


class TestManyAtOnce:
    async def test_tasks_do_not_lose_each_others_writes(self, state: State) -> None:
        await asyncio.gather(*(state.audit.record(COMMAND_LINE, Action.ADD, str(number)) for number in range(50)))
        entries = await state.audit.page(0, 100)
        assert sorted(int(entry.detail) for entry in entries) == list(range(50))

    async def test_a_change_that_fails_leaves_nothing_behind(self, state: State) -> None:
        def fail(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT INTO chats VALUES (1, 'private', '', '')")
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await state.database.change(fail)
        assert await state.chats.all() == []

    async def test_two_processes_make_and_write_it_at_once(self, tmp_path: Path) -> None:
        processes = [SPAWN.Process(target=victims.record, args=(tmp_path, name, 40)) for name in ("bot", "cli")]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert [process.exitcode for process in processes] == [0, 0]
        expected = {f"{name} {number}" for name in ("bot", "cli") for number in range(40)}
        assert set(await details(tmp_path)) == expected

    async def test_a_process_killed_while_it_writes_loses_nothing_it_was_told_is_kept(self, tmp_path: Path) -> None:
        here, there = SPAWN.Pipe()
        process = SPAWN.Process(target=victims.record_until_killed, args=(tmp_path, there))
        process.start()
        told = 0
        while told < 20:
            told = here.recv()
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        while here.poll():
            told = here.recv()
        kept = await details(tmp_path)
        assert list(reversed(kept))[:told] == [str(number) for number in range(1, told + 1)]
        assert len(kept) <= told + 1
