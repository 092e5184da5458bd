"""Identity and description of an article."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime

import pytest

from corpus.models import Article, Block, BlockKind, Passage

ARTICLE = Article(
    path="rivers/dam.txt",
    text="It rained.\n",
    title="The dam",
    blocks=(Block(0, 10, BlockKind.PARAGRAPH),),
    source="The Vell Courier",
    author="Ada Berg",
    published=date(2023, 5, 3),
    url="https://example.org/dam",
)


def test_the_id_is_twelve_hex_digits() -> None:
    assert (len(ARTICLE.id), set(ARTICLE.id) <= set("0123456789abcdef")) == (12, True)


def test_an_edited_article_keeps_its_id() -> None:
    assert replace(ARTICLE, text="It rained twice.", title="Dams").id == ARTICLE.id


def test_two_articles_with_one_text_have_ids_of_their_own() -> None:
    assert replace(ARTICLE, path="rivers/copy.txt").id != ARTICLE.id


@pytest.mark.parametrize(
    "changed",
    [
        replace(ARTICLE, path="rivers/dams.txt"),
        replace(ARTICLE, text="It rained!\n"),
        replace(ARTICLE, title="A dam"),
        replace(ARTICLE, blocks=(Block(0, 10, BlockKind.FURNITURE),)),
        replace(ARTICLE, source=None),
        replace(ARTICLE, author="Bo Ek"),
        replace(ARTICLE, published=date(2023, 5, 4)),
        replace(ARTICLE, url=None),
        replace(ARTICLE, language="de"),
    ],
    ids=["path", "text", "title", "blocks", "source", "author", "published", "url", "language"],
)
def test_the_digest_changes_with_everything_that_is_indexed_or_shown(changed: Article) -> None:
    assert changed.digest != ARTICLE.digest


def test_the_digest_of_the_same_article_stays_the_same() -> None:
    assert replace(ARTICLE).digest == ARTICLE.digest


def test_the_content_digest_ignores_the_path_and_white_space_around_the_text() -> None:
    assert replace(ARTICLE, path="b.txt", text="\n It rained.").content_digest == ARTICLE.content_digest


def test_the_content_digest_changes_with_the_text() -> None:
    assert replace(ARTICLE, text="It rains.").content_digest != ARTICLE.content_digest


def test_a_path_that_is_not_utf8_has_an_id_and_a_digest() -> None:
    article = replace(ARTICLE, path="\udcff.txt")

    assert (len(article.id), len(article.digest)) == (12, 64)


def test_the_header_holds_title_source_author_and_day() -> None:
    assert ARTICLE.header == "The dam | The Vell Courier | Ada Berg | 3 May 2023"


def test_the_header_of_an_article_known_to_the_minute_holds_the_day() -> None:
    published = datetime(2023, 5, 3, 22, 15, tzinfo=UTC)

    assert replace(ARTICLE, published=published).header == ARTICLE.header


def test_the_header_invents_nothing() -> None:
    assert Article(path="a.txt", text="It rained.", title="The dam", blocks=()).header == "The dam"


def test_a_passage_is_named_by_its_article_and_its_place_in_it() -> None:
    assert Passage(ARTICLE.id, 3, 0, 10, ()).id == f"{ARTICLE.id}:3"


def test_values_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        ARTICLE.title = "Another"  # type: ignore[misc]  # the very thing that must fail
