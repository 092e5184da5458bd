"""The texts in Russian."""

from __future__ import annotations

from bot.texts.plural import Plural


def _plural(**forms: str) -> Plural:
    return Plural("ru", forms)


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
HELP_ADMIN = (
    "\n\nFor admins:\n"
    "/reload – read the articles folder again\n"
    "/rollback – return to the articles before the last reload\n"
    "/status – what I am working with\n"
    "/articles – find, open and remove articles\n"
    "/add – add a web page; or send me a file\n"
    "/refresh – look at the feeds now\n"
    "/audit – who did what, and when"
)
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
LEFT_OUT = _plural(
    one="Не учтена {count} статья без даты.",
    few="Не учтены {count} статьи без даты.",
    many="Не учтено {count} статей без даты.",
    other="Не учтено {count} статьи без даты.",
)
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
ARTICLES = _plural(one="{count} статья", few="{count} статьи", many="{count} статей", other="{count} статьи")
TRY_AGAIN = "Other words may help, and /sources lists what I know."

HELPED = "👍 Helpful"
DID_NOT_HELP = "👎 Not helpful"
VOTED = "Thank you, noted."
VOTE_TAKEN_BACK = "Taken back."

NO_INDEX = "I have no articles to look in yet. An admin can load them with /reload."
OUT_OF_REACH = "My index is out of reach at the moment. Please try again in a minute."
FAILED = "Something went wrong on my side, and I have noted it. Please try again in a moment."

SOURCES = "<b>My articles</b> ({first}–{last} of {total})"
NO_SUCH_PAGE = "There is no such page. /sources starts at the first."
PREVIOUS = "‹ Newer"
NEXT = "Older ›"

CARD_LENGTH = "{length} characters"

ADMINS_ONLY = "That command is for admins."
WORKING = "One moment …"
NO_LONGER = "That is settled already."

READING = "Reading the articles folder"
STAGES = {
    "reading": "Reading files",
    "embedding": "Preparing new passages",
    "writing": "Writing the index",
    "checking": "Checking the index",
}
PROGRESS = "<b>{stage}</b> …{counted}\nStarted by {actor}, {seconds} s ago. Questions are answered meanwhile."
COUNTED = "\n{bar} {percent}% · {done} of {total}"
CANCEL = "Cancel"
STOPPING = "Stopping …"
RELOAD_STOPPED = "<b>Stopped.</b> Nothing was changed."
NO_RELOAD = "No reload is running."
RELOAD_ELSEWHERE = "Another process is reloading these articles. What it finds is answered from as soon as it is done."
RELOAD_FAILED = "<b>Nothing was changed.</b> {reason}\nI keep answering from the articles I had."
RELOADED = "<b>Reloaded</b> in {seconds} s, generation {generation}"
REBUILT = {
    "first": "All of the index is new: there was none.",
    "asked": "All of the index was made anew, as you asked.",
    "folder": "All of the index was made anew: ARTICLES_DIR is another folder.",
    "model": "All of the index was made anew: the embedding model has changed.",
    "version": "All of the index was made anew: this version of Footnote reads articles in another way.",
    "calibration": "All of the index was made anew: the calibration has changed.",
    "server": "All of the index was made anew: the vectors have moved.",
    "changes": "All of the index was made anew: much has changed.",
    "damaged": "All of the index was made anew: the one before was damaged.",
}
UNCHANGED = "<b>Nothing to do</b>: the articles are as they were."
COUNTS = {"added": "Added", "changed": "Changed", "removed": "Removed"}
UNCHANGED_COUNT = "Unchanged: {count}"
SKIPPED = "Skipped: {count}"
AND_MORE = "… and {count} more"
ALL_NAMES = "reload-{generation}.txt"

ROLLBACK_WHICH = "Return to the articles before the last reload: {articles} articles, as of {age}?"
ROLLBACK_NONE = "There is no earlier state of the articles to return to."
ROLLBACK_YES = "Return"
ROLLBACK_NO = "Leave it"
ROLLED_BACK = (
    "<b>Rolled back</b> to generation {generation}: {articles} articles, built {age}.\n"
    "The files stay as they are, and the next /reload reads them again."
)
ROLLBACK_OUTDATED = "The articles were reloaded meanwhile. Send /rollback again."
LEFT = "Nothing was changed."

STATUS = (
    "<b>Articles:</b> {articles} from {sources} sources\n"
    "<b>Passages:</b> {passages}\n"
    "<b>Dates:</b> {dates}\n"
    "<b>Generation:</b> {generation}, built {built}{rolled_back}\n"
    "<b>Last reload:</b> {reload}\n"
    "<b>Skipped files:</b> {failed}\n"
    "<b>Questions today:</b> {questions}\n"
    "<b>Votes in 30 days:</b> helpful {up}, not helpful {down}\n"
    "<b>Running for:</b> {uptime}\n"
    "<b>Last poll:</b> {poll}\n"
    "<b>Disk:</b> {disk} used, {free} free\n"
    "<b>Memory:</b> {memory}\n"
    "<b>Model:</b> {model}\n"
    "<b>Versions:</b> {versions}"
)
ROLLED_BACK_MARK = " (rolled back)"
RELOADED_BY = "{age} by {actor}: {detail}"
NEVER = "never"
QUESTIONS = "{questions}, answered: {answered}, chats: {chats}"
UNDATED = "undated"

