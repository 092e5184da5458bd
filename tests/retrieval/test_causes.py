"""Why all of an index is made anew, and that it is said."""

from __future__ import annotations

import dataclasses
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from corpus import chunking, readers
from retrieval.index import catalog, lexical
from retrieval.index.vector_server import VectorServer
from retrieval.reloading import Cause
from tests.retrieval.engines import ASK_OWLS, STRICT, keep, outcome
from tests.retrieval.small_articles import OWLS, write

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from retrieval.embedding.minilm import MiniLM
    from retrieval.engine import Engine
    from retrieval.index.generation import Manifest
    from tests.retrieval.engines import NewEngine


@pytest.fixture
async def manifest(engine: Engine) -> Manifest:
    return (await engine.status()).manifest


class TestCause:
    """What a manifest says against the settings of now."""

    def test_nothing_where_all_is_as_it_was(self, engine: Engine, manifest: Manifest) -> None:
        assert engine._reloader.cause(manifest) is None

    @pytest.mark.parametrize(
        ("field", "value", "cause"),
        [
            ("articles_dir", "/elsewhere", Cause.FOLDER),
            ("model", "another", Cause.MODEL),
            ("readers", "another", Cause.VERSION),
            ("chunker", "another", Cause.VERSION),
            ("analyser", "another", Cause.VERSION),
            ("schema", "another", Cause.VERSION),
            ("calibration", STRICT, Cause.CALIBRATION),
            ("collection", "footnote-1", Cause.SERVER),
        ],
    )
    def test_another_value_is_named(
        self, engine: Engine, manifest: Manifest, field: str, value: object, cause: Cause
    ) -> None:
        other = dataclasses.replace(manifest, **{field: value})  # type: ignore[arg-type] # the cases name real fields
        assert engine._reloader.cause(other) is cause

    def test_moving_to_a_server_is_named(
        self, engine: Engine, manifest: Manifest, articles_dir: Path, data_dir: Path, model: MiniLM
    ) -> None:
        moved = type(engine)(articles_dir, data_dir, VectorServer("http://127.0.0.1:9"))
        moved._model = model
        with closing(moved):
            assert moved._reloader.cause(manifest) is Cause.SERVER

    def test_what_was_asked_for_comes_first(self, engine: Engine, manifest: Manifest) -> None:
        other = dataclasses.replace(manifest, articles_dir="/elsewhere")
        assert engine._reloader.cause(other, full=True) is Cause.ASKED

    def test_without_a_generation_it_is_the_first(
        self, new_engine: NewEngine, articles_dir: Path, data_dir: Path
    ) -> None:
        assert new_engine(articles_dir, data_dir)._reloader.cause(None) is Cause.FIRST

    def test_with_none_that_can_be_read_it_is_damaged(self, engine: Engine) -> None:
        assert engine._reloader.cause(None) is Cause.DAMAGED


class TestReports:
    async def test_a_small_change_has_no_cause(self, engine: Engine, articles_dir: Path) -> None:
        write(articles_dir, {"ferry.txt": "A ferry ran aground off Bodo."})
        report = await engine.reload()
        assert (report.published, report.rebuilt) == (True, None)
        assert (await engine.status()).manifest.replaced == 0

    async def test_more_than_a_quarter_taken_out_makes_all_anew(self, engine: Engine, articles_dir: Path) -> None:
        write(articles_dir, {"owls.md": OWLS.replace("Twelve", "Ten")})
        report = await engine.reload()
        assert (report.rebuilt, report.difference.changed) == (Cause.CHANGES, ("owls.md",))
        assert (await engine.status()).manifest.replaced == 0
        assert "Ten" in (await engine.ask(ASK_OWLS)).text

    async def test_holes_of_earlier_reloads_count(self, engine: Engine, articles_dir: Path) -> None:
        """One of nine is little, the third one of nine is not."""
        write(articles_dir, {f"{number}.txt": f"Ferry {number} sank off Bodo." for number in range(6)})
        assert (await engine.reload()).rebuilt is None
        causes = []
        for word in ("Ten", "Nine", "Eight"):
            write(articles_dir, {"owls.md": OWLS.replace("Twelve", word)})
            causes.append((await engine.reload()).rebuilt)
        assert causes == [None, None, Cause.CHANGES]

    async def test_a_full_reload_was_asked_for(self, engine: Engine) -> None:
        assert (await engine.reload(full=True)).rebuilt is Cause.ASKED

    async def test_another_folder(self, engine: Engine, new_engine: NewEngine, data_dir: Path, tmp_path: Path) -> None:
        engine.close()
        other = new_engine(write(tmp_path / "other", {"owls.md": OWLS}), data_dir)
        assert (await other.reload()).rebuilt is Cause.FOLDER

    async def test_another_calibration(self, engine: Engine, data_dir: Path, model: MiniLM) -> None:
        keep(STRICT, model.digest, data_dir)
        assert (await engine.reload()).rebuilt is Cause.CALIBRATION

    @pytest.mark.parametrize(
        "part",
        [chunking, readers, lexical, catalog],
        ids=lambda part: part.__name__.rpartition(".")[2],
    )
    async def test_another_version(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch, new_engine: NewEngine, data_dir: Path, part: ModuleType
    ) -> None:
        engine.close()
        monkeypatch.setattr(part, "VERSION", "another")
        if part is catalog:
            monkeypatch.setattr("retrieval.index.build.CATALOG_VERSION", "another")
        report = await new_engine(engine.articles_dir, data_dir).reload()
        assert (report.rebuilt, report.difference.is_empty) == (Cause.VERSION, True)

    async def test_another_model(self, engine: Engine, new_engine: NewEngine, data_dir: Path) -> None:
        before = outcome(await engine.ask(ASK_OWLS))
        engine.close()
        manifest = data_dir / "generations" / "1" / "manifest.json"
        digest = engine._loaded_model.digest
        manifest.write_text(manifest.read_text(encoding="utf-8").replace(digest, "older"), encoding="utf-8")
        updated = new_engine(engine.articles_dir, data_dir)
        report = await updated.reload()
        assert outcome(await updated.ask(ASK_OWLS)) == before
        assert (report.rebuilt, report.difference.is_empty) == (Cause.MODEL, True)
