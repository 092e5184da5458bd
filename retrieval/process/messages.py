"""What the bot's process and the engine's say to each other, over two pipes."""

from __future__ import annotations

import pickle
import threading
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.progress import Stage


@dataclass(frozen=True, slots=True)
class Setup:
    """The first message: what the engine is made of. Arguments of a process, every user of the machine could read."""

    articles_dir: Path
    data_dir: Path
    server: tuple[str, str | None] | None
    """Address and token of a Chroma server."""
    log_level: int


@dataclass(frozen=True, slots=True)
class Call:
    """Asks for what a method of the engine returns."""

    number: int
    method: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reload:
    """Asks for a reload, of which it is told how far it is."""

    number: int
    full: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """Asks a reload to end."""

    number: int


@dataclass(frozen=True, slots=True)
class Returned:
    """What a call returned."""

    number: int
    value: Any


@dataclass(frozen=True, slots=True)
class Raised:
    """What a call raised, and where, if that is not a sentence of ours."""

    number: int
    error: Exception
    where: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a reload is."""

    number: int
    stage: Stage
    done: int
    total: int


class Channel:
    """Messages one way and the other; several threads may send, one receives."""

    def __init__(self, receiving: IO[bytes], sending: IO[bytes]) -> None:
        self._receiving = receiving
        self._sending = sending
        self._lock = threading.Lock()

    def send(self, message: object) -> None:
        """Send a message.

        Raises:
            OSError, ValueError: there is nobody at the other end any more, or it is closed.
            Exception: the message cannot be pickled; nothing was sent.
        """
        data = pickle.dumps(message)
        with self._lock:
            self._sending.write(data)
            self._sending.flush()

    def receive(self) -> Any:  # noqa: ANN401 - one of the messages above, or a log record
        """Return the next message, when there is one.

        Raises:
            EOFError, OSError, ValueError, pickle.UnpicklingError: there comes none any more.
        """
        try:
            return pickle.load(self._receiving)  # noqa: S301 - our own process says it
        except BaseException:
            self._receiving.close()
            raise

    def close(self) -> None:
        """Say no more, which tells the other end that it is over."""
        self._sending.close()


def is_sendable(value: object) -> bool:
    """Return whether a value arrives as it was sent: some exceptions of libraries cannot be made anew."""
    try:
        pickle.loads(pickle.dumps(value))  # noqa: S301 - what was pickled this moment
    except Exception:  # noqa: BLE001 - what it fails with is of the value's own making
        return False
    return True
