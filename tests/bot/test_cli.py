"""The command line: what needs a process of its own runs as one, all at once; failures run in this process."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot import cli, logs, texts
from bot.settings import Settings
from bot.state.audit import Action
from bot.state.state import State
from tests.e2e.index import ARTICLES, copy_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from retrieval.engine import Engine

ROOT = Path(__file__).parents[2]
QUESTIONS = ROOT / "tests" / "eval"
SHIP = "How long is the Ever Given?"
SHIP_FILE = "2021-03-30-suez-canal-ever-given-freed.txt"
SHIP_ANSWER = "The Ever Given is 400 metres long and 59 metres wide."
NO_REMARKS: dict[str, Any] = {
    "scope": None, "undated_left_out": 0, "outside": None, "differing": [], "as_of": None, "dateless": False,
}  # fmt: skip
TOKEN = "123456:zebra"  # noqa: S105 - the token of no bot

Result = subprocess.CompletedProcess[bytes]


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """The environment of a process that has these settings and no others."""
    kept = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    return {**kept, "PYTHONPATH": str(ROOT), "DATA_DIR": str(data_dir), **settings}


@pytest.fixture(scope="session")
def runs(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Result]]]:
    """Processes by name, two at a time; each test waits for its own."""
    folder = tmp_path_factory.mktemp("cli")
    talk = "/start\nHow long is the Ever Given?\n/sources\n"

    def start(*arguments: str, given: bytes = b"", data: Path = sample_data, **settings: str) -> Result:
        command = [sys.executable, "-m", "bot", *arguments]
        return subprocess.run(  # noqa: S603 - our own program
            command, input=given, capture_output=True, cwd=folder, env=environment(data, **settings), check=False
        )

    with ThreadPoolExecutor(2) as pool:
        yield {
            "bad setting": pool.submit(start, "run", ADMIN_IDS="zebra"),
            "no such command": pool.submit(start, "zebra"),
            "ask": pool.submit(start, "ask", SHIP, "--json"),
            "run": pool.submit(start, "run", given=talk.encode(), data=copy_of(sample_data, folder / "data")),
        }


@pytest.fixture
def ran(runs: dict[str, Future[Result]]) -> Callable[[str], Result]:
    return lambda name: runs[name].result(timeout=60)


def printed(result: Result) -> Any:  # noqa: ANN401 - JSON
    assert (result.returncode, result.stderr) == (0, b"")
    assert result.stdout.count(b"\n") == 1
    return json.loads(result.stdout)


# --- processes -----------------------------------------------------------------------------------------------------


def test_ask_prints_an_answer_with_proven_citations(
    ran: Callable[[str], Result], article_texts: dict[str, str]
) -> None:
    answer = printed(ran("ask"))

    assert list(answer) == [
        "question", "answered", "answer", "confidence", "mode", "outcome", "form", "citations", "closest", "remarks",
        "generation", "timings_ms",
    ]  # fmt: skip
    assert answer["question"] == SHIP
    assert (answer["outcome"], answer["form"], answer["closest"]) == ("answer", "answer", [])
    assert answer["remarks"] == NO_REMARKS
    assert (answer["answered"], answer["answer"], answer["mode"]) == (True, SHIP_ANSWER, "extractive")
    assert isinstance(answer["confidence"], float)
    assert all(isinstance(value, float) for value in answer["timings_ms"].values())
    assert [citation["number"] for citation in answer["citations"]] == list(range(1, len(answer["citations"]) + 1))
    first = answer["citations"][0]
    assert first == {
        "number": 1,
        "article_id": first["article_id"],
        "path": SHIP_FILE,
        "title": "Suez Canal flows again after Ever Given is pulled free",
        "source": "The Harbour Courier",
        "author": "Rosalind Teague",
        "published": "2021-03-30",
        "url": "https://example.com/harbour-courier/2021/03/30/suez-canal-ever-given-freed",
        "quote": SHIP_ANSWER,
        "start": first["start"],
        "end": first["end"],
        "also_in": [],
    }
    for citation in answer["citations"]:
        text = (ARTICLES / citation["path"]).read_bytes().decode("utf-8")
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert article_texts[citation["path"]] == text


def test_run_without_a_token_talks_on_the_terminal_until_the_end_of_the_input(ran: Callable[[str], Result]) -> None:
    result = ran("run")

    shown = result.stdout.decode()
    assert result.returncode == 0
    assert shown.startswith(f"{texts.NO_TOKEN}\n\n> /start\n\nHello! ")
    assert f"> {SHIP}\n\n{SHIP_ANSWER} [1]\n" in shown
    assert "> /sources\n\nMy sources: 12 articles from 4 sources\n" in shown
    assert b"Traceback" not in result.stderr


def test_a_bad_setting_is_wrong_usage(ran: Callable[[str], Result]) -> None:
    result = ran("bad setting")

    assert (result.returncode, result.stdout) == (2, b"")
    assert result.stderr == b"ADMIN_IDS must be Telegram user ids (whole numbers) separated by commas.\n"


def test_a_command_that_does_not_exist_is_wrong_usage(ran: Callable[[str], Result]) -> None:
    result = ran("no such command")

    assert (result.returncode, result.stdout) == (2, b"")
    assert b"No such command 'zebra'" in result.stderr
    assert b"Traceback" not in result.stderr


# --- in this process -----------------------------------------------------------------------------------------------


@pytest.fixture
def footnote(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sample_data: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> Iterator[Callable[..., Result]]:
    """Run the command line as `python -m bot` does, without its seconds of imports."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, root.handlers = root.handlers, []

    def run(*arguments: str, **settings: str) -> Result:
        with monkeypatch.context() as patched:
            for name, value in {"DATA_DIR": str(sample_data), **settings}.items():
                patched.setenv(name, value)
            patched.setattr(sys, "argv", ["footnote", *arguments])
            code: object = 0
            try:
                cli.main()
            except SystemExit as end:
                code = end.code or 0
        assert isinstance(code, int)
        shown = capfdbinary.readouterr()
        return subprocess.CompletedProcess(arguments, code, shown.out, shown.err)

    yield run
    root.handlers = handlers
    for package in logs.OURS:
        logging.getLogger(package).setLevel(logging.NOTSET)


