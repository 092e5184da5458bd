"""What the two processes say to each other arrives as it was said."""

from __future__ import annotations

import logging
import os
import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import ContradictingQuery, EngineEnded, IndexBroken, RetrievalError, UnreadableQuery
from retrieval.process.forwarding import Forwarding
from retrieval.process.messages import Call, Channel, Raised, Returned, is_sendable
from retrieval.process.worker import Worker, raised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retrieval.engine import Engine

PRIVATE = "words of a user"


class UnsendableError(Exception):
    """Python makes an exception anew from what its base was given, which is too little here."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one + other)


@contextmanager
def channel() -> Iterator[tuple[Channel, Channel]]:
    """Both ends of a channel."""
    with ExitStack() as opened:
        (here_in, there_out), (there_in, here_out) = os.pipe(), os.pipe()
        reading = [opened.enter_context(os.fdopen(end, "rb")) for end in (here_in, there_in)]
        writing = [opened.enter_context(os.fdopen(end, "wb")) for end in (here_out, there_out)]
        yield Channel(reading[0], writing[0]), Channel(reading[1], writing[1])


@pytest.fixture
def ends() -> Iterator[tuple[Channel, Channel]]:
    with channel() as both:
        yield both


class TestChannel:
    @given(values=st.lists(st.one_of(st.text(), st.binary(), st.integers(), st.dates()), max_size=5))
    def test_gives_what_was_sent_in_its_order(self, values: list[object]) -> None:
        with channel() as (here, there):
            for number, value in enumerate(values):
                here.send(Returned(number, value))
            assert [there.receive() for _ in values] == [Returned(*pair) for pair in enumerate(values)]

    def test_may_be_used_by_several_threads(self, ends: tuple[Channel, Channel]) -> None:
        here, there = ends
        long = "x" * 100_000
        threads = [threading.Thread(target=here.send, args=(Returned(number, long),)) for number in range(8)]
        for thread in threads:
            thread.start()
        assert sorted(there.receive().number for _ in threads) == list(range(8))

    def test_says_nothing_of_what_cannot_be_said(self, ends: tuple[Channel, Channel]) -> None:
        here, there = ends
        with pytest.raises(Exception, match="pickle"):
            here.send(Returned(1, lambda: None))
        here.send(Returned(2, None))
        assert there.receive() == Returned(2, None)

    def test_ends_with_its_other_end(self, ends: tuple[Channel, Channel]) -> None:
        here, there = ends
        here.close()
        with pytest.raises(EOFError):
            there.receive()


@pytest.mark.parametrize(
    "error",
    [
        UnreadableQuery("No date.", "since", "x"),
        ContradictingQuery("No such day.", "before", "y"),
        EngineEnded("It ended."),
        IndexBroken("Broken."),
    ],
)
def test_our_errors_arrive_whole(error: RetrievalError, ends: tuple[Channel, Channel]) -> None:
    here, there = ends
    here.send(raised(1, error))
    arrived = there.receive()
    assert arrived.where == ""
    assert type(arrived.error) is type(error)
    assert (str(arrived.error), vars(arrived.error)) == (str(error), vars(error))


def test_an_error_that_cannot_be_sent_is_named() -> None:
    error = UnsendableError(PRIVATE, PRIVATE)
    assert not is_sendable(error)
    assert str(raised(1, error).error) == "UnsendableError in the engine's process"


class PanicError(BaseException):
    """As Chroma's and tantivy's code raises where it panics."""


class Doubling:
    """Has what a worker asks of an engine."""

    def _double(self, number: int) -> int:
        return 2 * number

    def _panic(self) -> None:
        raise PanicError

    def _lose(self) -> object:
        return lambda: None


@pytest.fixture
def worker(ends: tuple[Channel, Channel]) -> Iterator[Channel]:
    """The bot's end of a channel to a worker."""
    here, there = ends
    thread = threading.Thread(target=Worker(cast("Engine", Doubling()), there).serve)
    thread.start()
    yield here
    here.close()
    thread.join()


class TestWorker:
    def test_returns_what_a_method_does(self, worker: Channel) -> None:
        worker.send(Call(7, "_double", (), {"number": 21}))
        assert worker.receive() == Returned(7, 42)

    def test_says_that_there_is_no_such_method(self, worker: Channel) -> None:
        worker.send(Call(7, "_treble", (), {}))
        answer = worker.receive()
        assert isinstance(answer, Raised)
        assert isinstance(answer.error, AttributeError)

    def test_says_that_what_is_no_exception_was_raised(self, worker: Channel) -> None:
        worker.send(Call(7, "_panic", (), {}))
        answer = worker.receive()
        assert isinstance(answer, Raised)
        assert str(answer.error) == "PanicError in the engine's process"
        assert "in _panic" in answer.where

    def test_says_that_a_value_cannot_be_sent(self, worker: Channel) -> None:
        worker.send(Call(7, "_lose", (), {}))
        answer = worker.receive()
        assert isinstance(answer, Raised)
        assert answer.number == 7


class TestForwarding:
    @pytest.fixture
    def logger(self, ends: tuple[Channel, Channel]) -> logging.Logger:
        logger = logging.Logger("retrieval.test")
        logger.addHandler(Forwarding(ends[0]))
        return logger

    def test_keeps_what_was_said(self, ends: tuple[Channel, Channel], logger: logging.Logger) -> None:
        logger.warning("Generation %d: %s", 2, IndexBroken("torn"))
        record = ends[1].receive()
        assert (record.name, record.levelno) == ("retrieval.test", logging.WARNING)
        assert record.getMessage() == "Generation 2: torn"

    def test_leaves_it_to_the_bot_which_exceptions_may_be_shown(
        self, ends: tuple[Channel, Channel], logger: logging.Logger
    ) -> None:
        logger.warning("%s", ValueError(PRIVATE))
        assert isinstance(ends[1].receive().args[0], ValueError)

    def test_names_what_cannot_be_sent(self, ends: tuple[Channel, Channel], logger: logging.Logger) -> None:
        logger.warning("It was %s.", UnsendableError(PRIVATE, PRIVATE))
        assert ends[1].receive().getMessage() == "It was UnsendableError."

    def test_names_an_exception_without_its_text(self, ends: tuple[Channel, Channel], logger: logging.Logger) -> None:
        logger.warning("Failed.", exc_info=ValueError(PRIVATE))
        assert ends[1].receive().getMessage() == "Failed. (ValueError)"
