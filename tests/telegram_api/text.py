"""Texts as Telegram reads them: parsed, tidied, judged.

Markup is judged by TDLib's parser, the one Telegram's Bot API server runs. Two things that Telegram lets pass in
silence, and that are never what the author meant, are refused here: more than 100 entities (it drops the rest) and a
block quotation inside another (it drops one).
"""

from __future__ import annotations

import functools
import html
import itertools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import tdjson

from tests.telegram_api.refusal import Json, bad_request

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ENTITY_LIMIT = 100
# Telegram documents no limit on markup; messages with more of it were seen to be refused.
MARKUP_LIMIT = 9500

_TDLIB_TO_BOT_API = {
    "Bold": "bold",
    "Italic": "italic",
    "Underline": "underline",
    "Strikethrough": "strikethrough",
    "Spoiler": "spoiler",
    "Code": "code",
    "Pre": "pre",
    "PreCode": "pre",
    "TextUrl": "text_link",
    "MentionName": "text_mention",
    "BlockQuote": "blockquote",
    "ExpandableBlockQuote": "expandable_blockquote",
    "CustomEmoji": "custom_emoji",
    "DateTime": "date_time",
    "Mention": "mention",
    "Hashtag": "hashtag",
    "Cashtag": "cashtag",
    "BotCommand": "bot_command",
    "Url": "url",
    "EmailAddress": "email",
    "PhoneNumber": "phone_number",
}
_QUOTATIONS = frozenset({"blockquote", "expandable_blockquote"})
# A reply's quotation must repeat these styles of the quoted message, and only these.
_QUOTED_STYLES = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler", "custom_emoji"})
_ATOMIC = frozenset({"code", "pre", "text_link", "text_mention"})
WHITESPACE = " \n"
_UNTIDY = re.compile("[\x00-\x09\x0b-\x1f\u2028-\u202e\u0333\u033f\u030a]")
"""What Telegram takes out of a text, or makes a space of."""
# Characters that take no room on the screen: a text of nothing else is an empty message.
INVISIBLE = "\u1680\u180e\u200b\u200c\u200d\u200e\u200f\u202f\u205f\u2060\u2800\u3000\ufeff\ufffc" + "".join(
    map(chr, range(0x2000, 0x200B))
)


@dataclass(frozen=True, slots=True)
class Entity:
    """One styled or recognised stretch of a text, with the Bot API's names; positions count UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    user_id: int | None = None

    @property
    def end(self) -> int:
        return self.offset + self.length

    def to_json(self) -> Json:
        data: Json = {"type": self.type, "offset": self.offset, "length": self.length}
        if self.url is not None:
            data["url"] = self.url
        if self.language is not None:
            data["language"] = self.language
        if self.user_id is not None:
            data["user"] = {"id": self.user_id, "is_bot": False, "first_name": str(self.user_id)}
        return data


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as people read it, with its entities."""

    text: str
    entities: tuple[Entity, ...] = ()


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_slice(text: str, offset: int, length: int) -> str:
    """The stretch of a text that an entity covers."""
    units = text.encode("utf-16-le", "surrogatepass")
    return units[2 * offset : 2 * (offset + length)].decode("utf-16-le", "surrogatepass")