def assert_failed(result: Result, code: int, beginning: str) -> None:
    """It failed with one sentence on stderr and nothing else."""
    sentence = result.stderr.decode()
    assert (result.returncode, result.stdout) == (code, b""), sentence
    assert sentence.startswith(beginning)
    assert sentence.count("\n") == 1
    assert "Traceback" not in sentence


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"ADMIN_IDS": "me"}, "ADMIN_IDS must be Telegram user ids (whole numbers) separated by commas."),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR."),
        ({"TELEGRAM_BOT_TOKEN": "zebra"}, "TELEGRAM_BOT_TOKEN must be the token that @BotFather gave"),
        ({"TELEGRAM_API_URL": "zebra"}, "TELEGRAM_API_URL must be an address that starts with http:// or https://."),
    ],
    ids=str,
)
@pytest.mark.parametrize("command", [("ask", SHIP), ("status",), ("run",)], ids=str)
def test_a_bad_setting_ends_any_command_with_its_sentence(
    footnote: Callable[..., Result], command: tuple[str, ...], settings: dict[str, str], sentence: str
) -> None:
    assert_failed(footnote(*command, **settings), 2, sentence)


@pytest.mark.parametrize("command", [("ask", SHIP), ("reload",), ("reload", "--full", "--json")], ids=str)
def test_a_missing_articles_folder_is_named(
    footnote: Callable[..., Result], tmp_path: Path, command: tuple[str, ...]
) -> None:
    missing = tmp_path / "missing"

    result = footnote(*command, ARTICLES_DIR=str(missing), DATA_DIR=str(tmp_path / "data"))

    assert_failed(result, 1, f"ARTICLES_DIR: there is no folder {missing}")


