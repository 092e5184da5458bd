"""Log records of the engine's process, written by the bot's: secrets are taken out of a line in one place."""

from __future__ import annotations

import copy
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from retrieval.process.messages import is_sendable

if TYPE_CHECKING:
    from retrieval.process.messages import Channel

OURS = ("corpus", "retrieval")


class Forwarding(logging.Handler):
    """Sends records instead of writing them."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel

    def emit(self, record: logging.LogRecord) -> None:
        """Send a record as it is, but for what cannot be sent: of that its type."""
        record = copy.copy(record)
        if isinstance(record.args, tuple):
            record.args = tuple(arg if is_sendable(arg) else type(arg).__name__ for arg in record.args)
        if record.exc_info and record.exc_info[1]:
            record.msg = f"{record.msg} ({type(record.exc_info[1]).__name__})"
            record.exc_info = None
        with suppress(OSError, ValueError):  # there is nobody left to read it
            self._channel.send(record if is_sendable(record) else _bare(record))


def _bare(record: logging.LogRecord) -> logging.LogRecord:
    return logging.LogRecord(
        record.name, record.levelno, record.pathname, record.lineno, record.getMessage(), None, None
    )


def forward_logs(channel: Channel, level: int) -> None:
    """Send the records of our packages from `level` on, and everybody else's warnings, instead of writing them."""
    logging.basicConfig(level=logging.WARNING, handlers=[Forwarding(channel)], force=True)
    for package in OURS:
        logging.getLogger(package).setLevel(level)
