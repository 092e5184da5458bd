"""The methods of the Bot API, played on a `World`."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from telegram.constants import ChatAction, ReactionEmoji

from tests.telegram_api.card import Card
from tests.telegram_api.queries import Queries
from tests.telegram_api.rules import (
    Formatted,
    Json,
    Refusal,
    bad_request,
    forbidden,
    judge_caption,
    judge_markup,
    judge_quote,
    judge_text,
)
from tests.telegram_api.updates import Updates
from tests.telegram_api.world import ChatState, Document, Message, World, rows_of_buttons

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.telegram_api.faults import FloodControl
    from tests.telegram_api.params import Params

# What a bot may download and upload through Telegram's own server.
DOWNLOAD_LIMIT = 20 * 1024 * 1024
UPLOAD_LIMIT = 50 * 1024 * 1024

_KEPT_OPTIONS = (
    "disable_notification",
    "protect_content",
    "link_preview_options",
    "disable_web_page_preview",
    "message_effect_id",
)
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")
_CHAT_ACTIONS = frozenset(action.value for action in ChatAction)
_REACTIONS = frozenset(emoji.value for emoji in ReactionEmoji)


@dataclass(frozen=True, slots=True)
class _Reply:
    message: Message
    quote: str | None


class BotApi:
    """Carries out the calls of one bot."""

    def __init__(self, world: World, flood: FloodControl | None, *, plain_webhooks: bool = False) -> None:
        self.world = world
        self.card = Card(world)
        self._queries = Queries(world)
        self.updates = Updates(world, plain_webhooks=plain_webhooks)
        self.logged_out = False
        self._flood = flood
        self._methods = self._table()

    def _table(self) -> dict[str, Callable[[Params], Any | Awaitable[Any]]]:
        own = {
            name: getattr(self, python_name)
            for name, python_name in (
                ("getMe", "get_me"),
                ("logOut", "log_out"),
                ("close", "close"),
                ("sendMessage", "send_message"),
                ("sendMessageDraft", "send_message_draft"),
                ("sendDocument", "send_document"),
                ("sendPhoto", "send_photo"),
                ("sendChatAction", "send_chat_action"),
                ("setMessageReaction", "set_message_reaction"),
                ("editMessageText", "edit_message_text"),
                ("editMessageReplyMarkup", "edit_message_reply_markup"),
                ("deleteMessage", "delete_message"),
                ("getFile", "get_file"),
                ("getChat", "get_chat"),
                ("getChatMember", "get_chat_member"),
                ("getChatAdministrators", "get_chat_administrators"),
                ("leaveChat", "leave_chat"),
            )
        }
        others = {**self.card.methods(), **self.updates.methods(), **self._queries.methods()}
        return {name.lower(): method for name, method in {**own, **others}.items()}

    def knows(self, method: str) -> bool:
        return method.lower() in self._methods

    async def call(self, method: str, params: Params) -> Any:  # noqa: ANN401 - every method has a result of its own
        """The result of a call; raises `Refusal`."""
        if self.logged_out:
            raise Refusal(400, "Logged out")
        result = self._methods[method.lower()](params)
        return await result if asyncio.iscoroutine(result) else result

    # --- the bot itself ---

    def get_me(self, _params: Params) -> Json:
        return {
            **self.world.bot.to_json(),
            "can_join_groups": True,
            "can_read_all_group_messages": not self.world.privacy,
            "supports_inline_queries": True,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def log_out(self, _params: Params) -> bool:
        self.logged_out = True
        return True

    def close(self, _params: Params) -> bool:
        return True

    # --- sending ---

    def send_message(self, params: Params) -> Json:
        text = params.text("text")
        return self._send(params, judge_text(text, params.text("parse_mode"), params.array("entities")), text or "")

    def send_document(self, params: Params) -> Json:
        document = self._given_file(params, "document")
        return self._send_file(params, document=document, attached={})

    def send_photo(self, params: Params) -> Json:
        photo = self._given_file(params, "photo")
        if not photo.data.startswith(_IMAGES):
            raise bad_request("IMAGE_PROCESS_FAILED")
        size = {**photo.to_json(), "width": 90, "height": 90}
        return self._send_file(params, document=None, attached={"photo": [size]})

    def send_message_draft(self, params: Params) -> bool:
        text = params.text("text") or ""
        if text:
            text = judge_text(text, params.text("parse_mode"), params.array("entities")).text
        chat = self._open_chat(params)
        if not chat.is_private:
            raise bad_request("TEXTDRAFT_PEER_INVALID")
        if not params.integer("draft_id"):
            raise bad_request("draft_id must be non-zero")
        self.world.note(chat, "draft", text)
        return True

    def send_chat_action(self, params: Params) -> bool:
        action = params.text("action") or ""
        if action not in _CHAT_ACTIONS:
            raise bad_request("wrong parameter action in request")
        chat = self._open_chat(params)
        self._thread(chat, params)
        self.world.note(chat, "action", action)
        return True

    def set_message_reaction(self, params: Params) -> bool:
        chat = self._open_chat(params)
        message = chat.messages.get(params.integer("message_id") or 0)
        if message is None:
            raise bad_request("message to react not found")
        emojis = tuple(str(reaction.get("emoji")) for reaction in params.array("reaction") or [])
        if len(emojis) > 1:
            raise bad_request("REACTIONS_TOO_MANY")
        if not _REACTIONS.issuperset(emojis):
            raise bad_request("REACTION_INVALID")
        chat.reactions[message.id] = emojis
        self.world.note(chat, "reaction", "".join(emojis), message.id)
        return True

    def _send_file(self, params: Params, *, document: Document | None, attached: Json) -> Json:
        caption = params.text("caption")
        formatted = judge_caption(caption, params.text("parse_mode"), params.array("caption_entities"))
        return self._send(params, formatted, caption or "", document=document, attached=attached)

    def _send(
        self,
        params: Params,
        formatted: Formatted,
        markup: str,
        *,
        document: Document | None = None,
        attached: Json | None = None,
    ) -> Json:
        reply_markup = params.mapping("reply_markup")
        buttons = rows_of_buttons(judge_markup(reply_markup))
        chat = self._open_chat(params)
        thread_id = self._thread(chat, params)
        reply = self._reply(chat, params)
        self._count(chat)
        options = {name: params.values[name] for name in _KEPT_OPTIONS if name in params.values}
        if reply_markup and not buttons:
            options["reply_markup"] = reply_markup
        message = Message(
            id=0,
            chat_id=chat.id,
            sender=self.world.bot,
            text=formatted.text,
            html=markup,
            entities=formatted.entities,
            buttons=buttons,
            reply_to=reply.message.id if reply else None,
            quote=reply.quote if reply else None,
            thread_id=thread_id if thread_id is not None or reply is None else reply.message.thread_id,
            document=document,
            options=options,
            attached=attached or {},
        )
        return self.world.message_json(chat, self.world.post(chat, message))

    def _given_file(self, params: Params, name: str) -> Document:
        upload = params.upload(name)
        if upload is not None:
            if not upload.data:
                raise bad_request("file must be non-empty")
            return self.world.store_file(upload.name, upload.data, upload.mime)
        given = params.text(name)
        if not given:
            raise bad_request(f"there is no {name} in the request")
        if given.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        return self._file(given)

    # --- changing what was sent ---

    def edit_message_text(self, params: Params) -> Json:
        text = params.text("text")
        formatted = judge_text(text, params.text("parse_mode"), params.array("entities"))
        # Editing a text without giving its buttons again takes them away.
        buttons = rows_of_buttons(judge_markup(params.mapping("reply_markup")))
        chat, message = self._own_message(params)
        if message.has_file:
            raise bad_request("there is no text in the message to edit")
        changed = replace(message, text=formatted.text, html=text or "", entities=formatted.entities, buttons=buttons)
        return self._edit(chat, message, changed)

    def edit_message_reply_markup(self, params: Params) -> Json:
        buttons = rows_of_buttons(judge_markup(params.mapping("reply_markup")))
        chat, message = self._own_message(params)
        return self._edit(chat, message, replace(message, buttons=buttons))

    def _edit(self, chat: ChatState, before: Message, after: Message) -> Json:
        self._count(chat)
        if (after.text, after.entities, after.buttons) == (before.text, before.entities, before.buttons):
            raise bad_request(
                "message is not modified: specified new message content and reply markup are exactly the same "
                "as a current content and reply markup of the message"
            )
        return self.world.message_json(chat, self.world.rewrite(chat, after))

    def delete_message(self, params: Params) -> bool:
        chat = self._open_chat(params)
        message = chat.messages.get(params.integer("message_id") or 0)
        if message is None:
            raise bad_request("message to delete not found")
        if not (message.by_bot or chat.is_private or self.world.bot.id in chat.admins):
            raise bad_request("message can't be deleted")
        self.world.remove(chat, message.id)
        return True

    def _own_message(self, params: Params) -> tuple[ChatState, Message]:
        if params.text("inline_message_id"):
            raise bad_request("MESSAGE_ID_INVALID")
        chat = self._open_chat(params)
        message = chat.messages.get(params.integer("message_id") or 0)
        if message is None:
            raise bad_request("message to edit not found")
        if not message.by_bot:
            raise bad_request("message can't be edited")
        return chat, message

    # --- files and chats ---

    def get_file(self, params: Params) -> Json:
        document = self._file(params.text("file_id") or "")
        if len(document.data) > DOWNLOAD_LIMIT:
            raise bad_request("file is too big")
        described = document.to_json()
        return {
            "file_id": document.file_id,
            "file_unique_id": described["file_unique_id"],
            "file_size": len(document.data),
            "file_path": document.path,
        }

    def _file(self, file_id: str) -> Document:
        if file_id not in self.world.files:
            raise bad_request("invalid file_id")
        return self.world.files[file_id]

    def get_chat(self, params: Params) -> Json:
        chat = self._chat(params)
        return {
            **chat.to_json(),
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(
                ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
                True,
            ),
        }

    def get_chat_member(self, params: Params) -> Json:
        chat = self._open_chat(params)
        user_id = params.integer("user_id") or 0
        account = self.world.bot if user_id == self.world.bot.id else self.world.people.get(user_id)
        if account is None:
            raise bad_request("invalid user_id specified")
        return self._member_json(chat, account.id, account.to_json())

    def get_chat_administrators(self, params: Params) -> list[Json]:
        chat = self._open_chat(params)
        if chat.is_private:
            raise bad_request("there are no administrators in the private chat")
        return [self._member_json(chat, who, chat.members[who].to_json()) for who in sorted(chat.admins)]

    def _member_json(self, chat: ChatState, user_id: int, user: Json) -> Json:
        if user_id in chat.admins:
            return {"status": "administrator", "user": user, **_ADMIN_RIGHTS}
        present = chat.is_private or user_id in chat.members or user_id == self.world.bot.id
        return {"status": "member" if present else "left", "user": user}

    def leave_chat(self, params: Params) -> bool:
        chat = self._open_chat(params)
        if chat.is_private:
            raise bad_request("chat member status can't be changed in private chats")
        chat.closed = "bot is not a member of the supergroup chat"
        self.world.touch()
        return True

    # --- what most methods share ---

    def _chat(self, params: Params) -> ChatState:
        given = params.text("chat_id")
        if not given:
            raise bad_request("chat_id is empty")
        chat = self.world.chats.get(int(given)) if re.fullmatch(r"-?\d+", given) else None
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def _open_chat(self, params: Params) -> ChatState:
        """The chat that a call is about, if the bot may write there."""
        chat = self._chat(params)
        if chat.migrated_to is not None:
            upgraded = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, upgraded, migrate_to_chat_id=chat.migrated_to)
        if chat.closed is not None:
            raise forbidden(chat.closed)
        return chat

    def _thread(self, chat: ChatState, params: Params) -> int | None:
        thread_id = params.integer("message_thread_id")
        # The General topic has an id that no method accepts, and other chats have no topics at all.
        if thread_id is not None and thread_id not in chat.topics:
            raise bad_request("message thread not found")
        return thread_id

    def _reply(self, chat: ChatState, params: Params) -> _Reply | None:
        wanted = params.mapping("reply_parameters")
        if wanted is None:
            message_id = params.integer("reply_to_message_id")
            if message_id is None:
                return None
            optional = params.flag("allow_sending_without_reply")
            wanted = {"message_id": message_id, "allow_sending_without_reply": optional}
        if "message_id" not in wanted:
            raise bad_request('can\'t find field "message_id"')
        target = chat.messages.get(int(wanted["message_id"]))
        if target is None:
            if wanted.get("allow_sending_without_reply"):
                return None
            raise bad_request("message to be replied not found")
        quote = wanted.get("quote")
        if quote:
            formatted = judge_quote(
                quote, target.formatted, wanted.get("quote_parse_mode"), wanted.get("quote_entities")
            )
            quote = formatted.text
        return _Reply(target, quote)

    def _count(self, chat: ChatState) -> None:
        if self._flood is not None:
            self._flood.admit(chat.id, private=chat.is_private)


_ADMIN_RIGHTS = {
    "can_be_edited": False,
    "is_anonymous": False,
    **dict.fromkeys(
        (
            "can_manage_chat",
            "can_delete_messages",
            "can_manage_video_chats",
            "can_restrict_members",
            "can_promote_members",
            "can_change_info",
            "can_invite_users",
            "can_post_stories",
            "can_edit_stories",
            "can_delete_stories",
        ),
        True,
    ),
}
