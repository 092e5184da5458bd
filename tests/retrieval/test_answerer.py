"""A message to an answer, on three small newspapers: what is kept to, what is preferred, what is said beside it."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from retrieval.answerer import NEAREST, Answerer
from retrieval.answering.extractive import QUOTES
from retrieval.answering.remarks import LONG_AGO
from retrieval.errors import UnreadableQuery
from retrieval.models import Answer, Calibration, Outcome
from retrieval.query.models import NO_SCOPE, Form, Scope
from tests.retrieval.newspapers import COURIER, GAZETTE, WAITING, WIRE

if TYPE_CHECKING:
    from collections.abc import Callable

    from retrieval.embedding.minilm import MiniLM
    from retrieval.index.generation import Generation

    Ask = Callable[..., Answer]

TODAY = date(2024, 5, 31)
HOW_MANY = "How many barges were waiting upstream of the Brenholm sluice?"
TIMELINE = "Timeline of the electric ferry Kestrel"
LATEST = "What is the latest on the electric ferry Kestrel?"
NOTHING = "Who painted the Mona Lisa?"


@pytest.fixture(scope="module")
def answerer(newspapers: Generation, model: MiniLM) -> Answerer:
    return Answerer(newspapers, model)


@pytest.fixture(scope="module")
def ask(answerer: Answerer) -> Ask:
    def answer(message: str, today: date = TODAY) -> Answer:
        return answerer.answer(message, today).answer

    return answer


def calibrated(newspapers: Generation, model: MiniLM, answer: float, closest: float) -> Answerer:
    """An answerer of the same articles that is sure enough from other confidences on."""
    made = dataclasses.replace(newspapers.manifest.calibration, answer=answer, closest=closest)
    manifest = dataclasses.replace(newspapers.manifest, calibration=made)
    return Answerer(dataclasses.replace(newspapers, manifest=manifest), model)


def paths(answer: Answer) -> list[str]:
    return [citation.article.path for citation in answer.citations]


class TestAnAnswer:
    def test_the_first_quote_is_the_answer_and_counts_its_article(self, ask: Ask, newspapers: Generation) -> None:
        answer = ask(HOW_MANY)
        assert (answer.outcome, answer.answered, answer.text) == (Outcome.ANSWER, True, WAITING)
        assert (answer.question, answer.form, answer.mode, answer.generation) == (
            *(HOW_MANY, Form.ANSWER, "extractive", 1),
        )
        assert 0 < len(answer.citations) <= QUOTES
        for citation in answer.citations:
            found = newspapers.catalog.article(citation.article.id)
            assert found is not None
            for quote in (citation.quote, citation.context):
                assert found[1][quote.start : quote.end] == quote.text

    def test_an_answer_names_no_nearest_articles(self, ask: Ask) -> None:
        assert ask(HOW_MANY).nearest == ()

    def test_without_a_time_or_a_source_nothing_is_said_about_them(self, ask: Ask) -> None:
        remarks = ask(HOW_MANY).remarks
        assert (remarks.scope, remarks.outside, remarks.undated, remarks.as_of) == (NO_SCOPE, NO_SCOPE, 0, None)

    def test_two_papers_that_give_different_figures_are_both_shown_and_named(self, ask: Ask) -> None:
        answer = ask(HOW_MANY)
        one, other = (answer.citations[number - 1] for number in answer.remarks.differing)
        assert ("34" in one.quote.text, "41" in other.quote.text) == (True, True)
        assert one.article.source != other.article.source == GAZETTE

    def test_a_timeline_does_not_contradict_itself(self, ask: Ask) -> None:
        assert ask("Timeline of how many barges were waiting at the Brenholm sluice").remarks.differing == ()

    def test_times_are_told(self, ask: Ask) -> None:
        timings = ask(HOW_MANY).timings_ms
        assert 0 < timings["search"] <= timings["total"]


class TestOperators:
    """What they leave is all there is."""

    @pytest.mark.parametrize(
        ("operators", "scope"),
        [
            ("since:2024-03-06", Scope(since=date(2024, 3, 6))),
            ("before:2024-03-06", Scope(until=date(2024, 3, 5))),
            ("until:2024-03-06", Scope(until=date(2024, 3, 6))),
            ("after:2024-03-06", Scope(since=date(2024, 3, 7))),
            ("since:2024-03-06 until:2024-03-06", Scope(since=date(2024, 3, 6), until=date(2024, 3, 6))),
            (f'source:"{GAZETTE}"', Scope(source=GAZETTE)),
            ("source:courier", Scope(source=COURIER)),
            ("source:wire since:2024", Scope(since=date(2024, 1, 1), source=WIRE)),
            ("before:2020", Scope(until=date(2019, 12, 31))),
            ("since:2024-05", Scope(since=date(2024, 5, 1))),
        ],
    )
    @pytest.mark.parametrize("question", [HOW_MANY, LATEST, TIMELINE, "Kestrel", "Osterby", "What does the band play?"])
    def test_nothing_outside_is_quoted_or_named(
        self, ask: Ask, answerer: Answerer, question: str, operators: str, scope: Scope
    ) -> None:
        answer = ask(f"{question} {operators}")
        assert answer.remarks.scope == scope
        assert answer.remarks.outside == NO_SCOPE
        shown = [*(citation.article for citation in answer.citations), *answer.nearest]
        found = [passage.article for passage in answerer.answer(f"{question} {operators}", TODAY).found]
        assert [card.path for card in (*shown, *found) if not scope.holds(card.day, card.source)] == []

    def test_no_paper_outside_is_named_for_printing_the_same(self, ask: Ask) -> None:
        answer = ask(f"{HOW_MANY} before:2024-03-06")
        assert paths(answer)[0] == "sluice-courier.md"
        assert [card.path for citation in answer.citations for card in citation.also_in] == []

    @pytest.mark.parametrize("source", [COURIER, WIRE, GAZETTE])
    def test_each_paper_that_prints_a_story_can_be_cited(self, ask: Ask, source: str) -> None:
        answer = ask(f'{HOW_MANY} source:"{source}"')
        assert answer.citations[0].article.source == source
        assert "barges were waiting upstream" in answer.text

    def test_a_scope_without_any_article_finds_nothing(self, ask: Ask) -> None:
        answer = ask(f"{HOW_MANY} before:2000")
        assert (answer.outcome, answer.citations, answer.nearest) == (Outcome.NONE, (), ())
        assert answer.remarks.scope == Scope(until=date(1999, 12, 31))

    def test_articles_without_a_date_are_counted_where_a_time_is_asked_for(self, ask: Ask) -> None:
        assert ask(f"{HOW_MANY} since:2024").remarks.undated == 3
        assert ask(f"{HOW_MANY} since:2024 source:courier").remarks.undated == 1
        assert ask(f"{HOW_MANY} source:courier").remarks.undated == 0

    @pytest.mark.parametrize("message", ["since:2020", "source:courier before:2024", "  until:2024-05-03  "])
    def test_operators_alone_are_no_question(self, ask: Ask, message: str) -> None:
        with pytest.raises(UnreadableQuery, match=r"\A[^\n]+\.\Z"):
            ask(message)

    def test_an_operator_that_makes_no_sense_is_named(self, ask: Ask) -> None:
        with pytest.raises(UnreadableQuery) as caught:
            ask(f"{HOW_MANY} since:soon")
        assert (caught.value.operator, caught.value.value) == ("since", "soon")


class TestSaidInWords:
    """A preference: what is elsewhere is shown rather than nothing, and the reader is told."""

    def test_articles_of_that_time_are_preferred(self, ask: Ask) -> None:
        """All three papers tell it; without the day the Wire comes first."""
        answer = ask("How many barges were waiting at the Brenholm sluice on 7 March 2024?")
        assert set(paths(answer)) == {"sluice-gazette.md"}
        assert answer.remarks.scope == Scope(since=date(2024, 3, 7), until=date(2024, 3, 7))
        assert (answer.remarks.outside, answer.remarks.undated) == (NO_SCOPE, 3)

    def test_articles_of_that_source_are_preferred(self, ask: Ask) -> None:
        answer = ask("How many barges were waiting at the Brenholm sluice according to the Valley Gazette?")
        assert set(paths(answer)) == {"sluice-gazette.md"}
        assert (answer.remarks.scope, answer.remarks.outside) == (Scope(source=GAZETTE), NO_SCOPE)

    @pytest.mark.parametrize(
        ("message", "first", "outside"),
        [
            (
                "How many otters were counted in the marshes in 2021?",
                "otters.md",
                Scope(date(2021, 1, 1), date(2021, 12, 31)),
            ),
            ("According to the Harbour Courier, how many otters were counted?", "otters.md", Scope(source=COURIER)),
            (
                "How many books does the library of Osterby have since 2020?",
                "library.md",
                Scope(since=date(2020, 1, 1)),
            ),
        ],
        ids=["time", "source", "undated"],
    )
    def test_where_nothing_there_answers_the_answer_is_from_elsewhere_and_says_so(
        self, ask: Ask, message: str, first: str, outside: Scope
    ) -> None:
        answer = ask(message)
        assert (answer.outcome, paths(answer)[0]) == (Outcome.ANSWER, first)
        assert (answer.remarks.outside, answer.remarks.scope) == (outside, NO_SCOPE)

    @pytest.mark.parametrize(
        "message", ["Who opened the bridge at Tarvik in 1931?", "When was the suspension bridge opened in 1931?"]
    )
    def test_an_article_of_another_day_that_tells_of_that_year_is_not_from_elsewhere(
        self, ask: Ask, message: str
    ) -> None:
        answer = ask(message)
        assert (answer.outcome, paths(answer)) == (Outcome.ANSWER, ["bridge.md"])
        assert answer.remarks.outside == NO_SCOPE

    def test_another_year_than_the_one_told_of_is_from_elsewhere(self, ask: Ask) -> None:
        answer = ask("Who opened the bridge at Tarvik in 1932?")
        assert (answer.outcome, paths(answer)) == (Outcome.ANSWER, ["bridge.md"])
        assert answer.remarks.outside == Scope(date(1932, 1, 1), date(1932, 12, 31))

    @pytest.mark.parametrize("message", [f"{NOTHING[:-1]} in 2021?", f"According to the Harbour Courier, {NOTHING}"])
    def test_where_there_is_no_answer_at_all_nothing_is_from_elsewhere(self, ask: Ask, message: str) -> None:
        answer = ask(message)
        assert (answer.outcome, answer.citations, answer.remarks.outside) == (Outcome.NONE, (), NO_SCOPE)

    @pytest.mark.parametrize(
        ("today", "path"), [(date(2024, 3, 6), "sluice-courier.md"), (date(2024, 3, 8), "sluice-gazette.md")]
    )
    def test_relative_times_are_seen_from_today(self, ask: Ask, today: date, path: str) -> None:
        answer = ask("How many barges were waiting at the Brenholm sluice yesterday?", today)
        assert set(paths(answer)) == {path}
        assert answer.remarks.scope.since == answer.remarks.scope.until == date(2024, 3, today.day - 1)

    def test_an_operator_beside_the_words_makes_both_strict(self, ask: Ask) -> None:
        answer = ask("How many otters were counted in the marshes in 2021? source:wire")
        assert (answer.remarks.scope.source, answer.remarks.scope.since) == (WIRE, date(2021, 1, 1))
        assert "otters.md" not in {*paths(answer), *(card.path for card in answer.nearest)}


class TestLatest:
    def test_the_newest_comes_first_one_an_article(self, ask: Ask) -> None:
        answer = ask(LATEST)
        assert (answer.outcome, answer.form) == (Outcome.ANSWER, Form.LATEST)
        assert paths(answer) == ["kestrel-2023.md", "kestrel-2021.md", "kestrel-2019.md"]
        assert [citation.number for citation in answer.citations] == [1, 2, 3] == list(range(1, QUOTES + 1))

    def test_an_article_without_a_date_comes_last(self, ask: Ask) -> None:
        days = [citation.article.day for citation in ask(f"{LATEST} source:gazette").citations]
        assert days == sorted(days, key=lambda day: (day is None, day and -day.toordinal()))
        assert days[-1] is None

    def test_an_old_one_is_shown_with_its_age(self, ask: Ask) -> None:
        newest = date(2023, 5, 8)
        assert ask(LATEST, newest + LONG_AGO).remarks.as_of is None
        assert ask(LATEST, newest + LONG_AGO + timedelta(days=1)).remarks.as_of == newest

    def test_so_is_an_answer_about_now(self, ask: Ask) -> None:
        answer = ask("How many cars does the ferry Kestrel carry now?")
        assert answer.remarks.as_of == max(day for citation in answer.citations if (day := citation.article.day))
        assert ask("How many cars will the ferry Kestrel carry?").remarks.as_of is None

    def test_where_no_quote_has_a_date_there_is_no_order_of_time(self, ask: Ask) -> None:
        assert ask("What is the latest on the library of Osterby?").remarks.dateless
        assert not ask(LATEST).remarks.dateless
        assert not ask("How many books does the library of Osterby have?").remarks.dateless

    def test_a_story_in_two_papers_is_one_of_the_latest(self, ask: Ask) -> None:
        answer = ask("What is the latest on the Brenholm sluice?")
        texts = [citation.quote.text for citation in answer.citations]
        assert len(set(texts)) == len(texts)
        assert paths(answer)[0].startswith("sluice-")


class TestTimeline:
    def test_the_oldest_comes_first_the_undated_last_one_an_article(self, ask: Ask) -> None:
        answer = ask(TIMELINE)
        assert (answer.outcome, answer.form) == (Outcome.ANSWER, Form.TIMELINE)
        assert paths(answer) == ["kestrel-2019.md", "kestrel-2021.md", "kestrel-2023.md", "kestrel-undated.md"]

    def test_a_span_of_time_narrows_it(self, ask: Ask) -> None:
        assert paths(ask(f"{TIMELINE} since:2020")) == ["kestrel-2021.md", "kestrel-2023.md"]

    def test_nothing_on_the_subject_is_no_timeline(self, ask: Ask) -> None:
        answer = ask("Timeline of the zeppelin races")
        assert (answer.outcome, answer.citations) == (Outcome.NONE, ())


class TestOutcomes:
    """The same evidence, where answers and the closest begin elsewhere."""

    @pytest.mark.parametrize(
        ("answer", "closest", "outcome"),
        [(0.5, 0.1, Outcome.ANSWER), (0.9999, 0.1, Outcome.CLOSEST), (0.9999, 0.999, Outcome.NONE)],
    )
    def test_the_calibration_says_what_becomes_of_it(
        self, newspapers: Generation, model: MiniLM, ask: Ask, answer: float, closest: float, outcome: Outcome
    ) -> None:
        found = calibrated(newspapers, model, answer, closest).answer(HOW_MANY, TODAY).answer
        assert found.outcome is outcome
        assert found.confidence == ask(HOW_MANY).confidence

    def test_the_closest_are_fewer_and_answer_nothing(self, newspapers: Generation, model: MiniLM) -> None:
        found = calibrated(newspapers, model, 0.9999, 0.1).answer(HOW_MANY, TODAY).answer
        assert (found.answered, found.text, found.nearest, found.remarks.differing) == (False, "", (), ())
        assert 0 < len(found.citations) < QUOTES

    @pytest.mark.parametrize("message", [LATEST, TIMELINE])
    def test_so_it_is_for_the_latest_and_a_timeline(self, newspapers: Generation, model: MiniLM, message: str) -> None:
        outcomes = [
            calibrated(newspapers, model, answer, closest).answer(message, TODAY).answer.outcome
            for answer, closest in ((0.5, 0.1), (0.9999, 0.1), (0.9999, 0.999))
        ]
        assert outcomes == [Outcome.ANSWER, Outcome.CLOSEST, Outcome.NONE]

    def test_without_an_answer_the_nearest_articles_are_named(self, newspapers: Generation, model: MiniLM) -> None:
        found = calibrated(newspapers, model, 0.9999, 0.999).answer(HOW_MANY, TODAY).answer
        assert found.citations == ()
        assert 0 < len(found.nearest) <= NEAREST
        assert {card.path for card in found.nearest} <= {"sluice-courier.md", "sluice-wire.md", "sluice-gazette.md"}

    def test_what_is_not_even_close_by_subject_is_not_named(self, ask: Ask) -> None:
        answer = ask(NOTHING)
        assert (answer.outcome, answer.nearest, answer.text) == (Outcome.NONE, (), "")

    def test_confidence_is_the_best_passages(self, answerer: Answerer, newspapers: Generation) -> None:
        response = answerer.answer(HOW_MANY, TODAY)
        best = max(passage.evidence for passage in response.found[:QUOTES])
        assert response.answer.confidence == newspapers.manifest.calibration.confidence(best)

    def test_nothing_found_has_no_evidence(self, ask: Ask, newspapers: Generation) -> None:
        assert ask(f"{HOW_MANY} before:2000").confidence == newspapers.manifest.calibration.confidence(0.0)
        assert isinstance(newspapers.manifest.calibration, Calibration)


class TestSameAnswer:
    messages = (
        *(HOW_MANY, LATEST, TIMELINE, NOTHING, f"{HOW_MANY} since:2024-03-06", f"{HOW_MANY} source:wire"),
        *("What happened to the ferry Kestrel in 2019?", "According to the Harbour Courier, how many otters?"),
        *("?!", "…", "the", "\u0000", "source: the report"),
    )

    @staticmethod
    def untimed(answer: Answer) -> Answer:
        return dataclasses.replace(answer, timings_ms={})

    def test_the_same_question_gets_the_same_answer(self, newspapers: Generation, model: MiniLM, ask: Ask) -> None:
        other = Answerer(newspapers, model)
        for message in self.messages:
            assert self.untimed(other.answer(message, TODAY).answer) == self.untimed(ask(message))

    def test_so_it_does_in_many_threads(self, ask: Ask) -> None:
        expected = [self.untimed(ask(message)) for message in self.messages]
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda message: self.untimed(ask(message)), self.messages * 4))
        assert found == expected * 4
