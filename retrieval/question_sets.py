"""Questions with known answers: a BEIR set (Thakur et al. 2021), or a questions.jsonl over a folder of articles."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corpus.errors import UnreadableFile
from corpus.library import scan
from corpus.readers import front_matter
from corpus.readers import text as plain_text
from corpus.readers.assembly import assemble
from corpus.readers.decoding import decode_file
from retrieval.errors import EvaluationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from corpus.models import Article


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the articles that answer it (path -> how well), and strings of which one must stand in a quote."""

    id: str
    text: str
    relevant: Mapping[str, int]
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Articles and the questions asked of them."""

    articles: tuple[Article, ...]
    questions: tuple[Question, ...]


def load(folder: Path, articles_dir: Path) -> QuestionSet:
    """Return the question set in `folder`: BEIR, or questions.jsonl over the articles in `articles_dir`.

    Raises:
        EvaluationError: the folder holds neither, or a line that cannot be read.
        FolderError: `articles_dir` cannot be used.
    """
    if (folder / "corpus.jsonl").exists():
        return _load_beir(folder)
    if (folder / "questions.jsonl").exists():
        return _load_questions(folder / "questions.jsonl", scan(articles_dir).articles)
    raise EvaluationError(f"{folder} holds neither corpus.jsonl (a BEIR set) nor questions.jsonl.")


def _load_questions(file: Path, articles: tuple[Article, ...]) -> QuestionSet:
    questions = []
    for where, line in _lines(file):
        article = line.get("article", ...)
        if not isinstance(article, str | None):
            raise EvaluationError(f"{where}: has no 'article', which is a file name or null.")
        answers = _strings(where, "answers", line.get("answers"))
        questions.append(Question(where, _string(where, line, "question"), {article: 1} if article else {}, answers))
    named = {path for question in questions for path in question.relevant}
    if named and named.isdisjoint(article.path for article in articles):
        raise EvaluationError(f"{file}: none of the articles it names lies in ARTICLES_DIR.")
    return QuestionSet(articles, tuple(questions))


def _load_beir(folder: Path) -> QuestionSet:
    articles: dict[str, Article] = {}
    for where, line in _lines(folder / "corpus.jsonl"):
        article = _article(where, line)
        if articles.setdefault(article.path, article) is not article:
            raise EvaluationError(f"{where}: a second document has the _id {article.path}.")
    relevant = _relevant(folder / "qrels" / "test.tsv")
    questions = []
    for where, line in _lines(folder / "queries.jsonl"):
        identity = _string(where, line, "_id")
        if identity in relevant:
            answers = _strings(where, "metadata.answers", _metadata(where, line).get("answers"))
            questions.append(Question(identity, _string(where, line, "text"), relevant[identity], answers))
    return QuestionSet(tuple(articles.values()), tuple(questions))


def _article(where: str, line: dict[str, Any]) -> Article:
    identity, text, origin = _string(where, line, "_id"), _string(where, line, "text"), _metadata(where, line)
    fields = {name: origin.get(name) for name in ("source", "author", "url")}
    published = origin.get("published_at")
    try:
        front = front_matter.from_fields(identity, fields | {"title": line.get("title"), "published": published})
    except UnreadableFile:  # a set made by others: without its date or link a document can still be asked about
        front = front_matter.from_fields(identity, {"title": line.get("title"), "source": origin.get("source")})
    return assemble(identity, text, front, plain_text.split_blocks(text))


def _relevant(file: Path) -> dict[str, dict[str, int]]:
    """Return each judged question's articles, article -> grade; a question with none is unanswerable."""
    found: dict[str, dict[str, int]] = {}
    wrong = f"{file} is missing, or is not lines of 'query-id, corpus-id, score' separated by tabs."
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(lines, delimiter="\t", strict=True)
            if not {"query-id", "corpus-id", "score"} <= set(rows.fieldnames or ()):
                raise EvaluationError(wrong)
            for row in rows:
                named = found.setdefault(row["query-id"], {})
                if int(row["score"]) > 0:
                    named[row["corpus-id"]] = int(row["score"])
    except (OSError, ValueError, TypeError, csv.Error) as error:
        raise EvaluationError(wrong) from error
    return found


def _lines(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield where each JSON object of a file stands, and the object."""
    try:
        text = decode_file(file, file.name, limit=None)
    except UnreadableFile as error:
        raise EvaluationError(f"{file} {error.reason}.") from error
    for number, line in enumerate(text.split("\n"), start=1):  # splitlines would cut at U+2028, which JSON allows
        where = f"{file}, line {number}"
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            raise EvaluationError(f"{where}: not JSON.") from error
        if not isinstance(value, dict):
            raise EvaluationError(f"{where}: not a JSON object.")
        yield where, value


def _string(where: str, line: dict[str, Any], name: str) -> str:
    value = line.get(name)
    if not isinstance(value, str):
        raise EvaluationError(f"{where}: has no text '{name}'.")
    return value


def _strings(where: str, name: str, value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise EvaluationError(f"{where}: '{name}' must be a list of texts.")
    return tuple(value)


def _metadata(where: str, line: dict[str, Any]) -> dict[str, Any]:
    value = line.get("metadata")
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise EvaluationError(f"{where}: 'metadata' must be an object.")
    return value
