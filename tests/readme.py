"""The conversation on README's first screen, as it really runs: `python -m tests.readme` writes it anew."""

from __future__ import annotations

import asyncio
import io
import re
import tempfile
import textwrap
from contextlib import closing
from pathlib import Path

from bot import console
from bot.app import build
from bot.settings import SAMPLE_ARTICLES, Settings
from retrieval.engine import Engine

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"(?<=```text\n).*?(?=```\n<!-- end -->)", re.DOTALL)
WIDTH = 110


def asked(block: str) -> list[str]:
    """Return the questions of a conversation, in order."""
    return [line.removeprefix("> ") for line in block.splitlines() if line.startswith("> ")]


async def conversation(questions: list[str], data_dir: Path) -> str:
    """Return the conversation that these questions lead to over the sample articles, wrapped for a page."""
    out = io.StringIO()
    lines = "".join(f"{question}\n" for question in questions)
    with closing(Engine(SAMPLE_ARTICLES, data_dir)) as engine:
        await engine.start()
        footnote = build(Settings(data_dir=data_dir), engine)
        await asyncio.to_thread(console.talk, footnote, io.StringIO(lines), out)
        await footnote.aclose()
    said = out.getvalue().partition("\n\n")[2]  # without the line that says there is no token
    return "".join(f"{_wrapped(line)}\n" for line in said.splitlines())


def _wrapped(line: str) -> str:
    indent = "   │ " if line.startswith("   │ ") else ""
    return textwrap.fill(line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


async def _rewrite() -> None:
    found = BLOCK.search(README.read_text(encoding="utf-8"))
    assert found is not None
    with tempfile.TemporaryDirectory() as folder:
        said = await conversation(asked(found.group()), Path(folder))
    # Read again: somebody may have written elsewhere in it meanwhile.
    README.write_text(BLOCK.sub(lambda _: said, README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(_rewrite())
