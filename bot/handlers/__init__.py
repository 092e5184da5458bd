"""Telegram updates to replies; one file a subject, each thin: what is said is decided in `bot.conversation`."""