def test_an_empty_articles_folder_is_named(footnote: Callable[..., Result], tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()

    result = footnote("ask", SHIP, ARTICLES_DIR=str(empty), DATA_DIR=str(tmp_path / "data"))

    assert_failed(result, 1, f"ARTICLES_DIR: {empty} holds no articles (")


def test_a_file_instead_of_an_articles_folder_is_named(footnote: Callable[..., Result], tmp_path: Path) -> None:
    file = ARTICLES / SHIP_FILE

    result = footnote("reload", ARTICLES_DIR=str(file), DATA_DIR=str(tmp_path / "data"))

    assert_failed(result, 1, f"ARTICLES_DIR: {file} is a file, not a folder")


@pytest.mark.parametrize(
    "command",
    [
        ("ask", SHIP),
        ("reload",),
        ("status",),
        ("rollback",),
        ("backup", "b.tar.gz"),
        ("article", "abc"),
        ("eval", str(QUESTIONS)),
        ("calibrate", str(QUESTIONS)),
        ("run",),
    ],
    ids=str,
)
def test_a_data_dir_below_a_file_ends_any_command_with_one_sentence(
    footnote: Callable[..., Result], tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "file").touch()

    result = footnote(*command, DATA_DIR=str(tmp_path / "file" / "data"))

    sentences = result.stderr.decode().splitlines()
    assert (result.returncode, result.stdout) == (1, b"")
    assert sentences[-1].startswith("DATA_DIR: ")
    assert "Traceback" not in result.stderr.decode()


@pytest.mark.parametrize("content", [b"zebra\n", b"", b"99\n", b"-1\n", b"\xff\x00\xfe"], ids=repr)
def test_a_damaged_pointer_to_the_index_is_mended_by_asking(
    footnote: Callable[..., Result], sample_data: Path, tmp_path: Path, content: bytes
) -> None:
    copied = copy_of(sample_data, tmp_path / "data")
    (copied / "CURRENT").write_bytes(content)

    result = footnote("ask", SHIP, "--json", DATA_DIR=str(copied))

    assert printed(result)["answer"] == SHIP_ANSWER


def test_with_a_damaged_pointer_to_the_index_the_newest_generation_serves(
    footnote: Callable[..., Result], sample_data: Path, tmp_path: Path
) -> None:
    copied = copy_of(sample_data, tmp_path / "data")
    (copied / "CURRENT").write_text("zebra", encoding="utf-8")

    assert printed(footnote("status", "--json", DATA_DIR=str(copied)))["generation"] == 1


def test_a_status_without_an_index_says_how_to_make_one(footnote: Callable[..., Result], tmp_path: Path) -> None:
    assert_failed(footnote("status", DATA_DIR=str(tmp_path / "new")), 1, "There is no index yet; ")


@pytest.mark.parametrize("article_id", ["000000000000", "../../etc/passwd", "", "%"])
def test_an_unknown_article_is_said_to_be_unknown(footnote: Callable[..., Result], article_id: str) -> None:
    assert_failed(footnote("article", article_id, "--text"), 1, f"There is no article {article_id}; ")


@pytest.mark.parametrize("question", ["", "  ", "\n"], ids=repr)
def test_an_empty_question_is_wrong_usage(footnote: Callable[..., Result], question: str) -> None:
    assert_failed(footnote("ask", question), 2, "The question is empty.")


def test_a_question_that_is_not_text_ends_without_a_traceback(footnote: Callable[..., Result]) -> None:
    """An argument may hold any bytes; they arrive as lone surrogates."""
    result = footnote("ask", b"caf\xe9 opened when?".decode("utf-8", "surrogateescape"))

    assert result.returncode in {0, 2}


@pytest.mark.parametrize("name", ["missing", "."], ids=repr)
def test_a_folder_without_questions_cannot_be_evaluated(
    footnote: Callable[..., Result], tmp_path: Path, name: str
) -> None:
    result = footnote("eval", str(tmp_path / name), DATA_DIR=str(tmp_path / "data"))

    assert_failed(result, 1, f"{tmp_path / name} holds neither corpus.jsonl (a BEIR set) nor questions.jsonl.")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"question": "Who?", "answers": []}', "has no 'article'"),
        ('{"article": null, "answers": []}', "has no text 'question'."),
        ("[1, 2]", "not a JSON object."),
        ("zebra", "not JSON."),
        ('{"question": "Who?", "article": null, "answers": "nobody"}', "'answers' must be a list of texts."),
    ],
)
def test_a_question_that_cannot_be_read_is_named_by_file_and_line(
    footnote: Callable[..., Result], tmp_path: Path, line: str, reason: str
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(f"\n{line}\n", encoding="utf-8")

    result = footnote("eval", str(tmp_path), DATA_DIR=str(tmp_path / "data"))

    assert_failed(result, 1, f"{file}, line 2: {reason}")


def test_a_ranker_that_does_not_exist_is_wrong_usage(footnote: Callable[..., Result]) -> None:
    assert_failed(footnote("eval", str(QUESTIONS), "--ranker", "zebra"), 2, "--ranker must be one of ")


def test_the_text_of_an_article_is_its_file_byte_for_byte(footnote: Callable[..., Result], engine: Engine) -> None:
    for card in asyncio.run(engine.articles())[:3]:
        result = footnote("article", card.id, "--text")

        assert (result.returncode, result.stderr) == (0, b"")
        assert result.stdout == (ARTICLES / card.path).read_bytes()


def test_every_span_counts_what_the_text_of_the_article_prints(
    footnote: Callable[..., Result], data_dir: Path, tmp_path: Path
) -> None:
    """Emoji, a byte order mark and the line ends of another system shift no quote."""
    articles = tmp_path / "articles"
    articles.mkdir()
    story = "\ufeff🚢🚢 Good morning, Quorvia!\r\n\r\nThe 🗼 lighthouse of Quorvia was painted “green” on Monday.\r\n"
    (articles / "story.txt").write_bytes(story.encode())
    settings = {"ARTICLES_DIR": str(articles), "DATA_DIR": str(data_dir)}

    answer = printed(footnote("ask", "When was the lighthouse of Quorvia painted green?", "--json", **settings))
    article_id = answer["citations"][0]["article_id"]
    text = footnote("article", article_id, "--text", **settings).stdout.decode()

    assert text == story.removeprefix("\ufeff")
    assert answer["answer"] == "The 🗼 lighthouse of Quorvia was painted “green” on Monday."
    for citation in answer["citations"]:
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert citation["published"] is citation["source"] is citation["author"] is citation["url"] is None


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=repr)
def test_a_sentence_wrapped_over_lines_is_quoted_whole(
    footnote: Callable[..., Result], data_dir: Path, tmp_path: Path, line_end: str
) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    lines = ("Good morning, Quorvia!", "", "The lighthouse of Quorvia was", "painted green on Monday.", "")
    (articles / "story.txt").write_bytes(line_end.join(lines).encode())
    settings = {"ARTICLES_DIR": str(articles), "DATA_DIR": str(data_dir)}

    answer = printed(footnote("ask", "When was the lighthouse of Quorvia painted green?", "--json", **settings))

    assert answer["answer"] == line_end.join(lines[2:4])


