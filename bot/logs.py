"""Logging to stderr: one line an event in logfmt, with no secret in it and, unless debugging, no word of a user.

Lines of libraries are formatted as ours are. Secrets are taken out of the finished line, so it does not matter how they
got there. Fields are given as `extra={"field": value}`.
"""

from __future__ import annotations

import logging
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from structlog.processors import LogfmtRenderer, TimeStamper
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name

from bot.redaction import WITHHELD, Redaction, Said, chain, without

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from pydantic import SecretStr

    Fields = MutableMapping[str, Any]

OURS = ("bot", "corpus", "retrieval")

_ENDS_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_JOINT = "\nIt came from:\n"


def configure(level: str, *secrets: SecretStr | None) -> None:
    """Log our packages at `level` and everybody else's warnings; secrets never, texts of users only at DEBUG."""
    redaction = Redaction([secret.get_secret_value() for secret in secrets if secret])
    handler = _Stderr(sys.stderr)
    handler.setFormatter(_OneLine(redaction, with_texts=level == "DEBUG"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for package in OURS:
        logging.getLogger(package).setLevel(level)


class _OneLine(ProcessorFormatter):
    """Formats the record of any logger."""

    def __init__(self, redaction: Redaction, *, with_texts: bool) -> None:
        super().__init__(
            foreign_pre_chain=[
                TimeStamper(fmt="iso", utc=True),
                add_log_level,
                add_logger_name,
                _add_our_fields,
                self._fold_traceback,
            ],
            processors=[
                ProcessorFormatter.remove_processors_meta,
                LogfmtRenderer(key_order=["timestamp", "level", "logger", "event"], bool_as_flag=False),
            ],
        )
        self._redaction = redaction
        self._with_texts = with_texts

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        if isinstance(record.args, tuple):
            record = logging.makeLogRecord(record.__dict__)
            # The library logs what Telegram answered where it cannot read it: messages of users among it.
            is_telegrams = record.name.partition(".")[0] == "telegram" and not self._with_texts
            shown = _number_or_nothing if is_telegrams else self._shown
            record.args = tuple(map(shown, record.args or ()))
        return self._redaction(_ENDS_A_LINE.sub(_escaped, super().format(record)))

    def _shown(self, value: object) -> object:
        return Said(value, with_texts=self._with_texts) if isinstance(value, BaseException) else value

    def _fold_traceback(self, _: object, __: str, fields: Fields) -> Fields:
        """Make one field of an exception and those it came from."""
        error = fields.pop("exc_info", (None, None, None))[1]
        if error is not None:
            said = [Said(one, with_texts=self._with_texts) for one in chain(error)]
            # asyncio, for one, writes the exception into its message as well.
            fields["event"] = without(fields["event"], (one.withheld for one in said))
            fields["error"] = type(error).__name__
            fields["exception"] = _JOINT.join(one.as_traceback for one in said)
        return fields


_extra = ExtraAdder()


def _add_our_fields(logger: logging.Logger, method: str, fields: Fields) -> Fields:
    """Add the fields of our own events; what libraries hang on their records may be anything."""
    return _extra(logger, method, fields) if fields["logger"].partition(".")[0] in OURS else fields


def _number_or_nothing(value: object) -> object:
    return value if isinstance(value, (int, float)) else WITHHELD


def _escaped(character: re.Match[str]) -> str:
    return character[0].encode("unicode_escape").decode()


class _Stderr(logging.StreamHandler[Any]):
    """Writes lines and never raises: an exception from a log line would end the polling of Telegram."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Say where a line could not be written, without what it was to say: that is not redacted yet."""
        error = sys.exception()
        # Where nobody reads stderr any more there is nobody to tell.
        with suppress(OSError, ValueError):
            self.stream.write(
                f'level=error logger={record.name} event="A log line could not be written."'
                f" error={type(error).__name__} at={record.module}:{record.lineno}\n"
            )
            self.flush()
