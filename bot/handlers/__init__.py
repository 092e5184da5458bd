"""Telegram updates to replies; one file a subject, each thin; `bot.dialogue` and `bot.browse` decide what is said."""
