"""The benchmark's own arithmetic, on folders small enough to reckon by hand."""

from __future__ import annotations

import json
import math
import tempfile
from typing import TYPE_CHECKING, Any

import pytest

from corpus.errors import CorpusError
from retrieval.errors import EvaluationError
from retrieval.evaluation import evaluate
from retrieval.question_sets import QuestionSet, load
from retrieval.ranking import Ranker
from tests.retrieval.small_articles import ARTICLES, write

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENTS = [
    {"_id": "bridge", "title": "Harbour", "text": "The harbour bridge closed to lorries on Tuesday."},
    {"_id": "owls", "title": "Birds", "text": "Snowy owls returned. Twelve owls were counted by owl watchers."},
    {"_id": "volcano", "title": "North", "text": "The Hverfjall volcano erupted before dawn in heavy rain."},
    {"_id": "storm", "title": "Weather", "text": "A storm tore roofs from barns, where one pair of owls had nested."},
]
BRIDGE, OWLS, BOTH, NOTHING = "harbour bridge lorries", "owls", "Hverfjall volcano", "zeppelin"

Line = dict[str, Any]
SECOND = 1 / math.log2(3)
"""What the second place is worth in nDCG."""


def beir(
    folder: Path, queries: list[Line], qrels: list[tuple[str, str, int]], documents: list[Line] = DOCUMENTS
) -> Path:
    (folder / "qrels").mkdir(parents=True)
    rows = ["query-id\tcorpus-id\tscore", *("\t".join(map(str, row)) for row in qrels)]
    (folder / "corpus.jsonl").write_text(as_lines(documents), encoding="utf-8")
    (folder / "queries.jsonl").write_text(as_lines(queries), encoding="utf-8")
    (folder / "qrels" / "test.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def as_lines(values: list[Line]) -> str:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def query(identity: str, text: str, **metadata: object) -> Line:
    return {"_id": identity, "text": text, "metadata": metadata}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "set"


class TestRanking:
    def test_figures_are_means_over_the_questions_that_qrels_names(self, folder: Path, models: Path) -> None:
        """By words alone: found first; second; first, its other document not at all; nothing found."""
        queries = [query("1", BRIDGE), query("2", OWLS), query("3", BOTH), query("4", NOTHING), query("5", BRIDGE)]
        qrels = [("1", "bridge", 1), ("2", "storm", 1), ("3", "volcano", 1), ("3", "bridge", 1), ("4", "owls", 1)]
        figures = evaluate(load(beir(folder, queries, qrels), folder), models, ranker=Ranker.LEXICAL)
        assert (figures["documents"], figures["passages"], figures["questions"]) == (4, 4, 4)
        assert figures["hit@1"] == 2 / 4
        assert figures["hit@3"] == figures["hit@5"] == 3 / 4
        assert figures["mrr@10"] == (1 + 1 / 2 + 1 + 0) / 4
        assert figures["recall@10"] == (1 + 1 + 1 / 2 + 0) / 4
        assert figures["ndcg@10"] == pytest.approx((1 + SECOND + 1 / (1 + SECOND) + 0) / 4, abs=1e-4)

    def test_ndcg_has_linear_gains(self, folder: Path, models: Path) -> None:
        """The document judged 2 stands second, behind the one judged 1."""
        qrels = [("1", "owls", 1), ("1", "storm", 2)]
        figures = evaluate(load(beir(folder, [query("1", OWLS)], qrels), folder), models, ranker=Ranker.LEXICAL)
        assert figures["ndcg@10"] == pytest.approx((1 + 2 * SECOND) / (2 + SECOND), abs=1e-4)

    def test_a_document_counts_once_where_its_best_passage_stands(self, folder: Path, models: Path) -> None:
        long = " ".join(f"Owls were seen at farm {number} by the keeper of the local museum." for number in range(60))
        documents = [*DOCUMENTS, {"_id": "long", "title": "Owls", "text": long}]
        made = load(beir(folder, [query("1", OWLS)], [("1", "bridge", 1), ("1", "storm", 1)], documents), folder)
        figures = evaluate(made, models, ranker=Ranker.LEXICAL)
        assert figures["passages"] > figures["documents"]
        assert figures["mrr@10"] == round(1 / 3, 4)

    @pytest.mark.parametrize("ranker", Ranker)
    def test_every_ranker_finds_what_meaning_and_words_agree_on(
        self, folder: Path, models: Path, ranker: Ranker
    ) -> None:
        made = load(beir(folder, [query("1", BRIDGE)], [("1", "bridge", 1)]), folder)
        assert evaluate(made, models, ranker=ranker)["hit@1"] == 1


class TestAnswers:
    def test_an_answer_counts_in_the_first_quote_or_in_the_first_three(self, folder: Path, models: Path) -> None:
        asked = "When did the harbour bridge close to lorries?"
        documents = [
            *DOCUMENTS[1:],
            {
                **DOCUMENTS[0],
                "text": f"{DOCUMENTS[0]['text']} Lorries may use the harbour bridge when its cables are new.",
            },
        ]
        queries = [
            query("first", asked, answers=["no such words", "LORRIES on\nTuesday"]),
            query("second", asked, answers=["cables are new"]),
            query("never", asked, answers=["on Friday"]),
            query("not asked for", asked),
        ]
        qrels = [(line["_id"], "bridge", 1) for line in queries]
        figures = evaluate(load(beir(folder, queries, qrels, documents), folder), models)
        assert figures["answer_in_top1"] == round(1 / 3, 4)
        assert figures["answer_in_top3"] == round(2 / 3, 4)
        assert (figures["answered_of_answerable"], figures["quotes_exact"]) == (1, 1)

    def test_a_question_whose_judgements_are_all_zero_is_unanswerable(self, folder: Path, models: Path) -> None:
        queries = [
            query("1", "When did the harbour bridge close to lorries?"),
            query("2", "Who painted the Mona Lisa?"),
        ]
        figures = evaluate(load(beir(folder, queries, [("1", "bridge", 1), ("2", "owls", 0)]), folder), models)
        assert (figures["questions"], figures["hit@1"]) == (2, 1)
        assert (figures["answered_of_answerable"], figures["refused_of_unanswerable"]) == (1, 1)

    def test_questions_over_a_folder_of_articles(self, folder: Path, tmp_path: Path, models: Path) -> None:
        lines: list[Line] = [
            {"question": "How many snowy owls were counted?", "article": "owls.md", "answers": ["Twelve"]},
            {"question": "Who painted the Mona Lisa?", "article": None, "answers": []},
        ]
        write(folder, {"questions.jsonl": as_lines(lines)})
        figures = evaluate(load(folder, write(tmp_path / "articles", ARTICLES)), models)
        assert (figures["documents"], figures["questions"], figures["hit@1"]) == (3, 2, 1)
        assert (figures["answer_in_top1"], figures["answered_of_answerable"]) == (1, 1)
        assert (figures["refused_of_unanswerable"], figures["quotes_exact"]) == (1, 1)


class TestWhatDoesNotApplyIsNone:
    def test_without_answerable_questions(self, folder: Path, tmp_path: Path, models: Path) -> None:
        lines: list[Line] = [{"question": "Who painted the Mona Lisa?", "article": None, "answers": []}]
        write(folder, {"questions.jsonl": as_lines(lines)})
        figures = evaluate(load(folder, write(tmp_path / "articles", ARTICLES)), models)
        nothing = {name for name, figure in figures.items() if figure is None}
        assert nothing == {
            *("hit@1", "hit@3", "hit@5", "mrr@10", "ndcg@10", "recall@10"),
            *("answer_in_top1", "answer_in_top3", "answered_of_answerable", "quotes_exact", "startup_s"),
        }
        assert figures["refused_of_unanswerable"] == 1

    def test_without_answers_and_unanswerable_questions(self, folder: Path, models: Path) -> None:
        made = load(beir(folder, [query("1", BRIDGE)], [("1", "bridge", 1)]), folder)
        figures = evaluate(made, models, process_started=0.0)
        assert {name for name, figure in figures.items() if figure is None} >= {
            *("answer_in_top1", "answer_in_top3", "refused_of_unanswerable")
        }

    def test_speed_is_measured(self, folder: Path, models: Path) -> None:
        made = load(beir(folder, [query("1", BRIDGE)], [("1", "bridge", 1)]), folder)
        figures = evaluate(made, models, process_started=1.0)
        assert figures["ingest_passages_per_s"] > 0
        assert 0 < figures["query_ms"]["p50"] <= figures["query_ms"]["p95"]
        assert figures["startup_s"] > 0
        assert figures["peak_rss_mb"] > 0
        assert json.loads(json.dumps(figures)) == figures


def test_every_step_is_told(folder: Path, models: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    made = load(beir(folder, [query("1", BRIDGE), query("2", OWLS)], [("1", "bridge", 1), ("2", "owls", 1)]), folder)
    evaluate(made, models, progress=lambda *step: seen.append(step))
    assert seen == [("indexing", 4, 4), ("asking", 1, 2), ("asking", 2, 2)]


def test_nothing_is_left_behind(folder: Path, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = load(beir(folder, [query("1", BRIDGE)], [("1", "bridge", 1)]), folder)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    evaluate(made, models)
    assert list((tmp_path / "temporary").iterdir()) == []


class TestSample:
    @pytest.fixture
    def many(self, folder: Path) -> QuestionSet:
        """Twenty questions, each of which finds its document or does not in a pattern of its own."""
        texts = [BRIDGE if number % 3 == 0 else OWLS for number in range(20)]
        queries = [query(str(number), text) for number, text in enumerate(texts)]
        return load(beir(folder, queries, [(str(number), "bridge", 1) for number in range(20)]), folder)

    def test_one_seed_takes_the_same_questions_every_time(self, many: QuestionSet, models: Path) -> None:
        first, second = (evaluate(many, models, sample=5, seed=3) for _ in range(2))
        assert first["questions"] == second["questions"] == 5
        assert first["mrr@10"] == second["mrr@10"]

    def test_other_seeds_take_others(self, many: QuestionSet, models: Path) -> None:
        assert len({evaluate(many, models, sample=5, seed=seed)["mrr@10"] for seed in range(4)}) > 1

    def test_a_sample_larger_than_the_set_is_the_set(self, many: QuestionSet, models: Path) -> None:
        assert evaluate(many, models, sample=100)["questions"] == 20


class TestLoading:
    def test_a_documents_metadata_makes_its_header(self, folder: Path) -> None:
        metadata = {
            "source": "The Post",
            "author": "O. Writer",
            "published_at": "2021-05-03T10:00:00Z",
            "url": "https://example.com/a",
        }
        documents = [{"_id": "a", "title": "A title", "text": "Some text.", "metadata": metadata}]
        (article,) = load(beir(folder, [query("1", BRIDGE)], [], documents), folder).articles
        assert article.header == "A title | The Post | O. Writer | 3 May 2021"
        assert (article.url, article.text) == ("https://example.com/a", "Some text.")

    def test_questions_keep_their_order_and_answers(self, folder: Path) -> None:
        queries = [query("b", "Second?", answers=["x", "y"]), query("a", "First?")]
        qrels = [("a", "bridge", 1), ("b", "owls", 1), ("b", "storm", 0), ("b", "volcano", 2)]
        loaded = load(beir(folder, queries, qrels), folder).questions
        assert [(question.id, set(question.relevant), question.answers) for question in loaded] == [
            ("b", {"owls", "volcano"}, ("x", "y")),
            ("a", {"bridge"}, ()),
        ]

    def test_line_separators_inside_a_text_do_not_end_a_line(self, folder: Path) -> None:
        """JSON lines end with a newline; the other line ends of Unicode may stand in a string as they are."""
        odd = "One.\u2028Two.\u0085Three.\u2029Four."
        documents = [{"_id": "a", "title": "", "text": odd}]
        (article,) = load(beir(folder, [query("1", BRIDGE)], [], documents), folder).articles
        assert article.text == odd

    def test_blank_lines_and_windows_line_ends_are_passed_over(self, folder: Path) -> None:
        made = beir(folder, [query("1", BRIDGE)], [("1", "bridge", 1)])
        file = made / "queries.jsonl"
        file.write_bytes(b"\n" + file.read_bytes().replace(b"\n", b"\r\n") + b"\r\n")
        assert [question.text for question in load(made, folder).questions] == [BRIDGE]


class TestBadFolders:
    sentence = r"\A[^\n]+\Z"

    def test_a_folder_without_questions(self, tmp_path: Path) -> None:
        with pytest.raises(
            EvaluationError, match=r"holds neither corpus\.jsonl \(a BEIR set\) nor questions\.jsonl\.\Z"
        ):
            load(tmp_path, tmp_path)

    @pytest.mark.parametrize(
        "line",
        ["not json", "[]", "7", '{"_id": "2"}', '{"text": "Why?"}', '{"_id": "2", "text": null}'],
    )
    @pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl"])
    def test_a_malformed_line_of_a_beir_set_is_named(self, folder: Path, name: str, line: str) -> None:
        made = beir(folder, [query("1", BRIDGE)], [("1", "bridge", 1), ("2", "bridge", 1)])
        (made / name).write_text((made / name).read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
        number = len((made / name).read_text(encoding="utf-8").splitlines())
        with pytest.raises(EvaluationError, match=rf"\A[^\n]*{name}, line {number}: [^\n]+\Z"):
            load(made, folder)

    @pytest.mark.parametrize(
        "line",
        [
            "{",
            '{"question": "Why?", "answers": []}',
            '{"question": null, "article": null, "answers": []}',
            # Taken letter by letter, nearly every quote would hold it.
            '{"question": "Why?", "article": "owls.md", "answers": "Twelve"}',
        ],
    )
    def test_a_malformed_line_of_questions_is_named(self, folder: Path, tmp_path: Path, line: str) -> None:
        write(folder, {"questions.jsonl": f"\n{line}\n"})
        with pytest.raises(EvaluationError, match=r"\A[^\n]*questions\.jsonl, line 2: [^\n]+\Z"):
            load(folder, write(tmp_path / "articles", ARTICLES))

    def test_answers_of_a_beir_query_must_be_a_list(self, folder: Path) -> None:
        made = beir(folder, [query("1", BRIDGE, answers="Tuesday")], [("1", "bridge", 1)])
        with pytest.raises(EvaluationError, match=self.sentence):
            load(made, folder)

    @pytest.mark.parametrize(
        "content",
        [
            None,
            "1\tbridge\t1\n2\towls\t1\n",
            "query-id corpus-id score\n1 bridge 1\n",
            "query-id\tcorpus-id\tscore\n1\tbridge\n",
            "query-id\tcorpus-id\tscore\n1\tbridge\tgood\n",
        ],
        ids=["missing", "no-header", "spaces", "short-row", "word"],
    )
    def test_bad_qrels_are_named(self, folder: Path, content: str | None) -> None:
        made = beir(folder, [query("1", BRIDGE)], [])
        (made / "qrels" / "test.tsv").unlink()
        if content is not None:
            (made / "qrels" / "test.tsv").write_text(content, encoding="utf-8")
        with pytest.raises(EvaluationError, match=r"\A[^\n]*test\.tsv is missing, or is not [^\n]+\Z"):
            load(made, folder)

    def test_a_missing_file_of_queries_is_one_sentence(self, folder: Path) -> None:
        made = beir(folder, [query("1", BRIDGE)], [])
        (made / "queries.jsonl").unlink()
        with pytest.raises((EvaluationError, CorpusError), match=r"\A[^\n]*queries\.jsonl[^\n]+\Z"):
            load(made, folder)
