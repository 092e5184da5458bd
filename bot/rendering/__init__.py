"""Answers, lists and reports as Telegram HTML: pure functions."""

from bot.rendering.answers import CONTEXT, answer, closest, draft, further, in_one, messages, timeline
from bot.rendering.articles import card, origin_and_links, posted, subject, title_line
from bot.rendering.links import URL, start, start_link, text_fragment
from bot.rendering.local import age, day, language, lasting, number, size
from bot.rendering.markup import (
    LIMIT,
    MARKUP_LIMIT,
    NAME,
    TITLE,
    escaped,
    file_name,
    fits,
    plain,
    shortened,
    visible_length,
)
from bot.rendering.reading import Page, as_it_was, page
from bot.rendering.refusals import LISTED_NAMES, contradicting, not_found, unknown_source, unreadable_date
from bot.rendering.replies import Attachment, Button, Reply, turns
from bot.rendering.scopes import described

__all__ = [
    "CONTEXT",
    "LIMIT",
    "LISTED_NAMES",
    "MARKUP_LIMIT",
    "NAME",
    "TITLE",
    "URL",
    "Attachment",
    "Button",
    "Page",
    "Reply",
    "age",
    "answer",
    "as_it_was",
    "card",
    "closest",
    "contradicting",
    "day",
    "described",
    "draft",
    "escaped",
    "file_name",
    "fits",
    "further",
    "in_one",
    "language",
    "lasting",
    "messages",
    "not_found",
    "number",
    "origin_and_links",
    "page",
    "plain",
    "posted",
    "shortened",
    "size",
    "start",
    "start_link",
    "subject",
    "text_fragment",
    "timeline",
    "title_line",
    "turns",
    "unknown_source",
    "unreadable_date",
    "visible_length",
]