def test_an_article_is_shown_as_a_card(footnote: Callable[..., Result], engine: Engine) -> None:
    card = next(card for card in asyncio.run(engine.articles()) if card.path == SHIP_FILE)

    lines = footnote("article", card.id).stdout.decode().splitlines()

    assert lines[0].startswith("Suez Canal flows again after Ever Given is pulled free – The Harbour Courier, 30 March")
    assert lines[1:3] == ["Rosalind Teague", SHIP_FILE]
    assert lines[-1].startswith("Ships are moving through the Suez Canal again")


def test_an_answer_on_the_terminal_is_text(footnote: Callable[..., Result]) -> None:
    result = footnote("ask", SHIP)

    assert (result.returncode, result.stderr) == (0, b"")
    assert result.stdout.decode().startswith(f"{SHIP_ANSWER} [1]\n\n1. Suez Canal flows again")


def test_what_is_not_in_the_articles_is_no_failure(footnote: Callable[..., Result]) -> None:
    answer = printed(footnote("ask", "How do I bake sourdough bread at home?", "--json"))

    assert (answer["answered"], answer["outcome"], answer["answer"]) == (False, "none", "")
    assert (answer["citations"], answer["closest"], answer["remarks"]) == ([], [], NO_REMARKS)


def test_what_only_comes_close_is_no_citation(footnote: Callable[..., Result]) -> None:
    answer = printed(footnote("ask", "How much did the Louvre museum cost?", "--json"))

    assert (answer["answered"], answer["outcome"], answer["answer"], answer["citations"]) == (False, "closest", "", [])
    assert 1 <= len(answer["closest"]) <= 2
    for citation in answer["closest"]:
        text = (ARTICLES / citation["path"]).read_bytes().decode("utf-8")
        assert text[citation["start"] : citation["end"]] == citation["quote"] != ""


def test_what_has_to_be_known_beside_the_quotes_is_figures(footnote: Callable[..., Result]) -> None:
    scoped = printed(footnote("ask", f"since:2021 source:courier {SHIP}", "--json"))
    elsewhere = printed(footnote("ask", "When did Berlin's airport open in 2015?", "--json"))
    newest = printed(footnote("ask", "What is the latest on the Webb telescope?", "--json"))

    assert scoped["remarks"] == NO_REMARKS | {
        "scope": {"since": "2021-01-01", "until": None, "source": "The Harbour Courier"},
    }
    assert elsewhere["remarks"] == NO_REMARKS | {
        "outside": {"since": "2015-01-01", "until": "2015-12-31", "source": None},
        "differing": [1, 3],
    }
    assert (newest["form"], newest["remarks"]) == ("latest", NO_REMARKS | {"as_of": "2021-12-25"})


