"""What can go wrong between the operator, Telegram and the engine.

BotError
├── SettingsError  a setting is missing or wrong; exit code 2
└── TokenRefused   Telegram does not know the token; exit code 2
"""

from __future__ import annotations


class BotError(Exception):
    """Base of the package's errors; its text is one plain sentence for the operator."""

    exit_code = 1


class SettingsError(BotError):
    """A setting is missing or has a value that cannot be used."""

    exit_code = 2


class TokenRefused(BotError):
    """Telegram refused TELEGRAM_BOT_TOKEN, at the start or later."""

    exit_code = 2
