"""Every fixed sentence users read, as Telegram HTML; values put into them are escaped by `rendering`."""

from __future__ import annotations

START = (
    "Hello! I answer questions from a set of news articles, and I show you the sentence each answer rests on: "
    "word for word, with its article, source and date.\n\n"
    "Just ask. If the articles do not hold the answer, I say so."
)
HELP = (
    "Ask in a sentence. My newest articles are about:\n{subjects}\n\n"
    "/ask – ask a question, also in a group\n"
    "/timeline – what was reported on a subject, oldest first\n"
    "/sources – the articles I know\n"
    "/help – this message\n\n"
    "To narrow a question down, say so (“in May 2024”, “according to …”) or add "
    "<code>since:2024-05</code>, <code>before:2024</code>, <code>source:name</code>."
)
HELP_ADMIN = "\n\nFor admins:\n/reload – read the articles folder again\n/status – what I am working with"
HELP_EMPTY = "Ask in a sentence, as soon as I have articles.\n\n/help – this message"
SUBJECT = "• <i>{title}</i>"

ASK_WHAT = "What would you like to know? Write it after the command, like this:\n/ask When did it happen?"
NO_WORDS = "I can look up questions in words. What would you like to know?"
TOO_LONG = "That is a lot of text ({length} characters). Please ask in one or two sentences, up to {limit} characters."
NOT_TEXT = "I can only read text. Please write your question as a message."
UNKNOWN_COMMAND = "I do not know that command. /help shows what I can do."

GREETING = "Hello! What would you like to know? /help shows what my articles are about."
THANKS = "You are welcome. Ask me anything else."
GOODBYE = "Goodbye!"
OTHER_LANGUAGE = (
    "That looks like {language}. My articles are in English, and I find what I am asked in English only. "
    "Please try it in English."
)
SUBJECT_ONLY = "You named a subject, so this is what stands out. Ask a whole question to get a closer answer."
NO_QUESTION = "I look things up in news articles. Ask me a question, such as “When did it happen?”, and I look for it."
TIMELINE_WHAT = "A timeline of what? Write it after the command, like this:\n/timeline Berlin airport"
ONLY_OPERATORS = (
    "What would you like to know from there? Write it beside, like this:\nsince:2024-05 What happened in Berlin?"
)
UNREADABLE_DATE = (
    "I do not understand the date in <code>{operator}:{value}</code>. "
    "These work: 2024-05-03, 2024-05, 2024, “May 2024”."
)
CONTRADICTING = "<code>{operator}:{value}</code> leaves no article of those that you let in before it."
UNKNOWN_SOURCE = "I have no single source called “{value}”. {sources}"
KNOWN_SOURCES = "I know: {names}."

IN_SCOPE = "Only articles {scope}."
LEFT_OUT = {1: "1 article without a date was left out.", 2: "{count} articles without a date were left out."}
OUTSIDE = "No article {scope} answers this; what follows is from elsewhere."
OUTSIDE_UNDATED = "No dated article {scope} answers this; what follows is from one without a date."
DIFFERING = "My articles differ here: compare {first} with {others}."
NEWEST_OF_THESE = "The newest of these is {number}."
AS_OF = "The newest I have on this is from {day}."
DATELESS = "None of these has a date, so I cannot tell which is newer."
FROM_ON = "from {since} on"
UP_TO = "up to {until}"
FROM_TO = "from {since} to {until}"
OF_DAY = "of {day}"
OF_MONTH = "of {month}"
OF_YEAR = "of {year}"
OF_SOURCE = "in {source}"
ALSO_IN = "Also in: {articles}"
AND_OTHERS = "{articles} and {count} more"
TIMELINE = "<b>What my articles say, oldest first</b>"
NO_DAY = "undated"

NO_ANSWER = "I found no answer to that in my articles. The closest I have:"
NOT_FOUND = "I could not find that in my articles."
CLOSEST = "Closest by subject:"
RANGE = "I know {articles}, dated {oldest} to {newest}."
RANGE_ONE_DAY = "I know {articles}, dated {oldest}."
RANGE_UNDATED = "I know {articles} without a date."
ONE_ARTICLE = "1 article"
ARTICLES = "{count} articles"
TRY_AGAIN = "Other words may help, and /sources lists what I know."

NO_INDEX = "I have no articles to look in yet. An admin can load them with /reload."
FAILED = "Something went wrong on my side, and I have noted it. Please try again in a moment."

SOURCES = "<b>My articles</b> ({first}–{last} of {total})"
NO_SUCH_PAGE = "There is no such page. /sources starts at the first."
PREVIOUS = "‹ Newer"
NEXT = "Older ›"

CARD_LENGTH = "{length} characters"

ADMINS_ONLY = "That command is for admins."
RELOADING = "Reading the articles folder …"
EMBEDDING = "Preparing new passages: {done} of {total} ({percent}%)"
ALREADY_RELOADING = "A reload is already running. It will report when it is done."
RELOAD_FAILED = "<b>Nothing was changed.</b> {reason}\nI keep answering from the articles I had."
RELOADED = "<b>Reloaded</b> in {seconds} s"
UNCHANGED = "<b>Nothing to do</b>: the articles are as they were."
COUNTS = {"added": "Added", "changed": "Changed", "removed": "Removed"}
UNCHANGED_COUNT = "Unchanged: {count}"
SKIPPED = "Skipped: {count}"
AND_MORE = "… and {count} more"

STATUS = (
    "<b>Articles:</b> {articles} from {sources} sources\n"
    "<b>Passages:</b> {passages}\n"
    "<b>Dates:</b> {dates}\n"
    "<b>Generation:</b> {generation}, built {built}\n"
    "<b>Model:</b> {model}\n"
    "<b>Skipped files:</b> {failed}"
)
UNDATED = "undated"

COMMANDS = {
    "ask": "Ask a question",
    "timeline": "What was reported, oldest first",
    "sources": "The articles I know",
    "help": "What I can do",
}
ADMIN_COMMANDS = {"reload": "Read the articles folder again", "status": "What I am working with"}
DESCRIPTION = (
    "Ask me about the news articles I hold. Every answer shows the sentence it rests on, word for word, with its "
    "article, source, date and link. If the articles do not say, I tell you."
)
SHORT_DESCRIPTION = "Answers from news articles, each with its quoted source."

STARTING = "Reading the articles in {folder} … (the very first start also prepares the embedding model)"
SKIPPED_FILE = "Skipped {path}: {reason}"
UNEXPECTED = "Something unexpected went wrong ({kind}); LOG_LEVEL=DEBUG shows where."
NO_TOKEN = (
    "TELEGRAM_BOT_TOKEN is not set, so the conversation is here in the terminal. Ask, or type /help; Ctrl-D ends it."
)
SERVING = "Serving Telegram as @{username}. Ctrl-C stops."
UNREACHABLE = "Telegram cannot be reached at {url}; trying again in {seconds:.0f} s."
TOKEN_REFUSED = "Telegram refused TELEGRAM_BOT_TOKEN; get a valid one from @BotFather."
ANOTHER_INSTANCE = "Another program is polling Telegram with this token; stop one of the two."
