"""DATA_DIR: one writer, one serving generation, and nothing left behind by whoever is killed."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest

from retrieval.errors import DataError, IndexBroken, ReloadRunning
from retrieval.index.generation import Manifest
from retrieval.index.store import GenerationStore
from retrieval.models import Calibration

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> GenerationStore:
    made = GenerationStore(tmp_path / "data")
    made.prepare()
    return made


def manifest() -> Manifest:
    return Manifest(
        number=1,
        built_at="2024-05-31T12:00:00+00:00",
        articles_dir="/articles",
        model="model",
        readers="1",
        chunker="1",
        analyser="1",
        schema="1",
        articles=2,
        passages=3,
        calibration=Calibration(slope=2.5, midpoint=3.0, answer=0.4, closest=0.1),
        failed={"bad.txt": "is empty"},
    )


def publish(store: GenerationStore, word: str) -> int:
    """Publish a generation that is one file with a word in it."""
    with store.writing() as building:
        (building / "word").write_text(word, encoding="utf-8")
        number = store.next_number()
        store.place(building, number)
        store.serve(number)
    return number


def serving(store: GenerationStore) -> str:
    number = store.current()
    assert number is not None
    return (store.folder(number) / "word").read_text(encoding="utf-8")


def hold_the_lock(data_dir: Path, parent: Connection) -> None:
    """Begin a generation, say so, and go on for ever."""
    with GenerationStore(data_dir).writing() as building:
        (building / "half").touch()
        parent.send("locked")
        parent.recv()


def publish_unless_killed_before(data_dir: Path, name: str) -> None:
    """Publish a generation, but die by SIGKILL when the file called `name` is about to be moved into place."""
    import sys  # noqa: PLC0415 - the hook must not outlive this process

    def kill(event: str, arguments: tuple[object, ...]) -> None:
        if event == "os.rename" and os.path.basename(str(arguments[1])) == name:  # noqa: PTH119 - a bare string
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(kill)
    publish(GenerationStore(data_dir), "unfinished")


class TestPublish:
    def test_before_the_first_nothing_serves(self, store: GenerationStore) -> None:
        assert store.current() is None
        assert store.numbers() == []

    def test_the_last_published_serves(self, store: GenerationStore) -> None:
        assert [publish(store, "one"), publish(store, "two")] == [1, 2]
        assert (store.current(), serving(store)) == (2, "two")

    def test_another_store_of_the_same_folder_sees_it(self, store: GenerationStore) -> None:
        publish(store, "one")
        assert serving(GenerationStore(store.data_dir)) == "one"

    def test_what_is_not_published_leaves_no_trace(self, store: GenerationStore) -> None:
        publish(store, "one")

        def fail_half_way() -> None:
            with store.writing() as building:
                (building / "word").touch()
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail_half_way()
        assert (serving(store), store.numbers()) == ("one", [1])
        assert [folder.name for folder in (store.data_dir / "generations").iterdir()] == ["1"]

    @pytest.mark.parametrize("instant", ["2", "CURRENT"])
    def test_a_kill_in_the_middle_of_publishing_leaves_the_previous_serving(
        self, store: GenerationStore, processes: ForkServerContext, instant: str
    ) -> None:
        publish(store, "one")
        victim = processes.Process(target=publish_unless_killed_before, args=(store.data_dir, instant))
        victim.start()
        victim.join()
        assert victim.exitcode == -signal.SIGKILL
        assert serving(store) == "one"
        publish(store, "next")
        assert serving(store) == "next"


class TestOneWriter:
    def test_a_second_writer_in_this_process_is_refused(self, store: GenerationStore) -> None:
        with store.writing(), pytest.raises(ReloadRunning), GenerationStore(store.data_dir).writing():
            pytest.fail("two writers at a time")

    def test_the_next_may_write_when_the_first_is_done_or_has_failed(self, store: GenerationStore) -> None:
        with pytest.raises(RuntimeError), store.writing():
            raise RuntimeError
        with store.writing():
            pass

    def test_a_refused_writer_does_not_touch_what_the_first_builds(self, store: GenerationStore) -> None:
        with store.writing() as building:
            (building / "word").touch()
            with pytest.raises(ReloadRunning), store.writing():
                pass
            assert (building / "word").exists()

    def test_another_process_holds_the_lock_until_it_is_killed(
        self, store: GenerationStore, processes: ForkServerContext
    ) -> None:
        ours, theirs = processes.Pipe()
        other = processes.Process(target=hold_the_lock, args=(store.data_dir, theirs))
        other.start()
        assert ours.recv() == "locked"
        with pytest.raises(ReloadRunning), store.writing():
            pytest.fail("two writers at a time")
        half_built = store.data_dir / "generations" / "building" / "half"
        assert half_built.exists()
        other.kill()
        other.join()
        assert other.exitcode == -signal.SIGKILL
        with store.writing():
            assert not half_built.exists()


class TestCollect:
    def test_the_serving_and_the_previous_generation_stay(self, store: GenerationStore) -> None:
        for word in ("one", "two", "three", "four"):
            publish(store, word)
        store.collect()
        assert (store.numbers(), serving(store)) == ([3, 4], "four")

    def test_a_number_is_never_given_twice_to_what_lies_there(self, store: GenerationStore) -> None:
        for word in ("one", "two", "three"):
            publish(store, word)
            store.collect()
        assert store.next_number() == 4

    def test_the_serving_generation_is_kept_whatever_lies_beside_it(self, store: GenerationStore) -> None:
        """Two reloads killed between the two steps of publishing leave two newer folders that never served."""
        publish(store, "serving")
        for number in (2, 3):
            store.folder(number).mkdir()
        store.collect()
        assert serving(store) == "serving"

    def test_foreign_files_are_left_alone(self, store: GenerationStore) -> None:
        foreign = store.data_dir / "generations" / "notes.txt"
        foreign.touch()
        for word in ("one", "two", "three"):
            publish(store, word)
        store.collect()
        assert foreign.exists()
        assert store.numbers() == [2, 3]


class TestBadFolders:
    @pytest.mark.parametrize(
        "content", [b"", b"\n", b"seven\n", b"99\n", b"-1\n", b"1 2\n", b"\xff\xfe\x00", b"1/../1"]
    )
    def test_a_damaged_current_is_a_broken_index(self, store: GenerationStore, content: bytes) -> None:
        publish(store, "one")
        (store.data_dir / "CURRENT").write_bytes(content)
        with pytest.raises(IndexBroken, match=r"^[^\n]*CURRENT[^\n]*\.$"):
            store.current()

    def test_a_folder_below_a_file_cannot_be_prepared(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(DataError, match=r"^DATA_DIR: [^\n]* cannot be written \(Not a directory\)\.$"):
            GenerationStore(tmp_path / "file" / "data").prepare()

    def test_preparing_leaves_nothing_but_the_folder(self, store: GenerationStore) -> None:
        assert [file.name for file in store.data_dir.iterdir()] == ["generations"]

    def test_a_manifest_without_a_calibration_that_is_one_is_a_broken_index(self, store: GenerationStore) -> None:
        """So a generation from before there were calibrations is replaced."""
        number = publish(store, "one")
        whole = manifest()
        whole.write(store.folder(number))
        assert Manifest.read(store.folder(number)) == whole
        fields = json.loads((store.folder(number) / "manifest.json").read_text(encoding="utf-8"))
        for calibration in (None, {}, 7, {"slope": 1.0}, {**fields["calibration"], "more": 1}):
            changed = json.dumps({**fields, "calibration": calibration})
            (store.folder(number) / "manifest.json").write_text(changed, encoding="utf-8")
            with pytest.raises(IndexBroken, match=r"^[^\n]*manifest\.json is missing or damaged[^\n]*\.$"):
                Manifest.read(store.folder(number))

    def test_a_manifest_that_is_none_is_a_broken_index(self, store: GenerationStore) -> None:
        number = publish(store, "one")
        for content in (None, "", "[]", '{"number": 1}', "\0"):
            if content is not None:
                (store.folder(number) / "manifest.json").write_text(content, encoding="utf-8")
            with pytest.raises(IndexBroken, match=r"^[^\n]*manifest\.json is missing or damaged[^\n]*\.$"):
                Manifest.read(store.folder(number))
