"""How the bot presents itself: its menu of commands, its name and its descriptions, by language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.telegram_api.rules import Json, bad_request, judge_commands, judge_language_code, utf16_length

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.telegram_api.params import Params
    from tests.telegram_api.world import World

Menu = tuple[tuple[str, str], ...]
_Scope = tuple[str, int, int, str]  # type, chat, user, language
_SCOPES = frozenset(
    {
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    }
)
# Method ending, field of the result, longest text.
_TEXTS = (("Name", "name", 64), ("Description", "description", 512), ("ShortDescription", "short_description", 120))


class Card:
    """The bot's profile."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._menus: dict[_Scope, Menu] = {}
        self._texts: dict[tuple[str, str], str] = {}

    def methods(self) -> dict[str, Callable[[Params], object]]:
        table: dict[str, Callable[[Params], object]] = {
            "setMyCommands": self.set_my_commands,
            "getMyCommands": self.get_my_commands,
            "deleteMyCommands": self.delete_my_commands,
        }
        for ending, field, limit in _TEXTS:
            table[f"setMy{ending}"] = self._setter(field, limit)
            table[f"getMy{ending}"] = self._getter(field)
        return table

    def set_my_commands(self, params: Params) -> bool:
        commands = params.array("commands")
        if commands is None:
            raise bad_request("expected an Array of BotCommand")
        self._menus[self._scope(params)] = tuple(judge_commands(commands))
        return True

    def get_my_commands(self, params: Params) -> list[Json]:
        menu = self._menus.get(self._scope(params), ())
        return [{"command": name, "description": description} for name, description in menu]

    def delete_my_commands(self, params: Params) -> bool:
        self._menus.pop(self._scope(params), None)
        return True

    def menu(self, chat_id: int, user_id: int, language: str, *, private: bool, admin: bool) -> Menu:
        """The commands that a person sees in a chat: the narrowest scope wins, then the person's language."""
        scopes: list[tuple[str, int, int]]
        if private:
            scopes = [("chat", chat_id, 0), ("all_private_chats", 0, 0), ("default", 0, 0)]
        else:
            for_admins = [("chat_administrators", chat_id, 0)] if admin else []
            for_all_admins = [("all_chat_administrators", 0, 0)] if admin else []
            scopes = [("chat_member", chat_id, user_id), *for_admins, ("chat", chat_id, 0)]
            scopes += [*for_all_admins, ("all_group_chats", 0, 0), ("default", 0, 0)]
        for scope in scopes:
            for tongue in (language, ""):
                if self._menus.get((*scope, tongue)):
                    return self._menus[(*scope, tongue)]
        return ()

    def text(self, field: str, language: str = "") -> str:
        """The name, description or short description shown to people of a language."""
        return self._texts.get((field, language)) or self._texts.get((field, ""), "")

    def _scope(self, params: Params) -> _Scope:
        scope = params.mapping("scope") or {"type": "default"}
        kind = scope.get("type")
        if kind not in _SCOPES:
            raise bad_request("can't parse BotCommandScope: Unsupported type specified")
        chat_id = int(scope.get("chat_id", 0))
        if kind.startswith("chat") and chat_id not in self._world.chats:
            raise bad_request("chat not found")
        return kind, chat_id, int(scope.get("user_id", 0)), judge_language_code(params.text("language_code"))

    def _setter(self, field: str, limit: int) -> Callable[[Params], bool]:
        def set_text(params: Params) -> bool:
            text = params.text(field) or ""
            if utf16_length(text) > limit:
                raise bad_request(f"{field.replace('_', ' ')} length must not exceed {limit}")
            self._texts[field, judge_language_code(params.text("language_code"))] = text
            return True

        return set_text

    def _getter(self, field: str) -> Callable[[Params], Json]:
        def get_text(params: Params) -> Json:
            return {field: self.text(field, judge_language_code(params.text("language_code")))}

        return get_text
