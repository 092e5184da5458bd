"""Excerpts for the verifier's tests, made of a paragraph each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval.adversary.claims import excerpt

if TYPE_CHECKING:
    from retrieval.verification.models import Excerpt

FERRY = (
    "The Maris Point terminal reopened on Monday, 14 March 2022, after repairs that cost 4.2 million euros. Mayor "
    "Helga Brandt said the old pier had not been inspected since 2009. Twelve ferries a day now leave for the island "
    "of Torsk, up from eight before the closure. The authority plans to add a night service in 2024."
)
TAKEOVER = (
    "Velora agreed on Thursday to buy its rival Northgrid for $3.1bn. Its chief executive called the deal "
    '"a rare chance". Shares in Northgrid rose 18% while those of Velora fell 4%. The regulator may still block the '
    "takeover."
)


def excerpts(*paragraphs: str) -> tuple[Excerpt, ...]:
    """Number paragraphs from one."""
    return tuple(excerpt(number, text) for number, text in enumerate(paragraphs, start=1))
