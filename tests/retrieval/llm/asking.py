from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retrieval.errors import LanguageModelError

if TYPE_CHECKING:
    from retrieval.llm import LanguageModel

SYSTEM = "Answer from the passages."
QUESTION = "Who repaired the lighthouse?"


async def answer(llm: LanguageModel) -> str:
    return "".join([piece async for piece in llm.complete(SYSTEM, QUESTION)])


async def failure(llm: LanguageModel) -> LanguageModelError:
    with pytest.raises(LanguageModelError) as failed:
        await answer(llm)
    return failed.value
