from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.verification.markers import split


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("Owls returned [1].", (1,)),
        ("Owls returned. [1]", (1,)),
        ("Owls returned [1][3].", (1, 3)),
        ("Owls returned [1, 3].", (1, 3)),
        ("Owls returned [2-4].", (2, 3, 4)),
        ("Owls [2] returned [1].", (2, 1)),
        ("Owls returned [1][1].", (1,)),
        ("Owls returned.", ()),
    ],
)
def test_markers_are_taken_out_in_order(sentence: str, numbers: tuple[int, ...]) -> None:
    assert split(sentence) == ("Owls returned.", numbers)


def test_brackets_that_the_article_has_itself_are_no_markers() -> None:
    assert split("Owls [7] returned [1].", "Owls [7] returned.") == ("Owls [7] returned.", (1,))


@given(st.lists(st.integers(1, 99), min_size=1, max_size=5, unique=True), st.booleans(), st.booleans())
def test_every_way_of_writing_markers_gives_the_same_numbers(
    numbers: list[int],
    apart: bool,  # noqa: FBT001 - hypothesis draws it
    behind: bool,  # noqa: FBT001 - same
) -> None:
    marker = "".join(f"[{number}]" for number in numbers) if apart else f"[{', '.join(map(str, numbers))}]"
    sentence = f"Owls returned. {marker}" if behind else f"Owls returned {marker}."
    assert split(sentence) == ("Owls returned.", tuple(numbers))
