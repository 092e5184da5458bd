"""A reload that stops in the middle until it is let go."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from bot import texts
from retrieval.engine import Engine
from retrieval.progress import Stage

if TYPE_CHECKING:
    from retrieval.progress import Progress
    from retrieval.reloading import ReloadReport
    from tests.telegram_server import Chat, Message


class HeldEngine(Engine):
    """An engine that stops a quarter of the way through its passages; it can be cancelled there."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.articles_dir, engine._store.data_dir)
        self.held, self.let_go = threading.Event(), threading.Event()

    def _reload(self, progress: Progress, *, full: bool) -> ReloadReport:
        with self._store.writing():
            progress(Stage.EMBEDDING, 3, 12)
            self.held.set()
            while not self.let_go.wait(0.02):
                progress(Stage.EMBEDDING, 3, 12)
        return super()._reload(progress, full=full)


def is_under_way(message: Message) -> bool:
    """Whether a message tells how far a reload is."""
    return texts.CANCEL in message.button_texts or message.text in {texts.STOPPING, texts.WORKING}


async def outcome(chat: Chat, announced: Message) -> Message:
    """What takes the place of a message that told how far something was."""

    def last() -> Message | None:
        edits = chat.edits_of(announced)
        return edits[-1] if edits and not is_under_way(edits[-1]) else None

    message = await chat.until(last)
    assert message is not None
    return message


async def report(chat: Chat, command: str = "/reload") -> Message:
    """What a reload reports in the end."""
    await chat.say(command)
    announced = await chat.next_message()
    assert is_under_way(announced)
    return await outcome(chat, announced)
