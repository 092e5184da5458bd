"""The composition root: settings to a ready Telegram application; nothing is created anywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.ext import AIORateLimiter, Application
from telegram.request import HTTPXRequest

from bot.conversation import Conversation
from bot.handlers import admin, browse, errors, questions
from bot.polling import WatchedBot
from retrieval.engine import Engine

if TYPE_CHECKING:
    from pydantic import SecretStr

    from bot.polling import FootnoteApplication
    from bot.settings import Settings

SECONDS = 20.0
"""For one call to Telegram; a poll takes ten more while Telegram waits for something to say."""

RETRIES = 3
"""After Telegram said how long to wait."""


def build_engine(settings: Settings) -> Engine:
    """Return the engine over ARTICLES_DIR and DATA_DIR; nothing is read before it is asked to start."""
    return Engine(settings.articles_dir, settings.data_dir)


def build_conversation(settings: Settings, engine: Engine) -> Conversation:
    """Return the conversation over an engine."""
    return Conversation(engine, settings.admin_ids)


def build_application(settings: Settings, token: SecretStr, conversation: Conversation) -> FootnoteApplication:
    """Return the Telegram application with all handlers; no connection is opened yet."""
    bot = WatchedBot(
        token.get_secret_value(),
        base_url=f"{settings.telegram_api_url}/bot",
        base_file_url=f"{settings.telegram_api_url}/file/bot",
        request=_request(),
        get_updates_request=_request(),
        rate_limiter=AIORateLimiter(max_retries=RETRIES),
    )
    builder = Application.builder().bot(bot).job_queue(None)
    # Without this one slow answer would hold up every chat.
    application: FootnoteApplication = builder.concurrent_updates(concurrent_updates=True).build()
    browse.register(application, conversation)
    admin.register(application, conversation)
    questions.register(application, conversation)  # last: it takes every command nobody else knows
    errors.register(application)
    return application


def _request() -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=32,
        connect_timeout=SECONDS,
        read_timeout=SECONDS,
        write_timeout=SECONDS,
        pool_timeout=SECONDS,
    )