def test_a_timeline_is_cited_oldest_first(footnote: Callable[..., Result]) -> None:
    answer = printed(footnote("ask", "timeline of Berlin airport", "--json"))

    assert (answer["outcome"], answer["form"]) == ("answer", "timeline")
    assert [(citation["number"], citation["published"]) for citation in answer["citations"]] == [
        (1, "2012-04-17"),
        (2, "2020-10-31"),
    ]


def test_papers_that_print_the_same_are_named_with_their_citation(
    footnote: Callable[..., Result], data_dir: Path, tmp_path: Path
) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    story = (
        "The lighthouse of Quorvia was painted green on Monday by three sailors from the northern harbour. "
        "The mayor had promised it in March, after a vote that took the council eleven hours and two recounts."
    )
    for name in ("Anchor", "Beacon"):
        (articles / f"{name}.md").write_text(f"---\ntitle: {name} one\nsource: The {name}\n---\n{story}\n", "utf-8")
    settings = {"ARTICLES_DIR": str(articles), "DATA_DIR": str(data_dir)}

    answer = printed(footnote("ask", "When was the lighthouse of Quorvia painted green?", "--json", **settings))

    first = answer["citations"][0]
    assert [sorted(other) for other in first["also_in"]] == [["article_id", "path", "source"]]
    assert {first["path"], *(other["path"] for other in first["also_in"])} == {"Anchor.md", "Beacon.md"}
    assert {first["source"], *(other["source"] for other in first["also_in"])} == {"The Anchor", "The Beacon"}


@pytest.mark.parametrize("as_json", [[], ["--json"]], ids=str)
def test_an_operator_that_makes_no_sense_is_repeated(footnote: Callable[..., Result], as_json: list[str]) -> None:
    result = footnote("ask", f"since:zebra {SHIP}", *as_json)

    assert b"since:zebra" in result.stdout or "“zebra” is no date; " in result.stderr.decode()
    assert result.returncode == (1 if as_json else 0)
    assert b"Traceback" not in result.stderr


def test_reload_prints_what_changed(footnote: Callable[..., Result], sample_data: Path, tmp_path: Path) -> None:
    articles = shutil.copytree(ARTICLES, tmp_path / "articles")
    settings = {"ARTICLES_DIR": str(articles), "DATA_DIR": str(copy_of(sample_data, tmp_path / "data"))}
    footnote("reload", **settings)
    (articles / "empty.txt").touch()
    (articles / "new.txt").write_text("The lighthouse of Quorvia was painted green.\n", encoding="utf-8")

    report = printed(footnote("reload", "--json", **settings))

    assert list(report) == [
        "generation", "published", "added", "changed", "removed", "unchanged", "failed", "seconds", "rebuilt",
    ]  # fmt: skip
    assert (report["generation"], report["published"], report["rebuilt"]) == (3, True, None)
    assert (report["added"], report["changed"], report["removed"]) == (["new.txt"], [], [])
    assert report["unchanged"] == len(list(ARTICLES.iterdir()))
    assert [problem["path"] for problem in report["failed"]] == ["empty.txt"]


def test_eval_prints_quality_and_speed(footnote: Callable[..., Result]) -> None:
    figures = printed(footnote("eval", str(QUESTIONS), "--sample", "12", "--json"))

    assert list(figures) == [
        "documents", "passages", "questions", "hit@1", "hit@3", "hit@5", "mrr@10", "ndcg@10", "recall@10",
        "answer_in_top1", "answer_in_top3", "answered_of_answerable", "refused_of_unanswerable", "quotes_exact",
        "ingest_passages_per_s", "query_ms", "startup_s", "peak_rss_mb",
    ]  # fmt: skip
    assert (figures["documents"], figures["questions"]) == (12, 12)
    assert set(figures["query_ms"]) == {"p50", "p95"}
    assert figures["quotes_exact"] == 1.0
    assert figures["startup_s"] > 0


