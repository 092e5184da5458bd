"""Answers, lists and reports as Telegram HTML: pure functions, the only place where a link is written.

Telegram counts 4096 UTF-16 units after parsing, so lengths here are of the text a person sees.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from html import escape, unescape
from typing import TYPE_CHECKING

from telegram.constants import MessageLimit

from bot import texts
from corpus.readers.titles import title_from_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrieval.engine import Status
    from retrieval.models import Answer, ArticleCard, Citation
    from retrieval.query.models import Scope

LIMIT = int(MessageLimit.MAX_TEXT_LENGTH)
MARKUP_LIMIT = 9000
"""Telegram refuses messages whose markup is far longer than their text."""

CONTEXT = 350
"""Characters of the passage shown on each side of a quote."""
TITLE = 200
NAME = 80
URL = 1000
OPENING = 600
LISTED_NAMES = 10
"""Names in a list; a phone shows no more at a glance."""

ALSO_NAMED = 3
"""Other papers named below a quote that they print too."""

_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; `data` comes back when it is pressed, 64 bytes at most."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text file that goes with a message."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One message: Telegram HTML, rows of buttons, and a file with what does not fit."""

    html: str
    buttons: tuple[Button, ...] = ()
    """The first row."""
    below: tuple[tuple[Button, ...], ...] = ()
    """The rows under it."""
    before: tuple[str, ...] = ()
    """Messages that go first, where one cannot hold it all; the buttons are under the last."""
    attachment: Attachment | None = None
    answered: bool | None = None
    """Whether the articles held the answer; None where nothing was looked up."""

    @property
    def rows(self) -> tuple[tuple[Button, ...], ...]:
        """All rows of buttons that there are."""
        return tuple(row for row in (self.buttons, *self.below) if row)


def turns(name: str, page: int, size: int, total: int, rest: str = "") -> tuple[Button, ...]:
    """Return the buttons from one page of a list, from 0, to those beside it; their data is name:page and the rest."""
    beside = []
    if page:
        beside.append(Button(texts.PREVIOUS, f"{name}:{page - 1}{rest}"))
    if (page + 1) * size < total:
        beside.append(Button(texts.NEXT, f"{name}:{page + 1}{rest}"))
    return tuple(beside)


