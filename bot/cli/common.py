"""What several commands do: settings, the engine, the state."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot import settings, texts
from bot.cli.printing import Bar
from bot.serving import mend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.settings import Settings
    from bot.state.state import State
    from retrieval.engine import Engine
    from retrieval.reloading import ReloadReport

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def load() -> Settings:
    """Return the settings, and log as they say."""
    from bot import logs

    loaded = settings.load()
    logs.configure(
        loaded.log_level, loaded.telegram_bot_token, loaded.chroma_token, loaded.webhook_secret, loaded.llm_api_key
    )
    return loaded


@contextmanager
def without_collecting() -> Iterator[None]:
    """Import without garbage collection, which would take a tenth of the start-up and find nothing."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


def open_state(loaded: Settings) -> State:
    """Return the state of DATA_DIR."""
    from bot.state.state import State

    return State.open(loaded.data_dir)


def open_engine(loaded: Settings, *, apart: bool = False) -> Engine:
    """Return the engine, `apart` in a process of its own, after what a killed restore left behind is put right."""
    mend(loaded.data_dir)
    with without_collecting():
        from bot.app import build_engine

    return build_engine(loaded, apart=apart)


async def ready(engine: Engine) -> None:
    """Make the index if there is none that can be used."""
    with Bar("Reading the articles") as bar:
        report = await engine.start(bar.reload)
    if report:
        tell(report)


def tell(report: ReloadReport) -> None:
    """Tell what a reload that was not asked for did, where a person has to know."""
    if report.rebuilt not in {None, "first"}:
        typer.echo(texts.REBUILT[str(report.rebuilt)], err=True)
    for problem in report.failed:
        typer.echo(texts.SKIPPED_FILE.format(path=problem.path, reason=problem.reason), err=True)
