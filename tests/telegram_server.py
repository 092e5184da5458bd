"""A strict fake of Telegram's Bot API on loopback, for running the real application end to end.

    async with TelegramServer() as server:
        application = ApplicationBuilder().token(server.token).base_url(f"{server.url}/bot")...
        chat = server.user(first_name="Ada").private_chat()
        await chat.say("/start")
        reply = await chat.next_message()
        assert server.refusals == []

It refuses what Telegram refuses, in Telegram's words (`telegram_rules`), counts messages as Telegram's flood control
does and breaks connections when a test asks for it (`telegram_faults`). People act through `telegram_people`. A webhook
is in the way of getUpdates. Telegram takes https addresses only, which are out of a test's reach: with `plain_webhooks`
it takes http addresses on loopback instead, and brings the updates there.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from tests.telegram_api.deliveries import Delivery
from tests.telegram_api.faults import (
    POLLING_CONFLICT,
    Conflict,
    DropAfter,
    DropBefore,
    Fault,
    FloodControl,
    FloodLimits,
    Hang,
    ServerError,
    TooManyRequests,
    too_many_requests,
)
from tests.telegram_api.methods import UPLOAD_LIMIT, BotApi
from tests.telegram_api.params import Params
from tests.telegram_api.people import Chat, Group, PrivateChat, User
from tests.telegram_api.rules import Entity, InlineResult, Refusal
from tests.telegram_api.world import (
    Account,
    Button,
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

__all__ = [
    "Button",
    "Call",
    "CallbackAnswer",
    "Chat",
    "Conflict",
    "Delivery",
    "Document",
    "DropAfter",
    "DropBefore",
    "Entity",
    "Fault",
    "FloodLimits",
    "Group",
    "Hang",
    "Happening",
    "InlineAnswer",
    "InlineResult",
    "Message",
    "PrivateChat",
    "ServerError",
    "TelegramServer",
    "TooManyRequests",
    "User",
]

# The status of a call whose connection broke before it was answered.
DROPPED = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One finished call of the Bot API. `injected` marks an answer that a fault of the test gave."""

    method: str
    params: Mapping[str, Any]
    status: int
    at: float
    description: str = ""
    injected: bool = False


