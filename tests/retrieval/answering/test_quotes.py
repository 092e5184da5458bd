"""What is quoted for a sentence: whole sentences of its passage, no more than a reader needs to understand it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answering.quotes import LONGEST, LONGEST_RUN, quote, refers_back, run, section
from tests.retrieval.answering.passages import BEGIN, passage


class TestRefersBack:
    @pytest.mark.parametrize(
        "sentence",
        [
            "He left on Tuesday.",
            "They were counted in spring.",
            "Its cables date from 1931.",
            "it closed.",
            "These were the first.",
            "This was denied.",
            "Both were refloated.",
            "Neither was hurt.",
            "Such ships are rare.",
            "The former is older.",
            "But she refused.",
            "However, they stayed.",
            "For example, it has no keel.",
            "Then he left.",
            "“It is closed,” the minister said.",
            "(They had been warned.)",
            '"She" is what sailors say.',
            "“The bridge is old,” he said.",
            "“The bridge is old!” says she.",
            "“The bridge is old,” they added on Monday.",
            "‘The bridge is old,’ she told reporters.",
        ],
    )
    def test_a_pronoun_or_a_bare_speaker_needs_the_sentence_before(self, sentence: str) -> None:
        assert refers_back(sentence)

    @pytest.mark.parametrize(
        "sentence",
        [
            "",
            "The bridge closed.",
            "This year the owls came back.",
            "This year’s harvest was poor.",
            "This morning a ferry sank.",
            "These days nobody swims there.",
            "Italy won.",
            "Heather grows on the moor.",
            "Thistles bloom.",
            "Theirsfield is a village.",
            "However, the bridge closed.",
            "Ruth Halvorsen said he had left.",
            "“The bridge is old,” said Ruth Halvorsen.",
            "“The bridge is old.”",
            "In spring they were counted.",
            "1931 was its year.",
        ],
    )
    def test_what_names_its_subject_stands_alone(self, sentence: str) -> None:
        assert not refers_back(sentence)

    @given(st.text(max_size=60))
    def test_whatever_is_written_it_says_yes_or_no(self, sentence: str) -> None:
        assert refers_back(sentence) in {True, False}


def quoted(*sentences: str, headings: frozenset[int] = frozenset(), chosen: int = -1) -> str:
    made = passage("one", [(sentence, 1.0) for sentence in sentences], headings=headings)
    return run(made, made.passage.sentences[chosen]).text


class TestRun:
    def test_a_sentence_that_stands_alone_is_quoted_alone(self) -> None:
        assert quoted("Owls came.", "The bridge closed.") == "The bridge closed."

    def test_one_that_refers_back_brings_the_one_before(self) -> None:
        assert quoted("Owls came.", "The bridge is old.", "It closed.") == "The bridge is old. It closed."

    def test_what_it_brings_brings_its_own(self) -> None:
        assert quoted("Ruth left.", "She was tired.", "Her bag stayed.") == "Ruth left. She was tired. Her bag stayed."

    def test_no_more_than_three_sentences_are_quoted(self) -> None:
        assert LONGEST_RUN == 3
        found = quoted("Ruth left.", "She was tired.", "Her bag stayed.", "It was blue.")
        assert found == "She was tired. Her bag stayed. It was blue."

    def test_the_sentences_after_it_are_not_its(self) -> None:
        assert quoted("The bridge is old.", "It closed.", "It reopened.", chosen=1) == "The bridge is old. It closed."

    def test_the_first_sentence_of_a_passage_has_none_to_bring(self) -> None:
        assert quoted("It closed.", "Owls came.", chosen=0) == "It closed."

    def test_a_heading_is_not_brought_nor_what_stands_above_it(self) -> None:
        assert quoted("The bridge is old.", "Part two", "It closed.", headings=frozenset({1})) == "It closed."

    @pytest.mark.parametrize(("spare", "brought"), [(0, True), (1, False)])
    def test_a_quote_is_not_longer_than_seven_hundred_characters(self, spare: int, brought: bool) -> None:  # noqa: FBT001 - what is expected
        last = "It closed."
        first = "A" * (LONGEST - len(last) - 1 + spare)
        assert (quoted(first, last) == f"{first} {last}") is brought

    def test_a_longer_sentence_is_quoted_whole(self) -> None:
        long = "Cables " * 200
        assert quoted("Owls came.", long) == long


sentence_texts = st.sampled_from(
    [
        *("The bridge closed.", "Ruth said no.", "It closed.", "“Never,” she said.", "However, they stayed."),
        *("B" * 300, "It " + "c" * 350, "😀 Шторм утих.", "This year\nit rained."),
    ]
)


@given(st.lists(st.tuples(sentence_texts, st.booleans()), min_size=1, max_size=8), st.data())
def test_a_run_is_whole_sentences_that_need_each_other_within_the_limits(
    drawn: list[tuple[str, bool]], data: st.DataObject
) -> None:
    headings = frozenset(place for place, (_, heading) in enumerate(drawn) if heading)
    made = passage("one", [(text, 1.0) for text, _ in drawn], headings=headings)
    sentences = made.passage.sentences
    last = data.draw(st.integers(0, len(sentences) - 1))
    found = run(made, sentences[last])
    assert ("?" * BEGIN + made.text)[found.start : found.end] == found.text
    first = [sentence.start for sentence in sentences].index(found.start)
    assert found.end == sentences[last].end
    assert last - first < LONGEST_RUN
    assert first == last or found.end - found.start <= LONGEST
    assert headings.isdisjoint(range(first, last))
    assert all(refers_back(text) for text, _ in drawn[first + 1 : last + 1])


@given(st.lists(st.tuples(sentence_texts, st.booleans()), min_size=1, max_size=8), st.data())
def test_a_section_holds_the_run_and_no_other_heading(drawn: list[tuple[str, bool]], data: st.DataObject) -> None:
    headings = frozenset(place for place, (_, heading) in enumerate(drawn) if heading)
    made = passage("one", [(text, 1.0) for text, _ in drawn], headings=headings)
    place = data.draw(st.sampled_from(range(len(drawn))))
    if place in headings:
        return
    around, chosen = section(made, made.passage.sentences[place]), run(made, made.passage.sentences[place])
    assert ("?" * BEGIN + made.text)[around.start : around.end] == around.text
    assert around.start <= chosen.start <= chosen.end <= around.end
    inside = [sentence for sentence in made.passage.sentences if around.start <= sentence.start < around.end]
    assert not any(sentence.heading for sentence in inside)


def test_a_quote_counts_the_article() -> None:
    made = passage("one", [("Älter 🚢.", 1.0), ("It closed.", 1.0)])
    start, end = made.passage.sentences[1].start, made.passage.sentences[1].end
    assert (quote(made, start, end).text, start) == ("It closed.", BEGIN + 9)
