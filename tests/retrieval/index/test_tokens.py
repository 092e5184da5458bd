"""Files of token vectors: what was written comes back or is an error, and no generation touches another's."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import IndexBroken
from retrieval.index.tokens import Place, TokenFiles, take_over

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

OWLS, FERRY, BRIDGE = b"owls" * 9, b"ferry" * 7, b"bridge" * 5


def written(folder: Path, *stored: bytes) -> list[Place]:
    """Add to the files in `folder` what goes into one more, and return where it stands."""
    with closing(TokenFiles.open(folder)) as files:
        return [files.add(content) for content in stored]


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@given(st.lists(st.lists(st.binary(max_size=50), max_size=5), max_size=4))
def test_what_was_written_comes_back(tmp_path_factory: pytest.TempPathFactory, rounds: Sequence[list[bytes]]) -> None:
    folder = tmp_path_factory.mktemp("tokens")
    places = [place for stored in rounds for place in written(folder, *stored)]
    with closing(TokenFiles.open(folder)) as files:
        assert [files.read(place) for place in places] == [content for stored in rounds for content in stored]


def test_what_is_added_is_read_after_a_flush(tmp_path: Path) -> None:
    with closing(TokenFiles.open(tmp_path / "tokens")) as files:
        place = files.add(OWLS)
        files.flush()
        assert files.read(place) == OWLS


def test_a_folder_that_is_missing_holds_nothing_and_stays_missing(tmp_path: Path) -> None:
    with closing(TokenFiles.open(tmp_path / "tokens")) as files, pytest.raises(IndexBroken, match=r"\A[^\n]+\.\Z"):
        files.read(Place(1, 0, 4, 0))
    assert not (tmp_path / "tokens").exists()


class TestTakenOver:
    @pytest.fixture
    def previous(self, tmp_path: Path) -> Path:
        written(tmp_path / "previous", OWLS)
        return tmp_path / "previous"

    def test_the_files_are_the_same_on_the_disk(self, previous: Path, tmp_path: Path) -> None:
        take_over(previous, tmp_path / "next")
        assert (tmp_path / "next" / "1").samefile(previous / "1")

    def test_what_is_added_is_in_a_file_of_its_own(self, previous: Path, tmp_path: Path) -> None:
        take_over(previous, tmp_path / "next")
        written(tmp_path / "next", FERRY)
        assert (names(previous), names(tmp_path / "next")) == (["1"], ["1", "2"])
        assert (previous / "1").read_bytes() == OWLS

    @pytest.mark.parametrize("removed", ["previous", "next"])
    def test_either_generation_outlives_the_other(self, previous: Path, tmp_path: Path, removed: str) -> None:
        take_over(previous, tmp_path / "next")
        shutil.rmtree(tmp_path / removed)
        (left,) = tmp_path.glob("*/1")
        assert left.read_bytes() == OWLS

    def test_a_file_that_is_not_kept_stays_with_the_other_generation(self, previous: Path, tmp_path: Path) -> None:
        take_over(previous, tmp_path / "next")
        with closing(TokenFiles.open(tmp_path / "next")) as files:
            files.keep([])
        assert (names(previous), names(tmp_path / "next")) == (["1"], [])

    def test_where_the_file_system_has_no_links_they_are_copied(
        self, previous: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(source: Path, to: Path) -> None:
            raise PermissionError(1, "Operation not permitted", str(source), None, str(to))

        monkeypatch.setattr(os, "link", refuse)
        take_over(previous, tmp_path / "next")
        assert (tmp_path / "next" / "1").read_bytes() == OWLS
        assert not (tmp_path / "next" / "1").samefile(previous / "1")

    def test_an_open_one_is_read_when_its_folder_is_gone(self, previous: Path) -> None:
        (place,) = written(previous, BRIDGE)
        with closing(TokenFiles.open(previous)) as files:
            shutil.rmtree(previous)
            assert files.read(place) == BRIDGE


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(file.read_bytes()[:-1]),
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(bytes(file.stat().st_size)),
        lambda file: file.write_bytes(file.read_bytes().replace(b"f", b"g", 1)),
        lambda file: file.unlink(),
    ],
    ids=["shorter", "empty", "zeros", "one byte", "missing"],
)
def test_what_is_damaged_is_no_vector(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    owls, ferry = written(tmp_path / "tokens", OWLS, FERRY)
    damage(tmp_path / "tokens" / "1")
    with closing(TokenFiles.open(tmp_path / "tokens")) as files, pytest.raises(IndexBroken, match=r"\A[^\n]+\.\Z"):
        _ = files.read(ferry), files.read(owls)


def test_closed_files_are_closed(tmp_path: Path) -> None:
    ours = psutil.Process()
    before = ours.num_fds()
    written(tmp_path / "tokens", OWLS)
    written(tmp_path / "tokens", FERRY)
    (tmp_path / "tokens" / "3").mkdir()
    with pytest.raises(IsADirectoryError):
        TokenFiles.open(tmp_path / "tokens")
    assert ours.num_fds() == before
