"""Ranked passages to quotes: word for word, none twice, no heading."""

from __future__ import annotations

import dataclasses
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answering.extractive import MARGIN, NEARLY, QUOTES, choose, choose_one_an_article, cite
from retrieval.index.catalog_writer import CatalogWriter
from tests.retrieval.answering.passages import BEGIN, passage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retrieval.index.catalog import Catalog
    from retrieval.models import Citation, ScoredPassage


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    """A catalog without any article, so that nobody prints the same."""
    with closing(CatalogWriter.create(tmp_path_factory.mktemp("empty") / "catalog.db")) as made:
        yield made


def quotes(*found: ScoredPassage) -> list[str]:
    return [entry.quote.text for entry in choose(found)]


def told(*found: ScoredPassage, most: int = 8, margin: float = 3.0) -> list[str]:
    return [entry.quote.text for entry in choose_one_an_article(found, most, margin)]


def copy_of(story: int, found: ScoredPassage) -> ScoredPassage:
    return dataclasses.replace(found, story=story)


class TestChoose:
    def test_the_best_sentences_of_all_passages_come_first(self) -> None:
        one = passage("one", [("Alpha.", 2.0), ("Beta.", 2.4)])
        two = passage("two", [("Gamma.", 2.3), ("Delta.", 2.1)])
        assert quotes(one, two) == ["Beta.", "Gamma.", "Delta."]

    def test_no_more_than_asked_for(self) -> None:
        found = [passage("one", [(f"Sentence {number}.", 2.0) for number in range(9)])]
        assert (len(choose(found)), len(choose(found, 2))) == (QUOTES, 2)

    def test_equal_scores_stay_in_the_order_of_the_passages(self) -> None:
        assert quotes(passage("one", [("A.", 2.0), ("B.", 2.0)]), passage("two", [("C.", 2.0)])) == ["A.", "B.", "C."]

    def test_one_sentence_in_two_articles_is_quoted_once(self) -> None:
        one = passage("one", [("The bridge closed.", 2.0)])
        two = passage("two", [("THE BRIDGE CLOSED.", 2.2), ("Barges reopened it.", 1.9)])
        assert [(entry.passage.article.id, entry.quote.text) for entry in choose([one, two])] == [
            ("two", "THE BRIDGE CLOSED."),
            ("two", "Barges reopened it."),
        ]

    def test_a_heading_is_never_quoted(self) -> None:
        found = passage("one", [("Bridge news", 9.0), ("It closed.", 1.0)], headings=frozenset({0}))
        assert quotes(found) == ["It closed."]

    def test_headings_alone_are_nothing_to_quote(self) -> None:
        assert quotes(passage("one", [("Bridge news", 9.0)], headings=frozenset({0}))) == []

    @pytest.mark.parametrize(("behind", "expected"), [(0.01, ["It closed.", "Otters swim."]), (-0.01, ["It closed."])])
    def test_a_sentence_far_behind_the_best_is_left_out(self, behind: float, expected: list[str]) -> None:
        found = passage("one", [("It closed.", 9.0), ("Otters swim.", 9.0 - MARGIN + behind)])
        assert quotes(found) == expected

    def test_what_another_quote_shows_already_is_not_quoted_alone(self) -> None:
        """The second sentence is quoted after the first, which it needs; the first alone would be said twice."""
        found = passage("one", [("The bridge is old.", 2.0), ("It closed on Tuesday.", 2.4), ("Otters swim.", 1.9)])
        assert quotes(found) == ["The bridge is old. It closed on Tuesday.", "Otters swim."]

    def test_nothing_found_is_nothing_chosen(self) -> None:
        assert choose([]) == choose_one_an_article([], 3, 1.0) == []


class TestCopies:
    """Passages of one story, as `index.duplicates` marks them."""

    def test_one_storys_sentence_in_two_papers_is_quoted_once(self) -> None:
        one = copy_of(1, passage("one", [("Divers found nine deep cracks in the lower sluice gate on Monday.", 2.4)]))
        two = copy_of(1, passage("two", [("Divers found nine deep cracks in the lower sluice gate Monday.", 2.3)]))
        assert quotes(one, two) == ["Divers found nine deep cracks in the lower sluice gate on Monday."]

    def test_a_copy_with_another_figure_is_quoted_beside_it(self) -> None:
        one = copy_of(1, passage("one", [("Divers found 9 deep cracks in the lower sluice gate on Monday.", 2.4)]))
        two = copy_of(1, passage("two", [("Divers found 11 deep cracks in the lower sluice gate on Monday.", 2.3)]))
        assert len(quotes(one, two)) == 2

    def test_words_alone_make_no_copy_of_another_story(self) -> None:
        one = copy_of(1, passage("one", [("Divers found deep cracks in the lower sluice gate on Monday.", 2.4)]))
        two = copy_of(2, passage("two", [("Divers found deep cracks in the lower sluice gate Monday.", 2.3)]))
        three = passage("three", [("Divers found deep cracks in lower sluice gate Monday.", 2.2)])
        assert len(quotes(one, two, three)) == 3

    def test_of_two_copies_a_timeline_shows_one(self) -> None:
        """Both copies' sentences are nearly equally good, so that the second copy has more than one to offer."""
        lines = ["Divers found nine deep cracks in the lower gate.", "Repairs of the gate will take eleven weeks."]
        one = copy_of(1, passage("one", [(lines[0], 2.4), (lines[1], 2.2)]))
        two = copy_of(1, passage("two", [(lines[0], 2.3), (lines[1], 2.1)]))
        assert told(one, two) == [lines[0]]

    def test_moving_up_in_an_article_takes_nothing_that_another_paper_has_told(self) -> None:
        """The second article's best sentence is its own; its first is the copy."""
        shared = "Divers found nine deep cracks in the lower gate."
        one = copy_of(1, passage("one", [(shared, 2.4)]))
        two = copy_of(1, passage("two", [(shared, 2.0), ("The harbour master was on holiday in Crete.", 2.3)]))
        assert told(one, two) == [shared, "The harbour master was on holiday in Crete."]


