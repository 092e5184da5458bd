"""A reload tells what changed and leaves nothing of what was removed; a failed one changes nothing."""

from __future__ import annotations

import asyncio
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from corpus.errors import CorpusError, FolderError
from retrieval.errors import DataError, IndexBroken, ReloadRunning
from retrieval.index.lexical import stems
from retrieval.models import Outcome
from retrieval.progress import Stage
from retrieval.reloading import Cause
from tests.retrieval import victims
from tests.retrieval.engines import (
    ASK_BRIDGE,
    ASK_FERRY,
    ASK_OWLS,
    ASK_VOLCANO,
    FERRY,
    ONE_LINE,
    STRICT,
    files_in,
    keep,
    outcome,
)
from tests.retrieval.small_articles import BRIDGE, OWLS, write

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from multiprocessing.context import ForkServerContext
    from pathlib import Path

    from retrieval.embedding.minilm import MiniLM
    from retrieval.engine import Engine
    from tests.retrieval.engines import NewEngine


class TestReload:
    async def test_before_the_first_a_question_is_told_that_there_is_no_index(
        self, new_engine: NewEngine, articles_dir: Path, data_dir: Path
    ) -> None:
        with pytest.raises(IndexBroken, match=ONE_LINE):
            await new_engine(articles_dir, data_dir).ask(ASK_BRIDGE)

    @pytest.mark.usefixtures("real_prober")
    async def test_what_changed_is_reported_and_found(self, engine: Engine, articles_dir: Path) -> None:
        write(articles_dir, {"ferry.txt": FERRY, "owls.md": OWLS.replace("Twelve", "Thirteen"), "bad.txt": ""})
        (articles_dir / "volcano.md").unlink()
        report = await engine.reload()
        difference = report.difference
        assert (difference.added, difference.changed, difference.removed) == (
            ("ferry.txt",),
            ("owls.md",),
            ("volcano.md",),
        )
        assert (report.generation, report.published, difference.unchanged) == (2, True, 1)
        assert [(problem.path, problem.reason) for problem in report.failed] == [("bad.txt", "is empty")]
        assert (await engine.ask(ASK_FERRY)).text == FERRY.strip()
        assert "Thirteen" in (await engine.ask(ASK_OWLS)).text

    async def test_without_a_change_nothing_is_published(self, engine: Engine) -> None:
        report = await engine.reload()
        assert (report.generation, report.published, report.difference.is_empty) == (1, False, True)

    async def test_a_full_reload_publishes_without_a_change(self, engine: Engine) -> None:
        report = await engine.reload(full=True)
        assert (report.generation, report.published) == (2, True)
        assert (await engine.ask(ASK_BRIDGE)).generation == 2

    async def test_a_new_calibration_publishes_though_no_article_changed(
        self, engine: Engine, data_dir: Path, model: MiniLM
    ) -> None:
        before = await engine.ask(ASK_OWLS)
        keep(STRICT, model.digest, data_dir)
        assert (await engine.ask(ASK_OWLS)).answered
        report = await engine.reload()
        assert (report.generation, report.published, report.difference.is_empty) == (2, True, True)
        after = await engine.ask(ASK_OWLS)
        assert (before.outcome, after.outcome) == (Outcome.ANSWER, Outcome.CLOSEST)
        assert (await engine.status()).manifest.calibration == STRICT
        assert not (await engine.reload()).published

    @pytest.mark.parametrize("content", [None, "", "{", "[]"])
    async def test_a_calibration_of_another_model_or_a_damaged_one_changes_nothing(
        self, engine: Engine, data_dir: Path, content: str | None
    ) -> None:
        if content is None:
            keep(STRICT, "another model", data_dir)
        else:
            (data_dir / "calibration.json").write_text(content, encoding="utf-8")
        assert not (await engine.reload()).published

    async def test_a_second_reload_at_a_time_is_refused(self, engine: Engine) -> None:
        refused: list[BaseException] = []

        def reload_too(stage: Stage, _done: int, _total: int) -> None:
            if stage is Stage.EMBEDDING:
                try:
                    asyncio.run(engine.reload(full=True))
                except ReloadRunning as error:
                    refused.append(error)

        await engine.reload(reload_too, full=True)
        assert len(refused) == 1

    async def test_a_file_whose_name_is_not_utf8_does_not_stop_the_others(
        self, engine: Engine, articles_dir: Path
    ) -> None:
        (articles_dir / os.fsdecode(b"caf\xe9.txt")).write_text(FERRY, encoding="utf-8")
        write(articles_dir, {"owls.md": OWLS.replace("Twelve", "Thirteen")})
        await engine.reload()
        assert "Thirteen" in (await engine.ask(ASK_OWLS)).text


