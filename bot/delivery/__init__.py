"""The road between Telegram and the handlers: what comes in is kept, what goes out is counted."""
