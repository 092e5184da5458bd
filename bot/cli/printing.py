"""Tables, JSON and progress on a terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from bot import texts

if TYPE_CHECKING:
    from retrieval.progress import Stage


def print_table(figures: dict[str, Any]) -> None:
    """Print names and values side by side."""
    from rich.console import Console
    from rich.table import Table

    table = Table("figure", "value")
    table.columns[1].justify = "right"
    for name, value in figures.items():
        table.add_row(name, "–" if value is None else str(value))
    Console().print(table)


def print_shares(figures: dict[str, Any]) -> None:
    """Print what the verifier caught and what it dropped, kind by kind, and how long it took."""
    from rich.console import Console
    from rich.table import Table

    for counted in ("caught", "dropped"):
        table = Table(counted, "made", counted, "share")
        for column in table.columns[1:]:
            column.justify = "right"
        for kind, shares in figures[counted].items():
            share = "–" if shares["share"] is None else f"{shares['share']:.1%}"
            table.add_row(kind.replace("_", " "), str(shares["made"]), str(shares[counted]), share)
        overall = figures[f"{counted}_share"]
        table.add_row("all", "", "", "–" if overall is None else f"{overall:.1%}")
        Console().print(table)
    rest = {"sentences": figures["sentences"]} | {f"ms {name}": value for name, value in figures["ms"].items()}
    print_table(rest | {f"written {name}": value for name, value in figures.get("written", {}).items()})


def print_json(value: dict[str, Any]) -> None:
    """Print a value on one line of JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False))


class Bar:
    """A progress bar on a terminal's stderr; nothing where stderr is a file or a pipe."""

    def __init__(self, label: str) -> None:
        from tqdm import tqdm

        self._label = label
        self._bar = tqdm(desc=label, unit="", leave=False, disable=None, delay=0.5)

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def reload(self, stage: Stage, done: int, total: int) -> None:
        """Show how far a reload is."""
        self.stage(texts.STAGES[stage], done, total)

    def stage(self, label: str, done: int, total: int) -> None:
        """Show how far one stage is."""
        self._bar.set_description(label, refresh=False)
        self._bar.total = total
        self._bar.update(done - self._bar.n)
