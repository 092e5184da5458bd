"""Messages as Telegram would show them, as a page of HTML and as Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from tests.telegram_api.text import utf16_length, utf16_slice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tests.telegram_server import Entity, Message

STYLE = Path(__file__).with_name("chat.css")

TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
    "text_link": "a",
    "url": "a",
    "bot_command": "a",
    "mention": "a",
}
MARKS = {"bold": "**", "italic": "_", "code": "`"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it was at one moment of the conversation, and which of its buttons was pressed then."""

    message: Message
    pressed: str | None = None
    is_edited: bool = False


def as_html(text: str, entities: Sequence[Entity]) -> str:
    """Return a message's text with its entities as HTML; what stands in no entity of TAGS is plain text."""
    html = _styled(text, entities, lambda entity: TAGS.get(entity.type), escape, _tag)
    return html.replace("</blockquote>\n", "</blockquote>")  # a block ends its line by itself


def as_markdown(text: str, entities: Sequence[Entity]) -> str:
    """Return a message's text with bold, italics and links; a quotation's lines begin with a mark."""

    def mark(entity: Entity, inner: str) -> str:
        if entity.type == "text_link":
            return f"[{inner}]({entity.url})"
        if entity.type in {"blockquote", "expandable_blockquote"}:
            return "\n".join(f"> {line}" for line in inner.split("\n"))
        return f"{MARKS[entity.type]}{inner}{MARKS[entity.type]}"

    known = {*MARKS, "text_link", "blockquote", "expandable_blockquote"}
    return _styled(text, entities, lambda entity: entity.type if entity.type in known else None, str, mark)


def page(name: str, columns: Sequence[Sequence[Shown]]) -> str:
    """Return the page: phones side by side, as tall as the messages of the first; the others show what fits."""
    phones = "".join(
        f'<section><header><span class="face">{escape(name[:1])}</span><b>{escape(name)}</b></header>'
        f"<main>{''.join(_bubble(shown) for shown in column)}</main><footer><i></i></footer></section>"
        for column in columns
    )
    style = STYLE.read_text(encoding="utf-8")
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><style>{style}</style><body>{phones}</body></html>'


def markdown(name: str, columns: Iterable[Iterable[Shown]]) -> str:
    """Return the same conversation as text; buttons stand in brackets, the pressed one is bold."""
    said = [_said(name, shown) for column in columns for shown in column]
    return "\n\n---\n\n".join(said) + "\n"


def _bubble(shown: Shown) -> str:
    message = shown.message
    side = "bot" if message.by_bot else "person"
    edited = '<span class="edited">edited</span>' if shown.is_edited else ""
    rows = "".join(
        '<div class="row">'
        + "".join(
            f'<span class="button{" pressed" if button.text == shown.pressed else ""}">{escape(button.text)}</span>'
            for button in row
        )
        + "</div>"
        for row in message.buttons
    )
    text = as_html(message.text, message.entities)
    return f'<article class="{side}"><div class="bubble">{text}{edited}</div>{rows}</article>'


def _said(name: str, shown: Shown) -> str:
    message = shown.message
    who = f"**{name if message.by_bot else message.sender.first_name}**{' (edited)' if shown.is_edited else ''}"
    rows = "\\\n".join(
        " ".join(f"**[{button.text}]**" if button.text == shown.pressed else f"[{button.text}]" for button in row)
        for row in message.buttons
    )
    text = as_markdown(message.text, message.entities)
    return "\n\n".join(filter(None, (who, text, rows)))


def _tag(entity: Entity, inner: str) -> str:
    tag = TAGS[entity.type]
    # Apps show the beginning of it, and the rest on a tap.
    kind = ' class="expandable"' if entity.type == "expandable_blockquote" else ""
    return f"<{tag}{kind}>{inner}</{tag}>"


def _styled(
    text: str,
    entities: Sequence[Entity],
    kind: Callable[[Entity], str | None],
    plain: Callable[[str], str],
    wrap: Callable[[Entity, str], str],
) -> str:
    """Return the text with each entity of a `kind` wrapped around what it covers, inner ones first."""
    known = sorted(
        (entity for entity in entities if kind(entity)),
        key=lambda entity: (entity.offset, -entity.length, "blockquote" not in entity.type),
    )

    def parts(start: int, end: int, inside: Sequence[Entity]) -> Iterator[str]:
        at = start
        for number, entity in enumerate(inside):
            if entity.offset < at:
                continue  # it was inside the one before, and is there already
            yield plain(utf16_slice(text, at, entity.offset - at))
            within = [other for other in inside[number + 1 :] if other.end <= entity.end]
            yield wrap(entity, "".join(parts(entity.offset, entity.end, within)))
            at = entity.end
        yield plain(utf16_slice(text, at, end - at))

    return "".join(parts(0, utf16_length(text), known))
