"""What only the command line says, to whoever runs the bot: in English, as all logs are."""

from __future__ import annotations

STARTING = "Reading the articles in {folder} … (the very first start also prepares the embedding model)"
STARTING_ROLLED_BACK = "The articles were rolled back, so they are not read again; /reload or `footnote reload` does."
ROLLED_BACK_TO = "Rolled back to generation {generation}. The next reload brings the articles folder in again."
BACKED_UP = "{file}: {files} files of the articles and what was done with them, {size} MB."
RESTORED = "{file} was restored, {files} files of the articles; `footnote reload` or the next start reads them."
SET_ASIDE = "What was there before is in {place}."
SKIPPED_FILE = "Skipped {path}: {reason}"
UNEXPECTED = "Something unexpected went wrong ({kind}); LOG_LEVEL=DEBUG shows where."
NO_TOKEN = (
    "TELEGRAM_BOT_TOKEN is not set, so the conversation is here in the terminal. Ask, or type /help; /press and what "
    "stands on a button presses it; Ctrl-D ends it."
)
SERVING = "Serving Telegram as @{username}. Ctrl-C stops."
UNREACHABLE = "Telegram cannot be reached at {url}; trying again in {seconds:.0f} s."
TOKEN_REFUSED = "Telegram refused TELEGRAM_BOT_TOKEN; get a valid one from @BotFather."
ANOTHER_INSTANCE = "Another program is polling Telegram with this token; stop one of the two."
TOKEN_REVOKED = "Telegram does not take TELEGRAM_BOT_TOKEN any more: it was revoked; @BotFather has the new one."
POLLING_RESTARTED = "Telegram was not asked for {minutes:.0f} minutes; polling was started again."
