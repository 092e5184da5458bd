"""How the bot answers pressed buttons and inline queries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.telegram_api.rules import bad_request, judge_inline_results, utf16_length
from tests.telegram_api.world import CallbackAnswer, InlineAnswer, Query, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.telegram_api.params import Params


class Queries:
    """The answers, each given once and in time."""

    def __init__(self, world: World) -> None:
        self.world = world

    def methods(self) -> dict[str, Callable[[Params], Any]]:
        return {"answerCallbackQuery": self.answer_callback_query, "answerInlineQuery": self.answer_inline_query}

    def answer_callback_query(self, params: Params) -> bool:
        text, url = params.text("text") or "", params.text("url")
        if utf16_length(text) > 200:
            raise bad_request("MESSAGE_TOO_LONG")
        if url and not url.startswith(f"https://t.me/{self.world.bot.username}?"):
            raise bad_request("URL_INVALID")
        query = self._waiting_query(params.text("callback_query_id"))
        query.answer.set_result(CallbackAnswer(text, params.flag("show_alert"), url))
        return True

    def answer_inline_query(self, params: Params) -> bool:
        results = params.array("results")
        if results is None:
            raise bad_request('can\'t find field "results"')
        judged = judge_inline_results(results)
        next_offset = params.text("next_offset") or ""
        if len(next_offset.encode()) > 64:
            raise bad_request("NEXT_OFFSET_INVALID")
        button = params.mapping("button")
        if button and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", str(button.get("start_parameter", ""))):
            raise bad_request("START_PARAM_INVALID")
        cache_time = params.integer("cache_time")
        cache_time = 300 if cache_time is None else cache_time
        query = self._waiting_query(params.text("inline_query_id"))
        answer = InlineAnswer(judged, next_offset, cache_time, params.flag("is_personal"), button)
        self._cache(query, answer)
        query.answer.set_result(answer)
        return True

    def _cache(self, query: Query, answer: InlineAnswer) -> None:
        """Keep the answer for the person who asked, or for everyone who asks the same."""
        person, *question = query.key
        key = (person if answer.is_personal else None, *question)
        if answer.cache_time > 0:
            self.world.inline_cache[key] = (self.world.clock() + answer.cache_time, answer)

    def _waiting_query(self, query_id: str | None) -> Query:
        query = self.world.queries.get(query_id or "")
        if query is None or query.expired or query.answer.done():
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        return query
