"""The probe: a sentence for whatever is wrong with a generation, and never a crash of whoever asks."""

from __future__ import annotations

import os
import shutil
import signal
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pytest

from retrieval.errors import IndexBroken
from retrieval.index.lexical import LexicalIndex
from retrieval.index.parts import CATALOG, LEXICAL, SIZES, VECTORS
from retrieval.index.probe import Prober, examine, is_as_noted, note_sizes
from retrieval.index.vectors import VectorIndex
from tests.retrieval.canned_model import CannedModel
from tests.retrieval.small_articles import ARTICLES, build_from, write

if TYPE_CHECKING:
    from pathlib import Path

ONE_LINE = r"\A[^\n]+\Z"


@pytest.fixture
def generation(tmp_path: Path) -> Path:
    """A generation, its sizes noted as when it is published."""
    folder = tmp_path / "generation"
    build_from(write(tmp_path / "articles", ARTICLES), folder, CannedModel())
    note_sizes(folder)
    return folder


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


class TestSizes:
    def test_a_generation_is_as_noted(self, generation: Path) -> None:
        assert is_as_noted(generation)

    def test_opening_it_leaves_it_as_noted(self, generation: Path) -> None:
        examine(generation)
        assert is_as_noted(generation)

    def test_every_file_that_is_shorter_is_seen(self, generation: Path) -> None:
        for file in sorted(generation.rglob("*")):
            if file.is_file() and file.name != SIZES and file.stat().st_size:
                held = file.read_bytes()
                truncate(file)
                assert not is_as_noted(generation), file
                file.write_bytes(held)
        assert is_as_noted(generation)

    def test_every_file_that_is_missing_is_seen(self, generation: Path) -> None:
        for file in sorted(generation.rglob("*")):
            if file.is_file():
                held = file.read_bytes()
                file.unlink()
                assert not is_as_noted(generation), file
                file.write_bytes(held)

    @pytest.mark.parametrize("content", [b"", b"{", b"\xff"])
    def test_a_damaged_note_says_nothing(self, generation: Path, content: bytes) -> None:
        (generation / SIZES).write_bytes(content)
        assert not is_as_noted(generation)


class TestProber:
    def test_a_whole_generation_passes(self, generation: Path) -> None:
        with closing(Prober()) as prober:
            prober.check(generation)

    def test_one_text_under_many_titles_passes(self, tmp_path: Path) -> None:
        text = "Send us your photographs of the regatta by Friday noon.\n"
        papers = {
            f"{name}.md": f"---\ntitle: {name} {'regatta ' * number}\n---\n{text}"
            for number, name in enumerate(["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gorse", "Hazel"])
        }
        build_from(write(tmp_path / "articles", papers), tmp_path / "generation", CannedModel())
        examine(tmp_path / "generation")

    def test_a_hundred_titles_full_of_a_passages_words_are_no_damage(self, tmp_path: Path) -> None:
        papers = {"a.md": "The ferry is at the island."}
        for number in range(100):
            title = "ferry island " * (number % 7 + 2)
            papers[f"{number}.md"] = f"---\ntitle: {title}\n---\nThe ferry is at island {number}.\n"

        build_from(write(tmp_path / "articles", papers), tmp_path / "generation", CannedModel())

    def test_vectors_of_other_passages_are_noticed(self, tmp_path: Path) -> None:
        papers = {f"{number}.txt": f"The ferry sails to island {number}.\n" for number in range(12)}
        build_from(write(tmp_path / "articles", papers), tmp_path / "generation", CannedModel())
        with closing(VectorIndex.open(tmp_path / "generation" / VECTORS)) as index:
            stored = index._collection.get(include=["embeddings"])
            index._collection.update(ids=stored["ids"], embeddings=-np.array(stored["embeddings"]))

        with pytest.raises(IndexBroken, match="by meaning"):
            examine(tmp_path / "generation")

    def test_a_lexical_index_of_other_articles_is_noticed(self, generation: Path) -> None:
        shutil.rmtree(generation / LEXICAL)
        LexicalIndex.create(generation / LEXICAL).add([(key, "", "Nothing of it.") for key in (1, 2, 3)])

        with pytest.raises(IndexBroken, match="by words"):
            examine(generation)

    def test_what_examine_says_comes_back_as_the_same_sentence(self, generation: Path) -> None:
        truncate(generation / "manifest.json")
        with pytest.raises(IndexBroken) as here:
            examine(generation)
        with closing(Prober()) as prober, pytest.raises(IndexBroken, match=ONE_LINE) as there:
            prober.check(generation)
        assert str(there.value) == str(here.value)

    def test_a_damaged_catalog_is_a_sentence(self, generation: Path) -> None:
        file = generation / CATALOG
        content = bytearray(file.read_bytes())
        content[4096:] = bytes(len(content) - 4096)
        file.write_bytes(content)
        with closing(Prober()) as prober, pytest.raises(IndexBroken, match=ONE_LINE):
            prober.check(generation)

    @pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
    def test_a_child_that_is_killed_is_a_sentence(self, generation: Path, number: signal.Signals) -> None:
        with closing(Prober()) as prober:
            os.kill(prober._process.pid, number)
            with pytest.raises(IndexBroken, match=r"\A[^\n]+ it crashed the process that tried to read it\.\Z"):
                prober.check(generation)

    def test_one_that_is_never_asked_leaves_no_process_and_no_open_file(self) -> None:
        ours = psutil.Process()
        before = ours.num_fds()
        for _ in range(3):
            with closing(Prober()) as prober:
                pass
            assert prober._process.returncode is not None
        assert ours.num_fds() == before
