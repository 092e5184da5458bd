"""README's first screen is true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.readme import BLOCK, README, asked, conversation

if TYPE_CHECKING:
    from pathlib import Path


async def test_the_conversation_in_the_readme_is_what_the_bot_says(tmp_path: Path) -> None:
    shown = BLOCK.search(README.read_text(encoding="utf-8"))
    assert shown is not None

    assert shown.group() == await conversation(asked(shown.group()), tmp_path)
