"""Many people at once: `python -m tests.bench.load` writes docs/load.md.

The bot is the real process over an index of 100,000 passages. Telegram is the tests' strict server, flood control and
all, in this process; people ask from here, evenly spread over time and chats. With --keep DIR the articles, the index
and the questions stay there for the next run; making them takes most of an hour.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from rich.console import Console

from bot import texts
from tests.bench import one_size
from tests.bench.child import in_child
from tests.bench.load_page import Asked, Figures, Sample, page
from tests.e2e.processes import bot_process
from tests.telegram_server import TelegramServer

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Sequence

    from tests.telegram_server import PrivateChat

OUT = Path(__file__).parents[2] / "docs" / "load.md"
PASSAGES = 100_000
SEED = 0
QUESTIONS = 10_000
"""Enough for no question to be asked twice."""

SAMPLE_EVERY = 1.0
POLL = 0.1
LAST_ANSWERS = 60.0
"""Seconds to wait for what is not answered when the last question has been asked."""

READ_AHEAD = "Read the index ahead"
"""What the bot logs when it has its index at hand; on a cold disk its first minute is another one."""

START = 7200.0
"""Seconds for the bot to start; it embeds 100,000 passages in less than an hour."""


def prepare(keep: Path, passages: int) -> list[str]:
    """Return questions about articles in `keep`, made if there are none."""
    questions = keep / "questions.json"
    if not questions.exists():
        in_child(one_size.write_corpus, keep / "articles", passages, SEED, questions, QUESTIONS)
    return [asked.text for asked in one_size.load_questions(questions)]


@dataclass(slots=True)
class _Crowd:
    """People in chats of their own, who ask one question after another whatever becomes of the last."""

    chats: Sequence[PrivateChat]
    at: dict[int, list[float]] = field(default_factory=dict)
    """By chat, when its questions were asked."""

    async def ask(self, questions: Sequence[str], rate: float) -> None:
        """Ask evenly, so many questions a second, each chat in turn."""
        began = time.monotonic()
        for number, question in enumerate(questions):
            await asyncio.sleep(began + number / rate - time.monotonic())
            chat = self.chats[number % len(self.chats)]
            self.at.setdefault(chat.id, []).append(time.monotonic())
            await chat.say(question)

    def missing(self) -> int:
        """Return how many questions have no answer yet."""
        return sum(max(0, len(self.at.get(chat.id, ())) - len(chat.from_bot)) for chat in self.chats)

    def asked(self) -> list[Asked]:
        """Return what became of every question; the answers of a chat come in the order of its questions."""
        found = []
        for chat in self.chats:
            of_bot = {message.id for message in chat.from_bot}
            answers = [event.at for event in chat.timeline if event.kind == "message" and event.message_id in of_bot]
            questions = self.at.get(chat.id, [])
            found += [
                Asked(at, answers[number] - at if number < len(answers) else None)
                for number, at in enumerate(questions)
            ]
        return sorted(found, key=lambda asked: asked.at)

    def doubled(self) -> int:
        """Return how many messages came that no question is left for."""
        return sum(max(0, len(chat.from_bot) - len(self.at.get(chat.id, ()))) for chat in self.chats)


async def measure(keep: Path, questions: Sequence[str], *, rate: float, chats: int) -> Figures:
    """Return the figures of one run over the index in `keep`."""
    said, data = keep / "said.txt", keep / "data"
    said.write_bytes(b"")
    data.mkdir(exist_ok=True)
    for file in data.glob("state.*"):  # this Telegram counts its updates from the same number as the last one
        file.unlink()
    async with (
        TelegramServer() as server,
        bot_process(server, data, said, ARTICLES_DIR=str(keep / "articles")) as bot,
    ):
        await _warmed_up(server, bot, said, questions[-1])
        crowd = _Crowd([server.user(first_name=f"Asker {number}").private_chat() for number in range(chats)])
        family, samples = _Family(bot.pid), list[Sample]()
        sampling = asyncio.create_task(_sample(family, samples))
        before, own, began = family.processor_seconds(), time.process_time(), time.monotonic()
        await crowd.ask(questions[:-1], rate)
        until = time.monotonic() + LAST_ANSWERS
        while crowd.missing() and time.monotonic() < until and bot.returncode is None:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(POLL)
        seconds, after = time.monotonic() - began, family.processor_seconds()
        sampling.cancel()
        return Figures(
            rate=rate,
            chats=chats,
            asked=crowd.asked(),
            doubled=crowd.doubled(),
            refused=sum(call.status == 429 for call in server.calls),
            other_refusals=sum(call.status != 429 for call in server.refusals),
            samples=samples,
            peak_mb=family.peak_mb(),
            bot_cores=(after - before) / seconds,
            server_cores=(time.process_time() - own) / seconds,
        )


async def _warmed_up(server: TelegramServer, bot: Process, said: Path, question: str) -> None:
    """Return when the bot has answered a first question, with the index open and all code imported."""
    until = time.monotonic() + START
    while texts.SERVING.format(username="footnote_bot") not in said.read_text(encoding="utf-8"):  # noqa: ASYNC240 - nobody waits for this loop yet
        if bot.returncode is not None or time.monotonic() > until:
            raise SystemExit(f"The bot did not start: {said.read_text(encoding='utf-8')}")  # noqa: ASYNC240 - the same
        await asyncio.sleep(POLL)
    chat = server.user(first_name="Early").private_chat()
    await chat.say(question)
    await chat.next_message(LAST_ANSWERS)
    while READ_AHEAD not in said.read_text(encoding="utf-8") and time.monotonic() < until:  # noqa: ASYNC110, ASYNC240 - same
        await asyncio.sleep(POLL)


class _Family:
    """The bot's process and the engine's, which it started; what they share is counted twice."""

    def __init__(self, pid: int) -> None:
        bot = psutil.Process(pid)
        self._processes = [bot, *bot.children(recursive=True)]

    def processor_seconds(self) -> float:
        times = [process.cpu_times() for process in self._processes]
        return sum(of_one.user + of_one.system for of_one in times)

    def memory_mb(self) -> float:
        return sum(process.memory_info().rss for process in self._processes) / 1024**2

    def peak_mb(self) -> float:
        """Return the most memory that each ever held; 0 where the system does not say."""
        files = [Path(f"/proc/{process.pid}/status") for process in self._processes]
        lines = [line for file in files if file.exists() for line in file.read_text().splitlines()]
        return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


async def _sample(family: _Family, samples: list[Sample]) -> None:
    while True:
        samples.append(Sample(time.monotonic(), family.memory_mb()))
        await asyncio.sleep(SAMPLE_EVERY)


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--rate", type=float, default=30.0, help="questions a second, of all people together")
    parser.add_argument("--chats", type=int, default=1000)
    parser.add_argument("--passages", type=int, default=PASSAGES, help="of an index that is not in --keep yet")
    parser.add_argument("--keep", type=Path, help="a folder for the articles, the index and the questions")
    parser.add_argument("--out", type=Path, default=OUT)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="footnote-load-") as temporary:
        keep = (wanted.keep or Path(temporary)).resolve()
        keep.mkdir(parents=True, exist_ok=True)
        questions = prepare(keep, wanted.passages)
        count = round(wanted.seconds * wanted.rate)
        asked = [questions[number % len(questions)] for number in range(count + 1)]
        gc.disable()  # a Telegram that remembers every message would stop for it ever longer, and all figures with it
        figures = asyncio.run(measure(keep, asked, rate=wanted.rate, chats=wanted.chats))
        written = page(figures)
    wanted.out.write_text(written, encoding="utf-8")
    Console(soft_wrap=True).print(written, markup=False)


if __name__ == "__main__":
    main()
