"""What the parts of a generation are called in its folder, and which of their files are large."""

from __future__ import annotations

CATALOG = "catalog.db"
TOKENS = "tokens"
VECTORS = "chroma"
LEXICAL = "lexical"
MANIFEST = "manifest.json"
SIZES = "sizes.json"

LARGE = 64 * 1024 * 1024
"""Bytes from which a file is not read at each opening: a catalog says where it is damaged, and tokens when read."""
