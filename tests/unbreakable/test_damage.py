"""Files of DATA_DIR damaged in every way a disk has: no command crashes, and one reload mends it all."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.rounds import SOAK, combined
from tests.unbreakable import victims
from tests.unbreakable.conftest import Footnote
from tests.unbreakable.newsroom import OLD, QUESTIONS, SIGNS, put

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext
    from pathlib import Path

pytestmark = pytest.mark.slow

PLACES = (
    "catalog.db", "tokens/1", "manifest.json", "sizes.json", "chroma/chroma.sqlite3",
    "chroma/*/data_level0.bin", "chroma/*/header.bin", "chroma/*/length.bin", "chroma/*/link_lists.bin",
    "lexical/meta.json", "lexical/.managed.json", "lexical/*.term", "lexical/*.idx", "lexical/*.fast",
    "lexical/*.fieldnorm", "lexical/*.store", "lexical/*.pos",
)  # fmt: skip
BESIDE = ("CURRENT", "LAST", "PINNED", "embeddings.db", "state.db")
SERVED = ("catalog.db", "tokens/1", "manifest.json", "chroma/chroma.sqlite3", "chroma/*/data_level0.bin")
DAMAGES = ("half", "empty", "zeros", "gone")
CURRENTS = (b"seven", b"\xff\x00\xfe", b"99\n", b"-1", b"2" * 5000, "٢".encode())


@pytest.fixture(scope="module")
def sound(processes: ForkServerContext, models: Path, tmp_path_factory: pytest.TempPathFactory) -> Footnote:
    """A DATA_DIR whose second generation serves; every test damages a copy."""
    folder = tmp_path_factory.mktemp("sound")
    data_dir = folder / "data"
    data_dir.mkdir()
    (data_dir / "models").symlink_to(models)
    made = Footnote(processes, put(folder / "articles", OLD), data_dir, folder)
    assert made("reload").code == made("reload", "--full").code == 0
    return made


@pytest.fixture
def footnote(sound: Footnote, footnote: Footnote) -> Footnote:
    """The command line over a copy of its own."""
    shutil.rmtree(footnote.data_dir)
    shutil.copytree(sound.data_dir, footnote.data_dir, symlinks=True)
    footnote.articles_dir = sound.articles_dir
    return footnote


def damage(file: Path, how: str) -> None:
    content = file.read_bytes()
    third = len(content) // 3
    if how == "gone":
        file.unlink()
    elif how == "zeros":
        with file.open("r+b") as stream:  # in its place, as a disk does it: whoever has it open sees it
            stream.seek(third)
            stream.write(bytes(len(content) - 2 * third))
    else:
        with file.open("r+b") as stream:
            stream.truncate(len(content) // 2 if how == "half" else 0)


def assert_survives_and_is_mended(footnote: Footnote) -> None:
    asked = footnote("ask", QUESTIONS[0])
    assert (asked.code == 0 and SIGNS[0][0] in asked.out) or asked.failed_plainly(), asked
    reloaded = footnote("reload")
    assert reloaded.code == 0, reloaded
    assert "Traceback" not in asked.err + reloaded.err
    with footnote.beside(victims.serve) as server:
        for question, sign in zip(QUESTIONS, SIGNS[0], strict=True):
            server.send(question)
            said = server.recv()
            assert said is None if sign is None else sign in said


@pytest.mark.parametrize(("place", "how"), combined(PLACES, DAMAGES))
def test_a_damaged_generation_that_nobody_has_open(footnote: Footnote, place: str, how: str) -> None:
    for file in (footnote.data_dir / "generations" / "2").glob(place):
        damage(file, how)
    assert_survives_and_is_mended(footnote)


@pytest.mark.parametrize(("place", "how"), combined(SERVED, DAMAGES[::-1]))
def test_a_damaged_generation_that_a_process_serves(
    footnote: Footnote, server: Connection, place: str, how: str
) -> None:
    for file in (footnote.data_dir / "generations" / "2").glob(place):
        damage(file, how)
    assert_survives_and_is_mended(footnote)
    server.send(QUESTIONS[0])
    assert SIGNS[0][0] in server.recv()


@pytest.mark.parametrize(("place", "how"), combined(BESIDE, DAMAGES))
def test_a_damaged_file_beside_the_generations(footnote: Footnote, place: str, how: str) -> None:
    if place == "PINNED":
        assert footnote("rollback").code == 0
    damage(footnote.data_dir / place, how)
    assert_survives_and_is_mended(footnote)


@pytest.mark.parametrize("content", CURRENTS if SOAK else CURRENTS[:2], ids=ascii)
def test_a_current_that_names_nothing(footnote: Footnote, server: Connection, content: bytes) -> None:
    (footnote.data_dir / "CURRENT").write_bytes(content)
    server.send(QUESTIONS[0])
    assert SIGNS[0][0] in server.recv()
    assert_survives_and_is_mended(footnote)
    server.send(QUESTIONS[0])
    assert SIGNS[0][0] in server.recv()
