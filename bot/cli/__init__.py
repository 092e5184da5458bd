"""The command line. Exit codes: 0 done, 1 failed, 2 wrong usage or settings; errors are one sentence on stderr.

What answers is imported by the command that needs it: Chroma and LlamaIndex take seconds, `--help` must not.
"""

from __future__ import annotations

import logging
import sys
from typing import NoReturn

import typer

from bot import texts
from bot.cli import ask, corpus, measure, serve
from bot.errors import BotError
from corpus.errors import CorpusError

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="Answers from a folder of news articles, every one with its quoted source.",
)  # fmt: skip
for command in (
    serve.run, ask.ask, corpus.reload, corpus.rollback, corpus.status, corpus.backup, corpus.restore, corpus.gaps,
    ask.article,
):  # fmt: skip
    app.command()(command)
app.command("eval")(measure.evaluate)
app.command()(measure.calibrate)


def main() -> None:
    """Run the command line; every failure of ours is one sentence and an exit code."""
    try:
        app()
    except (BotError, CorpusError) as error:
        _fail(error, getattr(error, "exit_code", 1))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - the last word: a sentence, and for who wants it the traceback
        from retrieval.errors import RetrievalError

        # An error that is not ours may hold anything in its text, even the token.
        ours = str(error) if isinstance(error, RetrievalError) else texts.UNEXPECTED.format(kind=type(error).__name__)
        _fail(error, 1, ours)


def _fail(error: Exception, code: int, sentence: str | None = None) -> NoReturn:
    typer.echo(sentence or str(error), err=True)
    # Through the log, which takes the token out of what is printed.
    logging.getLogger("bot").debug("The command failed.", exc_info=error)
    sys.exit(code)
