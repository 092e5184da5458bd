"""Two states of a folder of articles that differ in what is added, what is removed and what is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SHARED = {
    f"shared-{town}.txt": f"The mayor of {town} opened a library with {1000 + 7 * number} books on a rainy morning. "
    f"Children of {town} had waited for it since the old one burnt down.\n"
    for number, town in enumerate(("Askerby", "Brunholt", "Corvik", "Dalmere", "Elstad", "Fjordal", "Grenna", "Holmby"))
}
LIGHTHOUSE = "The lighthouse of Skagness has {} steps, counted by its keeper on Friday.\n"
OLD = SHARED | {
    "ferry.txt": "The ferry Solveig ran aground off Bodo with 214 passengers. Nobody was hurt.\n",
    "lighthouse.md": LIGHTHOUSE.format(301),
}
NEW = SHARED | {
    "owls.md": "# Owls return\n\nTwelve snowy owls were counted in Finnmark this spring. All had thought them gone.\n",
    "lighthouse.md": LIGHTHOUSE.format(417),
}
STATES = (OLD, NEW)

ASK_SHARED = "How many books does the library of Corvik have?"
QUESTIONS = (
    ASK_SHARED,
    "How many passengers were on the ferry Solveig?",
    "How many snowy owls were counted in Finnmark?",
    "How many steps does the lighthouse of Skagness have?",
)
SIGNS = (("1014", "214", None, "301"), ("1014", None, "Twelve", "417"))
"""What the answer to each question says in each state; None for a question it cannot answer."""


def put(folder: Path, articles: dict[str, str]) -> Path:
    """Make the folder hold these articles and no others; what is the same already is left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        if file.name not in articles:
            file.unlink()
    for name, text in articles.items():
        file = folder / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            written = folder / f".{name}"
            written.write_text(text, encoding="utf-8")
            written.replace(file)
    return folder
