"""What can go wrong between the operator, Telegram and the engine.

BotError
├── SettingsError  a setting is missing or wrong; exit code 2
├── TokenRefused   Telegram does not know the token when the bot starts; exit code 2
├── TokenRevoked   Telegram knew the token and does not any more
├── StateError     what users and admins did cannot be read or kept, or another process has it in hand
│   └── ServingAlready  a bot serves from this DATA_DIR
└── BackupError    a backup cannot be made, or is not one that can be restored here
"""

from __future__ import annotations


class BotError(Exception):
    """Base of the package's errors; its text is one plain sentence for the operator."""

    exit_code = 1


class SettingsError(BotError):
    """A setting is missing or has a value that cannot be used."""

    exit_code = 2


class TokenRefused(BotError):
    """Telegram refused TELEGRAM_BOT_TOKEN at the start: the setting is wrong."""

    exit_code = 2


class TokenRevoked(BotError):
    """Telegram took TELEGRAM_BOT_TOKEN at the start and refuses it now."""


class StateError(BotError):
    """DATA_DIR/state.db cannot be used; the operator makes room, gives the right to write, or updates Footnote."""


class ServingAlready(StateError):
    """Another bot serves from DATA_DIR, or a backup is being restored; stopping it helps."""


class BackupError(BotError):
    """A backup was not made or not restored; what was there before is there still, or the text says where."""
