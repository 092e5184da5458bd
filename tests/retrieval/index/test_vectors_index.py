"""The dense leg: Chroma on one folder, nearest first, gone when closed."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pytest
from llama_index.core.schema import TextNode

from retrieval.embedding.vectors import DIMENSIONS, unit
from retrieval.index.vectors import VectorIndex

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray


def direction(*parts: float) -> NDArray[np.float32]:
    """A unit vector whose first numbers are in these proportions."""
    vector = np.zeros(DIMENSIONS, dtype=np.float32)
    vector[: len(parts)] = parts
    return unit(vector)


def node(identity: str, vector: NDArray[np.float32]) -> TextNode:
    return TextNode(id_=identity, text=identity, embedding=vector.tolist())


@pytest.fixture
def index(tmp_path: Path) -> Iterator[VectorIndex]:
    with closing(VectorIndex.create(tmp_path / "chroma")) as made:
        made.add([node("east", direction(1, 0)), node("north", direction(0, 1)), node("between", direction(1, 1))])
        yield made


def test_the_nearest_come_first(index: VectorIndex) -> None:
    assert index.search(direction(1, 0.2), 3) == ["east", "between", "north"]


def test_only_the_direction_counts(index: VectorIndex) -> None:
    assert index.search(100 * direction(0.1, 1), 3) == ["north", "between", "east"]


@pytest.mark.parametrize(("limit", "found"), [(1, 1), (2, 2), (50, 3)])
def test_no_more_than_asked_for_and_no_more_than_there_are(index: VectorIndex, limit: int, found: int) -> None:
    assert len(index.search(direction(1, 1), limit)) == found


def test_what_was_added_is_there_when_opened_again(index: VectorIndex, tmp_path: Path) -> None:
    index.close()
    with closing(VectorIndex.open(tmp_path / "chroma")) as again:
        assert again.count() == 3
        assert again.search(direction(1, 0.2), 1) == ["east"]


def test_a_closed_folder_can_be_moved_and_opened(index: VectorIndex, tmp_path: Path) -> None:
    index.close()
    with closing(VectorIndex.open((tmp_path / "chroma").rename(tmp_path / "moved"))) as moved:
        assert moved.search(direction(0, 1), 1) == ["north"]


def test_two_folders_hold_two_indexes(index: VectorIndex, tmp_path: Path) -> None:
    with closing(VectorIndex.create(tmp_path / "other")) as other:
        other.add([node("west", direction(-1, 0))])
        assert (other.count(), index.count()) == (1, 3)
        assert other.search(direction(1, 0), 5) == ["west"]


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    with closing(VectorIndex.create(tmp_path / "empty")) as empty:
        assert (empty.count(), empty.search(direction(1), 5)) == (0, [])


def test_opening_a_folder_without_an_index_fails(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="passages"):
        VectorIndex.open(tmp_path / "nothing")
