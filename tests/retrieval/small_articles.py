"""Folders of small articles for the tests, and generations made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.library import scan
from retrieval.answering.abstention import BUNDLED
from retrieval.index.build import Builder
from retrieval.index.probe import examine
from retrieval.progress import ignore

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from retrieval.embedding.minilm import MiniLM
    from retrieval.index.generation import Manifest

BRIDGE = "The harbour bridge in Larvik closed to lorries on Tuesday. Its cables date from 1931.\n"
VOLCANO = "---\ntitle: Eruption\npublished: 2021-05-03\n---\nThe Hverfjall volcano began to erupt before dawn.\n"
OWLS = "# Owls return\n\nTwelve snowy owls were counted in Finnmark this spring. Nobody knows why they came back.\n"
ARTICLES = {"bridge.txt": BRIDGE, "volcano.md": VOLCANO, "owls.md": OWLS}


def write(folder: Path, articles: Mapping[str, str]) -> Path:
    """Write articles, newlines untouched, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in articles.items():
        (folder / name).write_bytes(text.encode("utf-8"))
    return folder


def builder(articles_dir: Path, cache: Path, model: MiniLM) -> Builder:
    """Return what makes generations as an engine without a calibration of its own does."""
    return Builder(articles_dir=articles_dir, model=model, cache=cache, calibration=BUNDLED)


def build_from(articles_dir: Path, folder: Path, model: MiniLM) -> Manifest:
    """Build a generation in a new folder, its cache of vectors beside it, and look whether it could be published."""
    folder.mkdir(parents=True)
    made = builder(articles_dir, folder.parent / "embeddings.db", model).build(folder, 1, scan(articles_dir), ignore)
    examine(folder)
    return made