def test_eval_of_the_verifier_prints_what_was_caught_and_dropped(footnote: Callable[..., Result]) -> None:
    figures = printed(footnote("eval", str(QUESTIONS), "--verifier", "--sample", "4", "--json"))

    assert list(figures) == ["sentences", "caught", "caught_share", "dropped", "dropped_share", "ms", "written"]
    assert figures["sentences"] == 4
    assert set(figures["caught"]["no_marker"]) == {"made", "caught", "share"}
    assert figures["caught"]["no_marker"] == {"made": 4, "caught": 4, "share": 1.0}
    assert figures["dropped"]["verbatim"] == {"made": 4, "dropped": 0, "share": 0.0}
    assert set(figures["ms"]) == {"p50", "p95"}


def test_eval_of_the_verifier_prints_a_table_for_people(footnote: Callable[..., Result]) -> None:
    result = footnote("eval", str(QUESTIONS), "--verifier", "--sample", "2")

    lines = result.stdout.decode().splitlines()
    rows = [[part.strip() for part in line.strip("│").split("│")] for line in lines if line.startswith("│")]
    assert (result.returncode, result.stderr) == (0, b"")
    assert ["no marker", "2", "2", "100.0%"] in rows
    assert ["verbatim", "2", "0", "0.0%"] in rows
    assert ["sentences", "2"] in rows


def test_eval_prints_a_table_for_people(footnote: Callable[..., Result]) -> None:
    result = footnote("eval", str(QUESTIONS), "--sample", "2")

    lines = result.stdout.decode().splitlines()
    rows = dict([part.strip() for part in line.strip("│|").split("│")] for line in lines if line.startswith("│"))
    assert (result.returncode, result.stderr) == (0, b"")
    assert (rows["questions"], rows["documents"], rows["quotes_exact"]) == ("2", "12", "1.0")
    assert {"hit@1", "query_ms p50", "query_ms p95"} <= set(rows)
    assert "query_ms" not in rows


# --- calibration ---------------------------------------------------------------------------------------------------


def questions_in(folder: Path, article_texts: dict[str, str], count: int) -> Path:
    """A question set made of the articles' own sentences, with a few that no article answers."""
    folder.mkdir()
    sentences = [
        (path, " ".join(sentence.split()))
        for path, text in article_texts.items()
        for sentence in re.findall(r"(?m)^[A-Z][^.!?]{50,200}\.(?= [A-Z]|$)", text)
    ][:count]
    assert len(sentences) == count
    lines = [{"question": f"Is it true: {words}", "article": path, "answers": [words]} for path, words in sentences]
    others = [{"question": f"How do I bake {what} at home?", "article": None} for what in ("bread", "cake", "pizza")]
    written = "".join(f"{json.dumps(line)}\n" for line in lines + others)
    (folder / "questions.jsonl").write_text(written, encoding="utf-8")
    return folder


def manifest(data: Path) -> dict[str, Any]:
    number = (data / "CURRENT").read_text(encoding="utf-8").strip()
    return dict(json.loads((data / "generations" / number / "manifest.json").read_text(encoding="utf-8")))


def test_a_calibration_is_published_and_kept_by_later_reloads(
    footnote: Callable[..., Result], sample_data: Path, tmp_path: Path, article_texts: dict[str, str]
) -> None:
    data = copy_of(sample_data, tmp_path / "data")
    before = manifest(data)
    questions = questions_in(tmp_path / "questions", article_texts, 55)

    figures = printed(footnote("calibrate", str(questions), "--json", DATA_DIR=str(data)))

    assert list(figures) == [
        "slope", "midpoint", "answer", "closest", "answerable", "answered", "refused", "near_misses_refused",
        "generation",
    ]  # fmt: skip
    fitted = {name: figures[name] for name in ("slope", "midpoint", "answer", "closest")}
    assert (figures["answerable"], figures["generation"]) == (55, before["number"] + 1)
    assert fitted["slope"] > 0
    assert 0 < fitted["closest"] <= fitted["answer"] < 1
    assert figures["answered"] >= 0.95
    assert figures["refused"] == 1.0
    assert (manifest(data)["number"], manifest(data)["calibration"]) == (figures["generation"], fitted)
    assert before["calibration"] != fitted

    assert printed(footnote("reload", "--json", DATA_DIR=str(data)))["published"] is False
    assert printed(footnote("reload", "--full", "--json", DATA_DIR=str(data)))["published"] is True
    assert manifest(data)["number"] == figures["generation"] + 1
    assert manifest(data)["calibration"] == fitted
    assert printed(footnote("ask", SHIP, "--json", DATA_DIR=str(data)))["answer"] == SHIP_ANSWER


