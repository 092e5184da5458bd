"""How well follow-ups are completed: `python -m tests.bench.followups` prints it, and what comes out otherwise.

It measures the dialogues of tests/eval/followups.jsonl, a development set: the patterns were written with it in view.
Where the questions of `shared/eval` lie beside the repository, each is also said after an answer it has nothing to do
with: every one that is then completed is a false alarm, but for those that lean on a text that nobody sees.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

import corpus
from corpus.library import scan
from retrieval import throwaway
from retrieval.answerer import Answerer
from retrieval.embedding.minilm import MiniLM
from retrieval.query.followups import Previous, complete
from tests.bench.quality import DEVELOPMENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DIALOGUES = Path(__file__).parents[1] / "eval" / "followups.jsonl"
ARTICLES = Path(corpus.__file__).parent / "articles"


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A question, what was quoted for it, a message after it, and what the message is to be understood as."""

    previous: Previous
    message: str
    is_reply: bool
    completed: str | None
    """None where the message is a question of its own."""
    article: str | None
    """The file that the completed question's first quote should be from."""

    @property
    def came_out(self) -> str | None:
        """What the message is completed to."""
        return complete(self.message, self.previous, is_reply=self.is_reply)


def dialogues() -> list[Dialogue]:
    """Return the development set."""
    titles = {article.path: article.title for article in scan(ARTICLES).articles}
    return [_dialogue(json.loads(line), titles) for line in DIALOGUES.read_text("utf-8").splitlines()]


def false_alarms(questions: Iterable[str], among: list[Dialogue]) -> list[str]:
    """Return the questions that are completed after another question's answer, as they then read."""
    after = cycle(dialogue.previous for dialogue in among)
    return [completed for question in questions if (completed := complete(question, next(after)))]


def _dialogue(row: dict[str, Any], titles: dict[str, str]) -> Dialogue:
    previous = Previous(row["question"], row["answer"], (titles[row["shown"]],))
    return Dialogue(previous, row["followup"], row.get("reply", False), row["completed"], row.get("article"))


def _hits(asked: list[tuple[str, str]], answerer: Answerer) -> tuple[int, int]:
    """Return how many (question, file) have their first quote from that file, and how many are answered."""
    today = datetime.now(UTC).date()
    answers = [(answerer.answer(question, today).answer, file) for question, file in asked]
    first = sum(bool(given.citations) and given.citations[0].article.path == file for given, file in answers)
    return first, sum(given.answered for given, _ in answers)


def recognition(everything: list[Dialogue]) -> Iterator[str]:
    """Yield what is told apart, and how."""
    followups = [dialogue for dialogue in everything if dialogue.completed]
    own = [dialogue for dialogue in everything if dialogue.completed is None]
    recognised = sum(dialogue.came_out is not None for dialogue in followups)
    exact = sum(dialogue.came_out == dialogue.completed for dialogue in followups)
    yield f"follow-ups: {len(followups)}, recognised {recognised}, exactly as wanted {exact}"
    yield f"questions of their own: {len(own)}, left alone {sum(dialogue.came_out is None for dialogue in own)}"
    for dialogue in everything:
        if dialogue.came_out != dialogue.completed:
            yield f"  {dialogue.previous.question} {dialogue.message} -> {dialogue.came_out}"


def other_questions(everything: list[Dialogue]) -> Iterator[str]:
    """Yield how many questions of another corpus are taken for follow-ups, and which."""
    queries = DEVELOPMENT / "eval" / "squad-a" / "queries.jsonl"
    if queries.is_file():
        questions = [json.loads(line)["text"] for line in queries.read_text("utf-8").splitlines()]
        alarms = false_alarms(questions, everything)
        yield f"questions of another corpus: {len(questions)}, completed {len(alarms)}"
        yield from (f"  {completed}" for completed in alarms)


def retrieval(everything: list[Dialogue]) -> Iterator[str]:
    """Yield whether the right article is quoted first, for messages as they are and completed."""
    placed = [(dialogue, dialogue.article) for dialogue in everything if dialogue.article]
    ways = {
        "as they are": [(dialogue.message, file) for dialogue, file in placed],
        "completed": [(dialogue.came_out or dialogue.message, file) for dialogue, file in placed],
    }
    with tempfile.TemporaryDirectory(prefix="footnote-models-") as folder:
        model = MiniLM.load(Path(folder))
        with throwaway.index(scan(ARTICLES).articles, model, lambda _done, _total: None) as generation:
            answerer = Answerer(generation, model)
            for way, asked in ways.items():
                first, answered = _hits(asked, answerer)
                yield f"asked {way}: first quote from the right article {first} of {len(asked)}, answered {answered}"


def main() -> None:
    """Print the figures."""
    everything = dialogues()
    for lines in (recognition(everything), other_questions(everything), retrieval(everything)):
        for line in lines:
            Console(soft_wrap=True).print(line, markup=False, highlight=False)


if __name__ == "__main__":
    main()
