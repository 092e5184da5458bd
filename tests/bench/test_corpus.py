"""The invented news: the same for a seed, of the size asked for, and growing as language does."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("faker", reason="the group bench is not installed")

from corpus import chunking
from corpus.library import scan
from corpus.models import BlockKind
from tests.bench import corpus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.models import Article

PASSAGES = 1500
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def news() -> Sequence[Article]:
    return list(corpus.articles(PASSAGES))


def sentences_of(article: Article) -> list[str]:
    return [
        article.text[sentence.start : sentence.end]
        for passage in chunking.split_passages(article)
        for sentence in passage.sentences
    ]


def vocabulary(articles: Sequence[Article]) -> set[str]:
    return {word for article in articles for word in re.findall(r"[^\W_]+", article.text.lower())}


def test_a_smaller_corpus_of_a_seed_is_the_beginning_of_a_larger_one(news: Sequence[Article]) -> None:
    smaller = list(corpus.articles(200))
    assert smaller == news[: len(smaller)]


def test_another_process_writes_the_same(news: Sequence[Article]) -> None:
    program = "from tests.bench.corpus import articles; print([article.digest for article in articles(150)])"
    # Another order of every set.
    environment = os.environ | {"PYTHONHASHSEED": "1"}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, check=True)  # noqa: S603
    digests = ast.literal_eval(done.stdout.decode())
    assert digests == [article.digest for article in news[: len(digests)]]


def test_another_seed_gives_other_articles(news: Sequence[Article]) -> None:
    other = list(islice(corpus.articles(PASSAGES, seed=1), 20))
    assert {article.text for article in other}.isdisjoint(article.text for article in news)


def test_files_hold_the_articles(news: Sequence[Article], tmp_path: Path) -> None:
    corpus.write(tmp_path / "articles", 30)
    assert scan(tmp_path / "articles").articles == tuple(news[:30])


def test_passages_are_as_many_as_asked_for_but_for_one_article(news: Sequence[Article]) -> None:
    counts = [len(chunking.split_passages(article)) for article in news]
    assert sum(counts[:-1]) < PASSAGES <= sum(counts)
    assert (min(counts), max(counts)) == (3, 12)


def test_a_passage_has_about_150_tokens(news: Sequence[Article]) -> None:
    sizes = [
        chunking.count_tokens(article.text[passage.start : passage.end])
        for article in news
        for passage in chunking.split_passages(article)
    ]
    assert 140 < sum(sizes) / len(sizes) < 170


def test_everything_written_is_a_paragraph(news: Sequence[Article]) -> None:
    assert {block.kind for article in news for block in article.blocks} == {BlockKind.PARAGRAPH}


def test_sentences_begin_with_a_capital_and_end_with_a_full_stop(news: Sequence[Article]) -> None:
    made = [sentence for article in news[:100] for sentence in sentences_of(article)]
    odd = [sentence for sentence in made if sentence[-1] != "." or sentence[0].islower()]
    assert odd == []


def test_hardly_a_sentence_stands_in_two_articles_that_are_no_copies(news: Sequence[Article]) -> None:
    titles = Counter(article.title for article in news)
    made = Counter(sentence for article in news if titles[article.title] == 1 for sentence in sentences_of(article))
    assert sum(count - 1 for count in made.values()) < 0.005 * made.total()


def test_the_vocabulary_keeps_growing(news: Sequence[Article]) -> None:
    quarter, half = (vocabulary(news[: len(news) // part]) for part in (4, 2))
    whole = vocabulary(news)
    # Heaps: twice the text has 2**0.5 to 2**0.75 times the words.
    assert 1.41 < len(half) / len(quarter) < 1.69
    assert 1.41 < len(whole) / len(half) < 1.69


def test_dates_lie_in_ten_years_and_a_few_are_missing(news: Sequence[Article]) -> None:
    days = [article.published for article in news if article.published]
    assert {day.year for day in days} >= set(range(2015, 2025))
    assert date(2015, 1, 1) <= min(days) <= max(days) <= date(2025, 1, 5)
    assert 0 < len(news) - len(days) < 0.06 * len(news)


def test_every_article_names_a_source_an_author_and_a_link_of_its_own(news: Sequence[Article]) -> None:
    assert {article.source for article in news} <= set(corpus.SOURCES)
    assert len(corpus.SOURCES) == 40
    assert all(article.author for article in news)
    links = {article.url for article in news if article.url and article.url.startswith("https://example.org/")}
    assert len(links) == len(news)


def test_a_copy_differs_in_its_source_and_its_beginning(news: Sequence[Article]) -> None:
    by_title: dict[str, list[Article]] = {}
    for article in news:
        by_title.setdefault(article.title, []).append(article)
    pairs = [same for same in by_title.values() if len(same) > 1]
    assert 0 < len(pairs) < 0.03 * len(news)
    for first, second in ((same[0], same[1]) for same in pairs):
        one, other = sentences_of(first), sentences_of(second)
        assert first.source != second.source
        assert one[0] != other[0]
        assert one[len(one) // 2 :] == other[-len(one[len(one) // 2 :]) :]


def test_a_question_asks_for_words_of_its_article_and_not_for_those_it_holds(news: Sequence[Article]) -> None:
    asked = corpus.questions(news, 100)
    texts = {article.path: article.text for article in news}
    assert len(asked) == 100
    for question in asked:
        assert all(question.answers[0] in texts[path] for path in question.relevant)
        assert question.answers[0] not in question.text
        assert question.text.endswith("?")


def test_questions_are_as_long_as_people_ask_them(news: Sequence[Article]) -> None:
    lengths = sorted(len(question.text.split()) for question in corpus.questions(news, 200))
    assert lengths[10] >= 8
    assert lengths[-10] <= 15


def test_the_same_seed_asks_the_same(news: Sequence[Article]) -> None:
    assert corpus.questions(news, 20, seed=3) == corpus.questions(iter(news), 20, seed=3)
    assert corpus.questions(news, 20, seed=3) != corpus.questions(news, 20, seed=4)
