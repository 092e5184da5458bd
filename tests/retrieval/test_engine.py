"""The promises to users: exact quotes, a reload that never takes the old index down, nothing removed ever found."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import shutil
import signal
import sqlite3
import threading
from contextlib import ExitStack, closing
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from corpus import chunking
from corpus.errors import CorpusError, FolderError
from retrieval.calibration import Calibrated, save
from retrieval.engine import Engine
from retrieval.errors import DataError, IndexBroken, ReloadRunning, RetrievalError, UnreadableQuery
from retrieval.index import catalog, lexical
from retrieval.index.generation import CATALOG, Generation, Manifest
from retrieval.index.lexical import stems
from retrieval.models import Calibration, Outcome
from tests.retrieval import victims
from tests.retrieval.small_articles import ARTICLES, BRIDGE, OWLS, write

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from multiprocessing.context import ForkServerContext
    from pathlib import Path

    from retrieval.embedding.minilm import MiniLM
    from retrieval.models import Answer, Citation

    NewEngine = Callable[[Path, Path], Engine]

ASK_BRIDGE = "When did the harbour bridge in Larvik close to lorries?"
ASK_OWLS = "How many snowy owls were counted in Finnmark?"
ASK_VOLCANO = "When did the Hverfjall volcano begin to erupt?"
FERRY = "The ferry Solveig ran aground off Bodo with 214 passengers.\n"
ASK_FERRY = "How many passengers were on the ferry Solveig?"
ONE_LINE = r"\A[^\n]+\Z"


@pytest.fixture
def new_engine(model: MiniLM) -> Iterator[NewEngine]:
    """Engines that share the prepared model and are closed in the end."""
    with ExitStack() as opened:

        def make(articles_dir: Path, data_dir: Path) -> Engine:
            engine = Engine(articles_dir, data_dir)
            engine._model = model
            opened.callback(engine.close)
            return engine

        yield make


@pytest.fixture
def articles_dir(tmp_path: Path) -> Path:
    return write(tmp_path / "articles", ARTICLES)


@pytest.fixture
async def engine(new_engine: NewEngine, articles_dir: Path, data_dir: Path) -> Engine:
    """An engine that serves the small articles."""
    made = new_engine(articles_dir, data_dir)
    await made.start()
    return made


STRICT = Calibration(slope=1.0, midpoint=100.0, answer=0.9, closest=0.0)
"""Whatever it finds is the closest there is."""


def keep(made: Calibration, model: str, data_dir: Path) -> None:
    """Leave a calibration where `footnote calibrate` does."""
    calibrated = Calibrated(made, answerable=50, answered=1.0, refused=None, near_misses_refused=0.0)
    save(calibrated, model, data_dir / "calibration.json")


def questions_in(file: Path) -> list[str]:
    return [json.loads(line)["question"] for line in file.read_text(encoding="utf-8").splitlines()]


def files_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def outcome(answer: Answer) -> tuple[object, ...]:
    return answer.confidence, answer.citations, answer.nearest


def file_text(articles_dir: Path, path: str) -> str:
    """A file as a user's own script would read it."""
    return (articles_dir / path).read_bytes().decode("utf-8").removeprefix("\ufeff")


def assert_stands_in_its_file(citation: Citation, articles_dir: Path) -> None:
    text = file_text(articles_dir, citation.article.path)
    for quote in (citation.quote, citation.context):
        assert text[quote.start : quote.end] == quote.text != ""
        assert quote.text.encode("utf-8") in (articles_dir / citation.article.path).read_bytes()
    assert citation.context.start <= citation.quote.start < citation.quote.end <= citation.context.end


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


class TestReload:
    async def test_before_the_first_a_question_is_told_that_there_is_no_index(
        self, new_engine: NewEngine, articles_dir: Path, data_dir: Path
    ) -> None:
        with pytest.raises(IndexBroken, match=ONE_LINE):
            await new_engine(articles_dir, data_dir).ask(ASK_BRIDGE)

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

        def reload_too(_done: int, _total: int) -> None:
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
        with pytest.raises(CorpusError, match=r"\AARTICLES_DIR: [^\n]+bridge\.txt is not UTF-8[^\n]+\Z"):
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
    async def test_by_no_leg_and_in_no_quote(self, engine: Engine, articles_dir: Path, model: MiniLM) -> None:
        (articles_dir / "volcano.md").unlink()
        write(articles_dir, {"bridge.txt": BRIDGE.replace("Tuesday", "Friday").replace("1931", "1950")})
        await engine.reload()
        with engine._lease() as serving:
            generation = serving.generation
            everything = generation.catalog.passages(range(100))
            assert len(everything) == 3 - 1
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


