"""A language model that invents half of what it says: `python -m tests.bench.words SET` (docs/language-model.md).

The model is scripted, behind real HTTP: each of its sentences is, with equal chances, one that a passage holds (as it
stands or paraphrased) or one that the adversary made false. What is counted is what a chat would show. Then the
endpoint goes away, and the same questions are answered with and without it set.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.progress import track

from bot import rendering
from retrieval import question_sets, throwaway
from retrieval.adversary.measure import FALSE, TRUE, cited
from retrieval.adversary.models import Original, names
from retrieval.answerer import Answerer
from retrieval.answering.excerpts import excerpts
from retrieval.embedding.minilm import MiniLM
from retrieval.llm import LanguageModel
from retrieval.verification.verifier import Verifier
from retrieval.writing import Consultation, Writer
from tests.bench.machine import in_words
from tests.llm_server import LlmServer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.models import Answer
    from retrieval.verification.models import Excerpt
    from tests.llm_server import Asked

OUT = Path(__file__).parents[2] / "docs" / "language-model.md"
TODAY = date(2026, 1, 1)
SENTENCES = 4
MARK = re.compile(r"\s*\[[\d,\s]+\]")


@dataclass
class Told:
    """What the model said about one question: each sentence without markers, and whether it is proven."""

    true: list[str] = field(default_factory=list)
    false: dict[str, str] = field(default_factory=dict)
    """By its words, the kind."""


class Liar:
    """The model; knows of every sentence whether a passage holds it."""

    def __init__(self, strangers: Sequence[str], seed: int) -> None:
        self._strangers = strangers
        self._rng = random.Random(seed)
        self.shown: Sequence[Excerpt] = ()
        self.told = Told()

    def __call__(self, _asked: Asked) -> str:
        self.told = Told()
        said: list[str] = []
        quotes = [(excerpt, at) for excerpt in self.shown for at in range(len(excerpt.sentences))]
        self._rng.shuffle(quotes)
        for excerpt, at in quotes:
            if len(said) == SENTENCES:
                break
            if sentence := self._sentence(excerpt, at):
                said.append(sentence)
        return " ".join(said) or "CANNOT ANSWER"

    def _sentence(self, home: Excerpt, at: int) -> str | None:
        text = home.sentences[at].text
        if not re.fullmatch(r"[A-Z][^\n]*[.]", text) or not 6 <= len(text.split()) <= 45:
            return None
        following = home.sentences[at + 1].text if at + 1 < len(home.sentences) else ""
        strangers = tuple(self._rng.sample(self._strangers, min(30, len(self._strangers))))
        original = Original(text, following, home, tuple(self.shown), strangers)
        is_true = self._rng.random() < 0.5
        makers = list((TRUE if is_true else FALSE).items())
        self._rng.shuffle(makers)
        for kind, make in makers:
            edit = make(original, self._rng)
            if edit is None or (not is_true and edit.text == text and edit.numbers is None):
                continue
            sentence = cited(edit, original, self._rng)
            if is_true:
                self.told.true.append(_bare(sentence))
            else:
                self.told.false[_bare(sentence)] = kind
            return sentence
        return None


@dataclass
class Counted:
    """All answers together."""

    answers: int = 0
    in_words: int = 0
    true: int = 0
    true_shown: int = 0
    false: int = 0
    false_shown: Counter[str] = field(default_factory=Counter)

    def add(self, told: Told, answer: Answer) -> None:
        shown = {_bare(sentence.text) for sentence in answer.written.sentences} if answer.written else set()
        page = _bare(" ".join(rendering.plain(html) for html in rendering.messages(answer)))
        self.answers += 1
        self.in_words += answer.written is not None
        self.true += len(told.true)
        self.true_shown += sum(text in shown for text in told.true)
        self.false += len(told.false)
        quoted = " ".join(_bare(citation.context.text) for citation in answer.citations)
        for text, kind in told.false.items():
            if text in shown or (text in page and text not in quoted):
                self.false_shown[kind] += 1


def _bare(text: str) -> str:
    """Return a text without markers and ends, so that it is found wherever it stands."""
    return " ".join(MARK.sub("", text).split()).strip(" .!?…\"'”’")


async def invented(answerer: Answerer, model: MiniLM, questions: Sequence[str], liar: Liar, wanted: int) -> Counted:
    """Return what a chat would show of so many answers."""
    counted = Counted()
    async with LlmServer() as server:
        server.script = liar
        endpoint = LanguageModel(server.base_url, server.model, server.key)
        writer = Writer(endpoint)
        for question in track(questions, "Inventing"):
            consulted = _consulted(answerer, model, question)
            if not writer.can_word(consulted):
                continue
            liar.shown = consulted.excerpts
            wording = await writer.write(consulted)
            counted.add(liar.told, wording.answer)
            if counted.answers == wanted:
                break
        await endpoint.aclose()
    return counted


async def without_endpoint(
    answerer: Answerer, model: MiniLM, questions: Sequence[str]
) -> tuple[list[float], list[float]]:
    """Return the milliseconds of answers without a model, and of the same with one whose endpoint is gone."""
    async with LlmServer() as server:
        gone = server.base_url
    endpoint = LanguageModel(gone, "small-model")
    await endpoint.warm_up()
    writer = Writer(endpoint)
    plain: list[float] = []
    down: list[float] = []
    for number, question in enumerate(track(questions, "Endpoint down")):
        for is_down in (False, True) if number % 2 else (True, False):
            began = time.perf_counter()
            if is_down:
                consulted = await asyncio.to_thread(_consulted, answerer, model, question)
                answer = (await writer.write(consulted)).answer
            else:
                answer = (await asyncio.to_thread(answerer.answer, question, TODAY)).answer
            if answer.citations:
                rendering.messages(answer)
            (down if is_down else plain).append((time.perf_counter() - began) * 1000)
    await endpoint.aclose()
    return plain, down


def _consulted(answerer: Answerer, model: MiniLM, question: str) -> Consultation:
    given = answerer.answer(question, TODAY)
    shown = excerpts(answerer.telling(given.found))
    return Consultation(given.answer, shown, lambda: Verifier(shown, model))


def page(counted: Counted, plain: Sequence[float], down: Sequence[float], passages: int) -> str:
    """Return the page."""
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(counted.false_shown.items())) or "none"
    shown = sum(counted.false_shown.values())
    plain50, down50 = statistics.median(plain), statistics.median(down)
    plain95, down95 = (float(np.percentile(times, 95)) for times in (plain, down))
    return f"""\
