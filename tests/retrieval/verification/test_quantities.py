from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.verification.quantities import Quantity, find


def one(text: str) -> Quantity:
    (found,) = find(text)
    return found.quantity


@pytest.mark.parametrize("text", ["490,000", "490 thousand", "490000", "490k", "four hundred and ninety thousand"])
def test_a_number_has_one_value_in_all_its_forms(text: str) -> None:
    assert one(text) == Quantity(490_000)


@pytest.mark.parametrize("text", ["half a million", "500,000", "0.5 million"])
def test_half_a_million_is_a_number(text: str) -> None:
    assert one(text) == Quantity(500_000)


@pytest.mark.parametrize("text", ["40%", "40 per cent", "40 percent", "forty percent"])
def test_per_cent_is_a_unit(text: str) -> None:
    assert one(text) == Quantity(40, "%")


@pytest.mark.parametrize("text", ["$5m", "$5 million", "5 million dollars", "US$5m", "five million dollars"])
def test_money_is_the_same_before_and_behind(text: str) -> None:
    assert one(text) == Quantity(5_000_000, "dollar")


@pytest.mark.parametrize(("text", "unit"), [("3rd", "th"), ("third", "th"), ("a third", "part"), ("1990s", "s")])
def test_orders_parts_and_decades_are_no_plain_numbers(text: str, unit: str) -> None:
    assert one(text).unit == unit


@given(st.integers(1, 999_999_999))
def test_separators_do_not_change_a_number(value: int) -> None:
    assert one(f"{value:,} ships") == one(f"{value} ships") == Quantity(value)


@given(st.integers(1, 999), st.sampled_from([("thousand", 10**3), ("million", 10**6), ("billion", 10**9)]))
def test_a_scale_is_noughts(value: int, scale: tuple[str, int]) -> None:
    assert one(f"{value} {scale[0]} people") == one(f"{value * scale[1]:,} people")


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    assert all(text[found.start : found.end] for found in find(text))
