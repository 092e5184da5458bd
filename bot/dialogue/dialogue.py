"""Questions with what went before them: follow-ups, corrections, links, and how much a person may ask."""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakValueDictionary

from bot import rendering, smalltalk, texts
from bot.conversation import timeline_of
from bot.dialogue import buttons
from bot.dialogue.presses import QUESTION, Presses
from bot.dialogue.quota import Quota
from bot.dialogue.values import evidence_of
from bot.errors import StateError
from bot.rendering import Reply
from bot.state.exchanges import Exchange
from retrieval.errors import IndexBroken, OutOfReach
from retrieval.index.lexical import FUNCTION_WORDS
from retrieval.query.followups import Previous, complete

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

    from bot.conversation import Conversation, Show
    from bot.delivery.metrics import Metrics
    from bot.dialogue.values import Asker, Pressed, Turns
    from bot.state.state import State
    from retrieval.engine import Engine
    from retrieval.models import Answer

logger = logging.getLogger(__name__)

T = TypeVar("T")

FOLLOWS_WITHIN = timedelta(minutes=10)
"""A question may be short for the sake of the one before it for as long as this."""

KEPT_FOR = timedelta(days=90)
"""Questions and what was shown for them; buttons under older answers say that they are too old."""

PURGED_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Edited:
    """The answer to a question that was edited, and the number of the message whose place it takes."""

    message: int
    reply: Reply


@dataclass(frozen=True, slots=True)
class _Understood:
    """What is looked up for a question, whether that is shown, and the quote that was seen just before it."""

    question: str
    is_shown: bool = False
    seen: str = ""


