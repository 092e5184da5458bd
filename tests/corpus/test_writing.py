"""Articles written to files that read back the same, and files moved without one being lost."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import FolderError
from corpus.models import Article, Block, BlockKind
from corpus.readers import markdown, text
from corpus.readers.assembly import compose
from corpus.readers.front_matter import FrontMatter
from corpus.writing import as_file, file_name, move, save
from tests.corpus.samples import pieces_of, texts, thorough

if TYPE_CHECKING:
    from collections.abc import Callable

words = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30).map(
    lambda text: " ".join(text.split()) or None
)
fronts = st.builds(
    FrontMatter,
    body_start=st.just(0),
    title=words | st.sampled_from(["---", "no", "2024-05-31", "a: b", "#1", "- list", "'", '"', "null", "[x]", "~"]),
    source=words,
    author=words,
    published=st.none() | st.dates() | st.datetimes(timezones=st.none() | st.just(UTC)),
    url=st.sampled_from([None, "https://example.org/dam?a=1&b=#top"]),
    language=st.sampled_from(["en", "no", "de"]),
)
paragraphs = st.lists(texts() | st.sampled_from(["---", "title: The dam", "--- a", "..."]), max_size=6)


def folded(article: Article) -> list[str]:
    body = [block for block in article.blocks if block.kind is not BlockKind.FURNITURE]
    return [" ".join(piece.split()) for piece in pieces_of(article.text, body)]


def origin(article: Article) -> tuple[object, ...]:
    return article.title, article.source, article.author, article.published, article.url, article.language


def dam(title: str = "The dam above Vell", published: date | None = date(2024, 5, 31)) -> Article:
    return Article("a.md", "It rained.", title, (Block(0, 10, BlockKind.PARAGRAPH),), published=published)


@given(fronts, paragraphs)
@thorough
def test_an_extracted_article_reads_back_the_same(front: FrontMatter, parts: list[str]) -> None:
    article = compose("a.pdf", front, [(BlockKind.PARAGRAPH, part) for part in parts])

    again = text.parse("a.pdf", as_file(article))

    assert (origin(again), folded(again)) == (origin(article), folded(article))


@given(st.sampled_from([text.parse, markdown.parse]), texts())
@thorough
def test_any_file_reads_back_the_same(parse: Callable[[str, str], Article], written: str) -> None:
    article = parse("a.txt", f"The first line is never a rule.\n{written}")

    again = text.parse("a.txt", as_file(article))

    assert (origin(again), folded(again)) == (origin(article), folded(article))


def test_a_file_is_what_a_person_would_write() -> None:
    article = Article(
        path="a.pdf",
        text="The dam\n\nAdvertisement\n\nIt rained.",
        title="The dam: what broke",
        blocks=(
            Block(0, 7, BlockKind.HEADING),
            Block(9, 22, BlockKind.FURNITURE),
            Block(24, 34, BlockKind.PARAGRAPH),
        ),
        source="The Vell Courier",
        published=datetime(2024, 5, 31, 6, 30, tzinfo=UTC),
    )

    assert as_file(article) == (
        "---\ntitle: 'The dam: what broke'\nsource: The Vell Courier\npublished: 2024-05-31 06:30:00+00:00\n---\n\n"
        "The dam\n\nIt rained.\n"
    )


@pytest.mark.parametrize(
    ("article", "name"),
    [
        (dam(), "2024-05-31-the-dam-above-vell.txt"),
        (dam(published=None), "the-dam-above-vell.txt"),
        (dam(title="Café “Zürich”: 5% off!"), "2024-05-31-cafe-zurich-5-off.txt"),
        (dam(title="Плотина"), "2024-05-31-article.txt"),
        (dam(title="word " * 20), "2024-05-31-" + "-".join(["word"] * 12) + ".txt"),
        (dam(title="a" * 90), "2024-05-31-" + "a" * 60 + ".txt"),
    ],
)
def test_a_file_is_named_by_date_and_title(article: Article, name: str) -> None:
    assert file_name(article) == name


def test_a_saved_file_holds_the_bytes_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = save(tmp_path, "uploads/The Dam.PDF", b"%PDF")

    assert path == "uploads/the-dam.pdf"
    assert {file.relative_to(tmp_path).as_posix(): file.is_file() for file in tmp_path.rglob("*")} == {
        "uploads": False,
        "uploads/the-dam.pdf": True,
    }
    assert (tmp_path / path).read_bytes() == b"%PDF"


def test_a_saved_file_never_replaces_another(tmp_path: Path) -> None:
    names = [save(tmp_path, "dam.txt", str(number).encode()) for number in range(3)]

    assert names == ["dam.txt", "dam-2.txt", "dam-3.txt"]
    assert [(tmp_path / name).read_text() for name in names] == ["0", "1", "2"]


@given(
    st.text(max_size=60) | st.sampled_from(["../a.txt", "/etc/a.txt", "a/../../b.txt", "..", ".a.txt", "a\\b.txt", ""])
)
@thorough
def test_any_name_is_made_safe(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.mktemp("articles")

    path = save(folder, name, b"It rained.")

    (file,) = [file for file in folder.rglob("*") if file.is_file()]
    assert file == folder / path
    assert not set(path) - set("abcdefghijklmnopqrstuvwxyz0123456789-./")
    assert len(Path(path).parts) <= 2


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FolderError) as caught:
        save(tmp_path / "gone", "dam.txt", b"It rained.")

    assert str(caught.value) == f"there is no folder {tmp_path / 'gone'}"


def test_a_link_that_leads_out_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "articles" / "uploads").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(FolderError, match="does not lie in"):
        save(tmp_path / "articles", "uploads/dam.txt", b"It rained.")

    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_moved_file_keeps_its_path_and_comes_back(tmp_path: Path) -> None:
    folder, removed = tmp_path / "articles", tmp_path / "data" / "removed"
    (folder / "2023").mkdir(parents=True)
    (folder / "2023" / "Dam 1.txt").write_text("It rained.")
    os.utime(folder / "2023" / "Dam 1.txt", ns=(5, 7))

    assert move(folder, "2023/Dam 1.txt", removed) == "2023/Dam 1.txt"
    assert not (folder / "2023" / "Dam 1.txt").exists()
    assert move(removed, "2023/Dam 1.txt", folder) == "2023/Dam 1.txt"
    assert (folder / "2023" / "Dam 1.txt").read_text() == "It rained."
    assert (folder / "2023" / "Dam 1.txt").stat().st_mtime_ns == 7


def test_a_moved_file_never_replaces_another(tmp_path: Path) -> None:
    folder, removed = tmp_path / "articles", tmp_path / "removed"
    folder.mkdir()
    for content in ("first", "second"):
        (folder / "dam.txt").write_text(content)
        moved = move(folder, "dam.txt", removed)

    assert moved == "dam-2.txt"
    assert [(removed / name).read_text() for name in ("dam.txt", "dam-2.txt")] == ["first", "second"]


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/hostname", "a/../../secret.txt", "link.txt", "", "."])
def test_a_path_that_leads_out_is_not_moved(tmp_path: Path, path: str) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("It rained.")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")

    with pytest.raises(FolderError):
        move(folder, path, tmp_path / "removed")

    assert (tmp_path / "secret.txt").exists()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FolderError) as caught:
        move(tmp_path, "dam.txt", tmp_path / "removed")

    assert str(caught.value) == f"there is no file dam.txt in {tmp_path}"
