"""What the parts of a generation are called in its folder."""

from __future__ import annotations

CATALOG = "catalog.db"
VECTORS = "chroma"
LEXICAL = "lexical"
MANIFEST = "manifest.json"
SIZES = "sizes.json"