class TestWhileReloading:
    async def test_questions_are_answered_by_the_old_generation(self, engine: Engine, articles_dir: Path) -> None:
        loop, reached, go_on = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

        def wait(_done: int, _total: int) -> None:
            loop.call_soon_threadsafe(reached.set)
            assert go_on.wait(30)

        write(articles_dir, {"ferry.txt": FERRY})
        reloading = asyncio.create_task(engine.reload(wait))
        await reached.wait()
        answers = [await engine.ask(question) for question in (ASK_OWLS, ASK_FERRY)]
        go_on.set()
        await reloading
        assert [answer.generation for answer in answers] == [1, 1]
        assert answers[0].answered
        assert FERRY.strip() not in answers[1].text
        assert (await engine.ask(ASK_FERRY)).generation == 2

    async def test_a_question_keeps_the_generation_it_began_with(self, engine: Engine) -> None:
        with engine._lease() as serving:
            await engine.reload(full=True)
            await engine.reload(full=True)
            found = serving.answerer.answer(ASK_OWLS, date(2024, 5, 31)).found
            assert found[0].article.path == "owls.md"
            assert serving.generation.manifest.number == 1
        assert (await engine.ask(ASK_OWLS)).generation == 3

    async def test_no_question_fails_however_many_reloads_pass(self, engine: Engine, articles_dir: Path) -> None:
        finished = asyncio.Event()

        async def keep_asking() -> list[Answer]:
            answers = []
            while not finished.is_set():
                answers.append(await engine.ask(ASK_OWLS))
            return answers

        asking = [asyncio.create_task(keep_asking()) for _ in range(3)]
        for number in range(4):
            write(articles_dir, {"ferry.txt": FERRY.replace("214", str(number))})
            await engine.reload()
        finished.set()
        answers = [answer for task in asking for answer in await task]
        assert {answer.text for answer in answers} == {"Twelve snowy owls were counted in Finnmark this spring."}
        assert len({answer.generation for answer in answers}) > 1

    async def test_a_reload_by_another_process_is_picked_up(
        self, engine: Engine, articles_dir: Path, data_dir: Path, processes: ForkServerContext
    ) -> None:
        assert (await engine.ask(ASK_FERRY)).generation == 1
        write(articles_dir, {"ferry.txt": FERRY})
        child = processes.Process(target=victims.reload, args=(articles_dir, data_dir))
        child.start()
        child.join()
        answer = await engine.ask(ASK_FERRY)
        assert (child.exitcode, answer.generation, answer.text) == (0, 2, FERRY.strip())

    async def test_two_engines_in_one_process_do_not_disturb_each_other(
        self, engine: Engine, new_engine: NewEngine, articles_dir: Path, data_dir: Path
    ) -> None:
        other = new_engine(articles_dir, data_dir)
        assert (await other.ask(ASK_OWLS)).answered
        other.close()
        assert (await engine.ask(ASK_OWLS)).answered
        await other.reload(full=True)
        assert (await engine.ask(ASK_OWLS)).generation == 2


