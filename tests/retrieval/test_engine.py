"""The promises to users: exact quotes, dates from the file alone, the same answers from the same articles."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from corpus import chunking, readers
from retrieval.errors import UnreadableQuery
from retrieval.index import catalog, lexical
from retrieval.index.generation import Generation
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
    assert_stands_in_its_file,
    file_text,
    files_in,
    keep,
    outcome,
)
from tests.retrieval.small_articles import write

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext
    from pathlib import Path
    from types import ModuleType

    from retrieval.embedding.minilm import MiniLM
    from retrieval.engine import Engine
    from tests.retrieval.engines import NewEngine


def questions_in(file: Path) -> list[str]:
    return [json.loads(line)["question"] for line in file.read_text(encoding="utf-8").splitlines()]


class TestQuotesAreExact:
    async def test_every_quote_of_the_sample_questions_stands_in_its_file(
        self, new_engine: NewEngine, sample_articles: Path, data_dir: Path, eval_questions: Path
    ) -> None:
        engine = new_engine(sample_articles, data_dir)
        await engine.start()
        quoted = 0
        for question in questions_in(eval_questions)[::2]:
            answer = await engine.ask(question)
            for citation in answer.citations:
                assert_stands_in_its_file(citation, sample_articles)
                quoted += 1
        assert quoted > 30

    @pytest.mark.parametrize(
        "raw",
        [
            FERRY.encode("utf-8-sig"),
            f"Шторм 🚢⚓️ утих.\r\n\r\n{FERRY}".encode().replace(b"\n", b"\r\n"),
            f"Cafe\u0301 closes\n\n{FERRY.strip()} “It’s over”, said Åse\u00a0Dahl…\n".encode(),
            f"---\r\ntitle: A ferry\r\n---\r\n# Ferry ⛴\r\n\r\n{FERRY}".encode(),
            ("\u2028\x85\x0b" + FERRY.replace(" ran", "\tran")).encode(),
            FERRY.replace("aground off", "aground\noff").encode(),
        ],
        ids=["bom", "crlf-and-emoji", "combining-marks", "front-matter-crlf", "odd-white-space", "wrapped-line"],
    )
    async def test_quotes_count_the_files_own_characters(
        self, new_engine: NewEngine, tmp_path: Path, data_dir: Path, raw: bytes
    ) -> None:
        folder = write(tmp_path / "odd", {})
        (folder / "ferry.txt").write_bytes(raw)
        # One more sentence, as two files with one text would be taken for one article.
        (folder / "ferry too.md").write_bytes(raw + b"\n\nIt rained.\n")
        engine = new_engine(folder, data_dir)
        await engine.start()
        answer = await engine.ask(ASK_FERRY)
        assert "214 passengers" in answer.text
        for citation in answer.citations:
            assert_stands_in_its_file(citation, folder)

    async def test_the_text_of_an_article_is_its_file(self, engine: Engine, articles_dir: Path) -> None:
        for card in await engine.articles():
            found = await engine.article(card.id)
            assert found == (card, file_text(articles_dir, card.path))


class TestDates:
    async def test_an_article_without_a_date_is_shown_without_one(self, engine: Engine) -> None:
        answer = await engine.ask(ASK_BRIDGE)
        assert (answer.citations[0].article.path, answer.citations[0].article.published) == ("bridge.txt", None)

    async def test_a_date_comes_from_the_file_alone(self, engine: Engine, articles_dir: Path) -> None:
        """Neither the file's name nor its time of writing nor a date in its text is when it was published."""
        write(articles_dir, {"1999-01-02-ferry.txt": f"On 3 April 2001 it stormed. {FERRY}"})
        os.utime(articles_dir / "1999-01-02-ferry.txt", (0, 0))
        await engine.reload()
        dates = {card.path: card.published for card in await engine.articles()}
        assert dates.pop("volcano.md") is not None
        assert set(dates.values()) == {None}
        status = await engine.status()
        assert status.oldest == status.newest is not None


