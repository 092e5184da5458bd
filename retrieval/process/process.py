"""The engine's process as the bot sees it: calls go in, and a thread hands on what comes out."""

from __future__ import annotations

import itertools
import logging
import pickle
import subprocess
import sys
import threading
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, cast

from retrieval.errors import EngineEnded, RaisedAt
from retrieval.process.messages import Call, Channel, Raised, Reached, Reload, Returned, Stop

if TYPE_CHECKING:
    from retrieval.process.messages import Setup
    from retrieval.progress import Progress

CLOSING_SECONDS = 5.0
"""For the process to end by itself; it has nothing to put in order."""

GONE = (OSError, ValueError, EOFError, pickle.UnpicklingError)
"""What a pipe says when the process at its other end is dead or dying."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A call under way; `answer` may raise what the engine raised, or EngineEnded."""

    number: int
    answer: Future[Any]
    progress: Progress | None = None


class EngineProcess:
    """A process that holds the engine; it ends with this one, however this one ends."""

    def __init__(self, setup: Setup) -> None:
        """Start it.

        Raises:
            EngineEnded: the system does not start a process.
        """
        command = [sys.executable, "-m", "retrieval.process.worker"]
        try:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - ours
        except OSError as error:
            raise EngineEnded(f"What reads the index could not be started ({error.strerror or error}).") from error
        self._channel = Channel(cast("IO[bytes]", self._process.stdout), cast("IO[bytes]", self._process.stdin))
        self._numbers = itertools.count()
        self._asked: dict[int, Asked] = {}
        self._lock = threading.Lock()
        self._has_ended = False
        with suppress(*GONE):  # the reader will find out, and tell who asks
            self._channel.send(setup)
        self._reader = threading.Thread(target=self._read, name="engine-process", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether it answers no more."""
        return self._has_ended

    def call(self, method: str, *args: object, **kwargs: object) -> Asked:
        """Ask for what a method of the engine returns."""
        asked = Asked(next(self._numbers), Future())
        self._send(asked, Call(asked.number, method, args, kwargs))
        return asked

    def reload(self, progress: Progress, *, full: bool) -> Asked:
        """Ask for a reload, whose progress is told from another thread."""
        asked = Asked(next(self._numbers), Future(), progress)
        self._send(asked, Reload(asked.number, full))
        return asked

    def stop(self, reload: Asked) -> None:
        """Ask a reload to end."""
        with suppress(*GONE):
            self._channel.send(Stop(reload.number))

    def close(self) -> None:
        """End the process, and return when it has ended."""
        with suppress(*GONE):
            self._channel.close()
        try:
            self._process.wait(CLOSING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()

    def _send(self, asked: Asked, message: object) -> None:
        with self._lock:
            if self._has_ended:
                asked.answer.set_exception(_ended())
                return
            self._asked[asked.number] = asked
        with suppress(*GONE):  # as above
            self._channel.send(message)

    def _read(self) -> None:
        try:
            while True:
                try:
                    message = self._channel.receive()
                except GONE:
                    return
                self._take(message)
        finally:
            self._end()

    def _end(self) -> None:
        """Take no more calls, and tell those who wait for one."""
        with self._lock:
            self._has_ended = True
            asked, self._asked = self._asked, {}
        for one in asked.values():
            _settle(one.answer, error=_ended())
        with suppress(*GONE):
            self._channel.close()
        self._process.kill()  # it may live on without its pipes
        self._process.wait()

    def _take(self, message: object) -> None:
        match message:
            case Returned(number, value):
                _settle(self._asked.pop(number).answer, value)
            case Raised(number, error, where):
                if where:
                    error.__cause__ = RaisedAt(where)
                _settle(self._asked.pop(number).answer, error=error)
            case Reached(number, stage, done, total):
                self._tell(self._asked[number], stage, done, total)
            case logging.LogRecord():
                logging.getLogger(message.name).handle(message)
            case _:
                raise AssertionError(message)

    def _tell(self, asked: Asked, *reached: Any) -> None:  # noqa: ANN401 - what a Progress takes
        if asked.progress is None or asked.answer.done():
            return
        try:
            asked.progress(*reached)
        except Exception as error:  # noqa: BLE001 - whatever it raises, it stops the reload
            _settle(asked.answer, error=error)
            self.stop(asked)


def _settle(answer: Future[Any], value: object = None, error: Exception | None = None) -> None:
    with suppress(InvalidStateError):  # nobody waits for it any more
        if error:
            answer.set_exception(error)
        else:
            answer.set_result(value)


def _ended() -> EngineEnded:
    return EngineEnded("What reads the index ended unexpectedly, perhaps for lack of memory; it is started again.")
