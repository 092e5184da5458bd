"""One story in two papers: quoted once, with the other paper beside it, and each citable as its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answering.copies import also_in, says
from retrieval.answering.extractive import choose, cite
from retrieval.search import Searcher
from tests.retrieval.newspapers import COURIER, GAZETTE, LEAD, REPAIR, WAITING, WIRE

if TYPE_CHECKING:
    from retrieval.embedding.minilm import MiniLM
    from retrieval.index.generation import Generation
    from retrieval.models import ScoredPassage

HOW_MANY = "How many barges were waiting upstream of the Brenholm sluice?"


class TestSays:
    quoted = "The authority said 34 barges were waiting upstream of the Brenholm sluice."

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("The authority said 34 barges were waiting upstream of the Brenholm sluice.", True),
            ("THE AUTHORITY SAID: 34 BARGES WERE WAITING UPSTREAM OF THE BRENHOLM SLUICE!", True),
            ("Before that. The authority said 34 barges were waiting upstream of the Brenholm sluice. After.", True),
            ("An authority said 34 barges were waiting upstream of Brenholm sluice, it is said.", True),
            ("The authority said 41 barges were waiting upstream of the Brenholm sluice.", False),
            ("The authority said many barges were waiting upstream of the Brenholm sluice.", False),
            ("34 barges were waiting.", False),
            ("", False),
        ],
    )
    def test_nearly_all_words_and_every_figure(self, text: str, *, expected: bool) -> None:
        assert says(text, self.quoted) is expected

    @pytest.mark.parametrize("figure", ["3.5", "12th", "2024", "A380"])
    def test_whatever_holds_a_digit_is_a_figure(self, figure: str) -> None:
        quoted = f"One two three four five six seven eight nine {figure}"
        assert says(quoted, quoted)
        assert not says("One two three four five six seven eight nine ten", quoted)

    @given(st.text(max_size=40), st.text(max_size=20), st.text(max_size=20))
    def test_a_text_says_what_it_holds(self, quoted: str, before: str, after: str) -> None:
        assert says(f"{before} {quoted} {after}", quoted)


@pytest.fixture(scope="module")
def found(newspapers: Generation, model: MiniLM) -> dict[str, ScoredPassage]:
    """Each article's passage, as found for a question about the sluice."""
    searcher = Searcher(newspapers, model, limit=50)
    return {passage.article.path: passage for passage in searcher.search(HOW_MANY)}


class TestAlsoIn:
    @pytest.mark.parametrize(
        ("path", "quoted", "expected"),
        [
            ("sluice-courier.md", REPAIR, ["sluice-gazette.md", "sluice-wire.md"]),
            ("sluice-wire.md", LEAD, ["sluice-gazette.md", "sluice-courier.md"]),
            ("sluice-courier.md", WAITING, ["sluice-wire.md"]),
            ("sluice-gazette.md", WAITING.replace("34", "41"), []),
        ],
    )
    def test_the_other_papers_that_say_the_same_are_named_newest_first(
        self, newspapers: Generation, found: dict[str, ScoredPassage], path: str, quoted: str, expected: list[str]
    ) -> None:
        assert [card.path for card in also_in(found[path], quoted, newspapers.catalog)] == expected

    def test_a_story_of_its_own_is_nowhere_else(self, newspapers: Generation, found: dict[str, ScoredPassage]) -> None:
        assert found["otters.md"].story is None
        assert also_in(found["otters.md"], "Nine otters were counted", newspapers.catalog) == ()

    def test_it_is_the_same_from_each_of_the_copies(
        self, newspapers: Generation, found: dict[str, ScoredPassage]
    ) -> None:
        paths = {"sluice-courier.md", "sluice-wire.md", "sluice-gazette.md"}
        for path in paths:
            others = {card.path for card in also_in(found[path], REPAIR, newspapers.catalog)}
            assert others == paths - {path}


class TestCollapse:
    def test_one_story_is_quoted_once_with_the_other_paper_beside_it(
        self, newspapers: Generation, found: dict[str, ScoredPassage]
    ) -> None:
        ranked = [found["sluice-courier.md"], found["sluice-wire.md"]]
        (first, *_) = cite(choose(ranked), newspapers.catalog)
        assert first.quote.text == WAITING
        both = {first.article.source, *(card.source for card in first.also_in)}
        assert both == {COURIER, WIRE}

    def test_no_sentence_is_shown_again_from_a_copy(
        self, newspapers: Generation, found: dict[str, ScoredPassage]
    ) -> None:
        """The copy's next sentence begins with "It", so it would be quoted together with the one shown already."""
        ranked = [found["sluice-courier.md"], found["sluice-wire.md"]]
        shown = [citation.quote.text for citation in cite(choose(ranked), newspapers.catalog)]
        assert [WAITING in text for text in shown].count(True) == 1

    def test_another_figure_is_shown_beside_it(self, newspapers: Generation, found: dict[str, ScoredPassage]) -> None:
        ranked = [found[path] for path in ("sluice-courier.md", "sluice-wire.md", "sluice-gazette.md")]
        shown = list(cite(choose(ranked), newspapers.catalog))
        figures = {figure for figure in ("34", "41") for citation in shown if figure in citation.quote.text}
        assert figures == {"34", "41"}
        assert GAZETTE in {citation.article.source for citation in shown}
