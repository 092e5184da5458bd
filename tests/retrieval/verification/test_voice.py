"""Active and passive: the same told the other way round is proven, and the wrong way round is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retrieval.adversary.claims import excerpt
from retrieval.verification.models import Verified
from retrieval.verification.verifier import Verifier

if TYPE_CHECKING:
    from retrieval.embedding.minilm import MiniLM

TOLD = [
    (
        "The council approved the new tram line on Tuesday.",
        "The new tram line was approved by the council on Tuesday",
        "The council was approved by the new tram line on Tuesday",
    ),
    (
        "A retired teacher found the missing dog near the canal.",
        "The missing dog was found near the canal by a retired teacher",
        "A retired teacher was found by the missing dog near the canal",
    ),
    (
        "The museum bought the painting for 2 million euros in 2019.",
        "The painting was bought by the museum for 2 million euros in 2019",
        "The museum was bought for 2 million euros in 2019",
    ),
    (
        "Heavy rain flooded forty cellars in the old town.",
        "Forty cellars in the old town were flooded by heavy rain",
        "Heavy rain was flooded by forty cellars in the old town",
    ),
    (
        "Marta Lind defeated Olga Berg in the final.",
        "Olga Berg was defeated by Marta Lind in the final",
        "Marta Lind was defeated by Olga Berg in the final",
    ),
    (
        "The company dismissed 300 workers at its Holm plant.",
        "At its Holm plant, 300 workers were dismissed by the company",
        "300 workers dismissed the company at its Holm plant",
    ),
    (
        "Police arrested two men at the station.",
        "Two men were arrested by police at the station",
        "Police were arrested by two men at the station",
    ),
    (
        "The court fined Ostra Bank 12 million crowns.",
        "Ostra Bank was fined 12 million crowns by the court",
        "The court was fined 12 million crowns by Ostra Bank",
    ),
    (
        "A Danish architect designed the library.",
        "The library was designed by a Danish architect",
        "The library designed a Danish architect",
    ),
    (
        "The minister opened the tunnel in May.",
        "The tunnel was opened in May by the minister",
        "The minister was opened by the tunnel in May",
    ),
    (
        "Researchers from Uppsala discovered the moth in a cellar.",
        "The moth was discovered in a cellar by researchers from Uppsala",
        "The moth discovered researchers from Uppsala in a cellar",
    ),
    (
        "The mayor has invited the king to the festival.",
        "The king has been invited to the festival by the mayor",
        "The mayor has been invited to the festival by the king",
    ),
    (
        "The union rejected the offer of the airline.",
        "The offer of the airline was rejected by the union",
        "The airline rejected the offer of the union",
    ),
    (
        "Volunteers planted 800 trees along the river.",
        "Along the river, 800 trees were planted by volunteers",
        "800 volunteers were planted along the river",
    ),
]
"""What the passage says, the same in the passive, and the wrong way round."""


@pytest.mark.parametrize(("said", "passive", "wrong"), TOLD)
def test_who_did_what_to_whom_is_kept(said: str, passive: str, wrong: str, model: MiniLM) -> None:
    verifier = Verifier((excerpt(1, f"{said} The local paper reported it."),), model)
    assert isinstance(verifier.check(f"{passive} [1]."), Verified)
    assert not isinstance(verifier.check(f"{wrong} [1]."), Verified)


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("The bridge closed to lorries in March 2024.", "The bridge was closed to lorries in March 2024"),
        ("Shares in Northgrid rose 18% on Thursday.", "Northgrid's shares rose by 18 per cent on Thursday"),
        ("He later gave half of his fortune to the hospital.", "Half of his fortune was later given to the hospital"),
    ],
)
def test_a_verb_without_an_object_may_be_told_either_way(said: str, same: str, model: MiniLM) -> None:
    verifier = Verifier((excerpt(1, f"{said} The local paper reported it."),), model)
    assert isinstance(verifier.check(f"{same} [1]."), Verified)
