from __future__ import annotations

import os
from typing import TYPE_CHECKING

from retrieval.index import read_ahead as module
from retrieval.index.read_ahead import read_ahead

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_all_files_below_the_folder_are_read(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "small").write_bytes(bytes(10))
    (tmp_path / "deep" / "large").write_bytes(bytes(3_000_000))
    assert read_ahead(tmp_path) == 3_000_010


def test_what_does_not_fit_into_the_free_memory_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHARE", 0.0)
    (tmp_path / "catalog.db").write_bytes(bytes(100))
    assert read_ahead(tmp_path) == 0


def test_it_stands_back_before_each_piece(tmp_path: Path) -> None:
    (tmp_path / "catalog.db").write_bytes(bytes(3 * module.PIECE))
    asked: list[int] = []
    read_ahead(tmp_path, lambda: asked.append(1))
    assert len(asked) >= 3


def test_a_file_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(bytes(10))
    os.mkfifo(tmp_path / "pipe")  # neither a file nor to be waited for
    assert read_ahead(tmp_path) == 10
