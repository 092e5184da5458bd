"""Reports, lists and cards for admins, as Telegram HTML: pure functions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot import texts
from bot.rendering import (
    LISTED_NAMES,
    NAME,
    Attachment,
    Button,
    Reply,
    age,
    day,
    escaped,
    file_name,
    fits,
    lasting,
    number,
    shortened,
    size,
    title_line,
    turns,
)
from corpus.models import BlockKind
from retrieval.progress import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.admin.figures import Figures, Words
    from bot.state.audit import Entry
    from corpus.models import Article, Contents, Problem
    from retrieval.index.generation import Manifest
    from retrieval.llm import Spread
    from retrieval.models import ArticleCard
    from retrieval.reloading import ReloadReport

BAR = 20
"""Characters of a progress bar."""

OPENING = 300
"""Characters of an article's beginning on its card."""

SHOWN_DROPPED = 3
SHOWN_ARTICLES = 5


def progress(stage: Stage, done: int, total: int, actor: str, seconds: float) -> Reply:
    """Return how far a reload is, with a button that stops it."""
    counted = ""
    if stage in {Stage.READING, Stage.EMBEDDING} and total:
        full = BAR * done // total
        counted = texts.COUNTED.format(
            bar="█" * full + "░" * (BAR - full), percent=100 * done // total, done=number(done), total=number(total)
        )
    html = texts.PROGRESS.format(
        stage=texts.STAGES[stage], counted=counted, actor=escaped(shortened(actor, NAME)), seconds=round(seconds)
    )
    return Reply(html, (Button(texts.CANCEL, "reload:cancel"),))


def reload_failed(reason: str) -> str:
    """Return why nothing was changed."""
    return texts.RELOAD_FAILED.format(reason=escaped(shortened(reason, 1000)))


def not_live(reason: str) -> str:
    """Return why what was just done to the files is not answered from yet."""
    return texts.NOT_LIVE.format(reason=escaped(shortened(reason, 1000)))