def judge_text(text: str | None, parse_mode: str | None = None, entities: Sequence[Json] | None = None) -> Formatted:
    """The text of a message as Telegram stores it."""
    if not text:
        raise bad_request("message text is empty")
    formatted = _format(text, parse_mode, entities)
    if not formatted.text.strip(WHITESPACE + INVISIBLE):
        raise bad_request("text must be non-empty")
    if utf16_length(formatted.text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return formatted


def judge_caption(
    caption: str | None, parse_mode: str | None = None, entities: Sequence[Json] | None = None
) -> Formatted:
    """The caption of a file as Telegram stores it; a caption may be empty."""
    if not caption:
        return Formatted("")
    formatted = _format(caption, parse_mode, entities)
    if utf16_length(formatted.text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return formatted


def judge_quote(
    quote: str, target: Formatted, parse_mode: str | None = None, entities: Sequence[Json] | None = None
) -> Formatted:
    """The quotation of a reply, which must stand in the quoted message word for word and style for style."""
    wanted = _format(quote, parse_mode, entities, trim=False)
    length = utf16_length(wanted.text)
    start = target.text.find(wanted.text) if 0 < length <= CAPTION_LIMIT else -1
    while start >= 0:
        offset = utf16_length(target.text[:start])
        if _styles(target.entities, offset, length) == _styles(wanted.entities, 0, length):
            return wanted
        start = target.text.find(wanted.text, start + 1)
    raise bad_request("QUOTE_TEXT_INVALID")


def recognised(text: str) -> tuple[Entity, ...]:
    """The commands, mentions, links and so on that Telegram marks in any text by itself."""
    found = _tdlib({"@type": "getTextEntities", "text": text})
    return _entities(found["entities"])


def written_by_person(text: str) -> Formatted:
    """What a person typed, as their app sends it."""
    tidy = _tidy(Formatted(text), trim=True)
    if not tidy.text or utf16_length(tidy.text) > TEXT_LIMIT:
        raise ValueError("a person's app sends neither an empty message nor more than 4096 characters in one")
    return Formatted(tidy.text, recognised(tidy.text))


def leads_somewhere(url: str) -> bool:
    """Whether Telegram takes an address for a link; its parser forgets a link of the text that it does not."""
    return bool(_parse(f'<a href="{html.escape(url)}">x</a>', "HTML").entities)


def _format(text: str, parse_mode: str | None, entities: Sequence[Json] | None, *, trim: bool = True) -> Formatted:
    if len(text) > MARKUP_LIMIT and parse_mode:
        raise bad_request("ENTITIES_TOO_LONG")
    parsed = _parse(text, parse_mode) if parse_mode else Formatted(text, _given_entities(text, entities or []))
    if len(parsed.entities) > ENTITY_LIMIT:
        raise bad_request("ENTITIES_TOO_LONG")
    _judge_nesting(parsed.entities)
    tidy = _tidy(parsed, trim=trim)
    return Formatted(tidy.text, _with_recognised(tidy))


def _parse(text: str, parse_mode: str) -> Formatted:
    modes: dict[str, Json] = {
        "html": {"@type": "textParseModeHTML"},
        "markdown": {"@type": "textParseModeMarkdown", "version": 1},
        "markdownv2": {"@type": "textParseModeMarkdown", "version": 2},
    }
    mode = modes.get(parse_mode.lower())
    if mode is None:
        raise bad_request("unsupported parse_mode")
    parsed = _tdlib({"@type": "parseTextEntities", "text": text, "parse_mode": mode})
    if parsed["@type"] == "error":
        reason = str(parsed["message"])
        raise bad_request(reason[:1].lower() + reason[1:])
    return Formatted(parsed["text"], _entities(parsed["entities"]))


def _given_entities(text: str, entities: Sequence[Json]) -> tuple[Entity, ...]:
    length = utf16_length(text)
    given = []
    for entity in entities:
        offset, size = int(entity.get("offset", 0)), int(entity.get("length", 0))
        if entity.get("type") not in _TDLIB_TO_BOT_API.values():
            raise bad_request("can't parse MessageEntity: Unsupported type specified")
        if entity["type"] == "text_link" and not entity.get("url"):
            raise bad_request("can't parse MessageEntity: Can't find field \"url\"")
        if offset < 0:
            raise bad_request(f"receive an entity with incorrect offset {offset}")
        if offset >= length:
            raise bad_request(f"entity begins after the end of the text at UTF-16 offset {offset}")
        if offset + size > length:
            raise bad_request(
                f"entity beginning at UTF-16 offset {offset} ends after the end of the text "
                f"at UTF-16 offset {offset + size}"
            )
        given.append(Entity(entity["type"], offset, size, entity.get("url"), entity.get("language")))
    return tuple(given)


def _judge_nesting(entities: Sequence[Entity]) -> None:
    quotations = sorted((entity for entity in entities if entity.type in _QUOTATIONS), key=lambda e: e.offset)
    for outer, inner in itertools.pairwise(quotations):
        if inner.offset < outer.end:
            raise bad_request("can't parse entities: blockquote entities can't be nested")


def _tidy(formatted: Formatted, *, trim: bool) -> Formatted:
    """The text without what Telegram takes out of every text, its entities moved along."""
    text, entities = formatted.text, list(formatted.entities)
    if _UNTIDY.search(text):
        text, entities = _cleaned(formatted)
    if trim:
        text, entities = _trimmed(text, entities)
    return Formatted(text, tuple(entity for entity in entities if entity.length > 0))


def _cleaned(formatted: Formatted) -> tuple[str, list[Entity]]:
    characters: list[str] = []
    places = [0]  # for each UTF-16 position of the old text, the position in the new one
    for character in formatted.text:
        kept = _clean(character)
        characters.append(kept)
        before, width = places[-1], utf16_length(kept)
        places.extend(min(before + unit + 1, before + width) for unit in range(utf16_length(character)))
    moved = [_moved(entity, places[entity.offset], places[entity.end]) for entity in formatted.entities]
    return "".join(characters), moved


def _clean(character: str) -> str:
    if not _UNTIDY.match(character):
        return character
    return " " if character < " " and character != "\r" else ""


def _trimmed(text: str, entities: Sequence[Entity]) -> tuple[str, list[Entity]]:
    """Leading space goes up to the first entity only; trailing space goes even out of an entity."""
    text = text.rstrip(WHITESPACE)
    first = min((entity.offset for entity in entities), default=utf16_length(text))
    cut = min(len(text) - len(text.lstrip(WHITESPACE)), first)
    text = text[cut:]
    end = utf16_length(text)
    return text, [_moved(entity, entity.offset - cut, min(entity.end - cut, end)) for entity in entities]


def _moved(entity: Entity, start: int, end: int) -> Entity:
    return Entity(entity.type, start, end - start, entity.url, entity.language, entity.user_id)


def _with_recognised(formatted: Formatted) -> tuple[Entity, ...]:
    atomic = [entity for entity in formatted.entities if entity.type in _ATOMIC]
    found = [
        entity
        for entity in recognised(formatted.text)
        if all(entity.end <= other.offset or other.end <= entity.offset for other in atomic)
    ]
    return tuple(sorted({*formatted.entities, *found}, key=lambda e: (e.offset, -e.length, e.type)))


def _styles(entities: Iterable[Entity], offset: int, length: int) -> set[tuple[str, int, int]]:
    return {
        (entity.type, max(entity.offset - offset, 0), min(entity.end - offset, length))
        for entity in entities
        if entity.type in _QUOTED_STYLES and entity.offset < offset + length and entity.end > offset
    }


# --- TDLib ---------------------------------------------------------------------------------------------------------


def _entities(entities: Iterable[Mapping[str, Any]]) -> tuple[Entity, ...]:
    return tuple(
        Entity(
            type=_TDLIB_TO_BOT_API[kind],
            offset=entity["offset"],
            length=entity["length"],
            url=entity["type"].get("url"),
            language=entity["type"].get("language"),
            user_id=entity["type"].get("user_id"),
        )
        for entity in entities
        if (kind := entity["type"]["@type"].removeprefix("textEntityType")) in _TDLIB_TO_BOT_API
    )


@functools.cache
def _silence_tdlib() -> None:
    """TDLib writes a log to stderr unless told otherwise."""
    tdjson.td_execute(json.dumps({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}).encode())


def _tdlib(request: Json) -> Json:
    _silence_tdlib()
    answer = tdjson.td_execute(json.dumps(request).encode())
    assert answer is not None
    result: Json = json.loads(answer)
    return result
