"""The engine's process: takes calls from its standard input until that ends, and answers on its standard output."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from corpus.errors import CorpusError
from retrieval.engine import Engine
from retrieval.errors import RetrievalError
from retrieval.index.vector_server import VectorServer
from retrieval.process.forwarding import forward_logs
from retrieval.process.messages import Call, Channel, Raised, Reached, Reload, Returned, Stop, is_sendable

if TYPE_CHECKING:
    from collections.abc import Callable

    from retrieval.process.messages import Setup
    from retrieval.progress import Progress, Stage

TELL_EVERY = 0.1
"""Seconds between two words on how far a stage is."""


class Worker:
    """Does what is asked, each call in a thread."""

    def __init__(self, engine: Engine, channel: Channel) -> None:
        self._engine = engine
        self._channel = channel
        self._threads = ThreadPoolExecutor(thread_name_prefix="call")
        self._stops: dict[int, threading.Event] = {}

    def serve(self) -> None:
        """Take messages for as long as there is somebody to send them."""
        while True:
            try:
                message = self._channel.receive()
            except EOFError:
                return
            match message:
                case Call(number, method, args, kwargs):
                    self._threads.submit(self._answer, number, self._call, method, args, kwargs)
                case Reload(number, full):
                    self._stops[number] = stop = threading.Event()
                    self._threads.submit(self._reload, number, stop, full=full)
                case Stop(number) if number in self._stops:
                    self._stops[number].set()

    def _call(self, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        return getattr(self._engine, method)(*args, **kwargs)

    def _reload(self, number: int, stop: threading.Event, *, full: bool) -> None:
        progress = self._teller(number)
        try:
            self._answer(number, lambda: asyncio.run(self._engine.reload(progress, full=full, stop=stop)))
        finally:
            del self._stops[number]

    def _answer(self, number: int, work: Callable[..., Any], *args: object) -> None:
        try:
            self._channel.send(Returned(number, work(*args)))
        except BaseException as error:  # noqa: BLE001 - whoever asked waits, also where Rust's code of Chroma panics
            self._channel.send(raised(number, error))

    def _teller(self, number: int) -> Progress:
        told: tuple[Stage | None, float] = None, 0.0

        def tell(stage: Stage, done: int, total: int) -> None:
            nonlocal told
            now = time.monotonic()
            if stage is told[0] and done < total and now - told[1] < TELL_EVERY:
                return
            told = stage, now
            self._channel.send(Reached(number, stage, done, total))

        return tell


def raised(number: int, error: BaseException) -> Raised:
    """Return what is said of a call that failed."""
    is_sentence = isinstance(error, RetrievalError | CorpusError)
    where = "" if is_sentence else "".join(traceback.format_tb(error.__traceback__))
    if not isinstance(error, Exception) or not is_sendable(error):
        error = RetrievalError(f"{type(error).__name__} in the engine's process")
    return Raised(number, error, where)


def main() -> None:
    """Be the engine's process."""
    for name in (signal.SIGINT, signal.SIGTERM):  # a terminal and a supervisor send them to the bot's whole family
        signal.signal(name, signal.SIG_IGN)
    channel = Channel(sys.stdin.buffer, os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)  # what a library prints must not get between the messages
    setup: Setup = channel.receive()
    forward_logs(channel, setup.log_level)
    gc.freeze()  # what was imported stays
    server = VectorServer(*setup.server) if setup.server else None
    Worker(Engine(setup.articles_dir, setup.data_dir, server), channel).serve()
    os._exit(0)  # whoever asked is gone, and a reload under way may be killed at any point


if __name__ == "__main__":
    main()
