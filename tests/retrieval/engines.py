"""What the tests of the engine ask of it, and how they compare what they get."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.calibration import Calibrated, save
from retrieval.engine import Engine
from retrieval.index.generation import Manifest
from retrieval.index.probe import note_sizes
from retrieval.models import Calibration

if TYPE_CHECKING:
    from retrieval.models import Answer, Citation

NewEngine = Callable[[Path, Path], Engine]

ASK_BRIDGE = "When did the harbour bridge in Larvik close to lorries?"
ASK_OWLS = "How many snowy owls were counted in Finnmark?"
ASK_VOLCANO = "When did the Hverfjall volcano begin to erupt?"
FERRY = "The ferry Solveig ran aground off Bodo with 214 passengers.\n"
ASK_FERRY = "How many passengers were on the ferry Solveig?"
ONE_LINE = r"\A[^\n]+\Z"

STRICT = Calibration(slope=1.0, midpoint=100.0, answer=0.9, closest=0.0)
"""Whatever it finds is the closest there is."""


def keep(made: Calibration, model: str, data_dir: Path) -> None:
    """Leave a calibration where `footnote calibrate` does."""
    calibrated = Calibrated(made, answerable=50, answered=1.0, refused=None, near_misses_refused=0.0)
    save(calibrated, model, data_dir / "calibration.json")


def serve_from(made: Path, articles_dir: Path, data_dir: Path) -> None:
    """Fill `data_dir` with a copy of a DATA_DIR that was made of the same files in another folder."""
    shutil.copytree(made, data_dir, dirs_exist_ok=True)
    file = data_dir / "generations" / "1"
    manifest = Manifest.read(file)
    replace(manifest, articles_dir=str(articles_dir.resolve())).write(file)
    note_sizes(file)


def files_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def outcome(answer: Answer) -> tuple[object, ...]:
    return answer.confidence, answer.citations, answer.nearest


def file_text(articles_dir: Path, path: str) -> str:
    """A file as a user's own script would read it."""
    return (articles_dir / path).read_bytes().decode("utf-8").removeprefix("\ufeff")


def assert_stands_in_its_file(citation: Citation, articles_dir: Path) -> None:
    text = file_text(articles_dir, citation.article.path)
    for quote in (citation.quote, citation.context):
        assert text[quote.start : quote.end] == quote.text != ""
        assert quote.text.encode("utf-8") in (articles_dir / citation.article.path).read_bytes()
    assert citation.context.start <= citation.quote.start < citation.quote.end <= citation.context.end
