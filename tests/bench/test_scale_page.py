"""The table and the figure of growth, from figures given here."""

from __future__ import annotations

import json
import platform
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from tests.bench import machine, scale

if TYPE_CHECKING:
    from pathlib import Path


def row(size: int, *, scoped: dict[str, float] | None = None) -> dict[str, Any]:
    measured = {name: float(size) for name in scale.COLUMNS if "." not in name}
    return measured | {"asked_for": size, "passages": size, "hit@1": 0.91, "scoped": scoped}


@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0, 2.0])
def test_the_exponent_of_a_power_law_is_found(exponent: float) -> None:
    sizes = [1_000, 10_000, 100_000]
    assert scale.fitted_exponent(sizes, [3 * size**exponent for size in sizes]) == pytest.approx(exponent, abs=1e-9)


def test_one_size_has_no_growth() -> None:
    assert scale.fitted_exponent([1_000], [3.0]) is None


def test_a_figure_within_a_scope_is_found_by_its_name() -> None:
    measured = row(1_000, scoped={"query_p50_ms": 7.5})
    assert scale.figure(measured, "scoped.query_p50_ms") == 7.5
    assert scale.figure(row(1_000), "scoped.query_p50_ms") is None


def test_the_table_has_a_column_a_size_and_a_dash_for_what_was_not_measured() -> None:
    console = Console(width=120)
    with console.capture() as shown:
        console.print(scale.table([row(1_000), row(100_000)]))
    lines = shown.get().splitlines()
    assert [len(line.split("│")) for line in lines if "hit@1" in line] == [5, 5]
    assert next(line for line in lines if "filtered hit@1" in line).count("–") == 2
    assert next(line for line in lines if "index MB" in line).split("│")[2:4] == [" 1,000 ", " 100,000 "]


def test_the_same_figures_give_the_same_picture(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the group bench is not installed")
    rows = [row(1_000), row(10_000)]
    for name in ("one.svg", "other.svg"):
        scale.plot(rows, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "other.svg").read_bytes()


def test_what_is_said_of_the_machine_names_neither_host_nor_path() -> None:
    said = json.dumps(machine.machine() | machine.versions()) + machine.in_words()
    assert platform.node() not in said
    assert "/home" not in said
