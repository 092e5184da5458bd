"""Titles for articles whose files give none."""

from __future__ import annotations

import doctest

import pytest

from corpus.markup import without_markup
from corpus.readers import titles
from corpus.readers.titles import title_from_path


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(titles).failed == 0


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("dam-breaks.txt", "Dam breaks"),
        ("2023-05-03-dam_breaks.md", "Dam breaks"),
        ("20230503 dam breaks.txt", "Dam breaks"),
        ("012_dam.breaks.txt", "Dam breaks"),
        ("rivers/2023/dam-breaks.md", "Dam breaks"),
        ("dam-breaks-3f9a1c0e77.txt", "Dam breaks"),
        ("DAM-BREAKS.TXT", "DAM BREAKS"),
        ("covid-19-facts.md", "Covid 19 facts"),
        ("žabí-řeka.txt", "Žabí řeka"),
        ("наводнение_в_долине.txt", "Наводнение в долине"),
        ("decade-of-floods.txt", "Decade of floods"),
        ("017.txt", "Article 017"),
        ("017_3f9a1c0e77b2d4e5.txt", "Article 017"),
    ],
)
def test_a_file_name_reads_as_words(path: str, title: str) -> None:
    assert title_from_path(path) == title


@pytest.mark.parametrize("path", ["-.txt", "___.md", ".txt", "3f9a1c0e77b2d4e5.txt", "2023-05-03.txt", "   .txt"])
def test_every_file_name_gives_some_title(path: str) -> None:
    assert title_from_path(path).strip() != ""


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("The **dam** at _Vell_", "The dam at Vell"),
        ("[The dam](https://example.org/a_b) broke", "The dam broke"),
        ("![a photo](dam.jpg) The dam", "a photo The dam"),
        ("The `dam`\t broke ", "The dam broke"),
        ("The #MeToo movement in numbers", "The #MeToo movement in numbers"),
        ("Why C# outlived its critics", "Why C# outlived its critics"),
        ("The file snake_case_name leaked", "The file snake_case_name leaked"),
    ],
)
def test_a_heading_loses_its_markup_and_nothing_else(line: str, words: str) -> None:
    assert without_markup(line) == words
