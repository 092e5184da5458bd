"""What the tests of the desk say and press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.state.audit import Action, Actor
from tests.telegram_api.rules import judge_markup, judge_text

if TYPE_CHECKING:
    from bot.admin.desk import Desk
    from bot.rendering import Button, Reply

ADA = Actor(7, "Ada")
CHAT = 7


class Shown:
    """Takes what is shown meanwhile."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []

    async def __call__(self, reply: Reply) -> None:
        self.replies.append(judged(reply))


def judged(reply: Reply) -> Reply:
    """The reply, after Telegram has taken its text and buttons."""
    judge_text(reply.html, "HTML")
    rows = [[{"text": b.label, "callback_data": b.data} for b in row] for row in reply.rows]
    judge_markup({"inline_keyboard": rows})
    return reply


def plain(reply: Reply) -> str:
    """What a person reads."""
    return judge_text(reply.html, "HTML").text


def button(reply: Reply, label: str) -> Button:
    (found,) = [button for row in reply.rows for button in row if button.label == label]
    return found


async def command(desk: Desk, name: str, rest: str = "", shown: Shown | None = None) -> Reply:
    return judged(await desk.command(ADA, CHAT, name, rest, shown or Shown()))


async def press(desk: Desk, reply: Reply, label: str) -> Reply:
    return judged(await desk.press(ADA, button(reply, label).data))


async def sent(desk: Desk, name: str, data: bytes) -> Reply:
    """The reply to a file."""
    return judged(await desk.adding.file(ADA, CHAT, name, data))


async def noted(desk: Desk) -> list[tuple[Action, str, str]]:
    """The audit, newest first, as (action, name, detail)."""
    return [(entry.action, entry.actor.name, entry.detail) for entry in await desk.state.audit.page(0, 50)]


async def quoted(desk: Desk, question: str) -> str:
    """The sentence that answers a question, or nothing."""
    return (await desk.engine.ask(question)).text
