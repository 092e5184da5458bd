"""An index for measuring: there while it is used, gone without a trace."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pytest

from corpus.library import scan
from retrieval import throwaway
from retrieval.index.lexical import stems
from tests.retrieval.canned_model import CannedModel
from tests.retrieval.small_articles import ARTICLES, write

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.models import Article


@pytest.fixture
def articles(tmp_path: Path) -> tuple[Article, ...]:
    return scan(write(tmp_path / "articles", ARTICLES)).articles


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which temporary ones are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_it_can_be_searched_and_leaves_no_folder_behind(articles: tuple[Article, ...], temporary: Path) -> None:
    seen: list[tuple[int, int]] = []
    with throwaway.index(articles, CannedModel(), lambda done, total: seen.append((done, total))) as generation:
        assert generation.manifest.passages == len(ARTICLES)
        assert len(generation.lexical.search(stems("owls"), 5)) == 1
        assert list(temporary.iterdir()) != []
    assert list(temporary.iterdir()) == []
    assert seen[-1] == (3, 3)


def test_an_exception_passes_through_and_leaves_no_folder_behind(
    articles: tuple[Article, ...], temporary: Path
) -> None:
    with (
        pytest.raises(RuntimeError, match="measured too long"),
        throwaway.index(articles, CannedModel(), lambda _done, _total: None),
    ):
        raise RuntimeError("measured too long")
    assert list(temporary.iterdir()) == []


def test_a_build_that_is_stopped_leaves_no_folder_behind(articles: tuple[Article, ...], temporary: Path) -> None:
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), throwaway.index(articles, CannedModel(), stop):
        pytest.fail("it was built")
    assert list(temporary.iterdir()) == []


def test_articles_dir_and_data_dir_are_not_touched(
    articles: tuple[Article, ...], tmp_path: Path, temporary: Path
) -> None:
    before = sorted(tmp_path.rglob("*"))
    with throwaway.index(articles, CannedModel(), lambda _done, _total: None):
        pass
    assert sorted(tmp_path.rglob("*")) == before
    assert temporary in before