ARTICLES_LIST = "<b>Articles</b> ({first}–{last} of {total})\nA number opens the card."
ARTICLES_FOUND = "<b>Articles with “{query}”</b> ({first}–{last} of {total})\nA number opens the card."
NO_ARTICLES_FOUND = "No article has “{query}” in its title, source, author or file name."
NO_SUCH_ARTICLE = "That article is no longer there."
REMOVE = "Remove"
REMOVE_SURE = "\n\n<b>Remove this article?</b> Its file is set aside and can be put back."
REMOVE_YES = "Remove it"
REMOVE_NO = "Keep it"
REMOVED = "<b>Removed</b> {path}."
GONE = "No answer quotes it any more."
PART_OF_FILE = "\n\nIt is part of {path}; change that file to remove it."
PUT_BACK = "Put back"
PUT_BACK_DONE = "<b>Put back</b> {path}."
NOT_SET_ASIDE = "That file is not among those set aside."

ADD_WHAT = "Send me a file ({endings}), or an address after the command:\n/add https://example.com/article"
FETCHING = "Reading {address} …"
TOO_LARGE = "That file is {size}; I can take 20 MB at most."
NOT_READABLE = "<b>I cannot use that.</b> {reason}."
DRAFT = "<b>This is what I understood.</b> Keep it?"
DRAFT_SEVERAL = "<b>{count} articles in {name}.</b> Keep them?"
DRAFT_LENGTH = "{words} words, {characters} characters"
DRAFT_NO_SOURCE = "no source"
DRAFT_NO_DATE = "no date"
DRAFT_DROPPED = "Left out as page furniture: {lines}"
DRAFT_TWIN = "⚠ The same text is already there as {path}."
DRAFT_PROBLEMS = "Skipped: {problems}"
KEEP = "Keep"
DISCARD = "Discard"
KEPT = "<b>Kept</b> as {path}."
KEPT_SEVERAL = "<b>Kept</b> {count} files in {folder}."
LIVE = "It is answered from now."
NOT_LIVE = "But I could not reload, and keep answering as before until the next /reload: {reason}"
DISCARDED = "Discarded."

NO_FEEDS = "No feeds are set. FEEDS in the settings takes their addresses."
REFRESHING = "Looking at {count} feeds …"
REFRESHED = "<b>Feeds read:</b> {feeds}, new articles: {kept}"
REFRESH_RUNNING = "The feeds are being read already."
KEPT_FOR_LATER = "The articles were rolled back, so these are answered from after the next /reload."
FEED_LINE = "• {title}: {kept} new"
FEED_PROBLEM = "• {problem}"

AUDIT = "<b>Who did what</b> ({first}–{last} of {total}, newest first)"
AUDIT_LINE = "{at} · {actor} · <b>{action}</b>{detail}"
AUDIT_EMPTY = "Nothing has been done yet."

COMMANDS = {
    "ask": "Ask a question",
    "timeline": "What was reported, oldest first",
    "sources": "The articles I know",
    "help": "What I can do",
}
ADMIN_COMMANDS = {
    "reload": "Read the articles folder again",
    "rollback": "Return to the articles before the last reload",
    "status": "What I am working with",
    "articles": "Find, open and remove articles",
    "add": "Add a web page; or send me a file",
    "refresh": "Look at the feeds now",
    "audit": "Who did what, and when",
}
DESCRIPTION = (
    "Ask me about the news articles I hold. Every answer shows the sentence it rests on, word for word, with its "
    "article, source, date and link. If the articles do not say, I tell you."
)
SHORT_DESCRIPTION = "Answers from news articles, each with its quoted source."

STARTING = "Reading the articles in {folder} … (the very first start also prepares the embedding model)"
STARTING_ROLLED_BACK = "The articles were rolled back, so they are not read again; /reload or `footnote reload` does."
ROLLED_BACK_TO = "Rolled back to generation {generation}. The next reload brings the articles folder in again."
BACKED_UP = "{file}: {files} files of the articles and what was done with them, {size} MB."
RESTORED = "{file} was restored, {files} files of the articles; `footnote reload` or the next start reads them."
SET_ASIDE = "What was there before is in {place}."
SKIPPED_FILE = "Skipped {path}: {reason}"
UNEXPECTED = "Something unexpected went wrong ({kind}); LOG_LEVEL=DEBUG shows where."
NO_TOKEN = (
    "TELEGRAM_BOT_TOKEN is not set, so the conversation is here in the terminal. Ask, or type /help; Ctrl-D ends it."
)
SERVING = "Serving Telegram as @{username}. Ctrl-C stops."
UNREACHABLE = "Telegram cannot be reached at {url}; trying again in {seconds:.0f} s."
TOKEN_REFUSED = "Telegram refused TELEGRAM_BOT_TOKEN; get a valid one from @BotFather."
ANOTHER_INSTANCE = "Another program is polling Telegram with this token; stop one of the two."
