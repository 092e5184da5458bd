"""Whatever is damaged in DATA_DIR, an older generation serves or a new one is made; nothing crashes."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from corpus.library import scan
from retrieval.errors import DataError, IndexBroken, RetrievalError
from retrieval.index.probe import note_sizes
from retrieval.index.store import GenerationStore
from retrieval.progress import ignore
from retrieval.reloading import Cause
from tests.retrieval import victims
from tests.retrieval.canned_model import CannedModel
from tests.retrieval.engines import ASK_FERRY, ASK_OWLS, FERRY, ONE_LINE
from tests.retrieval.small_articles import builder, write

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext
    from pathlib import Path

    from retrieval.engine import Engine
    from tests.retrieval.engines import NewEngine


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
        """What lies there and is whole serves, and a reload names it again."""
        (damaged / "CURRENT").write_bytes(content)
        engine = new_engine(articles_dir, damaged)
        assert await engine.start() is None
        assert (await engine.ask(ASK_OWLS)).generation == 1
        report = await engine.reload()
        assert (report.generation, report.published) == (1, False)
        assert (damaged / "CURRENT").read_text(encoding="utf-8") == "1\n"

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


class TestWithAnOlderGeneration:
    """What is damaged serves no more; the one before does, and the next reload makes a new one."""

    @pytest.fixture
    async def two_generations(self, engine: Engine, articles_dir: Path, data_dir: Path) -> Path:
        """A DATA_DIR whose second generation has a ferry that the first has not; no process has it open."""
        write(articles_dir, {"ferry.txt": FERRY})
        assert (await engine.reload()).generation == 2
        engine.close()
        return data_dir

    @pytest.mark.parametrize(
        "place",
        [
            *("catalog.db", "tokens/2", "chroma/chroma.sqlite3", "manifest.json", "lexical/meta.json"),
            *("lexical/*.term", "lexical/*.idx", "lexical/*.fast", "lexical/*.store", "lexical/*.fieldnorm"),
        ],
    )
    async def test_a_truncated_file(
        self, two_generations: Path, new_engine: NewEngine, articles_dir: Path, place: str
    ) -> None:
        (file,) = (two_generations / "generations" / "2").glob(place)
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
        engine = new_engine(articles_dir, two_generations)
        assert await engine.start() is None
        assert (await engine.ask(ASK_OWLS)).generation == 1
        report = await engine.reload()
        assert (report.generation, report.published, report.difference.added) == (3, True, ("ferry.txt",))
        assert (await engine.ask(ASK_FERRY)).text == FERRY.strip()
        assert [folder.name for folder in sorted((two_generations / "generations").iterdir())] == ["1", "3"]

    async def test_a_damaged_file_that_both_have_is_made_anew(
        self, two_generations: Path, new_engine: NewEngine, articles_dir: Path
    ) -> None:
        file = two_generations / "generations" / "2" / "tokens" / "1"
        assert file.samefile(two_generations / "generations" / "1" / "tokens" / "1")
        file.write_bytes(file.read_bytes()[:-1])
        engine = new_engine(articles_dir, two_generations)
        with pytest.raises(IndexBroken, match=ONE_LINE):
            await engine.ask(ASK_OWLS)
        report = await engine.reload()
        assert (report.generation, report.rebuilt) == (3, Cause.DAMAGED)
        assert (await engine.ask(ASK_OWLS)).answered

    async def test_what_a_question_finds_damaged_in_a_large_file_is_not_shared_again(
        self,
        two_generations: Path,
        new_engine: NewEngine,
        articles_dir: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """No more is known of a large file than its size, until it is read."""
        monkeypatch.setattr("retrieval.index.tokens.LARGE", 0)
        monkeypatch.setattr("retrieval.index.probe.LARGE", 0)
        for number in ("1", "2"):
            note_sizes(two_generations / "generations" / number)
        file = two_generations / "generations" / "2" / "tokens" / "1"
        file.write_bytes(bytes(file.stat().st_size))
        engine = new_engine(articles_dir, two_generations)
        with pytest.raises(IndexBroken, match=ONE_LINE):
            await engine.ask(ASK_OWLS)
        write(articles_dir, {"new.txt": "A ferry was raised off Bodo."})
        report = await engine.reload()
        assert (report.published, report.rebuilt) == (True, Cause.DAMAGED)
        assert (await engine.ask(ASK_OWLS)).answered

    async def test_without_a_note_of_its_sizes_a_whole_one_still_serves(
        self, two_generations: Path, new_engine: NewEngine, articles_dir: Path
    ) -> None:
        (two_generations / "generations" / "2" / "sizes.json").unlink()
        engine = new_engine(articles_dir, two_generations)
        assert (await engine.ask(ASK_FERRY)).generation == 2

    async def test_articles_of_the_older_one_are_not_indexed_again(
        self, two_generations: Path, new_engine: NewEngine, articles_dir: Path
    ) -> None:
        (two_generations / "generations" / "2" / "catalog.db").unlink()
        (articles_dir / "ferry.txt").unlink()
        engine = new_engine(articles_dir, two_generations)
        report = await engine.reload()
        assert (report.generation, report.published) == (1, False)
        assert (two_generations / "CURRENT").read_text(encoding="utf-8") == "1\n"


class TestAloneAndDamaged:
    async def test_a_start_makes_it_anew_and_says_why(
        self, engine: Engine, new_engine: NewEngine, articles_dir: Path, data_dir: Path
    ) -> None:
        engine.close()
        (data_dir / "generations" / "1" / "catalog.db").write_bytes(b"")
        report = await new_engine(articles_dir, data_dir).start()
        assert report is not None
        assert (report.generation, report.rebuilt) == (2, Cause.DAMAGED)


MANY = 1100
"""Chroma writes its graph to files of their own from a thousand passages on."""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An ARTICLES_DIR, and a DATA_DIR that knows all of its many articles but one."""
    folder = tmp_path_factory.mktemp("many")
    articles = {f"{number}.txt": f"Ferry number {number} sank." for number in range(1, MANY)}
    articles_dir, store = write(folder / "articles", articles), GenerationStore(folder / "data")
    store.prepare()
    with store.writing() as building:
        builder(articles_dir, store.embeddings, CannedModel()).build(building, 1, scan(articles_dir), ignore)
        store.place(building, 1)
        store.serve(1)
    write(articles_dir, {"new.txt": "Ferry number 0 was raised."})
    return articles_dir, store.data_dir


@pytest.mark.parametrize("name", ["data_level0.bin", "header.bin", "length.bin"])
@pytest.mark.parametrize("damage", ["truncated", "zeroed"])
async def test_a_damaged_part_of_the_graph_crashes_no_reload(
    many: tuple[Path, Path], tmp_path: Path, processes: ForkServerContext, name: str, damage: str
) -> None:
    """What is shorter is seen before it is opened; zeros where there was something, not before a copy is probed."""
    articles_dir, data_dir = many[0], tmp_path / "data"
    shutil.copytree(many[1], data_dir)
    (file,) = (data_dir / "generations" / "1" / "chroma").rglob(name)
    content = file.read_bytes()
    third = len(content) // 3
    zeroed = content[:third] + bytes(third) + content[2 * third :]
    file.write_bytes(content[:third] if damage == "truncated" else zeroed)
    ours, theirs = processes.Pipe()
    child = processes.Process(target=victims.reload_with_no_model, args=(articles_dir, data_dir, theirs))
    child.start()
    theirs.close()
    child.join()
    assert child.exitcode == 0
    rebuilt, articles = ours.recv()
    assert articles == MANY
    assert rebuilt is (None if name == "length.bin" else Cause.DAMAGED)  # the lengths are read by nobody