def answer(given: Answer, *above: str) -> str:
    """Return the answering sentence and its numbered sources, below what is put `above`, within one message's length.

    Context around the quotes gives way first, then the last sources, then the sentence above them; a quote is never cut
    and never stands without its source.
    """
    for citations in (given.citations[:count] for count in range(len(given.citations), 0, -1)):
        for reach in (CONTEXT, CONTEXT // 3, 0):
            parts = [*above, *_remarks(given, citations), _headline(citations[0]), *_sources(citations, reach)]
            if fits(html := "\n\n".join(parts)):
                return html
    return _alone(given)


def timeline(given: Answer) -> str:
    """Return the quotes of a timeline in their order, as many as fit in one message, the last ones left out."""
    for count in range(len(given.citations), 0, -1):
        left_out = len(given.citations) - count
        more = [texts.AND_MORE.format(count=left_out)] if left_out else []
        shown = [_dated(citation) for citation in given.citations[:count]]
        if fits(html := "\n\n".join([*_remarks(given), texts.TIMELINE, *shown, *more])):
            return html
    return _alone(given, texts.TIMELINE)


def closest(given: Answer) -> str:
    """Return the quotes that come nearest to a question without an answer, shown as no more than that."""
    for count in range(len(given.citations), 0, -1):
        html = "\n\n".join([*_remarks(given), texts.NO_ANSWER, *_sources(given.citations[:count], 0)])
        if fits(html):
            return html
    return _alone(given, texts.NO_ANSWER)


def not_found(given: Answer, status: Status) -> str:
    """Return a friendly no: the nearest articles and what the corpus covers."""
    lines = [*(f"{remark}\n" for remark in _remarks(given)), texts.NOT_FOUND]
    if given.nearest:
        lines += ["", texts.CLOSEST, *(f"• {title_line(card)}" for card in given.nearest)]
    return "\n".join([*lines, "", _range(status), texts.TRY_AGAIN])


def unreadable_date(operator: str, value: str) -> str:
    """Return what is wrong with the value of since:, before: and their like."""
    return texts.UNREADABLE_DATE.format(operator=escaped(operator), value=escaped(shortened(value, NAME)))


def contradicting(operator: str, value: str) -> str:
    """Return that an operator leaves no article of those that the ones before it let in."""
    return texts.CONTRADICTING.format(operator=escaped(operator), value=escaped(shortened(value, NAME)))


def unknown_source(value: str, sources: Sequence[str]) -> str:
    """Return that no source is called so, and some that there are."""
    names = ", ".join(escaped(shortened(source, NAME)) for source in sources[:LISTED_NAMES])
    if len(sources) > LISTED_NAMES:
        names = texts.AND_OTHERS.format(articles=names, count=len(sources) - LISTED_NAMES)
    known = texts.KNOWN_SOURCES.format(names=names) if names else ""
    return texts.UNKNOWN_SOURCE.format(value=escaped(shortened(value, NAME)), sources=known).strip()


def card(shown: ArticleCard, opening: str, length: int) -> str:
    """Return an article's card: what is known of it and how it begins; `length` in characters."""
    lines = [
        title_line(shown),
        *([escaped(shortened(shown.author, NAME))] if shown.author else []),
        file_name(shown.path),
    ]
    return "\n".join([*lines, texts.CARD_LENGTH.format(length=length), "", escaped(shortened(opening, OPENING))])


def sources(cards: Sequence[ArticleCard], openings: Sequence[str], first: int, total: int) -> str:
    """Return one page of the list of articles; `openings` are their first sentences, `first` counts from 1."""
    head = texts.SOURCES.format(first=first, last=first + len(cards) - 1, total=total)
    entries = [
        f"{number}. {title_line(card)}\n<i>{escaped(shortened(opening, 100))}</i>"
        for number, (card, opening) in enumerate(zip(cards, openings, strict=True), start=first)
    ]
    return "\n\n".join([head, *entries])


def subject(card: ArticleCard, opening: str) -> str:
    """Return what an article is about: its title, or how it begins where the title is only its file's name."""
    words = opening if opening and card.title == title_from_path(card.path) else card.title
    return texts.SUBJECT.format(title=escaped(shortened(words, 90)))


def day(published: date) -> str:
    """Return a date as people write it: 31 October 2020."""
    return f"{published.day} {published:%B %Y}"


def described(scope: Scope) -> str:
    """Return a scope in words that follow "articles": of May 2024, from 3 May 2024 on, in The Ledger."""
    return " ".join(part for part in (_span(scope.since, scope.until), _source_name(scope.source)) if part)


def _span(since: date | None, until: date | None) -> str:
    if since is None or until is None:
        if since:
            return texts.FROM_ON.format(since=day(since))
        return texts.UP_TO.format(until=day(until)) if until else ""
    if since == until:
        return texts.OF_DAY.format(day=day(since))
    if since.day == 1 and (until + timedelta(days=1)).day == 1:
        if (since.year, since.month) == (until.year, until.month):
            return texts.OF_MONTH.format(month=f"{since:%B %Y}")
        if since.year == until.year and (since.month, until.month) == (1, 12):
            return texts.OF_YEAR.format(year=since.year)
    return texts.FROM_TO.format(since=day(since), until=day(until))


def _source_name(source: str | None) -> str:
    return texts.OF_SOURCE.format(source=escaped(shortened(source, NAME))) if source else ""


def _alone(given: Answer, *above: str) -> str:
    """Return the first quote and its source without anything that can be left out, so that they fit in any case."""
    return "\n\n".join([*_remarks(given), *above, _source(replace(given.citations[0], also_in=()), 0)])


def _remarks(given: Answer, compared: Sequence[Citation] = ()) -> list[str]:
    """Return what has to be known before the quotes are read: one line, or none; only shown ones can be compared."""
    remarks, said = given.remarks, []
    if not remarks.scope.is_empty:
        said.append(texts.IN_SCOPE.format(scope=described(remarks.scope)))
    if remarks.undated:
        said.append(texts.LEFT_OUT.format(count=remarks.undated))
    if not remarks.outside.is_empty:
        is_undated = given.citations[0].article.day is None and remarks.outside.source is None
        pattern = texts.OUTSIDE_UNDATED if is_undated else texts.OUTSIDE
        said.append(pattern.format(scope=described(remarks.outside)))
    differing = [citation for citation in compared if citation.number in remarks.differing]
    if len(differing) > 1:
        first, *others = (f"[{citation.number}]" for citation in differing)
        said.append(texts.DIFFERING.format(first=first, others=", ".join(others)))
        days = {citation.article.day for citation in differing}
        if None not in days and len(days) > 1:
            newest = max(differing, key=lambda citation: citation.article.day or date.min)
            said.append(texts.NEWEST_OF_THESE.format(number=f"[{newest.number}]"))
    if remarks.as_of:
        said.append(texts.AS_OF.format(day=day(remarks.as_of)))
    if remarks.dateless and not said:
        said.append(texts.DATELESS)
    return [f"<i>{' '.join(said)}</i>"] if said else []


def _dated(citation: Citation) -> str:
    card = citation.article
    when = day(card.day) if card.day else texts.NO_DAY
    origin = [escaped(shortened(card.source, NAME)) if card.source else "", _link(card)]
    title = f"<b>{citation.number}. {when}</b> – {escaped(shortened(card.title, TITLE))}"
    head = "\n".join([title, *([" · ".join(part for part in origin if part)] if any(origin) else [])])
    return f"{head}\n<blockquote>{escaped(citation.quote.text)}</blockquote>"


def _headline(citation: Citation) -> str:
    return f"<b>{escaped(citation.quote.text)}</b> [{citation.number}]"


def _sources(citations: Sequence[Citation], reach: int) -> Iterator[str]:
    """Yield the numbered sources; the passage around a quote is shown once, however many quotes it holds."""
    shown: set[str] = set()
    for citation in citations:
        yield _source(citation, 0 if citation.article.id in shown else reach)
        shown.add(citation.article.id)


def _source(citation: Citation, reach: int) -> str:
    card = citation.article
    origin = _origin_and_link(card)
    head = f"<b>{citation.number}. {escaped(shortened(card.title, TITLE))}</b>"
    quoted = f"<blockquote expandable>{_in_context(citation, reach)}</blockquote>"
    return "\n".join([head, *([origin] if origin else []), quoted, *_also_in(citation)])


def _also_in(citation: Citation) -> list[str]:
    """Return one line that names the other papers that print the same, or none."""
    others = citation.also_in
    if not others:
        return []
    named = "; ".join(_origin_and_link(card) or escaped(shortened(card.title, NAME)) for card in others[:ALSO_NAMED])
    if len(others) > ALSO_NAMED:
        named = texts.AND_OTHERS.format(articles=named, count=len(others) - ALSO_NAMED)
    return [texts.ALSO_IN.format(articles=named)]


def _in_context(citation: Citation, reach: int) -> str:
    """Return the passage around the quote, `reach` characters on each side cut at a word, the quote marked."""
    quote, around = citation.quote, citation.context
    before = around.text[: quote.start - around.start]
    after = around.text[quote.end - around.start :]
    if len(before) > reach:
        before = "… " + before[len(before) - reach :].partition(" ")[2] if reach else ""
    if len(after) > reach:
        after = after[:reach].rpartition(" ")[0] + " …" if reach else ""
    marked = f"<b>{escaped(quote.text)}</b>"
    left, right = escaped(before), escaped(after)
    # A comma or closing mark keeps to the quote, a new sentence does not.
    return f"{left}{' ' if left else ''}{marked}{' ' if right and after[:1].isspace() else ''}{right}"


def title_line(card: ArticleCard) -> str:
    """Return an article's title, source, date and link in one line."""
    origin = _origin_and_link(card)
    title = f"<b>{escaped(shortened(card.title, TITLE))}</b>"
    return f"{title} – {origin}" if origin else title


def _origin_and_link(card: ArticleCard) -> str:
    return " · ".join(part for part in (_origin(card), _link(card)) if part)


def _origin(card: ArticleCard) -> str:
    source = escaped(shortened(card.source, NAME)) if card.source else ""
    return ", ".join(part for part in (source, day(card.day) if card.day else "") if part)


def _link(card: ArticleCard) -> str:
    return f'<a href="{escape(card.url)}">read</a>' if card.url and len(escape(card.url)) <= URL else ""


def _range(now: Status) -> str:
    articles = texts.ARTICLES.format(count=now.manifest.articles)
    if not now.oldest or not now.newest:
        return texts.RANGE_UNDATED.format(articles=articles)
    pattern = texts.RANGE_ONE_DAY if now.oldest == now.newest else texts.RANGE
    return pattern.format(articles=articles, oldest=day(now.oldest), newest=day(now.newest))


def file_name(path: str) -> str:
    """Return a path as code, or Telegram would make a link of it: .md is Moldova's domain."""
    return f"<code>{escaped(shortened(path, 120))}</code>"


def escaped(text: str) -> str:
    """Return text for HTML, line breaks and odd spaces folded: a file's wrapped lines are one sentence on a phone."""
    return escape(" ".join(text.split()), quote=False)


def shortened(text: str, limit: int) -> str:
    """Return text on one line, cut to `limit` characters."""
    folded = " ".join(text.split())
    return folded if len(folded) <= limit else folded[: limit - 1].rstrip() + "…"


def visible_length(html: str) -> int:
    """Return what Telegram counts against its limit: UTF-16 units without markup."""
    return len(unescape(_TAG.sub("", html)).encode("utf-16-le")) // 2


def fits(html: str) -> bool:
    """Return whether Telegram takes it as one message."""
    return visible_length(html) <= LIMIT and len(html) <= MARKUP_LIMIT
