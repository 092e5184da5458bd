from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from retrieval.adversary import claims
from retrieval.adversary.measure import FALSE, TRUE, measure
from retrieval.errors import EvaluationError

if TYPE_CHECKING:
    from corpus.library import Scan
    from retrieval.adversary.models import Original
    from retrieval.embedding.minilm import MiniLM

CLAIMS = Path(__file__).parents[2] / "eval" / "claims.jsonl"
SAMPLE = 40


@pytest.fixture(scope="module")
def made() -> list[tuple[str, str, str, bool]]:
    """Each sentence made: its kind, its words, its original's, and whether it is true."""
    return []


@pytest.fixture(scope="module")
def figures(sample_scan: Scan, model: MiniLM, made: list[tuple[str, str, str, bool]]) -> dict[str, Any]:
    def seen(kind: str, sentence: str, original: Original, is_true: bool, _: str) -> None:  # noqa: FBT001 - as it is called
        made.append((kind, sentence, original.text, is_true))

    return measure(sample_scan.articles, model, sample=SAMPLE, seen=seen)


def test_nearly_all_false_sentences_are_caught_and_nearly_all_true_ones_pass(figures: dict[str, Any]) -> None:
    assert figures["sentences"] == SAMPLE
    assert figures["caught_share"] >= 0.97
    assert figures["dropped_share"] <= 0.05


def test_every_kind_is_counted(figures: dict[str, Any]) -> None:
    assert list(figures["caught"]) == list(FALSE)
    assert list(figures["dropped"]) == list(TRUE)
    for counted, kinds in (("caught", figures["caught"]), ("dropped", figures["dropped"])):
        for shares in kinds.values():
            assert shares["share"] == (round(shares[counted] / shares["made"], 4) if shares["made"] else None)


def test_every_false_sentence_differs_from_its_original(
    made: list[tuple[str, str, str, bool]], figures: dict[str, Any]
) -> None:
    assert figures["sentences"] == SAMPLE
    by_marker = {"no_marker", "wrong_marker", "unknown_marker"}
    for kind, sentence, original, is_true in made:
        if not is_true and kind not in by_marker:
            assert sentence.rpartition(" [")[0].rstrip(".") != original.rstrip(".")


def test_the_same_articles_and_seed_give_the_same_sentences(sample_scan: Scan, model: MiniLM) -> None:
    def run() -> list[str]:
        sentences: list[str] = []
        measure(
            sample_scan.articles, model, sample=3, seed=7, seen=lambda _kind, sentence, *_: sentences.append(sentence)
        )
        return sentences

    assert run() == run()


def test_claims_as_a_model_writes_them(model: MiniLM) -> None:
    """Written before the verifier was tuned, in view of it since: a floor, not a measure of what is unseen."""
    found = claims.measure(claims.load(CLAIMS), model)
    assert (found["true"], found["false"]) == (64, 142)
    assert found["caught"] >= 0.97 * found["false"]
    assert found["dropped"] <= 0.12 * found["true"]


def test_a_line_that_holds_no_claims_is_named(tmp_path: Path) -> None:
    file = tmp_path / "claims.jsonl"
    file.write_text('{"passages": []}\n', encoding="utf-8")
    with pytest.raises(EvaluationError, match="line 1: not passages"):
        claims.load(file)
