"""What Telegram remembers: people, chats, messages, updates not yet fetched, files, open queries."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from tests.telegram_api.rules import Entity, Formatted, Json, utf16_length, utf16_slice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.telegram_api.rules import InlineResult

DEFAULT_UPDATES = frozenset(
    {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_join_request",
    }
)
GENERAL_TOPIC = 1


@dataclass(frozen=True, slots=True)
class Account:
    """A person or the bot."""

    id: int
    first_name: str
    is_bot: bool = False
    username: str | None = None
    language_code: str | None = None

    def to_json(self) -> Json:
        data: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            data["username"] = self.username
        if self.language_code:
            data["language_code"] = self.language_code
        return data


@dataclass(frozen=True, slots=True)
class Document:
    """A file: what was sent, by whom it does not matter."""

    file_id: str
    name: str
    data: bytes
    mime: str
    path: str

    def to_json(self) -> Json:
        return {
            "file_id": self.file_id,
            "file_unique_id": f"unique-{self.file_id}",
            "file_name": self.name,
            "mime_type": self.mime,
            "file_size": len(self.data),
        }


@dataclass(frozen=True, slots=True)
class Button:
    """One button under a message: its text, what kind of thing it does, and with what."""

    text: str
    kind: str
    value: Any

    @property
    def callback_data(self) -> str | None:
        return self.value if self.kind == "callback_data" else None

    @property
    def url(self) -> str | None:
        return self.value if self.kind == "url" else None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Button:
        kind = next(name for name in data if name not in {"text", "style", "icon_custom_emoji_id"})
        return cls(data["text"], kind, data[kind])

    def to_json(self) -> Json:
        return {"text": self.text, self.kind: self.value}


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it was at one moment; an edit makes a new value with the same id.

    `text` is what people read (a caption counts as text), `html` what the bot sent before parsing, whatever its markup.
    """

    id: int
    chat_id: int
    sender: Account
    text: str
    html: str = ""
    entities: tuple[Entity, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    reply_to: int | None = None
    quote: str | None = None
    thread_id: int | None = None
    document: Document | None = None
    date: int = 0
    edit_date: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)  # parameters without a field of their own
    attached: Mapping[str, Any] = field(default_factory=dict)  # fields of the Bot API object without one

    @property
    def by_bot(self) -> bool:
        return self.sender.is_bot

    @property
    def formatted(self) -> Formatted:
        return Formatted(self.text, self.entities)

    @property
    def has_file(self) -> bool:
        return self.document is not None or "photo" in self.attached

    def styled(self, *types: str) -> list[str]:
        """The stretches of the text in any of these styles, such as `blockquote`."""
        return [utf16_slice(self.text, e.offset, e.length) for e in self.entities if e.type in types]

    @property
    def quotations(self) -> list[str]:
        return self.styled("blockquote", "expandable_blockquote")

    @property
    def links(self) -> list[tuple[str, str]]:
        """The text and the address of every link."""
        found = [(utf16_slice(self.text, e.offset, e.length), e) for e in self.entities]
        return [(text, e.url or text) for text, e in found if e.type in {"text_link", "url"}]

    @property
    def button_texts(self) -> list[str]:
        return [button.text for row in self.buttons for button in row]

    def button(self, text: str) -> Button:
        for row in self.buttons:
            for button in row:
                if button.text == text:
                    return button
        raise AssertionError(f"no button {text!r} under message {self.id}, only {self.button_texts}")


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing a person can notice in a chat, in the order in which they notice it."""

    kind: Literal["message", "edit", "delete", "action", "draft", "reaction"]
    message_id: int | None
    what: str
    at: float


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """What a person sees after pressing a button; an empty text shows nothing."""

    text: str
    show_alert: bool
    url: str | None


@dataclass(frozen=True, slots=True)
class InlineAnswer:
    """What a person sees after typing an inline query."""

    results: tuple[InlineResult, ...]
    next_offset: str
    cache_time: int
    is_personal: bool
    button: Mapping[str, Any] | None = None


class ChatState:
    """A chat and all that ever stood in it."""

    def __init__(self, chat_id: int, *, title: str | None = None, person: Account | None = None) -> None:
        self.id = chat_id
        self.title = title
        self.person = person
        self.is_forum = False
        self.topics: dict[int, str] = {}
        # Why the bot may not write here, in Telegram's words; None when it may.
        self.closed: str | None = None
        # A group that is no supergroup yet, and what has become of it.
        self.is_basic = False
        self.migrated_to: int | None = None
        self.members: dict[int, Account] = {}
        self.admins: set[int] = set()
        self.messages: dict[int, Message] = {}
        self.versions: dict[int, list[Message]] = {}
        self.reactions: dict[int, tuple[str, ...]] = {}
        self.timeline: list[Happening] = []
        # The bot's message that the test took last.
        self.last_taken = 0

    @property
    def is_private(self) -> bool:
        return self.person is not None

    def to_json(self) -> Json:
        if self.person is not None:
            data: Json = {"id": self.id, "type": "private", "first_name": self.person.first_name}
            if self.person.username:
                data["username"] = self.person.username
            return data
        data = {"id": self.id, "type": "group" if self.is_basic else "supergroup", "title": self.title}
        if self.is_forum:
            data["is_forum"] = True
        return data

    def transcript(self) -> str:
        """What a person sees now, for the message of a failed test."""
        lines = [f"  {m.id} {m.sender.first_name}: {m.text!r} {m.button_texts or ''}" for m in self.messages.values()]
        return "\n".join(lines) or "  (nothing)"


@dataclass(slots=True)
class Query:
    """A pressed button or an inline query that waits for its answer."""

    id: str
    key: tuple[object, ...]
    answer: asyncio.Future[Any]
    expired: bool = False


class World:
    """Everything Telegram knows of one bot and the people around it."""

    def __init__(self, bot: Account, *, privacy: bool, clock: Callable[[], float]) -> None:
        self.bot = bot
        self.privacy = privacy
        self.clock = clock
        self.people: dict[int, Account] = {}
        self.chats: dict[int, ChatState] = {}
        self.files: dict[str, Document] = {}
        self.queries: dict[str, Query] = {}
        self.inline_cache: dict[tuple[object, ...], tuple[float, InlineAnswer]] = {}
        self.updates: list[Json] = []
        self.allowed_updates = DEFAULT_UPDATES
        self._update_ids = itertools.count(900_000_001)
        self._private_message_ids = itertools.count(1)
        self._file_ids = itertools.count(1)
        self._query_ids = itertools.count(7_000_000_000_000_000_001)
        self._changed = asyncio.Event()

    # --- being told of changes ---

    def touch(self) -> None:
        """Wake everyone who waits for something to change."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def change(self) -> None:
        await self._changed.wait()

    def push(self, kind: str, payload: Json) -> None:
        """Queue an update for the bot, if it asked for updates of this kind."""
        if kind in self.allowed_updates:
            self.updates.append({"update_id": next(self._update_ids), kind: payload})
        self.touch()

    # --- messages ---

    def next_message_id(self, chat: ChatState) -> int:
        """Private chats of one bot share a sequence of ids; every group has its own."""
        if chat.is_private:
            return next(self._private_message_ids)
        return max(chat.versions, default=GENERAL_TOPIC) + 1

    def post(self, chat: ChatState, message: Message) -> Message:
        """Put a new message into a chat. Its id and date are given out here."""
        message = replace(message, id=self.next_message_id(chat), date=int(time.time()))
        chat.messages[message.id] = message
        chat.versions[message.id] = [message]
        self.note(chat, "message", message.text, message.id)
        return message

    def rewrite(self, chat: ChatState, message: Message) -> Message:
        message = replace(message, edit_date=int(time.time()))
        chat.messages[message.id] = message
        chat.versions[message.id].append(message)
        self.note(chat, "edit", message.text, message.id)
        return message

    def remove(self, chat: ChatState, message_id: int) -> None:
        removed = chat.messages.pop(message_id)
        self.note(chat, "delete", removed.text, message_id)

    def note(
        self,
        chat: ChatState,
        kind: Literal["message", "edit", "delete", "action", "draft", "reaction"],
        what: str,
        message_id: int | None = None,
    ) -> None:
        chat.timeline.append(Happening(kind, message_id, what, time.monotonic()))
        self.touch()

    # --- files and queries ---

    def store_file(self, name: str, data: bytes, mime: str) -> Document:
        number = next(self._file_ids)
        suffix = f".{name.rsplit('.', 1)[1]}" if "." in name else ""
        document = Document(f"BQACAgIAAx{number:08d}", name, data, mime, f"documents/file_{number}{suffix}")
        self.files[document.file_id] = document
        return document

    def open_query(self, key: tuple[object, ...], *, expired: bool = False) -> Query:
        query = Query(str(next(self._query_ids)), key, asyncio.get_running_loop().create_future(), expired)
        self.queries[query.id] = query
        return query

    # --- Bot API objects ---

    def message_json(self, chat: ChatState, message: Message, *, with_reply: bool = True) -> Json:
        data: Json = {
            "message_id": message.id,
            "date": message.date,
            "chat": chat.to_json(),
            "from": message.sender.to_json(),
            **message.attached,
        }
        if message.edit_date is not None:
            data["edit_date"] = message.edit_date
        if message.document is not None:
            data["document"] = message.document.to_json()
        if message.text:
            as_caption = message.has_file
            data["caption" if as_caption else "text"] = message.text
            if message.entities:
                data["caption_entities" if as_caption else "entities"] = [e.to_json() for e in message.entities]
        if message.buttons:
            data["reply_markup"] = {"inline_keyboard": [[b.to_json() for b in row] for row in message.buttons]}
        data.update(self._thread_json(chat, message))
        if with_reply:
            data.update(self._reply_json(chat, message))
        return data

    def _thread_json(self, chat: ChatState, message: Message) -> Json:
        if message.thread_id is not None:
            return {"message_thread_id": message.thread_id, "is_topic_message": True}
        if chat.is_private or message.reply_to is None:
            return {}
        # Outside of topics a reply carries the id of its thread too: an id that cannot be used for sending.
        root = message
        while root.reply_to is not None and root.reply_to in chat.versions:
            root = chat.versions[root.reply_to][-1]
        return {"message_thread_id": root.id}

    def _reply_json(self, chat: ChatState, message: Message) -> Json:
        # In a topic a message that answers nothing is sent as an answer to the message that opened the topic.
        target = chat.messages.get(message.reply_to or message.thread_id or 0)
        if target is None or target.id == message.id:
            return {}
        data: Json = {"reply_to_message": self.message_json(chat, target, with_reply=False)}
        if message.quote:
            position = utf16_length(target.text[: max(target.text.find(message.quote), 0)])
            data["quote"] = {"text": message.quote, "position": position, "is_manual": True}
        return data


def rows_of_buttons(rows: Sequence[Sequence[Mapping[str, Any]]]) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(Button.from_json(button) for button in row) for row in rows)
