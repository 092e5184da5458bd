"""The dense leg: Chroma in a folder or on a server, nearest first; a folder is let go when closed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pytest
from llama_index.core.schema import TextNode
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from retrieval.embedding.vectors import DIMENSIONS, unit
from retrieval.index.vector_server import VectorServer
from retrieval.index.vectors import BATCH, VectorIndex
from tests.chroma_server import ChromaServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def direction(*parts: float) -> NDArray[np.float32]:
    """A unit vector whose first numbers are in these proportions."""
    vector = np.zeros(DIMENSIONS, dtype=np.float32)
    vector[: len(parts)] = parts
    return unit(vector)


def node(identity: str, vector: NDArray[np.float32]) -> TextNode:
    return TextNode(id_=identity, text=identity, embedding=vector.tolist())


THREE = [node("east", direction(1, 0)), node("north", direction(0, 1)), node("between", direction(1, 1))]


def open_files(folder: Path) -> list[str]:
    return [file.path for file in psutil.Process().open_files() if Path(file.path).is_relative_to(folder)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VectorServer]:
    with ChromaServer(tmp_path_factory.mktemp("server")) as chroma, closing(VectorServer(chroma.url)) as found:
        yield found


@pytest.fixture(params=["folder", "server"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    """An index of three, and whatever a test asks of it holds for both homes."""
    if request.param == "server":
        server: VectorServer = request.getfixturevalue("server")
        made = server.create("footnote-000000000001")
    else:
        made = VectorIndex.create(tmp_path / "chroma")
    with closing(made):
        made.add(THREE)
        yield made
    if request.param == "server":
        server.remove("footnote-000000000001")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an index of three that is closed."""
    with closing(VectorIndex.create(tmp_path / "chroma")) as made:
        made.add(THREE)
    return tmp_path / "chroma"


def test_the_nearest_come_first(index: VectorIndex) -> None:
    assert index.search(direction(1, 0.2), 3) == ["east", "between", "north"]


def test_only_the_direction_counts(index: VectorIndex) -> None:
    assert index.search(100 * direction(0.1, 1), 3) == ["north", "between", "east"]


@pytest.mark.parametrize(("limit", "found"), [(1, 1), (2, 2), (50, 3)])
def test_no_more_than_asked_for_and_no_more_than_there_are(index: VectorIndex, limit: int, found: int) -> None:
    assert len(index.search(direction(1, 1), limit)) == found


def test_more_than_one_batch_is_added_and_removed(index: VectorIndex) -> None:
    numbers = np.random.default_rng(7).normal(size=(2 * BATCH + 1, DIMENSIONS)).astype(np.float32)
    index.add(node(f"n{number}", vector) for number, vector in enumerate(numbers))
    assert index.count() == 3 + len(numbers)
    index.remove([f"n{number}" for number in range(len(numbers))])
    assert index.count() == 3


def test_what_is_added_again_is_there_once_and_as_it_was(index: VectorIndex) -> None:
    index.add([node("east", direction(-1, 0)), node("west", direction(-1, 0))])
    assert index.count() == 4
    assert index.search(direction(1, 0), 4) == ["east", "between", "north", "west"]


def test_what_was_removed_is_found_no_more(index: VectorIndex) -> None:
    index.remove(["east", "never there"])
    assert index.search(direction(1, 0.2), 3) == ["between", "north"]


def test_nothing_to_remove_is_no_error(index: VectorIndex) -> None:
    index.remove([])
    assert index.count() == 3


def test_what_was_added_is_there_when_opened_again(folder: Path) -> None:
    with closing(VectorIndex.open(folder)) as again:
        assert again.count() == 3
        assert again.search(direction(1, 0.2), 1) == ["east"]


def test_a_closed_folder_can_be_moved_and_opened(folder: Path) -> None:
    with closing(VectorIndex.open(folder.rename(folder.with_name("moved")))) as moved:
        assert moved.search(direction(0, 1), 1) == ["north"]


def test_two_folders_hold_two_indexes(tmp_path: Path) -> None:
    with (
        closing(VectorIndex.create(tmp_path / "one")) as index,
        closing(VectorIndex.create(tmp_path / "other")) as other,
    ):
        index.add(THREE)
        other.add([node("west", direction(-1, 0))])
        assert (other.count(), index.count()) == (1, 3)
        assert other.search(direction(1, 0), 5) == ["west"]


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    with closing(VectorIndex.create(tmp_path / "empty")) as empty:
        assert (empty.count(), empty.search(direction(1), 5)) == (0, [])


def test_opening_a_folder_without_an_index_fails(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="passages"):
        VectorIndex.open(tmp_path / "nothing")


def test_a_folder_that_cannot_be_opened_is_let_go(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(Exception, match="passages"):
            VectorIndex.open(tmp_path / "nothing")
    # Chroma closes its files in threads of its own, which may take a moment.
    let_go = Retrying(retry=retry_if_result(bool), stop=stop_after_delay(20), wait=wait_fixed(0.05))
    assert let_go(open_files, tmp_path / "nothing") == []
