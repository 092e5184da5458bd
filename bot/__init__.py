"""The conversation: in Telegram, and the same on a terminal."""
