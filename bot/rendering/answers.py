"""Answers: quotes in their passages, each with its source; one message, or several where one cannot hold them all.

A quote is never cut, never parted, and never stands without its source.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot import texts
from bot.rendering.articles import origin_and_links
from bot.rendering.links import at_quote, read
from bot.rendering.local import day
from bot.rendering.markup import NAME, TITLE, escaped, fits, shortened
from bot.rendering.remarks import remarked
from retrieval.models import Outcome
from retrieval.query.models import Form

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from retrieval.models import Answer, Citation

CONTEXT = 350
"""Characters of the passage shown after a quote."""

LEAD = 90
"""Characters shown before it: of a folded box a phone shows three lines, and the quote has to begin in them."""

ALSO_NAMED = 3
"""Other papers named below a quote that they print too."""


def messages(given: Answer, *above: str) -> tuple[str, ...]:
    """Return all quotes of an answer, or of the closest there is: one message if it holds them whole, else several."""
    for reach in (CONTEXT, CONTEXT // 3, 0):
        if fits(html := _joined([*_lead(given, above), *_headline(given), *_entries(given, reach)])):
            return (html,)
    return tuple(_parted(given, above))


def draft(given: Answer) -> str:
    """Return what is written of an answer so far, to be shown until it is whole; the sources come with the answer."""
    html = _joined([f"<b>{escaped(given.text)}</b>", texts.STILL_WRITING])
    return html if fits(html) else texts.STILL_WRITING


def answer(given: Answer, *above: str) -> str:
    """Return the answering sentence and its numbered sources, below what is put `above`, within one message's length.

    Context around the quotes gives way first, then the last sources, then the sentence above them.
    """
    for count in range(len(given.citations), 0, -1):
        shown = _first(given, count)
        for reach in (CONTEXT, CONTEXT // 3, 0):
            if fits(html := _joined([*_lead(shown, above), *_headline(shown), *_entries(shown, reach)])):
                return html
    return _alone(given)


def _first(given: Answer, count: int) -> Answer:
    """Return an answer with its first quotes, and what is written of these: no number may lead nowhere."""
    written = given.written
    if written:
        sentences = tuple(sentence for sentence in written.sentences if max(sentence.numbers) <= count)
        written = replace(written, sentences=sentences) if sentences else None
    return replace(given, citations=given.citations[:count], written=written)


def timeline(given: Answer, *above: str) -> str:
    """Return the quotes of a timeline in their order, as many as fit in one message, the last ones left out."""
    for count in range(len(given.citations), 0, -1):
        left_out = len(given.citations) - count
        more = [texts.AND_MORE.format(count=left_out)] if left_out else []
        shown = [_dated(citation) for citation in given.citations[:count]]
        if fits(html := _joined([*_lead(given, above), *shown, *more])):
            return html
    return _alone(given, texts.TIMELINE)


def closest(given: Answer, *above: str) -> str:
    """Return the quotes that come nearest to a question without an answer, shown as no more than that."""
    for count in range(len(given.citations), 0, -1):
        if fits(html := _joined([*_lead(given, above), *_sources(given.citations[:count], 0)])):
            return html
    return _alone(given, texts.NO_ANSWER)


def further(citations: Sequence[Citation], *above: str) -> str:
    """Return more numbered quotes with their sources below what is put `above`, as many as fit in one message."""
    for count in range(len(citations), 0, -1):
        for reach in (CONTEXT, CONTEXT // 3, 0):
            if fits(html := _joined([*above, *_sources(citations[:count], reach)])):
                return html
    return _bare(citations[0])


def in_one(given: Answer, *above: str) -> str:
    """Return as much of an answer, or of the closest there is, as one message holds."""
    if given.outcome is Outcome.CLOSEST:
        return closest(given, *above)
    return timeline(given, *above) if given.form is Form.TIMELINE else answer(given, *above)


def _parted(given: Answer, above: Sequence[str]) -> Iterator[str]:
    """Yield messages that hold all quotes, parted between them; the sentence above them gives way."""
    first, *others = zip(_entries(given, 0), given.citations, strict=True)
    lead = _lead(given, above)
    for start in ([*lead, *_headline(given), first[0]], [*lead, first[0]], [*lead, _bare(given.citations[0])]):
        if fits(html := _joined(start)):
            break
    else:
        yield _joined(lead)
        html = _bare(given.citations[0])
    for entry, citation in others:
        if fits(longer := _joined([html, entry])):
            html = longer
            continue
        yield html
        html = entry if fits(entry) else _bare(citation)
    yield html


def _lead(given: Answer, above: Sequence[str]) -> list[str]:
    """Return what stands before the quotes."""
    if given.outcome is Outcome.CLOSEST:
        return [*above, *remarked(given), texts.NO_ANSWER]
    if given.form is Form.TIMELINE:
        return [*above, *remarked(given), texts.TIMELINE]
    return [*above, *remarked(given, given.citations)]


def _headline(given: Answer) -> list[str]:
    """Return what answers, to be read first: a quote, or what was written of the quotes; a list has none."""
    if given.written:
        written_by = texts.WRITTEN_BY.format(model=escaped(shortened(given.written.model, NAME)))
        return [f"<b>{escaped(given.written.text)}</b>", written_by]
    if given.outcome is Outcome.CLOSEST or given.form is Form.TIMELINE:
        return []
    citation = given.citations[0]
    return [f"<b>{escaped(citation.quote.text)}</b> [{citation.number}]"]


def _entries(given: Answer, reach: int) -> Iterator[str]:
    if given.outcome is Outcome.CLOSEST:
        return _sources(given.citations, 0)
    if given.form is Form.TIMELINE:
        return (_dated(citation) for citation in given.citations)
    return _sources(given.citations, reach)


def _alone(given: Answer, *above: str) -> str:
    """Return the first quote and its source without anything that can be left out, so that they fit in any case."""
    return _joined([*remarked(given), *above, _bare(given.citations[0])])


def _bare(citation: Citation) -> str:
    return _source(replace(citation, also_in=()), 0, is_bare=True)


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(parts)


def _dated(citation: Citation) -> str:
    card = citation.article
    when = day(card.day) if card.day else texts.NO_DAY
    source = escaped(shortened(card.source, NAME)) if card.source else ""
    origin = [part for part in (source, read(card.url), at_quote(card.url, citation.quote.text)) if part]
    title = f"<b>{citation.number}. {when}</b> – {escaped(shortened(card.title, TITLE))}"
    head = "\n".join([title, *([" · ".join(origin)] if origin else [])])
    return f"{head}\n<blockquote>{escaped(citation.quote.text)}</blockquote>"


def _sources(citations: Sequence[Citation], reach: int) -> Iterator[str]:
    """Yield the numbered sources; the passage around a quote is shown once, however many quotes it holds."""
    shown: set[str] = set()
    for citation in citations:
        yield _source(citation, 0 if citation.article.id in shown else reach)
        shown.add(citation.article.id)


def _source(citation: Citation, reach: int, *, is_bare: bool = False) -> str:
    card = citation.article
    origin = origin_and_links(card, "" if is_bare else citation.quote.text)
    head = f"<b>{citation.number}. {escaped(shortened(card.title, TITLE))}</b>"
    quoted = f"<blockquote expandable>{_in_context(citation, reach)}</blockquote>"
    return "\n".join([head, *([origin] if origin else []), quoted, *_also_in(citation)])


def _also_in(citation: Citation) -> list[str]:
    """Return one line that names the other papers that print the same, or none."""
    others = citation.also_in
    if not others:
        return []
    named = "; ".join(origin_and_links(card) or escaped(shortened(card.title, NAME)) for card in others[:ALSO_NAMED])
    if len(others) > ALSO_NAMED:
        named = texts.AND_OTHERS.format(articles=named, count=len(others) - ALSO_NAMED)
    return [texts.ALSO_IN.format(articles=named)]


def _in_context(citation: Citation, reach: int) -> str:
    """Return the passage around the quote, up to `reach` characters after it and LEAD before, the quote marked."""
    quote, around = citation.quote, citation.context
    before = around.text[: quote.start - around.start]
    after = around.text[quote.end - around.start :]
    lead = min(reach, LEAD)
    if len(before) > lead:
        before = "… " + before[len(before) - lead :].partition(" ")[2] if lead else ""
    if len(after) > reach:
        after = after[:reach].rpartition(" ")[0] + " …" if reach else ""
    marked = f"<b>{escaped(quote.text)}</b>"
    left, right = escaped(before), escaped(after)
    # A comma or closing mark keeps to the quote, a new sentence does not.
    return f"{left}{' ' if left else ''}{marked}{' ' if right and after[:1].isspace() else ''}{right}"
