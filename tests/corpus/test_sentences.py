"""Sentences end where a reader would end them, and their spans are exact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.models import Block, BlockKind
from corpus.sentences import LONGEST, split
from tests.corpus.samples import assert_in_order_and_stripped, inked, pieces_of, texts, thorough


def sentences_in(text: str, language: str = "en") -> list[str]:
    return pieces_of(text, split(text, Block(0, len(text), BlockKind.PARAGRAPH), language))


@pytest.mark.parametrize(
    "expected",
    [
        # abbreviations and numbers
        ["Lt. Gen. Ana Petrova left the base at dawn.", "Her deputy stayed."],
        ["Mr. and Mrs. Stone met Dr. Li on St. James St. in June.", "It rained."],
        ["The U.S. Senate voted on Monday.", "Nothing changed."],
        ["He lives in the U.S.", "She does not."],
        ["Aid came from the U.N.", "The camp was full."],
        ["J. R. Vane wrote it.", "It sold."],
        ["On Dec. 3 the dam broke.", "It rained."],
        ["See No. 10 on p. 5.", "It rained."],
        ["Prices rose by 17.5% in June.", "Wages did not."],
        ["The fire burned 7,000 sq km of forest.", "Rain came late."],
        ["He was 1.5 years late.", "She was not."],
        ["Prices rose in May.", "Wages did not."],
        ["Sweden said no.", "Canada agreed."],
        # quotation marks
        ["“We will rebuild.”", "The mayor left."],
        ['"We will rebuild."', "The mayor left."],
        ["“We will rebuild,” she said.", "“All of it.”", "Then she left."],
        ["It rained.", '"We waited."', "It rained again."],
        ["He said: ‘No.’", "Then it rained."],
        ["«Нет.»", "Он ушёл.", "Дождь шёл."],
        ['He said "no."', 'She said "yes."'],
        ["It rained.[2]", "The dam broke."],
        ["They wrote that [Boris] Johnson had asked for a delay.", "Nobody answered."],
        # quoted questions and who asked them
        ['"Why?" he said.', "Nobody knew."],
        ['"Why?" asked the judge.', "Nobody knew."],
        ["“Why now?” the minister asked reporters.", "Nobody knew."],
        ["“Stop!” he shouted.", "Nobody did."],
        ['"Is it over?" she said.', '"No."', "It rained."],
        ["“Who are you?”", "The man ran away.", "It rained."],
        # times of day
        ["The vote ended at 7:14 p.m. Eastern time.", "The count began."],
        ["The vote ended at 9 p.m. EST on Friday.", "The count began."],
        ["It began at 6 a.m. Pacific Standard Time.", "It ended soon."],
        ["The vote ended at 7:14 p.m.", "The count began."],
        ["The vote ended at 5 p.m.", "Time ran out."],
        # beyond English and the alphabet
        ["It rained 😀.", "The dam broke 🇳🇴.", "Yes."],
        ["مرحبا بالعالم.", "كيف حالك؟", "بخير."],
        ["Cafe\u0301s closed.", "Zu\u0308rich slept."],
        ["Is it true?!", "Yes."],
        ["one line without an end"],
    ],
    ids=lambda expected: " ".join(expected)[:40],
)
def test_sentences_end_where_a_reader_would_end_them(expected: list[str]) -> None:
    assert sentences_in(" ".join(expected)) == expected


@pytest.mark.parametrize("gap", ["  ", "\u00a0", "\t", "\n", "\r\n", "\u2009"])
def test_white_space_between_sentences_belongs_to_none(gap: str) -> None:
    assert sentences_in(f"It rained.{gap}The dam broke.") == ["It rained.", "The dam broke."]


def test_a_line_break_inside_a_sentence_stays_in_it_untouched() -> None:
    assert sentences_in("The dam\r\nbroke at dawn. It rained.") == ["The dam\r\nbroke at dawn.", "It rained."]


def test_a_heading_is_one_sentence_that_says_so() -> None:
    text = "Who knew? What the engineers said. And when"

    spans = list(split(text, Block(0, len(text), BlockKind.HEADING)))

    assert [(span.start, span.end, span.heading) for span in spans] == [(0, len(text), True)]


def test_offsets_count_from_the_start_of_the_text_not_of_the_block() -> None:
    text = "😀 Title\n\nIt rained. The dam broke."

    spans = list(split(text, Block(9, len(text), BlockKind.PARAGRAPH)))

    assert pieces_of(text, spans) == ["It rained.", "The dam broke."]


@pytest.mark.parametrize("language", ["de", "ru", "zh", "klingon", "", "en-GB", "日本"])
def test_any_language_code_gives_sentences(language: str) -> None:
    assert sentences_in("Der Damm brach. Es regnete.", language) == ["Der Damm brach.", "Es regnete."]


def test_a_sentence_too_long_to_quote_is_cut_at_white_space() -> None:
    text = "word " * 999 + "word"

    pieces = sentences_in(text)

    assert max(map(len, pieces)) <= LONGEST
    assert " ".join(pieces) == text


def test_a_word_too_long_to_quote_is_cut_anywhere() -> None:
    text = "x" * (2 * LONGEST + 1)

    assert [len(piece) for piece in sentences_in(text)] == [LONGEST, LONGEST, 1]


@given(texts(), st.sampled_from(["en", "ar", "ja", "ru"]))
@thorough
def test_sentences_are_in_order_stripped_and_cover_every_character(text: str, language: str) -> None:
    block = Block(0, len(text), BlockKind.PARAGRAPH)

    found = list(split(text, block, language))

    assert_in_order_and_stripped(text, found)
    assert inked(text, found) == inked(text, [block])
    assert [sentence for sentence in found if sentence.end - sentence.start > LONGEST] == []


@given(texts(), texts(), texts())
@thorough
def test_a_block_is_split_the_same_wherever_it_stands(before: str, text: str, after: str) -> None:
    alone = split(text, Block(0, len(text), BlockKind.PARAGRAPH))
    inside = split(before + text + after, Block(len(before), len(before) + len(text), BlockKind.PARAGRAPH))

    assert [(span.start + len(before), span.end + len(before)) for span in alone] == [
        (span.start, span.end) for span in inside
    ]