class TestToday:
    @pytest.mark.parametrize(("today", "is_found"), [(date(2022, 7, 1), True), (date(2024, 7, 1), False)])
    async def test_a_question_may_be_seen_from_another_day(
        self, engine: Engine, today: date, *, is_found: bool
    ) -> None:
        answer = await engine.ask("Which volcano began to erupt last year?", today)
        assert answer.answered
        scope = answer.remarks.scope if is_found else answer.remarks.outside
        assert (scope.since, scope.until) == (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))

    async def test_without_one_it_is_the_machines(self, engine: Engine) -> None:
        asked = "Which volcano began to erupt since:yesterday?"
        expected = datetime.now().astimezone().date()
        answer = await engine.ask(asked.removesuffix("?"))
        assert answer.remarks.scope.since in {expected - timedelta(days=days) for days in (0, 1)}

    async def test_an_operator_that_makes_no_sense_is_an_error_of_ours(self, engine: Engine) -> None:
        for message in ("since:soon owls", "since:2020"):
            with pytest.raises(UnreadableQuery, match=ONE_LINE):
                await engine.ask(message)


class TestSameAnswers:
    questions = (ASK_BRIDGE, ASK_OWLS, ASK_VOLCANO, "Which article names cables?", "Who painted the Mona Lisa?")

    async def test_across_rebuilds(self, engine: Engine) -> None:
        before = [outcome(await engine.ask(question)) for question in self.questions]
        await engine.reload(full=True)
        assert [outcome(await engine.ask(question)) for question in self.questions] == before

    async def test_after_going_away_from_the_articles_and_back(self, engine: Engine, articles_dir: Path) -> None:
        before = [outcome(await engine.ask(question)) for question in self.questions]
        write(articles_dir, {"ferry.txt": FERRY})
        await engine.reload()
        (articles_dir / "ferry.txt").unlink()
        await engine.reload()
        assert [outcome(await engine.ask(question)) for question in self.questions] == before

    async def test_in_another_process_with_an_index_of_its_own(
        self, engine: Engine, articles_dir: Path, models: Path, tmp_path: Path, processes: ForkServerContext
    ) -> None:
        other_data = tmp_path / "other data"
        other_data.mkdir()
        (other_data / "models").symlink_to(models)
        ours, theirs = processes.Pipe()
        child = processes.Process(target=victims.answer, args=(articles_dir, other_data, self.questions, theirs))
        child.start()
        expected = [outcome(await engine.ask(question)) for question in self.questions]
        assert await asyncio.to_thread(ours.recv) == expected
        child.join()