class TelegramServer:
    """The server. `flood` is on by default; `clock` moves flood control and the inline cache, for tests that wait."""

    def __init__(
        self,
        token: str = "123456:TEST-token",  # noqa: S107 - the token of no bot
        username: str = "footnote_bot",
        *,
        flood: bool | FloodLimits = True,
        privacy: bool = True,
        plain_webhooks: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.token = token
        self.calls: list[Call] = []
        bot = Account(int(token.partition(":")[0]), "Footnote", is_bot=True, username=username)
        self._world = World(bot, privacy=privacy, clock=clock)
        limits = FloodLimits() if flood is True else flood
        self._api = BotApi(self._world, FloodControl(limits, clock) if limits else None, plain_webhooks=plain_webhooks)
        self._faults: dict[str, deque[Fault]] = {}
        self._failures: list[Exception] = []
        self._user_ids = itertools.count(1001)
        self._group_ids = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._port = 0

    # --- running ---

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=UPLOAD_LIMIT)
        application.router.add_route("*", "/bot{token}/{method}", self._handle)
        application.router.add_get("/file/bot{token}/{path:.+}", self._handle_download)
        # A client that leaves takes its call with it, as a poll that nobody listens to must not take updates.
        self._runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=1.0, access_log=None)
        await self._runner.setup()
        await self.up()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._api.updates.aclose()
        await self.down()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._failures:
            raise self._failures[0]  # a mistake in this server, not in the application under test

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def down(self) -> None:
        """Stop listening and break every connection, as when the network is gone."""
        if self._site is not None:
            await self._site.stop()
            self._site = None
        if self._runner is not None and self._runner.server is not None:
            for connection in list(self._runner.server.connections):
                connection.force_close()
        await asyncio.sleep(0)  # let the broken connections notice

    async def up(self) -> None:
        """Listen again, on the same port as before."""
        if self._site is None and self._runner is not None:
            self._site = web.TCPSite(self._runner, "127.0.0.1", self._port)
            await self._site.start()
            self._port = self._runner.addresses[0][1]

    # --- people ---

    def user(
        self,
        id: int | None = None,  # noqa: A002 - the word of the Bot API
        first_name: str = "Ada",
        language_code: str | None = "en",
        username: str | None = None,
    ) -> User:
        """A person with an account who has not written to the bot yet; the same person again for the same id."""
        user_id = next(self._user_ids) if id is None else id
        account = self._world.people.get(user_id)
        if account is None:
            account = Account(user_id, first_name, username=username, language_code=language_code)
            self._world.people[user_id] = account
            state = ChatState(user_id, person=account)
            state.closed = "bot can't initiate conversation with a user"
            self._world.chats[user_id] = state
        return User(self._world, self._api.card, account)

    def group(
        self,
        title: str = "Newsroom",
        *,
        forum: bool = False,
        members: list[User] | None = None,
        bot_admin: bool = False,
        basic: bool = False,
    ) -> Group:
        """A supergroup, or a basic group, with the bot in it; its first member is an administrator."""
        number = next(self._group_ids)
        state = ChatState(-number if basic else -1_001_000_000_000 - number, title=title)
        state.is_basic = basic
        state.is_forum = forum
        self._world.chats[state.id] = state
        if bot_admin:
            state.admins.add(self._world.bot.id)
        state.members[self._world.bot.id] = self._world.bot
        group = Group(self._world, self._api.card, state, [])
        for number, member in enumerate(members or [self.user(first_name="Grace")]):
            group.join(member, admin=number == 0)
        return group

    # --- looking and interfering ---

    @property
    def refusals(self) -> list[Call]:
        """Every 4xx that was given, except those that a test ordered."""
        return [call for call in self.calls if 400 <= call.status < 500 and not call.injected]

    @property
    def pending_updates(self) -> int:
        """How many updates the bot has not acknowledged."""
        return len(self._world.updates)

    @property
    def webhook(self) -> Mapping[str, Any] | None:
        return self._api.updates.webhook

    @property
    def deliveries(self) -> list[Delivery]:
        """Every try to bring an update to a webhook."""
        return self._api.updates.deliveries

    def calls_of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method.lower() == method.lower()]

    def profile_text(self, field: str, language: str = "") -> str:
        """The bot's `name`, `description` or `short_description` as people of a language see it."""
        return self._api.card.text(field, language)

    def fault(self, method: str, fault: Fault, times: int = 1) -> None:
        """Let something happen to the next calls of a method."""
        if not self._api.knows(method):
            raise ValueError(f"no method {method!r}")
        self._faults.setdefault(method.lower(), deque()).extend([fault] * times)

    def expire_queries(self) -> None:
        """Make every query that waits for an answer too old to be answered."""
        for query in self._world.queries.values():
            query.expired = True

    # --- answering calls ---

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method, at = request.match_info["method"], time.monotonic()
        params = Params({})
        fault: Fault | None = None
        description, status = "", DROPPED
        try:
            self._authorise(request.match_info["token"])
            params = await Params.from_request(request)
            fault = self._next_fault(method)
            response = await self._answer(request, method, params, fault)
            status = response.status
        except Refusal as refusal:
            response = web.json_response(refusal.to_json(), status=refusal.code)
            description, status = refusal.description, refusal.code
        except Exception as failure:
            self._failures.append(failure)
            raise
        finally:
            # Also a call whose client left before the answer is a call.
            if request.transport is None or request.transport.is_closing():
                status = DROPPED
            injected = isinstance(fault, (TooManyRequests, Conflict, ServerError))
            self.calls.append(Call(method, params.values, status, at, description, injected))
        return response

    def _authorise(self, token: str) -> None:
        if not re.fullmatch(r"\d+:[\w-]+", token):
            raise Refusal(404, "Not Found")
        if token != self.token:
            raise Refusal(401, "Unauthorized")

    def _next_fault(self, method: str) -> Fault | None:
        if not self._api.knows(method):
            raise Refusal(404, "Not Found: method not found")
        waiting = self._faults.get(method.lower())
        return waiting.popleft() if waiting else None

    async def _answer(
        self, request: web.Request, method: str, params: Params, fault: Fault | None
    ) -> web.StreamResponse:
        match fault:
            case TooManyRequests(retry_after):
                raise too_many_requests(retry_after)
            case Conflict():
                raise Refusal(409, POLLING_CONFLICT)
            case ServerError(status):
                page = f"<html><head><title>{status} Bad Gateway</title></head><body>nginx</body></html>"
                return web.Response(status=status, text=page, content_type="text/html")
            case DropBefore():
                return _drop(request)
            case Hang(seconds, effect_first=False):
                await asyncio.sleep(seconds)
        result = await self._api.call(method, params)
        match fault:
            case DropAfter():
                return _drop(request)
            case Hang(seconds, effect_first=True):
                await asyncio.sleep(seconds)
        return web.json_response({"ok": True, "result": result})

    async def _handle_download(self, request: web.Request) -> web.Response:
        try:
            self._authorise(request.match_info["token"])
        except Refusal as refusal:
            return web.json_response(refusal.to_json(), status=refusal.code)
        for document in self._world.files.values():
            if document.path == request.match_info["path"]:
                return web.Response(body=document.data, content_type="application/octet-stream")
        return web.json_response(Refusal(404, "Not Found").to_json(), status=404)


def _drop(request: web.Request) -> web.Response:
    """Break the connection under the client; the returned answer reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
