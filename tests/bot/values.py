"""Answers and articles made by hand, for the tests of what is shown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.admin.figures import Figures
from bot.state.audit import Action, Actor, Entry
from bot.state.feedback import Totals
from bot.state.usage import DayUsage
from corpus.models import Problem
from retrieval.answering.abstention import BUNDLED
from retrieval.engine import Status
from retrieval.index.difference import Difference
from retrieval.index.generation import Manifest
from retrieval.models import Answer, ArticleCard, Citation, Outcome, Quote, Remarks
from retrieval.query.models import Form
from retrieval.reloading import Cause, ReloadReport

NO_REMARKS = Remarks()
START = 40
"""Where the passage around a made-up quote begins in its made-up article."""


def article(
    title: str = "The canal is open",
    *,
    source: str | None = "The Harbour Courier",
    author: str | None = "Rosalind Teague",
    published: date | datetime | None = date(2021, 3, 30),
    url: str | None = "https://example.com/canal?a=1&b=2",
    path: str = "canal.txt",
) -> ArticleCard:
    return ArticleCard("05a6a92a7783", path, title, source, author, published, url)


def citation(
    quote: str,
    number: int = 1,
    *,
    before: str = "",
    after: str = "",
    card: ArticleCard,
    also_in: tuple[ArticleCard, ...] = (),
) -> Citation:
    start = START + len(before)
    return Citation(
        number,
        card,
        Quote(quote, start, start + len(quote)),
        Quote(before + quote + after, START, start + len(quote + after)),
        also_in,
    )


def answer(*citations: Citation, remarks: Remarks = NO_REMARKS) -> Answer:
    return Answer("A question?", Outcome.ANSWER, 1.0, citations, (), 1, {}, remarks=remarks)


def timeline(*citations: Citation, remarks: Remarks = NO_REMARKS) -> Answer:
    return Answer("A question?", Outcome.ANSWER, 1.0, citations, (), 1, {}, Form.TIMELINE, remarks)


def closest(*citations: Citation, remarks: Remarks = NO_REMARKS) -> Answer:
    return Answer("A question?", Outcome.CLOSEST, 0.05, citations, (), 1, {}, remarks=remarks)


def no_answer(*nearest: ArticleCard, remarks: Remarks = NO_REMARKS) -> Answer:
    return Answer("A question?", Outcome.NONE, 0.01, (), nearest, 1, {}, remarks=remarks)


def status(
    *,
    oldest: date | None = date(2012, 4, 17),
    newest: date | None = date(2024, 12, 8),
    articles: int = 12,
    is_rolled_back: bool = False,
) -> Status:
    manifest = Manifest(
        number=3,
        built_at=ago(days=2).isoformat(timespec="seconds"),
        articles_dir="/articles",
        model="all-MiniLM-L6-v2-int8",
        readers="1",
        chunker="1",
        analyser="1",
        schema="1",
        articles=articles,
        passages=70,
        calibration=BUNDLED,
        failed={"broken.md": "is empty"},
    )
    return Status(manifest, 4, oldest, newest, is_rolled_back)


def ago(**span: float) -> datetime:
    return datetime.now(UTC) - timedelta(**span)


def entry(
    action: Action = Action.RELOAD,
    detail: str = "2 added; generation 3",
    *,
    name: str = "Ada",
    at: datetime | None = None,
) -> Entry:
    return Entry(at or ago(hours=1, minutes=1), Actor(7, name), action, detail)


def figures(serving: Status, *, last_reload: Entry | None = None, last_poll: datetime | None = None) -> Figures:
    return Figures(
        serving=serving,
        last_reload=last_reload,
        today=DayUsage(questions=5, answered=4, chats=2),
        votes=Totals(up=7, down=1),
        started=ago(hours=3, minutes=1),
        last_poll=last_poll,
        disk=1_500_000,
        free=2_000_000_000,
        memory=250_000_000,
        versions={"footnote": "0.1.0", "Python": "3.11.7"},
    )


def report(
    *,
    added: tuple[str, ...] = (),
    changed: tuple[str, ...] = (),
    removed: tuple[str, ...] = (),
    unchanged: int = 0,
    failed: tuple[tuple[str, str], ...] = (),
    published: bool = True,
    rebuilt: Cause | None = None,
) -> ReloadReport:
    problems = tuple(Problem(path, reason) for path, reason in failed)
    return ReloadReport(2, published, Difference(added, changed, removed, unchanged), problems, 1.26, rebuilt)
