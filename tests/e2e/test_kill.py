"""SIGKILL in the middle of a burst: every question is answered once; a repeat that cannot be ruled out says so."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pytest

from bot import texts
from tests.e2e.application import until
from tests.e2e.index import copy_of
from tests.e2e.processes import bot_process
from tests.rounds import rounds

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.telegram_server import PrivateChat, TelegramServer

pytestmark = pytest.mark.slow

CHATS = rounds(16, 50)
QUESTIONS = 4 * CHATS
KILLS = rounds(2, 3)
PATIENCE = 60.0

ANSWERS = {
    "How long is the Ever Given?": "The Ever Given is 400 metres long",
    "When did the internet return to Tonga?": "The internet returned to Tonga's main island on 22 February 2022",
    "Who owns the Ever Given?": "Shoei Kisen Kaisha",
    "After which politician is the Berlin airport named?": "Willy Brandt",
    "What is the mirror of the Webb telescope made of?": "beryllium",
    "How tall is the spire of Notre-Dame?": "96 metres",
    "By how much did DART change the orbit of Dimorphos?": "by 32 minutes",
    "How heavy is the Higgs boson?": "125 GeV",
}
"""Questions that stand on their own, and words that only their own answer begins with."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the questions of a burst."""

    asked: int
    answered: int
    lost: int
    doubled: int
    strange: int
    """Messages of the bot that answer no question that was asked there."""
    marked: int
    """Answers that say they may be there twice."""
    repeated: int
    """Those of them that are."""

    @classmethod
    def of(cls, asked: Sequence[tuple[PrivateChat, str]]) -> Tally:
        """Return the tally of questions, each asked once in its chat."""
        questions = {chat.id: [question for where, question in asked if where.id == chat.id] for chat, _ in asked}
        plain: Counter[tuple[int, str | None]] = Counter()
        marked: Counter[tuple[int, str | None]] = Counter()
        for chat in {chat.id: chat for chat, _ in asked}.values():
            for message in chat.from_bot:
                text = message.text.removeprefix(texts.REPEATED).lstrip()
                first = text.split("\n\n", maxsplit=1)[0]
                answered = next((question for question in questions[chat.id] if ANSWERS[question] in first), None)
                (marked if message.text.startswith(texts.REPEATED) else plain)[chat.id, answered] += 1
        each = [(chat.id, question) for chat, question in asked]
        return cls(
            asked=len(each),
            answered=sum(plain[one] + marked[one] > 0 for one in each),
            lost=sum(plain[one] + marked[one] == 0 for one in each),
            doubled=sum(plain[one] > 1 for one in each),
            strange=sum(count for (_, question), count in (plain + marked).items() if question is None),
            marked=marked.total(),
            repeated=sum(max(0, plain[one] + marked[one] - 1) for one in each),
        )


@pytest.mark.parametrize("seed", range(1, rounds(1, 2) + 1))
async def test_every_question_of_a_burst_is_answered_once_however_often_the_bot_is_killed(
    seed: int, server: TelegramServer, refusals: list[int], sample_data: Path, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    chats = [server.user(first_name=f"Asker {number}").private_chat() for number in range(CHATS)]
    asked = [
        (chat, question)
        for number, chat in enumerate(chats)
        for question in (list(ANSWERS)[number % 2 :: 2] if number % 4 < 2 else list(ANSWERS)[:4])  # four each
    ]
    assert len(asked) == QUESTIONS
    data, said = copy_of(sample_data, tmp_path / "data"), tmp_path / "said.txt"

    def accepted() -> int:
        return sum(len(chat.from_bot) for chat in chats)

    async def wait_for(condition: Callable[[], object], bot: Process) -> None:
        await until(lambda: condition() or bot.returncode is not None, PATIENCE)
        assert bot.returncode is None, said.read_text()

    at_stake = []
    for number in range(KILLS):
        async with bot_process(server, data, said, LOG_LEVEL="WARNING") as bot:
            if number == 0:
                for chat, question in chance.sample(asked, len(asked)):
                    await chat.say(question)
            # Each in another part of the burst, so that all of them come in its middle; the first may come before it.
            enough = (number + chance.random()) / KILLS * 0.75 * QUESTIONS
            await wait_for(partial(lambda enough: accepted() > enough, enough), bot)
            bot.kill()
        at_stake.append(len(asked) - accepted())
    async with bot_process(server, data, said, LOG_LEVEL="WARNING") as bot:
        await wait_for(lambda: Tally.of(asked).lost == 0 and server.pending_updates == 0, bot)

    tally = Tally.of(asked)
    refusals += [call.status for call in server.refusals if call.status == 429]  # where calls overtook each other
    print(f"seed {seed}, killed with {at_stake} unanswered: {tally}")  # noqa: T201 - the figures for the record
    assert all(at_stake)
    assert (tally.answered, tally.lost, tally.doubled, tally.strange) == (QUESTIONS, 0, 0, 0), said.read_text()
    assert tally.marked <= KILLS * 30, "no more calls can be under way at once than Telegram takes in a second"
