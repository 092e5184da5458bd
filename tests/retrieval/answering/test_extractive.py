"""Ranked passages to quotes: word for word, none twice, no heading, or an honest no."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpus.models import Passage, Sentence
from retrieval.answering.abstention import THRESHOLD
from retrieval.answering.extractive import NEAREST, QUOTES, compose
from retrieval.models import ArticleCard, Citation, ScoredPassage

QUESTION = "xyzzy"
"""It asks for no kind of thing, so sentences stand by their scores alone."""

SURE = THRESHOLD + 0.1
BEGIN = 100
"""Where every passage begins in its article: spans must count the article, texts lie in the passage."""


def passage(
    name: str,
    sentences: list[tuple[str, float]],
    confidence: float = SURE,
    score: float = 1.0,
    headings: frozenset[int] = frozenset(),
) -> ScoredPassage:
    """A passage of an article of its own, made of (sentence, score) joined by spaces."""
    spans, at = [], BEGIN
    for number, (text, _) in enumerate(sentences):
        spans.append(Sentence(at, at + len(text), heading=number in headings))
        at += len(text) + 1
    return ScoredPassage(
        passage=Passage(name, 0, BEGIN, at - 1, tuple(spans)),
        article=ArticleCard(name, f"{name}.txt", name.title(), None, None, None, None),
        text=" ".join(text for text, _ in sentences),
        score=score,
        sentence_scores=tuple(score for _, score in sentences),
        confidence=confidence,
    )


def citations(*found: ScoredPassage) -> tuple[Citation, ...]:
    return compose(QUESTION, found, 1, {}).citations


def quotes(*found: ScoredPassage) -> list[str]:
    return [citation.quote.text for citation in citations(*found)]


class TestQuotes:
    def test_the_best_sentences_of_all_passages_come_first(self) -> None:
        one = passage("one", [("Alpha.", 2.0), ("Beta.", 2.4)])
        two = passage("two", [("Gamma.", 2.3), ("Delta.", 2.1)])
        assert quotes(one, two) == ["Beta.", "Gamma.", "Delta."]

    def test_a_quotes_span_counts_the_article(self) -> None:
        (first, second) = citations(passage("one", [("Alpha.", 2.0), ("Beta.", 2.4)]))
        assert (first.quote.text, first.quote.start, first.quote.end) == ("Beta.", BEGIN + 7, BEGIN + 12)
        assert (second.quote.text, second.quote.start, second.quote.end) == ("Alpha.", BEGIN, BEGIN + 6)

    def test_numbers_run_from_one_in_the_order_of_the_quotes(self) -> None:
        found = citations(passage("one", [("A.", 2.3), ("B.", 2.4), ("C.", 2.2), ("D.", 2.1)]))
        assert [citation.number for citation in found] == [1, 2, 3] == list(range(1, QUOTES + 1))

    def test_equal_scores_stay_in_the_order_of_the_passages(self) -> None:
        assert quotes(passage("one", [("A.", 2.0), ("B.", 2.0)]), passage("two", [("C.", 2.0)])) == ["A.", "B.", "C."]

    def test_one_sentence_in_two_articles_is_quoted_once(self) -> None:
        one = passage("one", [("The bridge closed.", 2.0)])
        two = passage("two", [("THE BRIDGE CLOSED.", 2.2), ("It reopened.", 1.9)])
        found = citations(one, two)
        assert [(citation.article.id, citation.quote.text) for citation in found] == [
            ("two", "THE BRIDGE CLOSED."),
            ("two", "It reopened."),
        ]

    def test_a_heading_is_never_quoted(self) -> None:
        assert quotes(passage("one", [("Bridge news", 9.0), ("It closed.", 1.0)], headings=frozenset({0}))) == [
            "It closed."
        ]

    def test_headings_alone_are_no_answer(self) -> None:
        answer = compose(QUESTION, [passage("one", [("Bridge news", 9.0)], headings=frozenset({0}))], 1, {})
        assert (answer.answered, answer.text) == (False, "")
        assert [card.id for card in answer.nearest] == ["one"]

    def test_a_sentence_far_behind_the_best_is_left_out(self) -> None:
        assert quotes(passage("one", [("It closed.", 9.0), ("Otters swim.", 1.0)])) == ["It closed."]

    def test_the_answers_text_is_the_first_quote(self) -> None:
        answer = compose(QUESTION, [passage("one", [("Alpha.", 2.0), ("Beta.", 2.4)])], 7, {"search": 1.0})
        assert (answer.question, answer.text, answer.mode) == (QUESTION, "Beta.", "extractive")
        assert (answer.generation, answer.timings_ms, answer.confidence) == (7, {"search": 1.0}, SURE)


class TestContext:
    def test_it_reaches_from_heading_to_heading(self) -> None:
        sentences = [("Early.", 1.0), ("Part one", 1.0), ("A.", 1.0), ("B.", 5.0), ("Part two", 1.0), ("C.", 1.0)]
        (citation,) = citations(passage("one", sentences, headings=frozenset({1, 4})))
        assert (citation.quote.text, citation.context.text) == ("B.", "A. B.")

    @given(st.lists(st.tuples(st.text("ab😀.\n", min_size=1, max_size=6), st.floats(1, 2)), min_size=1, max_size=6))
    def test_quote_and_context_are_their_spans_and_the_one_holds_the_other(
        self, sentences: list[tuple[str, float]]
    ) -> None:
        made = passage("one", sentences)
        article_text = "?" * BEGIN + made.text
        for citation in citations(made):
            for quote in (citation.quote, citation.context):
                assert article_text[quote.start : quote.end] == quote.text
            assert citation.context.start <= citation.quote.start <= citation.quote.end <= citation.context.end


class TestAbstention:
    def test_below_the_threshold_nothing_is_quoted_and_the_nearest_are_named(self) -> None:
        unsure = THRESHOLD - 0.01
        found = [passage(name, [("A.", 2.0)], confidence=unsure) for name in ("one", "two", "one", "three", "four")]
        answer = compose(QUESTION, found, 1, {})
        assert (answer.answered, answer.citations, answer.confidence) == (False, (), unsure)
        assert (
            [card.id for card in answer.nearest]
            == ["one", "two", "three"]
            == [card.id for card in answer.nearest[:NEAREST]]
        )

    def test_at_the_threshold_it_answers_and_names_nothing_else(self) -> None:
        answer = compose(QUESTION, [passage("one", [("A.", 2.0)], confidence=THRESHOLD)], 1, {})
        assert (answer.answered, answer.nearest) == (True, ())

    def test_one_sure_passage_among_the_first_is_enough(self) -> None:
        found = [passage("one", [("A.", 2.0)], confidence=0.4), passage("two", [("B.", 1.9)])]
        assert compose(QUESTION, found, 1, {}).confidence == SURE

    def test_articles_that_are_not_even_close_are_not_named(self) -> None:
        assert compose(QUESTION, [passage("one", [("A.", 2.0)], confidence=0.05)], 1, {}).nearest == ()

    def test_nothing_found_is_no_answer(self) -> None:
        answer = compose(QUESTION, [], 3, {})
        assert (answer.answered, answer.citations, answer.nearest, answer.confidence) == (False, (), (), 0.0)
