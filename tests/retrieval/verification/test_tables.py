"""The tables of words hold what they promise."""

from __future__ import annotations

import pytest

from retrieval.adversary import words
from retrieval.verification.lemmas import lemma
from retrieval.verification.opposites import are_opposites
from retrieval.verification.synonyms import are_synonyms


@pytest.mark.parametrize(
    ("one", "other"), [("rose", "rising"), ("kilometres", "km"), ("won", "wins"), ("favour", "favor")]
)
def test_forms_of_a_word_share_a_lemma(one: str, other: str) -> None:
    assert lemma(one) == lemma(other)


def test_to_found_is_not_to_find() -> None:
    assert lemma("founded") != lemma("found")


@pytest.mark.parametrize(
    ("one", "other"), [("rose", "fell"), ("accepted", "refused"), ("likely", "unlikely"), ("opened", "shut")]
)
def test_contraries_are_known_in_every_form(one: str, other: str) -> None:
    assert are_opposites(lemma(one), lemma(other))
    assert not are_synonyms(lemma(one), lemma(other))


@pytest.mark.parametrize(("one", "other"), words.CONTRARIES_UNLISTED)
def test_the_adversary_keeps_contraries_that_the_verifier_does_not_know(one: str, other: str) -> None:
    assert other not in _listed(one)


@pytest.mark.parametrize(("one", "other"), words.SYNONYMS_UNLISTED)
def test_the_adversary_keeps_synonyms_that_the_verifier_does_not_know(one: str, other: str) -> None:
    assert not are_synonyms(lemma(one), lemma(other))


def _listed(word: str) -> set[str]:
    return {
        other
        for _, other in words.CONTRARIES_UNLISTED
        if are_opposites(lemma(word), lemma(other)) and not _by_prefix(word, other)
    }


def _by_prefix(one: str, other: str) -> bool:
    longer, shorter = sorted((one, other), key=len, reverse=True)
    return longer.endswith(shorter)
