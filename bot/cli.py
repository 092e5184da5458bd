"""The command line. Exit codes: 0 done, 1 failed, 2 wrong usage or settings; errors are one sentence on stderr."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
import signal
import sys
import time
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path  # noqa: TC003 - typer reads annotations when it runs
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from bot import logs, settings, texts
from bot.errors import BotError, SettingsError
from corpus.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import SecretStr

    from bot.conversation import Conversation
    from bot.settings import Settings
    from retrieval.engine import Engine
    from retrieval.index.store import GenerationStore
    from retrieval.question_sets import QuestionSet

# What answers is imported by the command that needs it: LlamaIndex and Chroma take seconds, `--help` must not.
# ruff: noqa: PLC0415

STARTED = time.time()

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="Answers from a folder of news articles, every one with its quoted source.",
)  # fmt: skip

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


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


def _settings() -> Settings:
    loaded = settings.load()
    logs.configure(loaded.log_level, loaded.telegram_bot_token)
    return loaded


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Import without garbage collection, which would take a tenth of the start-up and find nothing."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


def _engine(loaded: Settings) -> Engine:
    with _without_collecting():
        from bot.app import build_engine

    return build_engine(loaded)


@app.command()
def run() -> None:
    """Serve Telegram, or without a token talk in the terminal."""
    loaded = _settings()
    with closing(_engine(loaded)) as engine:
        from bot.app import build_conversation
        from bot.console import talk

        asyncio.run(_read_articles(loaded, engine))
        conversation = build_conversation(loaded, engine)
        if loaded.telegram_bot_token is None:
            if isinstance(sys.stdin, io.TextIOWrapper):
                sys.stdin.reconfigure(errors="replace")  # a pipe may hold anything
            talk(conversation, sys.stdin, sys.stdout)
        else:
            asyncio.run(_serve(loaded, loaded.telegram_bot_token, conversation))


async def _read_articles(loaded: Settings, engine: Engine) -> None:
    """Bring the index in step with ARTICLES_DIR; what served before goes on serving where that fails."""
    from retrieval.errors import IndexBroken, ReloadRunning

    typer.echo(texts.STARTING.format(folder=loaded.articles_dir), err=True)
    try:
        with _Bar("Reading the articles") as bar:
            report = await engine.reload(bar.show)
        for problem in report.failed:
            typer.echo(texts.SKIPPED_FILE.format(path=problem.path, reason=problem.reason), err=True)
    except (CorpusError, IndexBroken, ReloadRunning) as error:
        typer.echo(str(error), err=True)


async def _serve(loaded: Settings, token: SecretStr, conversation: Conversation) -> None:
    from bot.app import build_application
    from bot.polling import serve

    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    application = build_application(loaded, token, conversation)
    await serve(application, loaded.admin_ids, stop, lambda line: typer.echo(line, err=True))


@app.command()
def ask(question: str, *, as_json: AsJson = False) -> None:
    """Answer one question."""
    from bot import figures
    from bot.console import as_text

    if not question.strip():
        raise SettingsError("The question is empty.")
    loaded = _settings()
    with closing(_engine(loaded)) as engine:
        asyncio.run(_ready(engine))
        if as_json:
            _print_json(figures.answer(asyncio.run(engine.ask(question))))
        else:
            from bot.app import build_conversation

            reply = asyncio.run(build_conversation(loaded, engine).answer(question))
            typer.echo(as_text(reply, colour=sys.stdout.isatty()))


@app.command()
def reload(
    *, full: Annotated[bool, typer.Option("--full", help="Rebuild all.")] = False, as_json: AsJson = False
) -> None:
    """Read the articles folder again."""
    from bot import figures, rendering
    from bot.console import as_text

    with closing(_engine(_settings())) as engine, _Bar("Reloading") as bar:
        done = asyncio.run(engine.reload(bar.show, full=full))
    if as_json:
        _print_json(figures.report(done))
    else:
        typer.echo(as_text(rendering.Reply(rendering.report(done))))


@app.command()
def status(*, as_json: AsJson = False) -> None:
    """Show what serves now."""
    from bot import figures, rendering
    from bot.console import as_text

    loaded = _settings()
    with closing(_engine(loaded)) as engine:
        now = asyncio.run(engine.status())
    if as_json:
        _print_json(figures.status(now, loaded.data_dir))
    else:
        typer.echo(as_text(rendering.Reply(rendering.status(now))))


@app.command()
def article(
    article_id: Annotated[str, typer.Argument(metavar="ID")],
    *,
    text: Annotated[bool, typer.Option("--text", help="Print the text exactly as spans count it.")] = False,
) -> None:
    """Show an article."""
    from bot import rendering
    from bot.console import as_text

    with closing(_engine(_settings())) as engine:
        asyncio.run(_ready(engine))
        found = asyncio.run(engine.article(article_id))
        if found is None:
            raise BotError(f"There is no article {article_id}; `footnote ask … --json` gives the ids.")
        card, whole = found
        opening = asyncio.run(engine.opening(article_id))
    if text:
        sys.stdout.buffer.write(whole.encode())
        sys.stdout.buffer.flush()
    else:
        typer.echo(as_text(rendering.Reply(rendering.card(card, opening, len(whole)))))


@app.command("eval")
def evaluate(
    path: Path,
    *,
    sample: Annotated[int | None, typer.Option(min=1, help="Ask that many of the questions.")] = None,
    seed: Annotated[int, typer.Option(help="Which sample.")] = 0,
    ranker: Annotated[str, typer.Option(help="dense, lexical, fused or full.")] = "full",
    as_json: AsJson = False,
) -> None:
    """Measure quality and speed on a folder of questions."""
    with _without_collecting():
        from retrieval import evaluation
        from retrieval.ranking import Ranker

    if ranker not in list(Ranker):
        raise SettingsError(f"--ranker must be one of {', '.join(Ranker)}.")
    _, store, questions = _question_set(path)
    with _Bar("Evaluating") as bar:
        figures = evaluation.evaluate(
            questions,
            store.models,
            ranker=Ranker(ranker),
            sample=sample,
            seed=seed,
            process_started=STARTED,
            progress=bar.stage,
        )
    if as_json:
        _print_json(figures)
    else:
        _print_table(figures | {f"query_ms {name}": value for name, value in figures.pop("query_ms").items()})


@app.command()
def calibrate(path: Path, *, as_json: AsJson = False) -> None:
    """Fit the confidence to a folder of questions, and rebuild the index with it."""
    with _without_collecting():
        from retrieval import calibration
        from retrieval.embedding.minilm import MiniLM

    loaded, store, questions = _question_set(path)
    with _Bar("Calibrating") as bar:
        model = MiniLM.load(store.models)
        found = calibration.calibrate(questions, model, bar.stage)
    calibration.save(found, model.digest, store.calibration)
    with closing(_engine(loaded)) as engine, _Bar("Reloading") as bar:
        done = asyncio.run(engine.reload(bar.show))
    figures = asdict(found.calibration) | {
        "answerable": found.answerable,
        "answered": found.answered,
        "refused": found.refused,
        "near_misses_refused": found.near_misses_refused,
        "generation": done.generation,
    }
    if as_json:
        _print_json(figures)
    else:
        _print_table(figures)


def _question_set(path: Path) -> tuple[Settings, GenerationStore, QuestionSet]:
    """Return the settings, DATA_DIR and the questions in a folder, over ARTICLES_DIR where they bring no articles."""
    from retrieval import question_sets
    from retrieval.index.store import GenerationStore

    loaded = _settings()
    store = GenerationStore(loaded.data_dir)
    store.prepare()
    return loaded, store, question_sets.load(path, loaded.articles_dir)


async def _ready(engine: Engine) -> None:
    with _Bar("Reading the articles") as bar:
        report = await engine.start(bar.show)
    for problem in report.failed if report else ():
        typer.echo(texts.SKIPPED_FILE.format(path=problem.path, reason=problem.reason), err=True)


def _print_table(figures: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("figure", "value")
    table.columns[1].justify = "right"
    for name, value in figures.items():
        table.add_row(name, "–" if value is None else str(value))
    Console().print(table)


def _print_json(value: dict[str, Any]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False))


class _Bar:
    """A progress bar on a terminal's stderr; nothing where stderr is a file or a pipe."""

    def __init__(self, label: str) -> None:
        from tqdm import tqdm

        self._label = label
        self._bar = tqdm(desc=label, unit=" passages", leave=False, disable=None, delay=0.5)

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    @property
    def show(self) -> Callable[[int, int], None]:
        """A progress callback: passages done, passages in all."""
        return lambda done, total: self.stage(self._label, done, total)

    def stage(self, label: str, done: int, total: int) -> None:
        """Show how far one stage is."""
        self._bar.set_description(label, refresh=False)
        self._bar.total = total
        self._bar.update(done - self._bar.n)