def test_a_calibration_with_few_questions_is_refused_and_changes_nothing(
    footnote: Callable[..., Result], sample_data: Path, tmp_path: Path, article_texts: dict[str, str]
) -> None:
    data = copy_of(sample_data, tmp_path / "data")
    before = manifest(data)
    questions = questions_in(tmp_path / "questions", article_texts, 49)

    result = footnote("calibrate", str(questions), DATA_DIR=str(data))

    assert_failed(result, 1, "A calibration needs 50 questions with an answer or more; these are 49.")
    assert manifest(data) == before
    assert not (data / "calibration.json").exists()


def test_a_folder_without_questions_is_no_calibration(footnote: Callable[..., Result], tmp_path: Path) -> None:
    result = footnote("calibrate", str(tmp_path / "missing"), DATA_DIR=str(tmp_path / "data"))

    assert_failed(result, 1, f"{tmp_path / 'missing'} holds neither corpus.jsonl (a BEIR set) nor questions.jsonl.")


def test_status_prints_what_serves(footnote: Callable[..., Result], own_data: Path) -> None:
    status = printed(footnote("status", "--json", DATA_DIR=str(own_data)))

    assert list(status) == [
        "generation", "built_at", "rolled_back", "articles", "passages", "sources", "oldest", "newest", "model",
        "failed", "articles_dir", "data_dir", "last_reload", "questions_today", "disk_bytes", "disk_free_bytes",
        "versions",
    ]  # fmt: skip
    assert (status["generation"], status["articles"], status["sources"]) == (1, 12, 4)
    assert (status["oldest"], status["newest"], status["failed"]) == ("2012-04-17", "2024-12-08", [])
    assert (status["articles_dir"], status["data_dir"]) == (str(ARTICLES), str(own_data))
    assert (status["rolled_back"], status["last_reload"]) == (False, None)
    assert status["questions_today"] == {"asked": 0, "answered": 0, "chats": 0}
    assert status["disk_bytes"] > 0 < status["disk_free_bytes"]
    assert {"footnote", "chromadb", "Python"} <= set(status["versions"])


# --- the way back, backups -----------------------------------------------------------------------------------------


@pytest.fixture
def own(articles: Path, own_data: Path) -> dict[str, str]:
    """The settings of an installation of the test's own."""
    return {"ARTICLES_DIR": str(articles), "DATA_DIR": str(own_data)}


def succeeded(result: Result) -> str:
    assert (result.returncode, result.stderr) == (0, b"")
    return result.stdout.decode()


@pytest.mark.parametrize("full", [True, False])
def test_a_reload_says_why_all_was_made_anew(
    footnote: Callable[..., Result], own: dict[str, str], *, full: bool
) -> None:
    footnote("reload", **own)

    report = printed(footnote("reload", "--json", *(["--full"] if full else []), **own))

    assert (report["published"], report["rebuilt"]) == ((True, "asked") if full else (False, None))


def test_a_rollback_returns_to_the_state_before_and_the_next_reload_ends_it(
    footnote: Callable[..., Result], own: dict[str, str]
) -> None:
    footnote("reload", **own)

    assert succeeded(footnote("rollback", **own)) == f"{texts.ROLLED_BACK_TO.format(generation=1)}\n"
    status = printed(footnote("status", "--json", **own))
    assert (status["generation"], status["rolled_back"]) == (1, True)
    assert status["last_reload"]["by"] == "command line"

    footnote("reload", **own)
    assert printed(footnote("status", "--json", **own))["rolled_back"] is False


def test_without_an_earlier_state_a_rollback_fails_with_a_sentence(
    footnote: Callable[..., Result], own: dict[str, str], tmp_path: Path
) -> None:
    for settings in (own, own | {"DATA_DIR": str(tmp_path / "new")}):
        assert_failed(footnote("rollback", **settings), 1, "There is no earlier state of the articles to return to.")


