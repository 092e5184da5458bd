"""The composition root: settings to a ready Telegram application; nothing is created anywhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram.ext import Application

from bot.admin.adding import Adding
from bot.admin.desk import Desk
from bot.admin.feeds import Feeds
from bot.admin.library import Library
from bot.admin.reloads import Reloads
from bot.admin.web import Web
from bot.backup import REMOVED
from bot.browse import Browse
from bot.conversation import Conversation
from bot.delivery.connection import Connection
from bot.delivery.courier import Courier
from bot.delivery.departures import Departures
from bot.delivery.fairness import Fairness
from bot.delivery.metrics import Metrics
from bot.delivery.processor import Processor
from bot.dialogue import Dialogue
from bot.handlers import admin, answers, errors, feedback, groups, inline, questions
from bot.handlers import browse as browsing
from bot.inline import Inline
from bot.polling import WatchedBot
from bot.pulse import Pulse
from bot.state.state import State
from bot.writing import Budget, Writing
from retrieval.engine import Engine
from retrieval.index.vector_server import VectorServer
from retrieval.llm import LanguageModel
from retrieval.process import ProcessEngine
from retrieval.writing import Writer

if TYPE_CHECKING:
    from pydantic import SecretStr

    from bot.polling import FootnoteApplication
    from bot.settings import Settings

SECONDS = 20.0
"""For one call to Telegram; a poll takes ten more while Telegram waits for something to say."""


@dataclass(frozen=True, slots=True)
class Footnote:
    """All that answers, whoever asks and from wherever."""

    engine: Engine
    state: State
    conversation: Conversation
    desk: Desk
    admin_ids: frozenset[int]
    metrics: Metrics
    fairness: Fairness
    dialogue: Dialogue
    browse: Browse
    writing: Writing | None = None

    async def aclose(self) -> None:
        """Let go of files and connections; the engine is whoever's who built it."""
        if self.writing:
            await self.writing.aclose()
        await self.desk.web.aclose()
        self.state.close()


def build_engine(settings: Settings, *, apart: bool = False) -> Engine:
    """Return the engine over ARTICLES_DIR and DATA_DIR, `apart` in a process of its own.

    Nothing is read before it is asked to start.
    """
    server = None
    if settings.chroma_url:
        token = settings.chroma_token
        server = VectorServer(settings.chroma_url, token.get_secret_value() if token else None)
    return (ProcessEngine if apart else Engine)(settings.articles_dir, settings.data_dir, server)


def build_writing(settings: Settings, state: State) -> Writing | None:
    """Return what words answers, or None where no language model is set; nothing is connected yet."""
    if not settings.llm_base_url or not settings.llm_model:
        return None
    key = settings.llm_api_key
    model = LanguageModel(settings.llm_base_url, settings.llm_model, key.get_secret_value() if key else "")
    return Writing(Writer(model), state.spending, Budget(settings.llm_daily_tokens, settings.llm_user_daily_tokens))


def build(settings: Settings, engine: Engine, web: Web | None = None) -> Footnote:
    """Return everything over an engine; `web` is how pages are fetched.

    Raises:
        StateError: DATA_DIR/state.db cannot be used.
    """
    state = State.open(settings.data_dir)
    web = web or Web()
    writing = build_writing(settings, state)
    pulse = Pulse()
    reloads = Reloads(engine, state.audit)
    desk = Desk(
        engine=engine,
        state=state,
        data_dir=settings.data_dir,
        pulse=pulse,
        reloads=reloads,
        library=Library(engine, reloads, state.audit, settings.data_dir / REMOVED),
        adding=Adding(engine, reloads, state, web),
        feeds=Feeds(settings.feeds, engine, reloads, state, web),
        web=web,
        writing=writing,
    )
    conversation, fairness, metrics = Conversation(engine, writing), Fairness(), Metrics(pulse)
    dialogue = Dialogue(
        engine,
        state,
        conversation,
        fairness,
        daily=settings.daily_questions,
        exempt=settings.admin_ids,
        metrics=metrics,
    )
    browse = Browse(engine, state, conversation)
    admins = settings.admin_ids
    return Footnote(engine, state, conversation, desk, admins, metrics, fairness, dialogue, browse, writing)


def build_application(settings: Settings, token: SecretStr, footnote: Footnote) -> FootnoteApplication:
    """Return the Telegram application with all handlers; no connection is opened yet."""
    telegram = settings.telegram_api_url
    bot = WatchedBot(
        token.get_secret_value(),
        base_url=f"{telegram}/bot",
        base_file_url=f"{telegram}/file/bot",
        request=Connection(telegram, SECONDS, [Departures().trace]),
        get_updates_request=Connection(telegram, SECONDS),
        rate_limiter=Courier(footnote.state.inbox, footnote.metrics),
        pulse=footnote.desk.pulse,
        inbox=footnote.state.inbox,
    )
    builder = Application.builder().bot(bot).job_queue(None)
    application: FootnoteApplication = builder.concurrent_updates(
        Processor(footnote.state.inbox, footnote.metrics)
    ).build()
    browsing.register(application, footnote.browse, footnote.dialogue, footnote.admin_ids)
    admin.register(application, footnote.desk, footnote.admin_ids)
    feedback.register(application, footnote.state)
    answers.register(application, footnote.dialogue)
    groups.register(application, footnote.dialogue, settings.allowed_chats)
    inline.register(application, Inline(footnote.engine, footnote.fairness))
    # Last: it takes every command nobody else knows.
    questions.register(application, footnote.conversation, footnote.dialogue)
    errors.register(application)
    return application
