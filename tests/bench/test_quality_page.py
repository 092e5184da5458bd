"""The page of benchmarks, from figures given here."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from retrieval.ranking import Ranker, Weights
from tests.bench import quality
from tests.bench.quality import AblationRow, EvalSet

FIGURES = {
    "documents": 1646,
    "questions": 2910,
    "hit@1": 0.89555,
    "mrr@10": 0.933,
    "ndcg@10": 0.94,
    "answer_in_top1": 0.8,
    "answer_in_top3": 1.0,
    "answered_of_answerable": 0.978,
    "refused_of_unanswerable": None,
    "ingest_passages_per_s": 88.4,
    "query_ms": {"p50": 9.04, "p95": 11.36},
    "peak_rss_mb": 1328,
}


def asked(**changes: object) -> EvalSet:
    values = {
        "title": "A set",
        "description": "{questions} of {documents}.",
        "folder": Path("/no/such"),
        "shown": "SET",
    }
    return EvalSet(**(values | changes))  # type: ignore[arg-type]


def test_a_row_shows_each_figure_with_its_own_precision() -> None:
    row = quality.table("ranker", [("`full`", FIGURES)]).splitlines()[-1]
    assert row == "| `full` | 0.896 | 0.933 | 0.940 | 0.800 | 1.000 | 0.978 | – | 9.0 | 11.4 | 88 | 1,328 |"


def test_every_line_of_a_table_has_the_same_columns() -> None:
    lines = quality.table("ranker", [("`full`", FIGURES), ("`dense`", {})]).splitlines()
    assert {line.count("|") for line in lines} == {len(quality.COLUMNS) + 2}


def test_a_section_says_how_many_and_by_which_command() -> None:
    made = quality.section(asked(sample=600), {Ranker.FULL: FIGURES})
    assert made.startswith("## A set\n\n2,910 of 1,646.\n")
    assert "\nfootnote eval SET --ranker full --sample 600 --json\n" in made


def test_a_section_names_no_path_outside_the_repository() -> None:
    for one in quality.NOT_SHIPPED:
        made = quality.section(one, {Ranker.FULL: FIGURES})
        assert str(one.folder) not in made
        assert one.folder.parent.name + "/" not in made
        assert "not shipped" in made


def test_the_section_of_an_ablation_names_the_set_and_each_part() -> None:
    made = quality.ablation_section(quality.SHIPPED[0], [AblationRow("BM25", {"hit@1": 0.5})])
    assert made.startswith("## What each part is worth: our samples\n")
    assert "| BM25 | 0.500 |" in made


def test_every_weight_of_the_ranker_but_the_plain_cosine_is_a_part_of_the_ablation() -> None:
    taken_out = {name for names in quality.PARTS.values() for name in names}
    assert taken_out == {field.name for field in fields(Weights)} - {"passage_cosine"}


def test_the_page_says_when_and_where_it_was_measured() -> None:
    made = quality.page(["## A set\n"], "2024-05-31", "Some processor, 2 cores.")
    assert "Measured on 2024-05-31:\nSome processor, 2 cores.\n" in made
    assert made.endswith("## A set\n")