# With a language model

Written by `python -m tests.bench.words` on {time.strftime("%Y-%m-%d")}. {in_words()}

The model is scripted: each of its sentences is, with equal chances, one that a passage holds, as it stands or
paraphrased by rule, or one that the adversary of `footnote eval --verifier` made false. {passages:,} passages.

| half of all sentences invented | |
|---|---:|
| answers | {counted.answers:,} |
| in the model's words, the others in the articles' | {counted.in_words:,} |
| true sentences written | {counted.true:,} |
| of them shown | {counted.true_shown:,} |
| false sentences written | {counted.false:,} |
| **of them shown** | **{shown}** ({kinds}) |

True sentences are not shown where they were dropped, where the pronoun at their beginning lost the sentence before it,
or where the whole answer went back to quotes because more than two thirds of it were invented.

| the endpoint is down | no model set | set and down | ratio |
|---|---:|---:|---:|
| p50 | {plain50:.1f} ms | {down50:.1f} ms | {down50 / plain50:.2f} |
| p95 | {plain95:.1f} ms | {down95:.1f} ms | {down95 / plain95:.2f} |

{len(plain):,} questions each, asked in turns. The first three with an endpoint that is down find that out; after these
it is asked in the background only.

What this cannot tell: how a real model writes. Its paraphrases are freer than rules make them; of 64 written by hand
(`tests/eval/claims.jsonl`) more are dropped than of these.
"""


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.words", description=__doc__)
    parser.add_argument("folder", type=Path, help="a set of questions, as for `footnote eval`")
    parser.add_argument("--articles", type=Path, default=Path("corpus/articles"))
    parser.add_argument("--answers", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--models", type=Path, default=Path("data/models"))
    parser.add_argument("--out", type=Path, default=OUT)
    wanted = parser.parse_args()
    chosen = question_sets.load(wanted.folder, wanted.articles)
    model = MiniLM.load(wanted.models)
    questions = [question.text for question in chosen.questions]
    random.Random(wanted.seed).shuffle(questions)
    strangers = sorted({name for article in chosen.articles for name in names(article.text)})
    with throwaway.index(chosen.articles, model, lambda *_: None) as generation:
        answerer = Answerer(generation, model)
        liar = Liar(strangers, wanted.seed)
        counted = asyncio.run(invented(answerer, model, questions, liar, wanted.answers))
        plain, down = asyncio.run(without_endpoint(answerer, model, questions[: wanted.answers]))
        written = page(counted, plain, down, generation.manifest.passages)
    wanted.out.write_text(written, encoding="utf-8")
    Console(soft_wrap=True).print(written, markup=False)


if __name__ == "__main__":
    main()