class TestOneAnArticle:
    def test_each_article_has_one_and_the_best_comes_first(self) -> None:
        one = passage("one", [("Alpha.", 1.0), ("Beta.", 2.4)])
        two = passage("two", [("Gamma.", 2.6), ("Delta.", 1.0)])
        assert told(one, two) == ["Gamma.", "Beta."]

    def test_of_nearly_equal_sentences_the_first_in_the_article(self) -> None:
        found = passage("one", [("Alpha.", 2.4 - NEARLY + 0.01), ("Beta.", 2.4), ("Gamma.", 2.3)])
        assert told(found) == ["Alpha."]

    def test_a_first_sentence_that_is_much_worse_is_not_taken(self) -> None:
        assert told(passage("one", [("Alpha.", 2.4 - NEARLY - 0.01), ("Beta.", 2.4)])) == ["Beta."]

    def test_another_passage_of_the_article_may_hold_its_first_sentence(self) -> None:
        late = passage("one", [("Beta.", 2.4)], begin=BEGIN + 100)
        assert told(late, passage("one", [("Alpha.", 2.2)])) == ["Alpha."]

    def test_no_more_articles_than_asked_for_and_none_far_behind(self) -> None:
        found = [passage(str(number), [(f"Sentence {number}.", 3.0 - number)]) for number in range(5)]
        assert told(*found, most=2) == ["Sentence 0.", "Sentence 1."]
        assert told(*found, margin=2.5) == ["Sentence 0.", "Sentence 1.", "Sentence 2."]


class TestCite:
    def test_a_quotes_span_counts_the_article(self, catalog: Catalog) -> None:
        first, second = cite(choose([passage("one", [("Alpha.", 2.0), ("Beta.", 2.4)])]), catalog)
        assert (first.quote.text, first.quote.start, first.quote.end) == ("Beta.", BEGIN + 7, BEGIN + 12)
        assert (second.quote.text, second.quote.start, second.quote.end) == ("Alpha.", BEGIN, BEGIN + 6)

    def test_numbers_run_from_one_in_the_order_given(self, catalog: Catalog) -> None:
        chosen = choose([passage("one", [("A.", 2.3), ("B.", 2.4), ("C.", 2.2), ("D.", 2.1)])])
        assert [(citation.number, citation.quote.text) for citation in cite(reversed(chosen), catalog)] == [
            *[(1, "C."), (2, "A."), (3, "B.")]
        ]

    def test_what_nobody_else_prints_is_in_no_other_article(self, catalog: Catalog) -> None:
        (citation,) = cite(choose([passage("one", [("A.", 2.3)])]), catalog)
        assert citation.also_in == ()

    def test_a_context_reaches_from_heading_to_heading(self, catalog: Catalog) -> None:
        sentences = [("Early.", 1.0), ("Part one", 1.0), ("A.", 1.0), ("B.", 5.0), ("Part two", 1.0), ("C.", 1.0)]
        (citation,) = cite(choose([passage("one", sentences, headings=frozenset({1, 4}))]), catalog)
        assert (citation.quote.text, citation.context.text) == ("B.", "A. B.")

    @given(
        sentences=st.lists(
            st.tuples(st.text("ab😀.\n", min_size=1, max_size=6) | st.just("It closed."), st.floats(1, 2)),
            min_size=1,
            max_size=6,
        )
    )
    def test_quote_and_context_are_their_spans_and_the_one_holds_the_other(
        self, catalog: Catalog, sentences: list[tuple[str, float]]
    ) -> None:
        made = passage("one", sentences)
        article_text = "?" * BEGIN + made.text
        found: list[Citation] = list(cite(choose([made]), catalog))
        assert found
        for citation in found:
            for quote in (citation.quote, citation.context):
                assert article_text[quote.start : quote.end] == quote.text
            assert citation.context.start <= citation.quote.start <= citation.quote.end <= citation.context.end