@dataclass(slots=True, weakref_slot=True, eq=False)
class _InHand:
    user: int | None
    question: str
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Dialogue:
    """What is said to whom; knows chats and people, and nothing of Telegram."""

    def __init__(
        self,
        engine: Engine,
        state: State,
        conversation: Conversation,
        turns: Turns,
        *,
        daily: int = 0,
        exempt: frozenset[int] = frozenset(),
        metrics: Metrics | None = None,
    ) -> None:
        self._exchanges = state.exchanges
        self._links = state.links
        self._usage = state.usage
        self._spending = state.spending
        self._chats = state.chats
        self._conversation = conversation
        self._turns = turns
        self._quota = Quota(state.exchanges, daily, exempt)
        self._metrics = metrics
        self._presses = Presses(engine, state, turns)
        self._in_hand: WeakValueDictionary[tuple[int, int | None], _InHand] = WeakValueDictionary()
        self._purged: datetime | None = None

    @asynccontextmanager
    async def in_hand(self, asker: Asker, question: str) -> AsyncIterator[None]:
        """Know of a question until its answer is sent: corrections of it wait, and so does what follows from it."""
        asked = _InHand(asker.user, question)
        asked = self._in_hand.setdefault((asker.chat, asker.message), asked)
        async with asked.lock:
            yield

    async def ask(self, asker: Asker, text: str, show: Show | None = None) -> Reply:
        """Return the answer to a message, completed by what it follows; `show` takes what is written so far."""
        if not text.strip():
            return Reply(texts.ASK_WHAT)
        return await self._answer(asker, text, show=show)

    async def timeline(self, asker: Asker, subject: str) -> Reply:
        """Return the answer to /timeline, or how to use it."""
        if wrong := self._conversation.no_timeline(subject):
            return wrong
        question = timeline_of(_readable(subject))
        return await self._looked_up(asker, question, _Understood(question))

    async def again(self, asker: Asker, text: str, *, is_timeline: bool = False) -> Edited | Reply | None:
        """Return the answer to a question that was edited, to be put in the old one's place.

        It is a reply of its own if the question never had an answer, and nothing if the words are the same. Of an
        answer that took several messages only the last has its place taken, so a line says that the question changed.
        """
        question = timeline_of(_readable(text)) if is_timeline else _readable(text)
        old = await _tried(self._exchanges.of_question(asker.chat, asker.message)) if asker.message else None
        if old is None or old.message is None:
            return await (self.timeline(asker, text) if is_timeline else self.ask(asker, text))
        # The same update a second time: it was kept, and perhaps not sent.
        if question == old.question and asker.update != old.update:
            return None
        message, old = old.message, replace(old, update=asker.update)
        reply = await (
            self._looked_up(asker, question, _Understood(question), old=old)
            if is_timeline
            else self._answer(asker, question, old=old)
        )
        return Edited(message, reply)

    async def press(self, asker: Asker, data: str) -> Pressed:
        """Return what a button under an answer does."""
        return await self._presses.press(asker, data)

    async def sent(self, reply: Reply, message: int) -> None:
        """Note the number of the message that shows a reply."""
        if reply.exchange:
            await _tried(self._exchanges.sent(reply.exchange, message, reply.html))

    async def count(self, asker: Asker, kind: str, reply: Reply) -> None:
        """Count a question that was looked up in a chat of this kind."""
        if reply.answered is None:
            return
        now = datetime.now().astimezone()
        await _tried(self._chats.seen(asker.chat, kind, now))
        await _tried(self._usage.count_question(asker.chat, answered=reply.answered, day=now.date()))

    async def new(self, asker: Asker) -> Reply:
        """Forget what a person asked in a chat before, as far as later questions are understood from it."""
        await _tried(self._exchanges.forget(asker.chat, asker.user))
        return Reply(texts.FORGOTTEN)

    async def share(self, asker: Asker) -> Reply:
        """Return a link to the question whose answer is replied to, else to the person's last one."""
        if asker.reply_to is not None:
            exchange = await self._exchanges.of_message(asker.chat, asker.reply_to)
        else:
            exchange = await self._exchanges.last(asker.chat, asker.user, datetime.now(UTC) - KEPT_FOR)
        return await self._presses.share(asker, exchange) if exchange else Reply(texts.SHARE_WHAT)

    async def start(self, asker: Asker, payload: str) -> Reply:
        """Return what a link into the chat leads to: an article, a question's answer, or the greeting."""
        kind, _, rest = payload.partition("_")
        try:
            if kind == "a" and rest:
                return await self._presses.opened(asker, rest)
            if kind == "q" and (question := await self._links.question(rest)):
                return await self._looked_up(asker, question, _Understood(question, is_shown=True))
        except IndexBroken:
            return Reply(texts.NO_INDEX)
        except OutOfReach:
            return Reply(texts.OUT_OF_REACH)
        return self._conversation.start()

    async def purge(self) -> None:
        """Forget what was asked longer ago than it is kept for."""
        self._purged = datetime.now(UTC)
        await _tried(self._exchanges.purge(self._purged - KEPT_FOR))
        await _tried(self._spending.purge(self._purged.astimezone().date()))

    async def _answer(self, asker: Asker, text: str, old: Exchange | None = None, show: Show | None = None) -> Reply:
        question = _readable(text)
        if reply := await self._conversation.aside(question):
            return await self._kept(old, question, reply) if old else reply
        is_subject = smalltalk.recognise(question) is smalltalk.Kind.WORD
        asked = smalltalk.without_greeting(question)
        completed = await self._completed(asker, asked)
        if completed is None and not is_subject and _is_bare(asked):
            reply = Reply(texts.WHAT_OF)
            return await self._kept(old, question, reply) if old else reply
        return await self._looked_up(
            asker,
            question,
            completed or _Understood(asked),
            is_subject=is_subject and completed is None,
            old=old,
            show=show,
        )

    async def _completed(self, asker: Asker, question: str) -> _Understood | None:
        """Return the question with what it takes from the one before, or None if it stands on its own."""
        before = None
        if asker.reply_to is not None:
            before = await _tried(self._exchanges.of_message(asker.chat, asker.reply_to))
        is_reply = before is not None
        if before is None:
            await self._answered_before(asker, question)
            since = datetime.now(UTC) - FOLLOWS_WITHIN
            before = await _tried(self._exchanges.last(asker.chat, asker.user, since, asker.message))
        if before is None:
            return None
        quote = before.evidence[0].quote if before.evidence else ""
        titles = tuple(dict.fromkeys(shown.title for shown in before.evidence))
        previous = Previous(before.understood, quote, titles)
        # In a thread: the first time that is named takes a quarter of a second to import what reads it.
        completed = await asyncio.to_thread(complete, question, previous, is_reply=is_reply)
        if completed is None:
            return None
        better = await self._conversation.complete(question, before.understood, quote, asker.user)
        return _Understood(better or completed, is_shown=True, seen=quote)

    async def _answered_before(self, asker: Asker, question: str) -> None:
        """Wait for what the person asked just before, if this follows from it; a question of its own waits for none."""
        if asker.message is None:
            return
        earlier = {
            number: asked
            for (chat, number), asked in self._in_hand.items()
            if chat == asker.chat and asked.user == asker.user and number is not None and number < asker.message
        }
        if not earlier:
            return
        last = earlier[max(earlier)]
        if await asyncio.to_thread(complete, question, Previous(last.question, "", ())) is not None:
            async with last.lock:
                pass

    async def _looked_up(
        self,
        asker: Asker,
        question: str,
        understood: _Understood,
        *,
        is_subject: bool = False,
        old: Exchange | None = None,
        show: Show | None = None,
    ) -> Reply:
        """Return the answer to `understood`, which was written as `question`, in the place of an `old` one."""
        shortened = rendering.escaped(rendering.shortened(understood.question, QUESTION))
        above = [
            *([texts.ASKED_ANEW] if old else []),
            *([texts.UNDERSTOOD.format(question=shortened)] if understood.is_shown else []),
        ]
        async with self._turns.turn(asker.user):  # few at a time of one person, so that a burst is counted as it goes
            if old is None and (refusal := await self._quota.refusal(asker)):
                return refusal
            said = await self._conversation.look_up(
                understood.question, *above, seen=understood.seen, is_subject=is_subject, in_one=old is not None
            )
            if said.given is None:
                return await self._kept(old, question, said.reply) if old else said.reply
            if self._metrics:
                self._metrics.asked(said.given.outcome, said.given.timings_ms.get("total", 0) / 1000)
            reply = await self._keep(asker, question, said.reply, said.given, old)
        # Outside the turn: a language model takes seconds, and none of this machine's.
        worded = await self._conversation.word(
            said, *above, user=asker.user, show=show, is_subject=is_subject, in_one=old is not None
        )
        if worded is said or worded.given is None:
            return reply
        return await self._keep(asker, question, worded.reply, worded.given, old, reply.exchange)

    async def _keep(
        self, asker: Asker, question: str, reply: Reply, given: Answer, old: Exchange | None, kept: int = 0
    ) -> Reply:
        """Return the reply with its buttons, once the exchange is kept that they go back to.

        It takes the place of the old one, or of the one with that number.
        """
        exchange = Exchange(
            id=old.id if old else kept,
            chat=asker.chat,
            user=asker.user,
            question=question,
            understood=given.question,
            html=reply.html,
            evidence=evidence_of(given.citations),
            generation=given.generation,
            answered=given.answered,
            at=datetime.now(UTC),
            asked=asker.message,
            message=old.message if old else None,
            update=asker.update,
        )
        await self._purge_daily()
        number = await _tried(self._exchanges.keep(exchange))
        if number is None:  # the disk is full: an answer without buttons is better than none
            return reply
        return replace(reply, below=buttons.below(replace(exchange, id=number)), exchange=number)

    async def _kept(self, old: Exchange, question: str, reply: Reply) -> Reply:
        """Return a reply without evidence, kept in the place of an answer to what the question was before."""
        await _tried(
            self._exchanges.keep(
                replace(old, question=question, understood=question, html=reply.html, evidence=(), answered=False)
            )
        )
        return reply

    async def _purge_daily(self) -> None:
        if self._purged is None or datetime.now(UTC) - self._purged > PURGED_EVERY:
            await self.purge()


def _is_bare(question: str) -> bool:
    """Whether a question names nothing ("why?"), so that by itself it asks for nothing."""
    return all(word in FUNCTION_WORDS for word in re.findall(r"[^\W_]+", question.casefold()))


def _readable(text: str) -> str:
    """Return a message on one line, without what UTF-8 cannot hold: a terminal may send any bytes."""
    return " ".join(text.split()).encode("utf-8", "replace").decode()


async def _tried(work: Awaitable[T]) -> T | None:
    """Return what the tables give, or None where they cannot be used: an answer goes out all the same."""
    try:
        return await work
    except StateError as error:
        logger.warning("What was asked could not be noted or looked up: %s", error)
        return None
