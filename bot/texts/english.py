"""The texts in English."""

from __future__ import annotations

from bot.texts.plural import Plural


def _plural(**forms: str) -> Plural:
    return Plural("en", forms)


START = (
    "Hello! I answer questions from a set of news articles, and I show you the sentence each answer rests on: "
    "word for word, with its article, source and date.\n\n"
    "Just ask. If the articles do not hold the answer, I say so."
)
HELP = (
    "Ask in a sentence. My newest articles are about:\n{subjects}\n\n"
    "/ask – ask a question, also in a group\n"
    "/timeline – what was reported on a subject, oldest first\n"
    "/latest – the newest articles\n"
    "/sources – the articles I know, by source\n"
    "/new – start afresh, so that I do not take a question for a follow-up\n"
    "/share – a link to a question and its answer\n"
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
    "/audit – who did what, and when\n"
    "/gaps – what was asked in vain"
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
    one="{count} article without a date was left out.", other="{count} articles without a date were left out."
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
ARTICLES = _plural(one="{count} article", other="{count} articles")
SOURCE_COUNT = _plural(one="{count} source", other="{count} sources")
TRY_AGAIN = "Other words may help, and /sources lists what I know."

HELPED = "👍 Helpful"
DID_NOT_HELP = "👎 Not helpful"
VOTED = "Thank you, noted."
VOTE_TAKEN_BACK = "Taken back."

NO_INDEX = "I have no articles to look in yet. An admin can load them with /reload."
OUT_OF_REACH = "My index is out of reach at the moment. Please try again in a minute."
FAILED = "Something went wrong on my side, and I have noted it. Please try again in a moment."

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

ROLLBACK_WHICH = "Return to the articles before the last reload: {articles}, as of {age}?"
ROLLBACK_NONE = "There is no earlier state of the articles to return to."
ROLLBACK_YES = "Return"
ROLLBACK_NO = "Leave it"
ROLLED_BACK = (
    "<b>Rolled back</b> to generation {generation}: {articles}, built {age}.\n"
    "The files stay as they are, and the next /reload reads them again."
)
ROLLBACK_OUTDATED = "The articles were reloaded meanwhile. Send /rollback again."
LEFT = "Nothing was changed."

STATUS = (
    "<b>Articles:</b> {articles} from {sources}\n"
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
STATUS_WORDS = (
    "<b>Language model:</b> {model}, {state}\n"
    "<b>Its calls since the start:</b> {calls}, failures: {failures}\n"
    "<b>First word after:</b> {first}, the whole answer after: {total} (medians)\n"
    "<b>Its tokens today:</b> {tokens}"
)
BREAKER = {"closed": "in use", "open": "resting after failures", "half-open": "being tried again"}
SECONDS = "{seconds} s"
ROLLED_BACK_MARK = " (rolled back)"
RELOADED_BY = "{age} by {actor}: {detail}"
NEVER = "never"
JUST_NOW = "now"
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
DRAFT_SEVERAL = _plural(
    one="<b>{count} article in {name}.</b> Keep it?", other="<b>{count} articles in {name}.</b> Keep them?"
)
DRAFT_LENGTH = "{words} words, {characters} characters"
DRAFT_NO_SOURCE = "no source"
DRAFT_NO_DATE = "no date"
DRAFT_DROPPED = "Left out as page furniture: {lines}"
DRAFT_TWIN = "⚠ The same text is already there as {path}."
DRAFT_PROBLEMS = "Skipped: {problems}"
KEEP = "Keep"
DISCARD = "Discard"
KEPT = "<b>Kept</b> as {path}."
KEPT_SEVERAL = _plural(one="<b>Kept</b> {count} file in {folder}.", other="<b>Kept</b> {count} files in {folder}.")
LIVE = "It is answered from now."
NOT_LIVE = "But I could not reload, and keep answering as before until the next /reload: {reason}"
DISCARDED = "Discarded."

NO_FEEDS = "No feeds are set. FEEDS in the settings takes their addresses."
REFRESHING = _plural(one="Looking at {count} feed …", other="Looking at {count} feeds …")
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
    "latest": "The newest articles",
    "sources": "The articles I know, by source",
    "new": "Start afresh",
    "share": "A link to a question and its answer",
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
    "gaps": "What was asked in vain",
}
DESCRIPTION = (
    "Ask me about the news articles I hold. Every answer shows the sentence it rests on, word for word, with its "
    "article, source, date and link. If the articles do not say, I tell you."
)
SHORT_DESCRIPTION = "Answers from news articles, each with its quoted source."


# Under an answer, and what a conversation goes back to.
READ = "read"
AT_THE_QUOTE = "at the quote"
WRITTEN_BY = "<i>Written by {model} from the quotes below.</i>"
STILL_WRITING = "<i>I am still writing; the quotes follow.</i>"
NOT_WRITTEN = "<i>The language model does not answer at the moment, so these are the articles’ own words.</i>"
NO_TOKENS_LEFT = "<i>The language model’s share for today is used up, so these are the articles’ own words.</i>"
UNDERSTOOD = "<i>Understood as: {question}</i>"
SEEN_ALREADY = "<i>You have seen this quote already; I found none that says more.</i>"
ASKED_ANEW = "<i>You changed your question; this is the answer to it now.</i>"
MORE = "More"
NEWER_FIRST = "Newer first"
SHARE = "Share"
BACK = "‹ Back to the answer"
BACKWARD = "‹ Backward"
ONWARD = "Onward ›"
READ_ARTICLE = "Read the article"
PASSAGE_OF = "Passage {number} of {total}"
ARTICLE_LINK = "link to this article"
ARTICLE_CHANGED = "<i>The article was changed since; the quote stands in it still.</i>"
QUOTE_GONE = "<i>The article was changed since and no longer holds this sentence.</i>"
ARTICLE_GONE = "<i>The article was removed since, so I can show only what I quoted.</i>"
IT_SAID = "It said:"
FURTHER = "<b>More on “{question}”</b>"
NEWEST_FIRST = "<b>The newest first</b>"
RELOADED_SINCE = "<i>The articles were reloaded since the answer above was given.</i>"
NOTHING_MORE = "I have nothing more on this."
NOTHING_NEWER = "The answer shows the newest I have already."
LONG_AGO = "That question is too old for me to go back to it. Please ask it again."
SHARED = "Whoever opens this link asks me the same question:\n{link}"
SHARE_WHAT = "Share which answer? Send /share as a reply to it, or right after one."
NO_LINKS_HERE = "Links to questions work in Telegram only."
FORGOTTEN = "A new start: what you ask next stands on its own."
WHAT_OF = "I am not sure what you mean. Please ask it as a whole question."
QUOTA = _plural(
    one="You have asked as much as a day holds ({limit}). Please come back in {count} hour.",
    other="You have asked as much as a day holds ({limit}). Please come back in {count} hours.",
)

# How a message came.
REPEATED = "Telegram did not confirm this message, so it may be here twice."

# Looking around: sources, newest articles, examples; and what was asked in vain.
EXAMPLES = "To try me out, press one of these:"
SOURCES_LIST = "<b>My sources</b>: {articles} from {sources}\nPress one, or write its name after /sources."
ALL_SOURCES = "All articles"
NO_SOURCE = "Without a source"
SOURCE_BUTTON = "{name} ({count})"
SOURCE_GONE = "I have no articles from there any more."
TO_SOURCES = "‹ All sources"
LATEST = "Newest articles"
LISTED = "<b>{title}</b> ({first}–{last} of {total})\nA number opens the article."
TO_LIST = "‹ Back to the list"
GAPS = "<b>Asked in vain in {days} days</b> ({first}–{last} of {total}, newest first)"
GAPS_NONE = "Nothing was asked in vain in the last {days} days."
GAPS_AS_FILE = "Send as {name}"
GAPS_FILE = _plural(
    one="{count} question for <code>footnote eval</code>.", other="{count} questions for <code>footnote eval</code>."
)
GAP_UNANSWERED = _plural(one="unanswered {count} time", other="unanswered {count} times")
GAP_NOT_HELPFUL = _plural(one="{count} vote “not helpful”", other="{count} votes “not helpful”")

# Groups.
ADDED_TO_GROUP = (
    "Hello! Here I answer /ask, messages that mention @{username}, and replies to what I write. "
    "With privacy mode on, which is how bots begin, I see nothing else."
)
NOT_ALLOWED = "I may not work in this group ({chat}), so I leave it. Whoever runs me can add it to ALLOWED_CHATS."

# Inline mode.
NOTHING_TO_POST = "Nothing found; ask me in our chat"
NOT_NOW = "I cannot look that up just now"
