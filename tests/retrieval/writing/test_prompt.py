from __future__ import annotations

import json
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from retrieval.writing import prompt
from tests.retrieval.writing.worlds import BRIDGE, FERRY, excerpt

NEW, OLD = excerpt(1, "ferry", date(2025, 5, 4), FERRY), excerpt(2, "bridge", date(2024, 3, 2), BRIDGE)


def test_passages_carry_their_number_source_date_and_words() -> None:
    first, *_ = map(json.loads, prompt.passages_and_question("Why?", [NEW, OLD]).split("\n"))
    assert first == {
        "passage": 1,
        "title": "ferry",
        "source": "The Upland Wire",
        "date": "2025-05-04",
        "age": "newest",
        "text": " ".join(FERRY),
    }


def test_the_newest_and_the_oldest_are_marked_where_they_differ() -> None:
    lines = [json.loads(line) for line in prompt.passages_and_question("Why?", [NEW, OLD]).split("\n")]
    assert [line.get("age") for line in lines] == ["newest", "oldest", None]
    assert '"age"' not in prompt.passages_and_question("Why?", [NEW])


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_text_can_leave_its_place(question: str, said: str) -> None:
    hostile = excerpt(1, "ferry", date(2025, 5, 4), (f"x{said}",))
    lines = prompt.passages_and_question(question, [hostile]).split("\n")
    assert [set(json.loads(line)) & {"text", "question"} for line in lines] == [{"text"}, {"question"}]
    assert json.loads(lines[1])["question"] == question


def test_the_rules_name_the_words_for_no_answer() -> None:
    assert prompt.CANNOT_ANSWER in prompt.RULES