class TestKilledReload:
    """SIGKILL at real instants: the victim's own file operations, as Python's audit reports them, trigger it."""

    @pytest.fixture
    async def two_generations(self, engine: Engine, data_dir: Path, articles_dir: Path) -> Path:
        """A DATA_DIR that serves its second generation, and a third to be made."""
        await engine.reload(full=True)
        engine.close()
        write(articles_dir, {"ferry.txt": FERRY})
        return data_dir

    async def assert_whole_and_mendable(self, engine: Engine, data_dir: Path) -> None:
        answer = await engine.ask(ASK_OWLS)
        assert answer.generation in {2, 3}
        assert_stands_in_its_file(answer.citations[0], engine.articles_dir)
        assert ((await engine.ask(ASK_FERRY)).text == FERRY.strip()) is (answer.generation == 3)
        await engine.reload()
        assert (await engine.ask(ASK_FERRY)).text == FERRY.strip()
        left = {folder.name for folder in (data_dir / "generations").iterdir()}
        assert "building" not in left
        assert len(left) <= 2

    @pytest.mark.parametrize(
        ("event", "place", "serves"),
        [
            ("sqlite3.connect", "building/catalog.db", 2),
            ("open", "building/manifest.json", 2),
            ("open", "CURRENT.new", 2),
            ("os.rename", "CURRENT.new", 2),
            ("sqlite3.connect", "generations/3/catalog.db", 3),
            ("os.rmdir", "generations/1", 3),
        ],
    )
    async def test_a_whole_generation_serves_and_the_next_reload_succeeds(
        self,
        two_generations: Path,
        new_engine: NewEngine,
        articles_dir: Path,
        processes: ForkServerContext,
        event: str,
        place: str,
        serves: int,
    ) -> None:
        victim = processes.Process(target=victims.reload_and_die, args=(articles_dir, two_generations, event, place))
        victim.start()
        victim.join()
        assert victim.exitcode == -signal.SIGKILL
        survivor = new_engine(articles_dir, two_generations)
        assert (await survivor.status()).manifest.number == serves
        await self.assert_whole_and_mendable(survivor, two_generations)

    async def test_killed_from_outside_while_embedding(
        self, two_generations: Path, new_engine: NewEngine, articles_dir: Path, processes: ForkServerContext
    ) -> None:
        ours, theirs = processes.Pipe()
        victim = processes.Process(target=victims.reload_and_stall, args=(articles_dir, two_generations, theirs))
        victim.start()
        ours.recv()
        survivor = new_engine(articles_dir, two_generations)
        with pytest.raises(ReloadRunning, match=ONE_LINE):
            await survivor.reload()
        victim.kill()
        victim.join()
        await self.assert_whole_and_mendable(survivor, two_generations)


