"""The whole road with the vectors on a real Chroma server: the same answers, and nothing lost when it goes away."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from retrieval.engine import Engine
from retrieval.errors import ServerUnreachable
from retrieval.index import vector_server
from retrieval.index.vector_server import VectorServer
from retrieval.progress import Stage
from retrieval.reloading import Cause
from tests.chroma_server import ChromaServer
from tests.retrieval.small_articles import ARTICLES, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OWLS = "How many snowy owls were counted in Finnmark?"
BRIDGE = "When did the harbour bridge in Larvik close to lorries?"
FERRY = "Who steers the ferry to Quorvia?"
FERRY_NEWS = "The ferry to Quorvia is steered by Captain Ines Aldana. It leaves at dawn.\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ChromaServer]:
    with ChromaServer(tmp_path / "chroma") as running:
        yield running


@pytest.fixture
def articles_dir(tmp_path: Path) -> Path:
    return write(tmp_path / "articles", ARTICLES)


@pytest.fixture
def engine(articles_dir: Path, data_dir: Path, server: ChromaServer) -> Iterator[Engine]:
    engine = Engine(articles_dir, data_dir, VectorServer(server.url))
    yield engine
    engine.close()


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up on a server that is away after a moment, which is as good as a minute for what is tested."""
    moment = vector_server._Patience(attempt=0.3, total=0.3)
    monkeypatch.setattr(vector_server, "_QUESTION", moment)
    monkeypatch.setattr(vector_server, "_RELOAD", moment)


def collections(server: ChromaServer) -> list[str]:
    with closing(VectorServer(server.url)) as asked:
        return asked.names()


async def test_the_answers_are_those_of_a_folder(engine: Engine, articles_dir: Path, data_dir: Path) -> None:
    await engine.reload()
    there = [await engine.ask(question) for question in (OWLS, BRIDGE, FERRY)]
    assert not (data_dir / "generations" / "1" / "chroma").exists()
    engine.close()
    here = Engine(articles_dir, data_dir)
    report = await here.reload()
    assert report.rebuilt is Cause.SERVER
    for question, answer in zip((OWLS, BRIDGE, FERRY), there, strict=True):
        assert (await here.ask(question)).citations == answer.citations
    here.close()


async def test_a_change_is_brought_in_and_taken_back(engine: Engine, articles_dir: Path) -> None:
    await engine.reload()
    write(articles_dir, {"ferry.txt": FERRY_NEWS})
    report = await engine.reload()
    assert (report.rebuilt, report.difference.added) == (None, ("ferry.txt",))
    assert (await engine.ask(FERRY)).answered
    assert await engine.roll_back() == 1
    assert not (await engine.ask(FERRY)).answered


async def test_collections_that_nobody_will_ask_again_are_removed_and_those_of_others_stay(
    engine: Engine, articles_dir: Path, server: ChromaServer
) -> None:
    with closing(VectorServer(server.url)) as other:
        other.create("footnote-of-another-9")
    for number in range(4):
        write(articles_dir, {"ferry.txt": f"{FERRY_NEWS}Fare {number}.\n"})
        await engine.reload()
    own = [name for name in collections(server) if name != "footnote-of-another-9"]
    assert len(own) == 2
    assert "footnote-of-another-9" in collections(server)


async def test_a_server_that_is_down_is_named_and_asked_again_when_it_is_back(
    engine: Engine, server: ChromaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await engine.reload()
    impatient(monkeypatch)
    server.kill()
    with pytest.raises(ServerUnreachable, match=r"^The Chroma server at http://[^ ]+ does not answer[^\n]*\.$"):
        await engine.ask(OWLS)
    server.start()
    assert (await engine.ask(OWLS)).answered


async def test_a_server_that_is_down_at_the_start_loses_nothing(
    engine: Engine, articles_dir: Path, data_dir: Path, server: ChromaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await engine.reload()
    engine.close()
    impatient(monkeypatch)
    server.kill()
    later = Engine(articles_dir, data_dir, VectorServer(server.url))
    with pytest.raises(ServerUnreachable):
        await later.reload()
    server.start()
    report = await later.reload()
    assert (report.published, report.generation) == (False, 1)
    assert (await later.ask(OWLS)).answered
    later.close()


async def test_a_server_lost_in_the_middle_of_a_reload_leaves_what_served(
    engine: Engine, articles_dir: Path, server: ChromaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await engine.reload()
    write(articles_dir, {"ferry.txt": FERRY_NEWS})
    impatient(monkeypatch)

    def lose(stage: Stage, _done: int, _total: int) -> None:
        if stage is Stage.WRITING:
            server.kill()

    with pytest.raises(ServerUnreachable):
        await engine.reload(lose)
    server.start()
    assert (await engine.ask(OWLS)).answered
    assert not (await engine.ask(FERRY)).answered
    assert (await engine.reload()).published
    assert (await engine.ask(FERRY)).answered


async def test_questions_wait_out_a_server_that_restarts(engine: Engine, server: ChromaServer) -> None:
    await engine.reload()
    server.kill()
    asked = asyncio.create_task(engine.ask(OWLS))
    await asyncio.to_thread(server.start)
    assert (await asked).answered