def test_a_start_leaves_what_was_rolled_back_to(
    monkeypatch: pytest.MonkeyPatch, footnote: Callable[..., Result], own: dict[str, str]
) -> None:
    footnote("reload", **own)
    footnote("reload", "--full", **own)
    footnote("rollback", **own)
    monkeypatch.setattr(sys, "stdin", io.StringIO("/status\n"))

    result = footnote("run", **own)

    assert (result.returncode, result.stderr.decode().splitlines()[-1]) == (0, texts.STARTING_ROLLED_BACK)
    assert "Generation: 2, built " in result.stdout.decode()
    assert " (rolled back)\n" in result.stdout.decode()


def test_a_backup_restored_elsewhere_answers_the_same_and_knows_what_was_done(
    footnote: Callable[..., Result], own: dict[str, str], models: Path, tmp_path: Path
) -> None:
    footnote("reload", **own)
    Path(own["ARTICLES_DIR"], "quorvia.txt").write_text("The lighthouse of Quorvia was painted green.\n", "utf-8")
    file = tmp_path / "footnote.tar.gz"
    said = succeeded(footnote("backup", str(file), **own))
    assert said.startswith(f"{file}: 13 files of the articles ")
    elsewhere = {"ARTICLES_DIR": str(tmp_path / "there"), "DATA_DIR": str(tmp_path / "new")}
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "models").symlink_to(models)

    assert succeeded(footnote("restore", str(file), **elsewhere)).startswith(f"{file} was restored, 13 files ")

    names = sorted(path.name for path in (tmp_path / "there").iterdir())
    assert names == sorted(path.name for path in Path(own["ARTICLES_DIR"]).iterdir())
    with closing(State.open(tmp_path / "new")) as state:
        entries = asyncio.run(state.audit.page(0, 10))
    assert [entry.action for entry in entries] == [Action.RESTORE, Action.RELOAD]


def test_articles_that_are_there_are_set_aside_only_when_asked(
    footnote: Callable[..., Result], own: dict[str, str], articles: Path, tmp_path: Path
) -> None:
    file = tmp_path / "footnote.tar.gz"
    footnote("backup", str(file), **own)
    (articles / "quorvia.txt").write_text("The lighthouse of Quorvia was painted green.\n", encoding="utf-8")

    refused = footnote("restore", str(file), **own)
    assert (refused.returncode, refused.stdout) == (1, b"")
    assert refused.stderr.decode().count("\n") == 1
    assert (articles / "quorvia.txt").exists()

    said = succeeded(footnote("restore", str(file), "--replace", **own))
    assert "What was there before is in " in said
    assert not (articles / "quorvia.txt").exists()
    assert list(tmp_path.rglob("quorvia.txt"))


@pytest.mark.parametrize("name", ["missing.tar.gz", "words.tar.gz"])
def test_what_is_no_backup_is_named_in_one_sentence(footnote: Callable[..., Result], tmp_path: Path, name: str) -> None:
    (tmp_path / "words.tar.gz").write_text("words", encoding="utf-8")
    new = {"ARTICLES_DIR": str(tmp_path / "there"), "DATA_DIR": str(tmp_path / "new")}

    result = footnote("restore", str(tmp_path / name), **new)

    assert (result.returncode, result.stdout) == (1, b"")
    assert result.stderr.decode().count("\n") == 1
    assert name in result.stderr.decode()
    assert list((tmp_path / "there").glob("*")) == []


@pytest.mark.parametrize("command", [("restore",), ("backup",), ("rollback", "zebra"), ("reload", "--zebra")], ids=str)
def test_wrong_usage_of_what_admins_do_is_wrong_usage(footnote: Callable[..., Result], command: tuple[str]) -> None:
    result = footnote(*command)

    assert (result.returncode, result.stdout) == (2, b"")
    assert b"Traceback" not in result.stderr


def test_debugging_shows_where_a_command_failed_but_never_the_token(
    footnote: Callable[..., Result], tmp_path: Path
) -> None:
    result = footnote(
        "reload", ARTICLES_DIR="missing", DATA_DIR=str(tmp_path / "data"), LOG_LEVEL="DEBUG", TELEGRAM_BOT_TOKEN=TOKEN
    )

    assert result.returncode == 1
    assert b"Traceback" in result.stderr
    assert b"zebra" not in result.stderr


def test_an_unexpected_failure_is_one_sentence_without_what_the_error_says(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def failing() -> None:
        raise RuntimeError("123456:SECRET")

    monkeypatch.setattr(cli, "app", failing)

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 1
    assert capfd.readouterr().err == "Something unexpected went wrong (RuntimeError); LOG_LEVEL=DEBUG shows where.\n"
