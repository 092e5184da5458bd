"""The people's side of the fake Telegram: what a test does and sees as a user of the bot."""
# ruff: noqa: ASYNC109 - a test says how long a person waits; `asyncio.timeout` around every line would hide the story

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from tests.telegram_api.rules import Formatted, written_by_person
from tests.telegram_api.world import (
    Account,
    CallbackAnswer,
    ChatState,
    Document,
    Happening,
    InlineAnswer,
    Message,
    World,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.telegram_api.card import Card, Menu
    from tests.telegram_api.rules import Json

T = TypeVar("T")
PATIENCE = 10.0
# A condition may look at things that the server is not told of, so it is looked at again this often.
GLANCE = 0.05


class User:
    """A person with a Telegram account."""

    def __init__(self, world: World, card: Card, account: Account) -> None:
        self._world = world
        self._card = card
        self.account = account

    @property
    def id(self) -> int:
        return self.account.id

    def private_chat(self) -> PrivateChat:
        return PrivateChat(self._world, self._card, self._world.chats[self.id], self)

    async def block(self) -> None:
        """Block the bot: it hears of it, and may no longer write."""
        self.set_blocked(blocked=True)

    async def unblock(self) -> None:
        self.set_blocked(blocked=False)

    async def inline(self, query: str, *, offset: str = "", timeout: float = PATIENCE) -> InlineAnswer:
        """Type `@bot query` somewhere and wait for the results; a cached answer never reaches the bot."""
        question = (query[:256], offset)  # the app cuts longer queries
        for whose in (self.id, None):
            until, answer = self._world.inline_cache.get((whose, *question), (0.0, None))
            if answer is not None and until > self._world.clock():
                return answer
        waiting = self._world.open_query((self.id, *question))
        self._world.push(
            "inline_query",
            {"id": waiting.id, "from": self.account.to_json(), "query": question[0], "offset": offset},
        )
        async with asyncio.timeout(timeout):
            result: InlineAnswer = await waiting.answer
        return result

    def set_blocked(self, *, blocked: bool) -> None:
        state = self._world.chats[self.id]
        if blocked == is_blocked(state):
            return
        state.closed = BLOCKED if blocked else None
        _tell_membership(self._world, state, self.account, present=not blocked)


BLOCKED = "bot was blocked by the user"


def is_blocked(state: ChatState) -> bool:
    return state.closed == BLOCKED


def _tell_membership(world: World, state: ChatState, by: Account, *, present: bool) -> None:
    """Send the bot the update about its own place in a chat."""
    out: Json = {"status": "kicked", "until_date": 0}
    inside: Json = {"status": "member"}
    bot = {"user": world.bot.to_json()}
    world.push(
        "my_chat_member",
        {
            "chat": state.to_json(),
            "from": by.to_json(),
            "date": int(time.time()),
            "old_chat_member": {**(out if present else inside), **bot},
            "new_chat_member": {**(inside if present else out), **bot},
        },
    )


class Chat:
    """A chat as a person sees it, and what a person can do in it."""

    def __init__(self, world: World, card: Card, state: ChatState) -> None:
        self._world = world
        self._card = card
        self._state = state

    @property
    def id(self) -> int:
        return self._state.id

    # --- what is seen ---

    @property
    def visible(self) -> tuple[Message, ...]:
        """All messages as they stand now: edits applied, deletions gone."""
        return tuple(self._state.messages.values())

    @property
    def from_bot(self) -> tuple[Message, ...]:
        """The bot's messages as they stand now."""
        return tuple(message for message in self.visible if message.by_bot)

    @property
    def timeline(self) -> tuple[Happening, ...]:
        """Everything that could be noticed, in its order."""
        return tuple(self._state.timeline)

    @property
    def actions(self) -> tuple[Happening, ...]:
        """The chat actions, such as "typing"; `timeline` shows where they stand among the messages."""
        return tuple(event for event in self._state.timeline if event.kind == "action")

    @property
    def drafts(self) -> tuple[str, ...]:
        """The previews of an answer that the bot showed while it was writing."""
        return tuple(event.what for event in self._state.timeline if event.kind == "draft")

    def current(self, message: Message) -> Message | None:
        """The message as it stands now, or None when it was deleted."""
        return self._state.messages.get(message.id)

    def edits_of(self, message: Message) -> tuple[Message, ...]:
        """The later versions of a message, without the first."""
        return tuple(self._state.versions[message.id][1:])

    def reactions_to(self, message: Message) -> tuple[str, ...]:
        return self._state.reactions.get(message.id, ())

    async def next_message(self, timeout: float = PATIENCE) -> Message:
        """The bot's next message that was not yet taken, as it was first sent."""
        return (await self.next_messages(1, timeout))[0]

    async def next_messages(self, count: int, timeout: float = PATIENCE) -> list[Message]:
        await self.until(lambda: len(self._untaken()) >= count, timeout)
        taken = self._untaken()[:count]
        self._state.last_taken = max((message.id for message in taken), default=self._state.last_taken)
        return taken

    async def until(self, condition: Callable[[], T], timeout: float = PATIENCE) -> T:
        """Wait until a condition holds and give back what it said."""
        deadline = time.monotonic() + timeout
        while not (value := condition()):
            left = deadline - time.monotonic()
            if left <= 0:
                transcript = self._state.transcript()
                raise AssertionError(f"not so after {timeout:g} s; the chat shows:\n{transcript}")
            try:
                async with asyncio.timeout(min(left, GLANCE)):
                    await self._world.change()
            except TimeoutError:
                continue
        return value

    def _untaken(self) -> list[Message]:
        first = (versions[0] for versions in self._state.versions.values())
        return [message for message in first if message.by_bot and message.id > self._state.last_taken]

    # --- what is done ---

    async def press(
        self,
        message: Message,
        text: str,
        *,
        by: User | None = None,
        expired: bool = False,
        timeout: float = PATIENCE,
    ) -> CallbackAnswer:
        """Press a button under a message and wait for what it answers.

        With `expired` the bot hears of the press too late to answer it, as after a long pause; nothing is waited for.
        """
        current = self.current(message)
        assert current is not None, f"message {message.id} is gone, nobody can press its buttons"
        data = current.button(text).callback_data
        assert data is not None, f"button {text!r} opens something in the app, the bot does not hear of it"
        return await self._pressed(current, data, by=by, expired=expired, timeout=timeout)

    async def forge(self, message: Message, data: str, *, by: User | None = None) -> CallbackAnswer:
        """Press a button that is not there, as a manipulated app can."""
        return await self._pressed(message, data, by=by, expired=False, timeout=PATIENCE)

    async def _pressed(
        self, message: Message, data: str, *, by: User | None, expired: bool, timeout: float
    ) -> CallbackAnswer:
        query = self._world.open_query((message.id, data), expired=expired)
        self._world.push(
            "callback_query",
            {
                "id": query.id,
                "from": self._speaker(by).to_json(),
                "message": self._world.message_json(self._state, message),
                "chat_instance": f"{self.id}",
                "data": data,
            },
        )
        if expired:
            return CallbackAnswer("", show_alert=False, url=None)
        async with asyncio.timeout(timeout):
            answer: CallbackAnswer = await query.answer
        return answer

    async def edit(self, message: Message, text: str) -> Message:
        """Correct a message of one's own."""
        current = self._state.messages[message.id]
        assert not current.by_bot, "a person cannot edit the bot's message"
        written = written_by_person(text)
        edited = self._world.rewrite(self._state, replace(current, text=written.text, entities=written.entities))
        self._deliver("edited_message", edited)
        return edited

    async def delete(self, message: Message) -> None:
        """Delete a message for everyone; a bot is not told."""
        self._world.remove(self._state, message.id)

    async def say(self, text: str, *, by: User | None = None, thread_id: int | None = None) -> Message:
        """Write a message: in a group as its first member unless told, into a topic if given."""
        return self._write(by, formatted=written_by_person(text), thread_id=thread_id)

    async def reply(self, message: Message, text: str, *, by: User | None = None, quote: str | None = None) -> Message:
        return self._write(by, formatted=written_by_person(text), reply_to=message, quote=quote)

    async def forward(self, text: str, from_name: str, *, by: User | None = None) -> Message:
        """Forward what somebody wrote who hides their account."""
        origin = {"type": "hidden_user", "date": int(time.time()), "sender_user_name": from_name}
        return self._write(by, formatted=written_by_person(text), attached={"forward_origin": origin})

    async def send_document(
        self,
        name: str,
        data: bytes,
        mime: str = "application/octet-stream",
        caption: str | None = None,
        *,
        by: User | None = None,
    ) -> Message:
        document = self._world.store_file(name, data, mime)
        return self._write(by, formatted=_caption(caption), document=document)

    async def send_photo(self, caption: str | None = None, *, by: User | None = None) -> Message:
        stored = self._world.store_file("photo.jpg", b"\xff\xd8\xff", "image/jpeg").to_json()
        size = {**stored, "width": 90, "height": 90}
        return self._write(by, formatted=_caption(caption), attached={"photo": [size]})

    async def send_voice(self, *, by: User | None = None) -> Message:
        stored = self._world.store_file("voice.ogg", b"OggS", "audio/ogg").to_json()
        return self._write(by, attached={"voice": {**stored, "duration": 3}})

    async def send_sticker(self, emoji: str = "👍", *, by: User | None = None) -> Message:
        stored = self._world.store_file("sticker.webp", b"RIFF", "image/webp").to_json()
        kind = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._write(by, attached={"sticker": {**stored, **kind, "emoji": emoji}})

    async def send_location(
        self, latitude: float = 50.08, longitude: float = 14.43, *, by: User | None = None
    ) -> Message:
        return self._write(by, attached={"location": {"latitude": latitude, "longitude": longitude}})

    def _write(
        self,
        by: User | None,
        *,
        formatted: Formatted = Formatted(""),  # noqa: B008 - a frozen value
        reply_to: Message | None = None,
        quote: str | None = None,
        thread_id: int | None = None,
        attached: Mapping[str, Any] | None = None,
        document: Document | None = None,
    ) -> Message:
        self._open()
        message = Message(
            id=0,
            chat_id=self.id,
            sender=self._speaker(by),
            text=formatted.text,
            entities=formatted.entities,
            reply_to=reply_to.id if reply_to else None,
            quote=quote,
            thread_id=reply_to.thread_id if reply_to else thread_id,
            document=document,
            attached=attached or {},
        )
        message = self._world.post(self._state, message)
        self._deliver("message", message)
        return message

    def _deliver(self, kind: str, message: Message) -> None:
        if self._bot_hears(message):
            self._world.push(kind, self._world.message_json(self._state, message))

    def _open(self) -> None:
        """What writing here changes about the chat itself."""

    def _bot_hears(self, message: Message) -> bool:
        raise NotImplementedError

    def _speaker(self, by: User | None) -> Account:
        raise NotImplementedError


def _caption(text: str | None) -> Formatted:
    return written_by_person(text) if text else Formatted("")


class PrivateChat(Chat):
    """A person's conversation with the bot."""

    def __init__(self, world: World, card: Card, state: ChatState, user: User) -> None:
        super().__init__(world, card, state)
        self.user = user

    @property
    def menu(self) -> Menu:
        """The commands that the person's app offers."""
        language = self.user.account.language_code or ""
        return self._card.menu(self.id, self.id, language, private=True, admin=False)

    def _open(self) -> None:
        """Writing to a bot starts the conversation, and unblocks the bot first if need be."""
        self.user.set_blocked(blocked=False)
        self._state.closed = None

    def _bot_hears(self, _message: Message) -> bool:
        return True

    def _speaker(self, by: User | None) -> Account:
        assert by is None or by.id == self.id, "only its owner writes in a private chat"
        return self.user.account


class Group(Chat):
    """A supergroup with the bot among its members.

    In privacy mode, which is how bots start out, the bot hears only commands, mentions of itself and replies to itself.
    """

    def __init__(self, world: World, card: Card, state: ChatState, members: list[User]) -> None:
        super().__init__(world, card, state)
        self.members = members

    def add_topic(self, name: str) -> int:
        """Open a topic in a forum and give back the id of its thread."""
        assert self._state.is_forum, "only a forum has topics"
        opened: Json = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        thread_id = self._world.next_message_id(self._state)  # a topic is named after the message that opened it
        opener = Message(0, self.id, self.members[0].account, "", thread_id=thread_id, attached=opened)
        self._state.topics[self._world.post(self._state, opener).id] = name
        return thread_id

    def join(self, user: User, *, admin: bool = False) -> None:
        self._state.members[user.id] = user.account
        if admin:
            self._state.admins.add(user.id)
        if user not in self.members:
            self.members.append(user)

    def menu_of(self, user: User) -> Menu:
        """The commands that a member's app offers here."""
        language = user.account.language_code or ""
        return self._card.menu(self.id, user.id, language, private=False, admin=user.id in self._state.admins)

    async def upgrade(self) -> Group:
        """Make a basic group a supergroup, which has another id; the bot hears of it in both."""
        assert self._state.is_basic, "a supergroup stays what it is"
        upgraded = ChatState(-1_002_000_000_000 + self.id, title=self._state.title)
        upgraded.members, upgraded.admins = self._state.members, self._state.admins
        self._world.chats[upgraded.id] = upgraded
        self._state.migrated_to = upgraded.id
        after = Group(self._world, self._card, upgraded, self.members)
        for group, told in ((self, {"migrate_to_chat_id": after.id}), (after, {"migrate_from_chat_id": self.id})):
            group._write(None, attached=told)
        return after

    async def kick_bot(self) -> None:
        self._state.closed = "bot was kicked from the supergroup chat"
        _tell_membership(self._world, self._state, self.members[0].account, present=False)

    async def add_bot(self) -> None:
        self._state.closed = None
        _tell_membership(self._world, self._state, self.members[0].account, present=True)

    def _bot_hears(self, message: Message) -> bool:
        if self._state.closed is not None:
            return False
        if not self._world.privacy or self._world.bot.id in self._state.admins:
            return True
        if message.attached.keys() & {"migrate_to_chat_id", "migrate_from_chat_id"}:
            return True
        target = self._state.messages.get(message.reply_to or 0)
        if target is not None and target.by_bot:
            return True
        me = f"@{self._world.bot.username}".lower()
        if me in (name.lower() for name in message.styled("mention")):
            return True
        commands = (command.lower() for command in message.styled("bot_command"))
        return any("@" not in command or command.endswith(me) for command in commands)

    def _speaker(self, by: User | None) -> Account:
        account = (by or self.members[0]).account
        assert account.id in self._state.members, f"{account.first_name} is not in the group"
        return account