class TestStart:
    async def test_a_fresh_data_dir_is_filled(self, new_engine: NewEngine, articles_dir: Path, data_dir: Path) -> None:
        seen: list[tuple[Stage, int, int]] = []
        report = await new_engine(articles_dir, data_dir).start(lambda *step: seen.append(step))
        assert report is not None
        assert (report.generation, report.published, report.rebuilt) == (1, True, Cause.FIRST)
        assert (Stage.EMBEDDING, 3, 3) in seen

    async def test_an_index_that_serves_is_left_as_it_is(
        self, engine: Engine, new_engine: NewEngine, articles_dir: Path, data_dir: Path
    ) -> None:
        """A change is for a reload to find, so that a restart is quick."""
        write(articles_dir, {"ferry.txt": FERRY})
        assert await new_engine(articles_dir, data_dir).start() is None
        assert (await engine.status()).manifest.number == 1

    async def test_another_articles_dir_gets_another_index(
        self, engine: Engine, new_engine: NewEngine, data_dir: Path, tmp_path: Path
    ) -> None:
        other = new_engine(write(tmp_path / "other", {"ferry.txt": FERRY}), data_dir)
        assert await other.start() is not None
        assert (await other.ask(ASK_FERRY)).text == FERRY.strip()
        assert not (await other.ask(ASK_OWLS)).answered
        assert engine.articles_dir != other.articles_dir

    @pytest.mark.parametrize("part", [chunking, readers, lexical, catalog], ids=lambda part: part.__name__)
    async def test_another_way_of_reading_cutting_or_storing_gets_another_index(
        self,
        engine: Engine,
        new_engine: NewEngine,
        articles_dir: Path,
        data_dir: Path,
        monkeypatch: pytest.MonkeyPatch,
        part: ModuleType,
    ) -> None:
        engine.close()
        monkeypatch.setattr(part, "VERSION", "another")
        if part is catalog:
            monkeypatch.setattr("retrieval.index.build.CATALOG_VERSION", "another")
        report = await new_engine(articles_dir, data_dir).start()
        assert report is not None
        assert (report.generation, report.published) == (2, True)

    async def test_an_index_of_another_calibration_is_replaced(
        self, engine: Engine, new_engine: NewEngine, articles_dir: Path, data_dir: Path, model: MiniLM
    ) -> None:
        engine.close()
        keep(STRICT, model.digest, data_dir)
        report = await new_engine(articles_dir, data_dir).start()
        assert report is not None
        assert (report.generation, report.published, report.difference.is_empty) == (2, True, True)

    async def test_an_index_of_a_version_whose_manifest_held_less_is_replaced(
        self, engine: Engine, new_engine: NewEngine, articles_dir: Path, data_dir: Path
    ) -> None:
        before = outcome(await engine.ask(ASK_OWLS))
        engine.close()
        file = data_dir / "generations" / "1" / "manifest.json"
        older = json.loads(file.read_text(encoding="utf-8"))
        del older["schema"]
        file.write_text(json.dumps(older), encoding="utf-8")
        updated = new_engine(articles_dir, data_dir)
        report = await updated.start()
        assert report is not None
        assert (report.generation, report.published) == (2, True)
        assert outcome(await updated.ask(ASK_OWLS)) == before

    async def test_an_empty_articles_dir_keeps_the_index_of_before(
        self, engine: Engine, new_engine: NewEngine, articles_dir: Path, data_dir: Path
    ) -> None:
        engine.close()
        shutil.rmtree(articles_dir)
        restarted = new_engine(articles_dir, data_dir)
        assert await restarted.start() is None
        assert (await restarted.ask(ASK_OWLS)).answered


async def test_status_tells_what_serves(engine: Engine, articles_dir: Path) -> None:
    write(articles_dir, {"bad.txt": ""})
    await engine.reload(full=True)
    status = await engine.status()
    assert (status.manifest.number, status.manifest.articles, status.manifest.passages) == (2, 3, 3)
    assert status.manifest.failed == {"bad.txt": "is empty"}
    assert (status.sources, str(status.oldest), str(status.newest)) == (0, "2021-05-03", "2021-05-03")


async def test_a_published_generation_is_not_written_again(engine: Engine, data_dir: Path) -> None:
    def snapshot() -> dict[str, bytes]:
        return {str(file): file.read_bytes() for file in files_in(data_dir / "generations" / "1")}

    await engine.ask(ASK_OWLS)  # Chroma fills up its files when they are first opened
    before = snapshot()
    for question in (ASK_OWLS, ASK_BRIDGE, "Who painted the Mona Lisa?"):
        await engine.ask(question)
    await engine.articles()
    await engine.reload(full=True)
    assert snapshot() == before


async def test_closing_lets_go_and_asking_again_opens_again(engine: Engine, data_dir: Path) -> None:
    engine.close()
    engine.close()
    assert (await engine.ask(ASK_OWLS)).answered
    engine.close()
    Generation.open(data_dir / "generations" / "1").close()


class TestWarmingUp:
    async def test_reads_what_serves(self, engine: Engine) -> None:
        assert await engine.warm_up() > 0

    async def test_has_nothing_to_read_without_an_index(
        self, new_engine: NewEngine, articles_dir: Path, tmp_path: Path
    ) -> None:
        assert await new_engine(articles_dir, tmp_path / "empty").warm_up() == 0
