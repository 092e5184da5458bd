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
from bot.serving import mend
from corpus.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import SecretStr

    from bot.app import Footnote
    from bot.settings import Settings
    from bot.state.audit import Actor
    from bot.state.state import State
    from retrieval.engine import Engine
    from retrieval.index.store import GenerationStore
    from retrieval.progress import Stage
    from retrieval.question_sets import QuestionSet
    from retrieval.reloading import ReloadReport

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


def _state(loaded: Settings) -> State:
    from bot.state.state import State

    return State.open(loaded.data_dir)


def _command_line() -> Actor:
    from bot.state.audit import COMMAND_LINE

    return COMMAND_LINE


def _footnote(loaded: Settings, engine: Engine) -> Footnote:
    from bot.app import build

    return build(loaded, engine)


def _engine(loaded: Settings) -> Engine:
    mend(loaded.data_dir)
    with _without_collecting():
        from bot.app import build_engine

    return build_engine(loaded)


@app.command()
def run() -> None:
    """Serve Telegram, or without a token talk in the terminal."""
    loaded = _settings()
    with closing(_engine(loaded)) as engine:
        from bot.console import talk
        from bot.serving import serving

        if loaded.telegram_bot_token is not None:
            with serving(loaded.data_dir):
                footnote = _footnote(loaded, engine)
                asyncio.run(_read_articles(loaded, footnote))
                asyncio.run(_serve(loaded, loaded.telegram_bot_token, footnote))
            return
        footnote = _footnote(loaded, engine)
        asyncio.run(_read_articles(loaded, footnote))
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")  # a pipe may hold anything
        talk(footnote, sys.stdin, sys.stdout)


async def _read_articles(loaded: Settings, footnote: Footnote) -> None:
    """Bring the index in step with ARTICLES_DIR; what served before goes on serving where that fails."""
    from bot.admin.reloads import noted
    from bot.state.audit import START
    from retrieval.errors import IndexBroken, ReloadRunning, ServerUnreachable

    typer.echo(texts.STARTING.format(folder=loaded.articles_dir), err=True)
    if await footnote.engine.is_rolled_back():
        typer.echo(texts.STARTING_ROLLED_BACK, err=True)
        return
    try:
        with _Bar("Reading the articles") as bar:
            report = await noted(footnote.engine, footnote.state.audit, START, bar.reload)
        _tell(report)
    except (CorpusError, IndexBroken, ReloadRunning, ServerUnreachable) as error:
        typer.echo(str(error), err=True)


async def _serve(loaded: Settings, token: SecretStr, footnote: Footnote) -> None:
    from bot.app import build_application
    from bot.polling import serve

    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    application = build_application(loaded, token, footnote)
    refreshing = asyncio.create_task(footnote.desk.feeds.keep_refreshing(loaded.refresh_every))
    ending = asyncio.create_task(_end_reload(stop, footnote))
    try:
        await serve(application, loaded.admin_ids, stop, lambda line: typer.echo(line, err=True))
    finally:
        refreshing.cancel()
        ending.cancel()
        await footnote.aclose()


async def _end_reload(stop: asyncio.Event, footnote: Footnote) -> None:
    """Once the bot is told to stop, stop the reload that runs: its handler would be waited for."""
    await stop.wait()
    footnote.desk.reloads.cancel()


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
            from bot.conversation import Conversation

            reply = asyncio.run(Conversation(engine).answer(question))
            typer.echo(as_text(reply, colour=sys.stdout.isatty()))


@app.command()
def reload(
    *, full: Annotated[bool, typer.Option("--full", help="Rebuild all.")] = False, as_json: AsJson = False
) -> None:
    """Read the articles folder again."""
    from bot import figures
    from bot.admin import pages
    from bot.admin.reloads import noted
    from bot.console import as_text
    from bot.rendering import Reply

    loaded = _settings()
    with closing(_engine(loaded)) as engine, closing(_state(loaded)) as state, _Bar("Reloading") as bar:
        done = asyncio.run(noted(engine, state.audit, _command_line(), bar.reload, full=full))
    if as_json:
        _print_json(figures.report(done))
    else:
        typer.echo(as_text(Reply(pages.report(done).html)))


@app.command()
def rollback() -> None:
    """Return to the articles as they were before the last reload."""
    from bot.state.audit import Action
    from retrieval.index.store import GenerationStore

    # Without the engine, which takes seconds to import: a mistake is undone at once, also in a bot that is serving.
    loaded = _settings()
    with closing(_state(loaded)) as state:
        number = GenerationStore(loaded.data_dir).roll_back()
        asyncio.run(state.audit.record(_command_line(), Action.ROLLBACK, f"to generation {number}"))
    typer.echo(texts.ROLLED_BACK_TO.format(generation=number))


@app.command()
def status(*, as_json: AsJson = False) -> None:
    """Show what serves now."""
    from bot import figures
    from bot.admin import pages
    from bot.admin.figures import collect
    from bot.console import as_text
    from bot.pulse import Pulse
    from bot.rendering import Reply

    loaded = _settings()
    with closing(_engine(loaded)) as engine, closing(_state(loaded)) as state:
        now = asyncio.run(collect(engine, state, loaded.data_dir, Pulse()))
    if as_json:
        _print_json(figures.status(now, loaded.data_dir))
    else:
        typer.echo(as_text(Reply(pages.status(now))))


@app.command()
def backup(file: Path) -> None:
    """Write the articles and what admins did into one file (.tar.gz)."""
    from bot.backup import backup as write
    from bot.state.audit import Action

    loaded = _settings()
    done = write(loaded.articles_dir, loaded.data_dir, file)
    for problem in done.skipped:
        typer.echo(texts.SKIPPED_FILE.format(path=problem.path, reason=problem.reason), err=True)
    with closing(_state(loaded)) as state:
        asyncio.run(state.audit.record(_command_line(), Action.BACKUP, file.name))
    typer.echo(texts.BACKED_UP.format(file=file, files=done.articles, size=f"{done.bytes / 1e6:.1f}"))


@app.command()
def restore(
    file: Path,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Set aside the articles that are there.")] = False,
) -> None:
    """Put back what a backup holds; the next start or reload reads it."""
    from bot.restore import restore as put_back
    from bot.state.audit import Action

    loaded = _settings()
    done = put_back(file, loaded.articles_dir, loaded.data_dir, replace=replace)
    with closing(_state(loaded)) as state:
        asyncio.run(state.audit.record(_command_line(), Action.RESTORE, file.name))
    typer.echo(texts.RESTORED.format(file=file, files=done.articles))
    for place in done.aside:
        typer.echo(texts.SET_ASIDE.format(place=place))


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
        done = asyncio.run(engine.reload(bar.reload))
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
        report = await engine.start(bar.reload)
    if report:
        _tell(report)


def _tell(report: ReloadReport) -> None:
    """Tell what a reload that was not asked for did, where a person has to know."""
    if report.rebuilt not in {None, "first"}:
        typer.echo(texts.REBUILT[str(report.rebuilt)], err=True)
    for problem in report.failed:
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
        self._bar = tqdm(desc=label, unit="", leave=False, disable=None, delay=0.5)

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def reload(self, stage: Stage, done: int, total: int) -> None:
        """Show how far a reload is."""
        self.stage(texts.STAGES[stage], done, total)

    def stage(self, label: str, done: int, total: int) -> None:
        """Show how far one stage is."""
        self._bar.set_description(label, refresh=False)
        self._bar.total = total
        self._bar.update(done - self._bar.n)