class TestAFailedReload:
    @pytest.fixture(autouse=True)
    async def _still_serves(self, engine: Engine, new_engine: NewEngine, data_dir: Path) -> AsyncIterator[None]:
        expected = outcome(await engine.ask(ASK_OWLS))
        yield
        assert outcome(await engine.ask(ASK_OWLS)) == expected
        restarted = new_engine(engine.articles_dir, data_dir)
        assert outcome(await restarted.ask(ASK_OWLS)) == expected
        assert (await restarted.status()).manifest.number == 1
        assert [folder.name for folder in (data_dir / "generations").iterdir() if folder.is_dir()] == ["1"]

    async def test_an_empty_folder(self, engine: Engine, articles_dir: Path) -> None:
        for file in files_in(articles_dir):
            file.unlink()
        with pytest.raises(FolderError, match=r"\AARTICLES_DIR: [^\n]+ holds no articles[^\n]+\Z"):
            await engine.reload()

    async def test_a_missing_folder(self, engine: Engine, articles_dir: Path) -> None:
        shutil.rmtree(articles_dir)
        with pytest.raises(FolderError, match=r"\AARTICLES_DIR: there is no folder [^\n]+\Z"):
            await engine.reload(full=True)

    async def test_no_file_that_can_be_read(self, engine: Engine, articles_dir: Path) -> None:
        for file in files_in(articles_dir):
            file.write_bytes(b"\xff\xfe\xff")
        with pytest.raises(CorpusError, match=r"\AARTICLES_DIR: [^\n]+bridge\.txt is UTF-16[^\n]+\Z"):
            await engine.reload()

    async def test_a_cache_of_vectors_that_cannot_be_opened(self, engine: Engine, data_dir: Path) -> None:
        for name in ("embeddings.db", "embeddings.db-wal", "embeddings.db-shm"):
            (data_dir / name).unlink(missing_ok=True)
        (data_dir / "embeddings.db" / "in the way").mkdir(parents=True)
        with pytest.raises(DataError, match=r"\ADATA_DIR: [^\n]+embeddings\.db cannot be written[^\n]+\Z"):
            await engine.reload(full=True)

    async def test_a_file_where_the_generation_is_to_be_built(self, engine: Engine, data_dir: Path) -> None:
        (data_dir / "generations" / "building").touch()
        with pytest.raises(DataError, match=ONE_LINE):
            await engine.reload(full=True)

    @pytest.mark.parametrize("room", [100, 150_000], ids=["no-room", "room-for-the-cache"])
    async def test_a_full_disk(
        self, articles_dir: Path, data_dir: Path, processes: ForkServerContext, room: int
    ) -> None:
        long_article = " ".join(f"Ferry {number} was {number} minutes late on Monday." for number in range(600))
        write(articles_dir, {"long.txt": long_article})
        ours, theirs = processes.Pipe()
        child = processes.Process(target=victims.reload_on_a_full_disk, args=(articles_dir, data_dir, room, theirs))
        child.start()
        kind, sentence = ours.recv()
        child.join()
        assert (kind, sentence.count("\n")) == ("RetrievalError", 0), sentence


class TestNothingRemovedIsFound:
    @pytest.mark.parametrize(("others", "rebuilt"), [(0, Cause.CHANGES), (9, None)], ids=["anew", "copied"])
    async def test_by_no_leg_and_in_no_quote(
        self, engine: Engine, articles_dir: Path, model: MiniLM, others: int, rebuilt: Cause | None
    ) -> None:
        write(articles_dir, {f"{number}.txt": f"Tram {number} stood still." for number in range(others)})
        if others:
            await engine.reload()
        (articles_dir / "volcano.md").unlink()
        write(articles_dir, {"bridge.txt": BRIDGE.replace("Tuesday", "Friday").replace("1931", "1950")})
        assert (await engine.reload()).rebuilt is rebuilt
        with engine._generations.lease() as serving:
            generation = serving.generation
            everything = generation.catalog.passages(range(100))
            assert len(everything) == others + 3 - 1
            for gone in ("Hverfjall", "Tuesday", "1931"):
                assert not any(gone in passage.text for passage in everything)
                assert generation.lexical.search(stems(gone), 50) == {}
            nearest = generation.vectors.search(model.embed_question(ASK_VOLCANO).whole, 50)
            assert sorted(nearest) == sorted(passage.passage.id for passage in everything)
        for question in (ASK_VOLCANO, ASK_BRIDGE, "Tuesday 1931", "Hverfjall"):
            answer = await engine.ask(question)
            shown = " ".join(citation.context.text for citation in answer.citations)
            assert not any(gone in shown for gone in ("Hverfjall", "Tuesday", "1931"))
            assert "volcano.md" not in {card.path for card in answer.nearest}
        assert "Friday" in (await engine.ask(ASK_BRIDGE)).text

    async def test_its_page_is_gone_too(self, engine: Engine, articles_dir: Path) -> None:
        (gone,) = [card for card in await engine.articles() if card.path == "volcano.md"]
        (articles_dir / "volcano.md").unlink()
        await engine.reload()
        assert await engine.article(gone.id) is None
        assert gone not in await engine.articles()
