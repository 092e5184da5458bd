from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.writing.sentences import SentenceReader

WRITTEN = (
    "The bridge closed on Nov. 27 for Mr. Hale. [1] It cost $5.2 million [2][3]. “We are sad,” he said. [1]\n"
    "- **One** item stands in a list [4].\nU.S. officials said no [2, 3]. Is it open? [1]"
)
SENTENCES = [
    "The bridge closed on Nov. 27 for Mr. Hale [1].",
    "It cost $5.2 million [2][3].",
    "“We are sad,” he said [1].",
    "One item stands in a list [4].",
    "U.S. officials said no [2, 3].",
    "Is it open [1]?",
]


def read(pieces: list[str]) -> list[str]:
    reader = SentenceReader()
    return [sentence for piece in pieces for sentence in reader.feed(piece)] + list(reader.end())


@given(st.lists(st.integers(0, len(WRITTEN)), max_size=30))
def test_the_sentences_are_the_same_wherever_the_text_is_cut(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(WRITTEN)]
    assert read([WRITTEN[start:end] for start, end in pairwise(edges)]) == SENTENCES


def test_a_sentence_is_given_as_soon_as_the_next_begins() -> None:
    reader = SentenceReader()
    assert list(reader.feed("The ferry sank [1].")) == []
    assert list(reader.feed(" Nobody")) == ["The ferry sank [1]."]


def test_markers_behind_the_full_stop_are_waited_for() -> None:
    reader = SentenceReader()
    assert list(reader.feed("The ferry sank. ")) == []
    assert list(reader.feed("[1")) == []
    assert list(reader.feed("][2] Nobody was hurt")) == ["The ferry sank [1][2]."]


def test_what_has_no_end_is_left_out() -> None:
    assert read(["The ferry sank [1]. Two people were"]) == ["The ferry sank [1]."]


def test_what_a_model_thinks_aloud_is_no_part_of_the_answer() -> None:
    assert read(["<think>It sank.", " Or did\nit? </thi", "nk>\n\nThe ferry sank [1]. "]) == ["The ferry sank [1]."]
    assert read(["<think>It sank. And then it"]) == []


def test_a_line_is_a_sentence_at_least() -> None:
    assert read(["# The ferry\nIt sank [1]."]) == ["The ferry", "It sank [1]."]


@given(st.text(max_size=300), st.integers(1, 40))
def test_whatever_is_written_is_read(text: str, size: int) -> None:
    for sentence in read([text[start : start + size] for start in range(0, len(text), size)]):
        assert sentence.strip()


@pytest.mark.parametrize("mark", ["[1]", "[12]", "[1, 2]", "[1][2]"])
def test_markers_stand_before_the_full_stop(mark: str) -> None:
    assert read([f"The ferry sank.{mark} Nobody was hurt."])[0] == f"The ferry sank {mark}."
