"""Five articles as the web gives them, and the samples that ship with the package."""

from __future__ import annotations

from pathlib import Path

import pytest

import corpus
from corpus.chunking import split_passages
from corpus.library import scan
from corpus.models import Article, BlockKind
from corpus.readers import text
from corpus.readers.decoding import decode_file
from tests.corpus.samples import assert_every_span_is_exact, pieces_of

REAL = Path(__file__).parents[3] / "shared" / "articles"
SAMPLES = Path(corpus.__file__).parent / "articles"

FURNITURE_LINES = {"000": {11}, "001": set(), "002": {5, 6, 7, 8, 9, 25}, "003": set(), "004": {1, 78, 80}}
"""Lines, counted from 1, that a page put around each article: a photo credit, other headlines, calls to comment."""

real = pytest.mark.skipif(not REAL.is_dir(), reason="the five real articles are not beside this checkout")
each_article = pytest.mark.parametrize("number", sorted(FURNITURE_LINES))


def file_of(number: str) -> Path:
    return next(REAL.glob(f"{number}_*.txt"))


def article_of(number: str) -> Article:
    file = file_of(number)
    return text.parse(file.name, decode_file(file, file.name))


@real
@each_article
def test_exactly_the_furniture_of_a_real_article_is_marked(number: str) -> None:
    article = article_of(number)

    assert {
        article.text.count("\n", 0, block.start) + 1 for block in article.blocks if block.kind is BlockKind.FURNITURE
    } == FURNITURE_LINES[number]


@real
@each_article
def test_no_furniture_of_a_real_article_is_in_a_passage(number: str) -> None:
    article = article_of(number)
    lines = article.text.split("\n")
    furniture = [lines[line - 1].strip() for line in FURNITURE_LINES[number]]

    assert [
        line
        for passage in split_passages(article)
        for line in furniture
        if line in article.text[passage.start : passage.end]
    ] == []


@real
@each_article
def test_every_quote_of_a_real_article_is_in_the_bytes_of_its_file(number: str) -> None:
    article = article_of(number)
    raw = file_of(number).read_bytes()
    assert_every_span_is_exact(article)

    for passage in split_passages(article):
        for sentence in passage.sentences:
            start = len(article.text[: sentence.start].encode())
            quote = article.text[sentence.start : sentence.end].encode()
            assert raw[start : start + len(quote)] == quote


@real
@each_article
def test_sentences_of_a_real_article_open_and_close_like_sentences(number: str) -> None:
    article = article_of(number)
    quotes = pieces_of(
        article.text,
        [part for passage in split_passages(article) for part in passage.sentences if not part.heading],
    )

    # Nothing opens with a mark that closes, nothing is left of a sentence but its marks.
    assert [quote for quote in quotes if quote[0] in "”»)],;:%" or not any(map(str.isalnum, quote))] == []


@real
def test_a_real_article_is_titled_by_its_headline_or_its_number() -> None:
    titles = [article_of(number).title for number in sorted(FURNITURE_LINES)]
    headline = file_of("003").read_text(encoding="utf-8").split("\n")[0].strip()

    assert titles == ["Article 000", "Article 001", "Article 002", headline, "Article 004"]


@real
def test_the_folder_of_real_articles_has_no_problems() -> None:
    found = scan(REAL)

    assert ([article.path[:3] for article in found.articles], found.problems) == (sorted(FURNITURE_LINES), ())


def test_the_samples_have_no_problems() -> None:
    found = scan(SAMPLES)

    assert found.problems == ()
    assert found.articles != ()


def test_the_samples_obey_every_rule_of_spans() -> None:
    for article in scan(SAMPLES).articles:
        assert_every_span_is_exact(article)
        assert split_passages(article) != []
