"""Two articles that answer when or how many differently: both are shown, and the reader is told."""

from __future__ import annotations

import pytest

from retrieval.answering.agreement import differing
from retrieval.models import ArticleCard, Citation, Quote

WHEN = "When was the Tarvik bridge opened?"
HOW_MANY = "How many barges were waiting at the Brenholm sluice?"
HOW_MUCH = "How much did the Tarvik bridge cost?"


def citations(*texts: str, articles: str = "abcdefgh") -> list[Citation]:
    """One citation a text, each of an article of its own unless `articles` says otherwise."""
    found = []
    for number, (text, article) in enumerate(zip(texts, articles, strict=False), start=1):
        card, words = ArticleCard(article, f"{article}.txt", "", None, None, None, None), Quote(text, 0, len(text))
        found.append(Citation(number, card, words, words))
    return found


def contradict(question: str, one: str, other: str) -> bool:
    found = differing(question, citations(one, other))
    assert found in {(), (1, 2)}
    return bool(found)


class TestDates:
    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [
            ("The Tarvik bridge was opened in 1931.", "The Tarvik bridge was opened in 1934.", True),
            ("The Tarvik bridge was opened in 1931.", "In 1931 the Tarvik bridge was opened.", False),
            ("The Tarvik bridge was opened in 1931.", "Begun in 1928, Tarvik bridge was opened in 1931.", False),
            ("The Tarvik bridge was opened in March.", "The Tarvik bridge was opened in June.", True),
            ("The Tarvik bridge was opened in March 1931.", "The Tarvik bridge was opened in March.", False),
            ("The Tarvik bridge was opened in March 1931.", "The Tarvik bridge was opened in June 1931.", True),
            ("The Tarvik bridge was opened in 1931.", "The Tarvik bridge was opened by Queen Elin.", False),
            ("The Tarvik bridge was opened.", "The Tarvik bridge was not opened.", False),
        ],
    )
    def test_years_or_months_differ(self, one: str, other: str, *, expected: bool) -> None:
        assert contradict(WHEN, one, other) is expected

    def test_a_figure_is_no_date(self) -> None:
        assert not contradict(WHEN, "The Tarvik bridge was opened at 9.", "The Tarvik bridge was opened at 11.")

    @pytest.mark.parametrize(
        "verb", ["The Tarvik bridge may be opened again.", "They march over the opened Tarvik bridge."]
    )
    def test_a_verb_is_no_month(self, verb: str) -> None:
        assert not contradict(WHEN, "The Tarvik bridge was opened in June.", verb)


class TestFigures:
    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [
            ("34 barges were waiting at Brenholm.", "41 barges were waiting at Brenholm.", True),
            ("34 barges were waiting at Brenholm.", "Waiting at Brenholm were 34 barges.", False),
            ("34 barges were waiting at Brenholm.", "All barges were waiting at Brenholm.", False),
            ("1,200 barges were waiting at Brenholm.", "1200 barges were waiting at Brenholm.", False),
            ("34 barges were waiting at Brenholm.", "1 barge was waiting at Brenholm with barges.", True),
            ("34 barges were waiting at Brenholm.", "Barges were waiting at Brenholm for 3 weeks.", False),
            ("34 barges waiting at Brenholm for 3 weeks.", "34 barges waiting at Brenholm for 5 weeks.", False),
        ],
    )
    def test_figures_of_one_thing_are_compared(self, one: str, other: str, *, expected: bool) -> None:
        assert contradict(HOW_MANY, one, other) is expected

    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [
            ("Tarvik bridge cost 6 billion crowns.", "Tarvik bridge cost 6,000 million crowns.", False),
            ("Tarvik bridge cost 6 billion crowns.", "Tarvik bridge cost 6 million crowns.", True),
            ("Tarvik bridge cost €1.5 million.", "Tarvik bridge cost 1,500 thousand euros.", False),
            ("Tarvik bridge cost 3.5 million.", "Tarvik bridge cost 5.3 million.", True),
            ("Tarvik bridge cost 40% more.", "Tarvik bridge cost 60% more.", True),
            ("Tarvik bridge cost 40 per cent more.", "Tarvik bridge cost 40% more.", False),
            ("Tarvik bridge cost 40 percent more.", "Tarvik bridge cost 60 per cent more.", True),
            ("Tarvik bridge cost 40% more.", "Tarvik bridge cost 60 per cent more.", True),
        ],
    )
    def test_scales_and_shares_are_compared_however_they_are_written(
        self, one: str, other: str, *, expected: bool
    ) -> None:
        assert contradict(HOW_MUCH, one, other) is expected

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("In 2019, many barges were waiting at Brenholm.", "In 2021, many barges were waiting at Brenholm."),
            ("In 2019, frost kept barges waiting at Brenholm.", "In 2021, frost kept barges waiting at Brenholm."),
            ("In 2019 the barges were waiting at Brenholm.", "In 2021 the barges were waiting at Brenholm."),
            ("On 3 March 34 barges were waiting at Brenholm.", "On 5 March 34 barges were waiting at Brenholm."),
        ],
    )
    def test_years_and_days_are_no_figures(self, one: str, other: str) -> None:
        assert not contradict(HOW_MANY, one, other)

    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [
            ("Three barges were waiting at Brenholm.", "3 barges were waiting at Brenholm.", False),
            ("Three barges were waiting at Brenholm.", "4 barges were waiting at Brenholm.", True),
            ("Ten barges were waiting at Brenholm.", "The tenants of barges were waiting at Brenholm.", False),
            ("Six teenagers and barges waiting at Brenholm.", "Sixteen barges were waiting at Brenholm.", False),
            ("Sixteen barges were waiting at Brenholm.", "Seventeen barges and 7 teens waiting at Brenholm.", False),
        ],
    )
    def test_small_numbers_may_be_words(self, one: str, other: str, *, expected: bool) -> None:
        assert contradict(HOW_MANY, one, other) is expected

    def test_a_word_that_counts_nothing_is_no_unit(self) -> None:
        one = "The barges waiting at Brenholm sluice were 34 and a tug."
        assert not contradict(HOW_MANY, one, "34 barges, of them 7 and 2 empty, were waiting at Brenholm sluice.")


class TestWhichAreCompared:
    first, other = "34 barges were waiting at Brenholm.", "41 barges were waiting at Brenholm."

    def test_the_first_and_all_that_contradict_it_are_named(self) -> None:
        found = citations(self.first, self.other, self.first, "52 barges were waiting at Brenholm.")
        assert differing(HOW_MANY, found) == (1, 2, 4)

    def test_an_article_does_not_contradict_itself(self) -> None:
        assert differing(HOW_MANY, citations(self.first, self.other, articles="aa")) == ()

    def test_others_are_not_compared_with_each_other(self) -> None:
        found = citations("Barges were waiting at Brenholm.", self.first, self.other)
        assert differing(HOW_MANY, found) == ()

    def test_what_answers_another_question_contradicts_nothing(self) -> None:
        assert not contradict(HOW_MANY, self.first, "The ferry can carry 41 barges.")

    @pytest.mark.parametrize(
        "question",
        ["Why were barges waiting at the Brenholm sluice?", "Barges waiting at the Brenholm sluice", "", "Who waits?"],
    )
    def test_only_when_and_how_many_can_be_contradicted(self, question: str) -> None:
        assert not contradict(question, self.first, self.other)

    def test_nothing_and_one_agree_with_themselves(self) -> None:
        assert differing(HOW_MANY, []) == differing(HOW_MANY, citations(self.first)) == ()