def report(done: ReloadReport) -> Reply:
    """Return what a reload did, naming as many files as fit; where some are left out, all are in a text file."""
    difference, reasons = done.difference, [f"{problem.path}: {problem.reason}" for problem in done.failed]
    lists: dict[str, Sequence[str]] = {kind: getattr(difference, kind) for kind in texts.COUNTS}
    for names in (LISTED_NAMES, LISTED_NAMES // 2, 1):
        html = _report(done, names)
        if fits(html):
            break
    attachment = None
    if any(len(paths) > names for paths in (*lists.values(), reasons)):
        sections = [*((texts.COUNTS[kind], paths) for kind, paths in lists.items()), (texts.SKIPPED, reasons)]
        whole = "\n\n".join("\n".join([head.format(count=len(lines)), *lines]) for head, lines in sections if lines)
        attachment = Attachment(texts.ALL_NAMES.format(generation=done.generation), whole + "\n")
    return Reply(html, attachment=attachment)


def _report(done: ReloadReport, names: int) -> str:
    difference = done.difference
    seconds = f"{done.seconds:.1f}"
    head = texts.RELOADED.format(seconds=seconds, generation=done.generation) if done.published else texts.UNCHANGED
    parts = [head, *([texts.REBUILT[done.rebuilt]] if done.rebuilt else [])]
    for kind, label in texts.COUNTS.items():
        paths: tuple[str, ...] = getattr(difference, kind)
        if paths:
            parts.append(_listed(f"{label}: {len(paths)}", [file_name(path) for path in paths], names))
    parts.append(texts.UNCHANGED_COUNT.format(count=difference.unchanged))
    if done.failed:
        parts.append(_listed(texts.SKIPPED.format(count=len(done.failed)), list(map(_problem, done.failed)), names))
    return "\n".join(parts)


def in_short(done: ReloadReport) -> str:
    """Return a reload in one line, for the audit."""
    difference = done.difference
    counts = [f"{len(getattr(difference, kind))} {kind}" for kind in texts.COUNTS if getattr(difference, kind)]
    changes = ", ".join(counts) or ("nothing changed" if not done.published else "made anew")
    return f"{changes}; generation {done.generation}"


def status(now: Figures) -> str:
    """Return what serves now, and how the machine is."""
    serving = now.serving
    manifest = serving.manifest
    dates = f"{day(serving.oldest)} – {day(serving.newest)}" if serving.oldest and serving.newest else texts.UNDATED
    last = now.last_reload
    reload = texts.NEVER
    if last:
        who = escaped(shortened(last.actor.name, NAME))
        reload = texts.RELOADED_BY.format(age=age(last.at), actor=who, detail=escaped(shortened(last.detail, 120)))
    asked = now.today
    said = texts.STATUS.format(
        articles=number(manifest.articles),
        sources=texts.SOURCE_COUNT.format(count=serving.sources),
        passages=number(manifest.passages),
        dates=dates,
        generation=manifest.number,
        built=built(manifest),
        rolled_back=texts.ROLLED_BACK_MARK if serving.is_rolled_back else "",
        reload=reload,
        failed=len(manifest.failed),
        questions=texts.QUESTIONS.format(questions=asked.questions, answered=asked.answered, chats=asked.chats),
        up=now.votes.up,
        down=now.votes.down,
        uptime=lasting(datetime.now(UTC) - now.started),
        poll=age(now.last_poll) if now.last_poll else texts.NEVER,
        disk=size(now.disk),
        free=size(now.free),
        memory=size(now.memory),
        model=escaped(manifest.model),
        versions=escaped(", ".join(f"{name} {version}" for name, version in now.versions.items())),
    )
    return f"{said}\n{_words(now.writing)}" if now.writing else said


def _words(now: Words) -> str:
    figures = now.figures
    failures = sum(figures.failures.values())
    named = ", ".join(f"{name} {count}" for name, count in sorted(figures.failures.items()))
    return texts.STATUS_WORDS.format(
        model=escaped(shortened(now.model, NAME)),
        state=texts.BREAKER[figures.breaker],
        calls=number(figures.calls),
        failures=f"{number(failures)} ({named})" if failures else number(0),
        first=_median(figures.first_token),
        total=_median(figures.total),
        tokens=number(now.spent),
    )


def _median(spread: Spread) -> str:
    return texts.NEVER if spread.p50 is None else texts.SECONDS.format(seconds=f"{spread.p50:.1f}")


def articles(cards: Sequence[ArticleCard], query: str, page: int, size: int) -> Reply:
    """Return one page of articles, a numbered button for each card, and buttons to the pages beside it."""
    shown = cards[page * size : (page + 1) * size] if page >= 0 else []
    if not shown:
        wanted = escaped(shortened(query, NAME))
        return Reply(texts.NO_ARTICLES_FOUND.format(query=wanted) if query else texts.NO_SUCH_ARTICLE)
    first = page * size + 1
    head = (texts.ARTICLES_FOUND if query else texts.ARTICLES_LIST).format(
        first=first, last=first + len(shown) - 1, total=len(cards), query=escaped(query)
    )
    lines = [f"{number}. {title_line(card)}\n{file_name(card.path)}" for number, card in enumerate(shown, start=first)]
    opens = tuple(Button(str(number), f"open:{card.id}") for number, card in enumerate(shown, start=first))
    html = "\n\n".join([head, *lines])
    if not fits(html):  # six of the longest addresses there are
        titles = (f"<b>{escaped(shortened(card.title, NAME))}</b>\n{file_name(card.path)}" for card in shown)
        html = "\n\n".join([head, *(f"{number}. {line}" for number, line in enumerate(titles, start=first))])
    return Reply(html, opens, (turns("articles", page, size, len(cards), f":{query}"),))


def draft(name: str, contents: Contents, number: int, twins: Sequence[str]) -> Reply:
    """Return what was understood of a file or page, with the buttons that decide on it."""
    if len(contents.articles) == 1:
        lines = [texts.DRAFT, "", *_understood(contents.articles[0])]
    else:
        count = len(contents.articles)
        lines = [texts.DRAFT_SEVERAL.format(count=count, name=file_name(name)), ""]
        lines += [f"• {_titled(article)}" for article in contents.articles[:SHOWN_ARTICLES]]
        if count > SHOWN_ARTICLES:
            lines.append(texts.AND_MORE.format(count=count - SHOWN_ARTICLES))
    dropped = [*contents.left_out, *(line for article in contents.articles for line in _furniture(article))]
    notes = []
    if dropped:
        shown = "; ".join(f"“{escaped(shortened(line, 60))}”" for line in dropped[:SHOWN_DROPPED])
        if len(dropped) > SHOWN_DROPPED:
            shown = f"{shown} {texts.AND_MORE.format(count=len(dropped) - SHOWN_DROPPED)}"
        notes.append(texts.DRAFT_DROPPED.format(lines=shown))
    if twins:
        notes.append(texts.DRAFT_TWIN.format(path=", ".join(map(file_name, twins[:SHOWN_DROPPED]))))
    if contents.problems:
        problems = "; ".join(map(_problem, contents.problems[:SHOWN_DROPPED]))
        notes.append(texts.DRAFT_PROBLEMS.format(problems=problems))
    return Reply("\n".join([*lines, *([""] if notes else []), *notes]), decisions(number))


def decisions(number: int) -> tuple[Button, ...]:
    """Return the buttons that decide on a draft."""
    return Button(texts.KEEP, f"keep:{number}"), Button(texts.DISCARD, f"discard:{number}")


def audit(entries: Sequence[Entry], first: int, total: int) -> str:
    """Return one page of who did what."""
    if not entries:
        return texts.AUDIT_EMPTY
    head = texts.AUDIT.format(first=first, last=first + len(entries) - 1, total=total)
    for length in (200, NAME):
        html = "\n\n".join([head, *(_audit_line(entry, length) for entry in entries)])
        if fits(html):
            break
    return html


def _audit_line(entry: Entry, length: int) -> str:
    return texts.AUDIT_LINE.format(
        at=f"{entry.at:%Y-%m-%d %H:%M}",
        actor=escaped(shortened(entry.actor.name, NAME)),
        action=escaped(entry.action),
        detail=f"\n{escaped(shortened(entry.detail, length))}" if entry.detail else "",
    )


def address(url: str) -> str:
    """Return an address as a person reads it; as code, or Telegram would show a preview of it."""
    return file_name(url)


def built(manifest: Manifest) -> str:
    """Return how long ago a generation was built, in words."""
    return age(datetime.fromisoformat(manifest.built_at))


def _understood(article: Article) -> list[str]:
    source = escaped(shortened(article.source, NAME)) if article.source else texts.DRAFT_NO_SOURCE
    published = day(article.published) if article.published else texts.DRAFT_NO_DATE
    author = [escaped(shortened(article.author, NAME))] if article.author else []
    body = _text(article, BlockKind.HEADING, BlockKind.PARAGRAPH)
    length = texts.DRAFT_LENGTH.format(words=number(len(body.split())), characters=number(len(body)))
    head = [f"<b>{escaped(shortened(article.title, 200))}</b>", ", ".join([source, published, *author]), length]
    opening = _text(article, BlockKind.PARAGRAPH)
    return [*head, "", f"<i>{escaped(shortened(opening, OPENING))}</i>"]


def _text(article: Article, *kinds: BlockKind) -> str:
    return " ".join(article.text[block.start : block.end] for block in article.blocks if block.kind in kinds)


def _titled(article: Article) -> str:
    published = day(article.published) if article.published else texts.DRAFT_NO_DATE
    origin = ", ".join([*([shortened(article.source, NAME)] if article.source else []), published])
    return f"<b>{escaped(shortened(article.title, 100))}</b> – {escaped(origin)}"


def _furniture(article: Article) -> list[str]:
    return [article.text[block.start : block.end] for block in article.blocks if block.kind is BlockKind.FURNITURE]


def _problem(problem: Problem) -> str:
    return f"{file_name(problem.path)}: {escaped(shortened(problem.reason, 150))}"


def _listed(head: str, lines: Sequence[str], names: int) -> str:
    shown = [f"• {line}" for line in lines[:names]]
    more = [texts.AND_MORE.format(count=len(lines) - names)] if len(lines) > names else []
    return "\n".join([head, *shown, *more])
