"""Logging to stderr: one line an event, and never the bot's token, wherever in a message or traceback it stands."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import SecretStr

OURS = ("bot", "corpus", "retrieval")


class _WithoutSecret(logging.Formatter):
    """Formats a record and blots out the secret in the result, so exceptions are covered too."""

    def __init__(self, secret: str) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        return line.replace(self._secret, "<token>") if self._secret else line


def configure(level: str, token: SecretStr | None) -> None:
    """Log our packages at `level` and everybody else's warnings; httpx logs each address, and ours hold the token."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_WithoutSecret(token.get_secret_value() if token else ""))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for package in OURS:
        logging.getLogger(package).setLevel(level)
