"""Passages: whole sentences, near one size, never across page furniture."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.chunking import LONGEST_UNCUT, TARGET_TOKENS, count_tokens, split_passages
from corpus.models import Article, BlockKind
from corpus.readers import markdown, text
from tests.corpus.samples import sentences_of, texts, thorough

if TYPE_CHECKING:
    from corpus.models import Passage


def sentence(tokens: int) -> str:
    """A sentence of so many tokens, its full stop included."""
    return "Water " + "rose " * (tokens - 3) + "again."


def words(article: Article, passages: list[Passage]) -> list[str]:
    return [article.text[passage.start : passage.end] for passage in passages]


def sizes(article: Article) -> list[int]:
    return [
        sum(count_tokens(article.text[part.start : part.end]) for part in passage.sentences)
        for passage in split_passages(article)
    ]


_PARAGRAPHS = st.lists(st.integers(5, 45), min_size=1, max_size=7).map(
    lambda tokens: " ".join(sentence(count) for count in tokens)
)
_SECTIONS = st.tuples(st.sampled_from(["", "", "", "What the engineers knew\n\n"]), _PARAGRAPHS).map("".join)
_STORIES = st.lists(_SECTIONS, min_size=1, max_size=20).map("\n\n".join)
_FURNITURE = st.sampled_from(["Leave a Comment", "Header Ads", "Read more:\n\nFerry lost in storm", "ADA BERG / DPA"])


@pytest.mark.parametrize(
    ("words", "tokens"),
    [("", 0), ("Water rose again.", 4), ("“Why?”", 4), ("17.5%", 4), ("don’t", 3), ("\r\n \u00a0", 0), ("Žába", 1)],
)
def test_tokens_are_words_and_signs(words: str, tokens: int) -> None:
    assert count_tokens(words) == tokens


def test_a_short_article_is_one_passage() -> None:
    article = text.parse("a.txt", "\n\n It rained.\n\nThe dam broke. \n")

    (passage,) = split_passages(article)

    assert (passage.article_id, passage.number, article.text[passage.start : passage.end]) == (
        article.id,
        0,
        "It rained.\n\nThe dam broke.",
    )


def test_a_text_of_just_the_longest_uncut_length_is_one_passage() -> None:
    article = text.parse("a.txt", "\n\n".join([sentence(40)] * (LONGEST_UNCUT // 40)))

    assert sizes(article) == [LONGEST_UNCUT]


def test_a_longer_text_is_cut() -> None:
    article = text.parse("a.txt", "\n\n".join([sentence(40)] * (LONGEST_UNCUT // 40 + 1)))

    assert len(sizes(article)) == 2


def test_an_article_of_nothing_but_furniture_has_no_passages() -> None:
    assert split_passages(text.parse("a.txt", "Header Ads\n\nNo comments\n\nPowered by Blogger.")) == []


@pytest.mark.parametrize("before", [7, 9])
def test_a_cut_moves_to_the_end_of_a_paragraph_nearby(before: int) -> None:
    first = " ".join([sentence(20)] * before)
    second = " ".join([sentence(20)] * (16 - before))
    article = text.parse("a.txt", f"{first}\n\n{second}")

    assert words(article, split_passages(article)) == [first, second]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    article = text.parse("a.txt", " ".join([sentence(20)] * 16))

    assert sizes(article) == [160, 160]


@pytest.mark.parametrize("line", ["Leave a Comment", "ADA BERG / POOL / DPA", "Read more:\n\nFerry lost in storm"])
def test_furniture_between_two_paragraphs_parts_their_passages(line: str) -> None:
    article = text.parse("a.txt", f"It rained.\n\n{line}\n\nThe dam broke.")

    assert words(article, split_passages(article)) == ["It rained.", "The dam broke."]


def test_a_heading_begins_a_passage_rather_than_end_one() -> None:
    section = " ".join([sentence(20)] * 8)
    article = text.parse("a.txt", f"{section}\n\nThe second day\n\n{section}\n\nThe third day\n\n{section}")

    assert words(article, split_passages(article)) == [
        section,
        f"The second day\n\n{section}",
        f"The third day\n\n{section}",
    ]


def test_headings_are_sentences_that_say_so() -> None:
    article = markdown.parse("a.md", "# The dam\n\nIt rained.")

    assert [part.heading for passage in split_passages(article) for part in passage.sentences] == [True, False]


@given(_STORIES)
@thorough
def test_passages_of_ordinary_prose_are_near_one_size(story: str) -> None:
    found = sizes(text.parse("a.txt", story))

    if sum(found) <= LONGEST_UNCUT:
        assert len(found) == 1
    else:
        assert min(found) >= TARGET_TOKENS * 0.4
        assert max(found) <= 1.75 * TARGET_TOKENS  # with a header still within the model's reach


@given(st.lists(st.one_of(_SECTIONS, _SECTIONS, _FURNITURE), max_size=12).map("\n\n".join))
@thorough
def test_no_passage_spans_furniture(story: str) -> None:
    article = text.parse("a.txt", "It rained.\n\n" + story)
    furniture = [block for block in article.blocks if block.kind is BlockKind.FURNITURE]

    assert [
        (passage.start, block.start)
        for passage in split_passages(article)
        for block in furniture
        if passage.start < block.end and block.start < passage.end
    ] == []


@given(st.one_of(_STORIES, texts()))
@thorough
def test_a_heading_is_never_last_in_a_passage_when_something_follows_it(story: str) -> None:
    article = text.parse("a.txt", "It rained.\n\n" + story)
    passages = split_passages(article)
    furniture = [block.start for block in article.blocks if block.kind is BlockKind.FURNITURE]

    assert [
        passage.number
        for passage, following in pairwise(passages)
        if passage.sentences[-1].heading and not any(passage.end <= start < following.start for start in furniture)
    ] == []


@given(st.one_of(_STORIES, texts()))
@thorough
def test_passages_hold_every_sentence_once_and_whole(story: str) -> None:
    article = text.parse("a.txt", "It rained.\n\n" + story)

    assert [part for passage in split_passages(article) for part in passage.sentences] == sentences_of(article)


def test_ids_of_passages_are_unique() -> None:
    article = text.parse("a.txt", "\n\n".join([sentence(40)] * 60))
    ids = [passage.id for passage in split_passages(article)]

    assert len(set(ids)) == len(ids) == 15


def test_a_very_long_article_is_cut_in_time() -> None:
    article = text.parse("a.txt", " ".join(f"It rained {day} times." for day in range(30_000)))
    started = time.process_time()

    split_passages(article)

    assert time.process_time() - started < 3
