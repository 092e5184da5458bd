"""Claims written by hand, as a language model writes them: true ones that no rule makes, and false ones."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus import sentences
from corpus.models import Block, BlockKind
from retrieval.errors import EvaluationError
from retrieval.models import ArticleCard, Quote
from retrieval.verification.models import Excerpt, Verified
from retrieval.verification.verifier import Verifier

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from retrieval.embedding.minilm import MiniLM


@dataclass(frozen=True, slots=True)
class Claims:
    """Numbered passages, and what may and may not be said of them, with markers."""

    excerpts: tuple[Excerpt, ...]
    true: tuple[str, ...]
    false: tuple[str, ...]


def load(file: Path) -> tuple[Claims, ...]:
    """Return the claims of a file: a line holds `passages`, `true` and `false`, which is kind -> claims.

    Raises:
        EvaluationError: a line is something else.
    """
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            value = json.loads(line)
            excerpts = tuple(excerpt(place, text) for place, text in enumerate(value["passages"], start=1))
            false = tuple(claim for claims in value["false"].values() for claim in claims)
            found.append(Claims(excerpts, tuple(value["true"]), false))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise EvaluationError(f"{file}, line {number}: not passages with true and false claims.") from error
    return tuple(found)


def excerpt(number: int, text: str) -> Excerpt:
    """Return a paragraph as an excerpt of an article that holds nothing else."""
    card = ArticleCard(str(number), f"{number}.txt", f"Paragraph {number}", None, None, None, None)
    paragraph = Block(0, len(text), BlockKind.PARAGRAPH)
    quotes = tuple(
        Quote(text[span.start : span.end], span.start, span.end) for span in sentences.split(text, paragraph)
    )
    return Excerpt(number, card, Quote(text, 0, len(text)), quotes)


def measure(claims: Sequence[Claims], model: MiniLM) -> dict[str, int]:
    """Return how many there are of each and how many were taken for the other."""
    caught = dropped = 0
    for each in claims:
        verifier = Verifier(each.excerpts, model)
        caught += sum(not isinstance(verifier.check(claim), Verified) for claim in each.false)
        dropped += sum(not isinstance(verifier.check(claim), Verified) for claim in each.true)
    return {
        "false": sum(len(each.false) for each in claims),
        "caught": caught,
        "true": sum(len(each.true) for each in claims),
        "dropped": dropped,
    }
