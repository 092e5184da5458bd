"""What Telegram accepts and what it refuses: pure functions, each raising `Refusal` with Telegram's own words.

One thing that Telegram lets pass in silence, and that is never what the author meant, is refused here: a button with
an empty text (it drops the button). For texts see `telegram_text`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.telegram_api.refusal import Json, Refusal, bad_request, forbidden
from tests.telegram_api.text import (
    INVISIBLE,
    WHITESPACE,
    Entity,
    Formatted,
    judge_caption,
    judge_quote,
    judge_text,
    leads_somewhere,
    recognised,
    utf16_length,
    utf16_slice,
    written_by_person,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "Entity",
    "Formatted",
    "InlineResult",
    "Json",
    "Refusal",
    "bad_request",
    "forbidden",
    "judge_caption",
    "judge_commands",
    "judge_inline_results",
    "judge_language_code",
    "judge_markup",
    "judge_quote",
    "judge_text",
    "recognised",
    "utf16_length",
    "utf16_slice",
    "written_by_person",
]

_BUTTON_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)


# --- buttons -------------------------------------------------------------------------------------------------------


def judge_markup(markup: Mapping[str, Any] | None) -> list[list[Json]]:
    """The rows of an inline keyboard; none for the other kinds of reply markup."""
    if not markup or "inline_keyboard" not in markup:
        return []
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" must be of type Array')
    if sum(map(len, rows)) > 100 or any(len(row) > 8 for row in rows):
        raise bad_request("reply markup is too long")
    for row in rows:
        for button in row:
            _judge_button(button)
    return [row for row in rows if row]


def _judge_button(button: Mapping[str, Any]) -> None:
    failed = "can't parse inline keyboard button"
    if "text" not in button:
        raise bad_request(f'{failed}: Can\'t find field "text"')
    if not str(button["text"]).strip(WHITESPACE + INVISIBLE):
        raise bad_request("inline keyboard button text must be non-empty")
    actions = [action for action in _BUTTON_ACTIONS if action in button]
    # An empty string asks for inline mode with an empty query; any other empty action is none.
    actions = [action for action in actions if button[action] or action.startswith("switch_inline_query")]
    if not actions:
        raise bad_request(f"{failed}: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request(f"{failed}: exactly one action must be specified, not {' and '.join(actions)}")
    if len(str(button.get("callback_data", "")).encode()) > 64:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in actions:
        _judge_link(str(button["url"]))
    if "copy_text" in actions and not 1 <= len(button["copy_text"].get("text", "")) <= 256:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if "pay" in actions or "callback_game" in actions:
        raise bad_request("BUTTON_TYPE_INVALID")


def _judge_link(url: str) -> None:
    scheme = re.match(r"([a-z][a-z0-9+.-]*)://", url, re.IGNORECASE)
    if scheme and scheme[1].lower() not in {"http", "https", "tg", "ton", "tonsite"}:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol")
    if not leads_somewhere(url):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    if utf16_length(url) > 2048 or re.search(r"\s", url):
        raise bad_request("BUTTON_URL_INVALID")


# --- the bot's card ------------------------------------------------------------------------------------------------


def judge_commands(commands: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The menu of a bot as (command, description) pairs."""
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return [_judge_command(str(entry.get("command", "")), str(entry.get("description", ""))) for entry in commands]


def _judge_command(name: str, description: str) -> tuple[str, str]:
    name, description = name.strip().removeprefix("/"), description.strip()
    if not name:
        raise bad_request("command must be non-empty")
    if len(name) > 32:
        raise bad_request("command length must not exceed 32")
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not description:
        raise bad_request("command description must be non-empty")
    if len(description) > 256:
        raise bad_request("command description length must not exceed 256")
    return name, description


def judge_language_code(code: str | None) -> str:
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("invalid language code specified")
    return code or ""


# --- inline mode ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InlineResult:
    """One result of an inline query as the person sees it; `message` is what choosing it would send."""

    id: str
    type: str
    title: str
    description: str
    message: Formatted
    buttons: tuple[tuple[Json, ...], ...]


def judge_inline_results(results: Sequence[Mapping[str, Any]]) -> tuple[InlineResult, ...]:
    if len(results) > 50:
        raise bad_request("RESULTS_TOO_MUCH")
    judged = tuple(map(_judge_inline_result, results))
    if len({result.id for result in judged}) != len(judged):
        raise bad_request("RESULT_ID_DUPLICATE")
    return judged


def _judge_inline_result(result: Mapping[str, Any]) -> InlineResult:
    identifier = str(result.get("id", ""))
    if not 1 <= len(identifier.encode()) <= 64:
        raise bad_request("RESULT_ID_INVALID")
    kind = str(result.get("type", ""))
    if kind != "article":
        raise bad_request(f"this server knows inline results of type article only, not {kind!r}")
    if not str(result.get("title", "")).strip():
        raise bad_request("can't parse inline query result: Can't find field \"title\"")
    content = result.get("input_message_content")
    if not isinstance(content, dict):
        raise bad_request("can't parse inline query result: Can't find field \"input_message_content\"")
    message = judge_text(content.get("message_text"), content.get("parse_mode"), content.get("entities"))
    rows = judge_markup(result.get("reply_markup"))
    return InlineResult(
        identifier, kind, result["title"], result.get("description", ""), message, tuple(map(tuple, rows))
    )
