"""DATA_DIR on a disk that was mounted read-only: every command says so in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unbreakable.conftest import remount
from tests.unbreakable.newsroom import ASK_SHARED

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unbreakable.conftest import Footnote

pytestmark = pytest.mark.slow


@pytest.fixture
def footnote(small_disk: Path, models: Path, footnote: Footnote) -> Footnote:
    footnote.data_dir = small_disk
    (small_disk / "models").symlink_to(models)
    return footnote


@pytest.mark.parametrize("command", ["ask", "reload", "status", "rollback", "run"])
@pytest.mark.parametrize("is_filled", [True, False], ids=["with-an-index", "empty"])
def test_one_sentence_that_names_the_folder(
    footnote: Footnote, small_disk: Path, command: str, *, is_filled: bool
) -> None:
    if is_filled:
        assert footnote("reload").code == footnote("reload", "--full").code == 0
    remount(small_disk, "ro")
    done = footnote(command, *([ASK_SHARED] if command == "ask" else []), given="/start\n")
    remount(small_disk, "rw")
    assert done.code == 1, done
    assert done.out == ""
    said = [line for line in done.err.splitlines() if line.startswith("DATA_DIR: ")]
    assert len(said) == 1, done
    assert str(small_disk) in said[0]
    assert "Traceback" not in done.err
