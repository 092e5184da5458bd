"""How Telegram brings updates to a webhook: one a request, again and again until it is told 2xx."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from tests.telegram_api.rules import Json
    from tests.telegram_api.world import World

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
# Telegram's own pauses are not published and longer; a test shall not wait for them.
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One try to bring an update; a status of 0 means that nobody answered."""

    update_id: int
    status: int
    at: float


class Deliveries:
    """Brings what waits to one address, several at a time, in an order that only the first tries keep."""

    def __init__(self, world: World, url: str, secret: str | None, connections: int, done: list[Delivery]) -> None:
        self._world = world
        self._url = url
        self._headers = {SECRET_HEADER: secret} if secret else {}
        self._free = asyncio.Semaphore(connections)
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._done = done
        self.last_error: tuple[int, str] | None = None
        self._task = asyncio.create_task(self._bring_all())

    async def stop(self) -> None:
        """Bring nothing any more."""
        tasks = [self._task, *self._under_way.values()]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    async def _bring_all(self) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE)) as session:
            while True:
                for update in self._world.updates:
                    number = update["update_id"]
                    if number not in self._under_way:
                        self._under_way[number] = asyncio.create_task(self._bring(session, update))
                await self._world.change()

    async def _bring(self, session: aiohttp.ClientSession, update: Json) -> None:
        pause = FIRST_PAUSE
        while True:
            async with self._free:
                status = await self._try(session, update)
            self._done.append(Delivery(update["update_id"], status, time.monotonic()))
            if 200 <= status < 300:
                with suppress(ValueError):  # dropped meanwhile
                    self._world.updates.remove(update)
                self._world.touch()
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _try(self, session: aiohttp.ClientSession, update: Json) -> int:
        try:
            async with session.post(self._url, json=update, headers=self._headers, allow_redirects=False) as answer:
                await answer.read()
                if answer.status // 100 != 2:
                    reason = f"Wrong response from the webhook: {answer.status} {answer.reason}"
                    self.last_error = int(time.time()), reason
                return answer.status
        except (aiohttp.ClientConnectorError, ConnectionError):
            self.last_error = int(time.time()), "Connection refused"
        except (aiohttp.ClientError, TimeoutError):
            self.last_error = int(time.time()), "Read timeout expired"
        return 0
