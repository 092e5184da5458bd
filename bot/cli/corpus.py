"""Commands for what admins do: the articles, and what became of questions."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path  # noqa: TC003 - typer reads annotations when it runs
from typing import Annotated

import typer

from bot import texts
from bot.cli.common import AsJson, load, open_engine, open_state
from bot.cli.printing import Bar, print_json
from bot.errors import BotError
from bot.state.audit import COMMAND_LINE


def reload(
    *, full: Annotated[bool, typer.Option("--full", help="Rebuild all.")] = False, as_json: AsJson = False
) -> None:
    """Read the articles folder again."""
    from bot import figures
    from bot.admin import pages
    from bot.admin.reloads import noted
    from bot.console import as_text
    from bot.rendering import Reply

    loaded = load()
    with closing(open_engine(loaded)) as engine, closing(open_state(loaded)) as state, Bar("Reloading") as bar:
        done = asyncio.run(noted(engine, state.audit, COMMAND_LINE, bar.reload, full=full))
    if as_json:
        print_json(figures.report(done))
    else:
        typer.echo(as_text(Reply(pages.report(done).html)))


def rollback() -> None:
    """Return to the articles as they were before the last reload."""
    from bot.state.audit import Action
    from retrieval.index.store import GenerationStore

    # Without the engine, which takes seconds to import: a mistake is undone at once, also in a bot that is serving.
    loaded = load()
    with closing(open_state(loaded)) as state:
        number = GenerationStore(loaded.data_dir).roll_back()
        asyncio.run(state.audit.record(COMMAND_LINE, Action.ROLLBACK, f"to generation {number}"))
    typer.echo(texts.ROLLED_BACK_TO.format(generation=number))


def status(*, as_json: AsJson = False) -> None:
    """Show what serves now."""
    from bot import figures
    from bot.admin import pages
    from bot.admin.figures import collect
    from bot.console import as_text
    from bot.pulse import Pulse
    from bot.rendering import Reply

    loaded = load()
    with closing(open_engine(loaded)) as engine, closing(open_state(loaded)) as state:
        now = asyncio.run(collect(engine, state, loaded.data_dir, Pulse()))
    if as_json:
        print_json(figures.status(now, loaded.data_dir))
    else:
        typer.echo(as_text(Reply(pages.status(now))))


def backup(file: Path) -> None:
    """Write the articles and what admins did into one file (.tar.gz)."""
    from bot.backup import backup as write
    from bot.state.audit import Action

    loaded = load()
    done = write(loaded.articles_dir, loaded.data_dir, file)
    for problem in done.skipped:
        typer.echo(texts.SKIPPED_FILE.format(path=problem.path, reason=problem.reason), err=True)
    with closing(open_state(loaded)) as state:
        asyncio.run(state.audit.record(COMMAND_LINE, Action.BACKUP, file.name))
    typer.echo(texts.BACKED_UP.format(file=file, files=done.articles, size=f"{done.bytes / 1e6:.1f}"))


def restore(
    file: Path,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Set aside the articles that are there.")] = False,
) -> None:
    """Put back what a backup holds; the next start or reload reads it."""
    from bot.restore import restore as put_back
    from bot.state.audit import Action

    loaded = load()
    done = put_back(file, loaded.articles_dir, loaded.data_dir, replace=replace)
    with closing(open_state(loaded)) as state:
        asyncio.run(state.audit.record(COMMAND_LINE, Action.RESTORE, file.name))
    typer.echo(texts.RESTORED.format(file=file, files=done.articles))
    for place in done.aside:
        typer.echo(texts.SET_ASIDE.format(place=place))


def gaps(
    *,
    out: Annotated[Path | None, typer.Option(help="Write the questions to this file, for `footnote eval`.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what was asked in vain in the last 30 days."""
    from bot.admin import gaps as found
    from bot.console import as_text

    with closing(open_state(load())) as state:
        missed = asyncio.run(found.collect(state.gaps))
    if out is not None:
        try:
            out.write_text(found.exported(missed), encoding="utf-8")
        except OSError as error:
            raise BotError(f"{out} cannot be written ({error.strerror}).") from error
    if as_json:
        print_json({"gaps": [asdict(gap) | {"last": gap.last.isoformat()} for gap in missed]})
    elif out is None:
        for number in range(0, max(1, len(missed)), found.PAGE):
            typer.echo(as_text(replace(found.page(missed, number // found.PAGE), buttons=(), below=())))