class TestDamagedData:
    @pytest.fixture
    async def damaged(self, engine: Engine, data_dir: Path) -> Path:
        """A DATA_DIR with one generation that no process has open, to be damaged."""
        engine.close()
        return data_dir

    async def assert_plain_error_and_rebuilt(self, engine: Engine) -> None:
        with pytest.raises(RetrievalError, match=ONE_LINE):
            await engine.ask(ASK_OWLS)
        report = await engine.start()
        assert report is not None
        assert report.published
        assert (await engine.ask(ASK_OWLS)).answered

    @pytest.mark.parametrize(
        "content", [b"", b"seven", b"99", b"\xff\x00\xfe"], ids=["empty", "word", "gone", "binary"]
    )
    async def test_a_current_that_names_nothing(
        self, damaged: Path, new_engine: NewEngine, articles_dir: Path, content: bytes
    ) -> None:
        (damaged / "CURRENT").write_bytes(content)
        await self.assert_plain_error_and_rebuilt(new_engine(articles_dir, damaged))

    @pytest.mark.parametrize(
        ("place", "damage"),
        [
            ("catalog.db", "truncated"),
            ("catalog.db", "overwritten"),
            ("manifest.json", "missing"),
            ("manifest.json", "truncated"),
            ("chroma/chroma.sqlite3", "truncated"),
            ("chroma/chroma.sqlite3", "missing"),
            ("lexical/meta.json", "overwritten"),
        ],
    )
    async def test_a_generation_with_a_bad_part(
        self, damaged: Path, new_engine: NewEngine, articles_dir: Path, place: str, damage: str
    ) -> None:
        file = damaged / "generations" / "1" / place
        content = file.read_bytes()
        if damage == "missing":
            file.unlink()
        else:
            file.write_bytes(content[: len(content) // 2] if damage == "truncated" else b"\xff" * len(content))
        await self.assert_plain_error_and_rebuilt(new_engine(articles_dir, damaged))

    @pytest.mark.parametrize("number", [1, 5])
    async def test_a_foreign_folder_in_the_place_of_a_generation(
        self, damaged: Path, new_engine: NewEngine, articles_dir: Path, number: int
    ) -> None:
        shutil.rmtree(damaged / "generations" / "1")
        (damaged / "generations" / str(number)).mkdir()
        (damaged / "generations" / str(number) / "holiday.jpg").write_bytes(b"\xff\xd8")
        (damaged / "CURRENT").write_text(f"{number}\n", encoding="utf-8")
        await self.assert_plain_error_and_rebuilt(new_engine(articles_dir, damaged))

    async def test_foreign_files_beside_the_index_are_left_alone(
        self, damaged: Path, new_engine: NewEngine, articles_dir: Path
    ) -> None:
        foreign = [damaged / "notes.txt", damaged / "generations" / "notes.txt", damaged / "generations" / "77"]
        for file in foreign:
            file.write_text("mine", encoding="utf-8")
        engine = new_engine(articles_dir, damaged)
        assert await engine.start() is None
        await engine.reload(full=True)
        assert (await engine.ask(ASK_OWLS)).answered
        assert [file.read_text(encoding="utf-8") for file in foreign] == ["mine"] * 3

    @pytest.mark.parametrize("place", ["generations", "lock", "CURRENT", "embeddings.db"])
    async def test_something_else_in_the_place_of_ours_is_a_plain_error(
        self, new_engine: NewEngine, articles_dir: Path, data_dir: Path, place: str
    ) -> None:
        if place == "generations":
            (data_dir / place).touch()
        else:
            (data_dir / place / "in the way").mkdir(parents=True)
        with pytest.raises(DataError, match=r"\ADATA_DIR: [^\n]+\Z"):
            await new_engine(articles_dir, data_dir).start()

    async def test_a_data_dir_that_cannot_be_made_is_a_plain_error(
        self, new_engine: NewEngine, articles_dir: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(DataError, match=r"\ADATA_DIR: [^\n]+ cannot be written \(Not a directory\)\.\Z"):
            await new_engine(articles_dir, tmp_path / "file" / "data").start()


class TestStart:
    async def test_a_fresh_data_dir_is_filled(self, new_engine: NewEngine, articles_dir: Path, data_dir: Path) -> None:
        seen: list[tuple[int, int]] = []
        report = await new_engine(articles_dir, data_dir).start(lambda done, total: seen.append((done, total)))
        assert report is not None
        assert (report.generation, report.published) == (1, True)
        assert seen[-1] == (3, 3)

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

    async def test_another_way_of_cutting_passages_gets_another_index(
        self,
        engine: Engine,
        new_engine: NewEngine,
        articles_dir: Path,
        data_dir: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        engine.close()
        monkeypatch.setattr(chunking, "VERSION", "another")
        report = await new_engine(articles_dir, data_dir).start()
        assert report is not None
        assert (report.generation, report.published, report.difference.is_empty) == (2, True, True)

    async def test_another_way_of_reading_words_gets_another_index(
        self,
        engine: Engine,
        new_engine: NewEngine,
        articles_dir: Path,
        data_dir: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        engine.close()
        monkeypatch.setattr(lexical, "VERSION", "another")
        report = await new_engine(articles_dir, data_dir).start()
        assert report is not None
        assert (report.generation, report.published) == (2, True)

    async def test_an_index_of_another_catalog_is_replaced(
        self,
        engine: Engine,
        new_engine: NewEngine,
        articles_dir: Path,
        data_dir: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        engine.close()
        monkeypatch.setattr(catalog, "VERSION", "another")
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

    async def test_an_index_from_before_catalogs_had_versions_is_replaced(
        self, engine: Engine, new_engine: NewEngine, articles_dir: Path, data_dir: Path
    ) -> None:
        engine.close()
        file = data_dir / "generations" / "1" / "manifest.json"
        older = json.loads(file.read_text(encoding="utf-8"))
        del older["schema"]
        file.write_text(json.dumps(older), encoding="utf-8")
        report = await new_engine(articles_dir, data_dir).start()
        assert report is not None
        assert (report.generation, report.published) == (2, True)

    async def test_an_index_from_before_there_were_token_vectors_is_replaced(
        self, engine: Engine, new_engine: NewEngine, articles_dir: Path, data_dir: Path
    ) -> None:
        before = outcome(await engine.ask(ASK_OWLS))
        engine.close()
        old = data_dir / "generations" / "1"
        with closing(sqlite3.connect(old / CATALOG)) as catalog, catalog:
            catalog.executescript("DROP TABLE tokens; DROP TABLE token_counts")
        manifest = Manifest.read(old)
        dataclasses.replace(manifest, model=manifest.model.rpartition("-")[0]).write(old)
        updated = new_engine(articles_dir, data_dir)
        report = await updated.start()
        assert report is not None
        assert (report.generation, report.published, report.difference.is_empty) == (2, True, True)
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
