"""Messages that ask the articles nothing: a greeting, thanks, a question about the bot, a bare subject.

Everything here is a closed list that has to match the whole message: who greets and asks is answered, not greeted.
"""

from __future__ import annotations

import re
from enum import StrEnum, auto

from retrieval.index.lexical import FUNCTION_WORDS


class Kind(StrEnum):
    """What a message is that needs no look into the articles."""

    GREETING = auto()
    THANKS = auto()
    GOODBYE = auto()
    ABOUT = auto()
    """A question about the bot itself."""
    WORD = auto()
    """A subject without a question: a word, or a name of up to three."""


_HELLO = (
    r"hi+(?: hi+)?|hello+(?: hello+)?|he+y+(?: hey+)?|hallo|hiya|howdy|yo|greetings"
    r"|good (?:morning|afternoon|evening|day)|morning|afternoon|evening"
)
_WHOM = r"there|bot|footnote|everyone|everybody|all|my friend|friend|dear|guys|folks|mate|buddy|team|again|sir|you"
_BOT = r"(?:you|this|this (?:bot|thing|chat|channel|app|program|service)|the bot|footnote)"
_PERSON = (
    r"(?:human|person|(?:chat ?)?bot|robot|machine|ai|computer|program|man|woman|chatgpt|gpt|llm|there|alive|real)"
)
_LATER = r"(?:for now|now|then|later|soon|tomorrow|again|next time|around|all|everyone|bot|footnote|you)"

_ABOUT = (
    r"help(?: me)?(?: out)?",
    r"commands?|menu|instructions|usage",
    r"(?:can|could|would|will) (?:you|u|this bot) (?:please )?(?:help|assist)(?: me)?",
    r"i need (?:some |your )?help|i have (?:a|some|another) questions?",
    r"(?:can|could|may) i ask (?:you )?(?:a question|questions|something|anything)",
    rf"(?:who|what) (?:exactly )?(?:are you|r u|is {_BOT})|what kind of (?:bot|thing) (?:are you|is this)",
    rf"(?:who|what) (?:made|built|created|wrote|developed|programmed|runs|owns|powers) {_BOT}",
    rf"what (?:else )?(?:can|do|could|does) {_BOT} do(?: for me)?",
    rf"what (?:are you|is {_BOT}) (?:for|about|able to do|capable of|good for)",
    r"what (?:do|can) you (?:know|answer)(?: about)?",
    r"what (?:else )?(?:can|should|could|may) i (?:ask|do)(?: (?:you|here))?(?: about)?(?: here)?",
    r"what is (?:your|ur) (?:name|purpose|job|function)|what (?:should|can) i call you|do you have a name",
    r"what (?:kinds? of |sorts? of )?(?:questions|topics|subjects|things|articles|news|sources|languages) (?:"
    r"(?:do|can) you (?:know|have|cover|answer|use|read|speak|understand)|(?:can|should) i ask(?: you)?)(?: about)?",
    rf"how (?:do|does|did) (?:{_BOT}|it) work|how (?:do|can) you help(?: me)?",
    rf"how (?:can|do|should|to) (?:i )?(?:use|talk to|work with) {_BOT}",
    r"how (?:can|do|should) i ask(?: you)?(?: (?:a question|questions|something))?",
    rf"(?:are|r) (?:you|u) (?:really |just )?(?:an? )?(?:real |actual )?{_PERSON}|is this (?:an? )?{_PERSON}",
    rf"am i (?:talking|speaking|chatting) (?:to|with) an? {_PERSON}|who am i (?:talking|speaking|chatting) (?:to|with)",
    r"(?:can you )?(?:tell me (?:more |something )?about|introduce|describe|explain) yourself",
    r"(?:do|can) you (?:speak|understand) \w+|how old are you|where are you from",
    r"where do you get your (?:news|information|info|answers|articles|data)(?: from)?",
    r"where do your (?:news|information|info|answers|articles|data) come from",
)
_GOODBYE = (
    rf"(?:good ?)?bye+(?: bye+)?(?: {_LATER})*|good ?night|farewell|so long|take care|cya",
    rf"(?:see|cu|c) (?:you|ya|u)(?: {_LATER})*|(?:(?:talk|speak) to you|catch you|until) {_LATER}",
    r"(?:i )?(?:have|got) to go(?: now)?|gotta go|that (?:is|was|will be) all(?: for (?:now|today))?",
    r"have an? (?:very )?(?:nice|good|great|lovely|pleasant) (?:one|day|evening|night|weekend|time)",
)
_THANKS = (
    r"(?:thanks|thank (?:you|u)|thankyou|thx|tnx|thnx|ty|tysm|cheers|many thanks|much appreciated|much obliged)"
    r"(?: (?:very much|so much|a lot|a million|a bunch|a ton|lots|kindly|indeed|in advance|again|anyway|too))*"
    r"(?: for(?: (?:all|that|this|it|the|your|helping|answering|quick|great|good|kind|me|of))*"
    r"(?: (?:help|answers?|information|info|time|reply|response|support|assistance|work|explanation))?)?",
    r"(?:i (?:really )?)?appreciate (?:it|that|this|your help|the help)|i am (?:very )?(?:grateful|thankful)",
    r"(?:that|this) (?:was|is) (?:very |really )?helpful",
)
_GREETING = (
    rf"(?:{_HELLO})(?: (?:{_WHOM}))*",
    r"how (?:are|r) (?:you|u|things)(?: doing)?(?: today)?|how is it going|how do you do",
    r"what is up|whats up|wass?up|sup|(?:it is )?(?:nice|pleased|good|glad) to (?:meet|see) you",
)
_SAID = tuple(
    # The order is that of what counts: "hi, thanks, what can you do" is a question about the bot.
    (kind, re.compile(rf"(?:{'|'.join(phrases)})(?= |$)"))
    for kind, phrases in (
        (Kind.ABOUT, _ABOUT),
        (Kind.GOODBYE, _GOODBYE),
        (Kind.THANKS, _THANKS),
        (Kind.GREETING, _GREETING),
    )
)
"""Of messages in lower case, their words with one space between them, short forms written out."""
_FILLER = re.compile(
    r"(?:ok(?:ay)?|k|great|perfect|cool|nice|good|awesome|wonderful|excellent|super|brilliant|alright|all right|right"
    r"|fine|amazing|lovely|fantastic|well|oh|ah|aha|wow|yes|yeah|yep|no|nope|and|but|so|now|then|please|pls|plz"
    r"|exactly|anyway|actually|just|got it|i see|sorry|excuse me|bot|footnote|my friend|friend|dear|mate|buddy)(?= |$)"
)
"""What stands beside these, and says nothing alone."""

_QUESTION_WORD = r"(?:who|whom|whose|what|when|where|why|which|how)"
_AUXILIARY = (
    r"(?:(?:is|are|am|was|were|does|did|has|can|could|will|would|should|shall|might|must)(?:n't)?"
    r"|(?:do|don't|have|haven't|had|may) "
    r"(?:i|we|you|he|she|it|they|this|that|these|those|the|any|all|some|people|there))"
)
_OPENING = re.compile(
    r"(?:(?:and|but|so|or|ok|okay|well|then|also|now|exactly|just|please|pls|hence)[ ,]+)*"
    rf"(?:(?:(?:in|on|at|by|for|from|to|of|with|about|under|since|until|after|before|during) )?{_QUESTION_WORD}"
    rf"(?:'?(?:s|re|d|ll|ve))?\b(?! an? (?:\w+ )?(?:day|pity|shame|mess|joke|surprise)\b)|{_AUXILIARY}\b"
    r"|(?:tell|show|give|teach|remind) (?:me|us)\b|(?:explain|list|show|give|find|describe|define|name|summari[sz]e"
    r"|compare|search|identify|outline)\b|look (?:up|for)\b|let me know\b|what's|any idea\b"
    r"|(?:is there )?(?:any|some|more|latest|the latest)?\s?(?:news|info|information|details|updates?|facts)"
    r" (?:about|on|of|regarding)\b)",
    re.IGNORECASE,
)
_INDIRECT = re.compile(
    r"\b(?:(?:want|wish|need|like|love|trying|try|curious|interested|eager|have|keen)(?: to| in)"
    r" (?:know|knowing|find|hear|learn|see|understand|ask)"
    r"|(?:i|i'm|am|was|been|just) (?:still )?wonder(?:ing)?"
    r"|(?:i'm|i am|we are|we're) (?:looking for|curious|interested)"
    rf"|(?:do not|don't|didn't|not|no) (?:know|sure|idea|clear)(?: about| of)? {_QUESTION_WORD}"
    r"|(?:anyone|anybody|somebody|someone) (?:know|knows|tell)|my question is"
    r"|(?:tell|show|explain to|remind) (?:me|us)"
    # The question word may come late: "in 1962, what did it cost", "an example of what type", "it is known as what".
    # ", who is" and ", which was" are not here: most of them go on about a name.
    r"|what (?:type|kind|sort|year|class|other))\b"
    r"|, (?:(?:what|how) (?:is|are|was|were|has|have|can|did|does|do)|(?:who|which|when|where|why) (?:did|does|do))\b"
    rf"|\b{_QUESTION_WORD}$",
    re.IGNORECASE,
)
_ASKED = re.compile(r"[?？؟](?!\w)")

_LEADING = re.compile(
    rf"\s*(?:(?:{_HELLO}|dear|please|pls|plz|excuse me|sorry|(?:just )?a?\s?quick question|(?:i have )?a question)"
    rf"(?: (?:{_WHOM}))*|bot|footnote)(?!\w)(?P<mark>(?:\s*[^\w\s\"'“‘«(\[¿$€£#])*)(?:\s+|$|(?<=[,!:;]))",
    re.IGNORECASE,
)

_NAME_PART = re.compile(r"[^\W_]+(?:['’.&/+-]+[^\W_]+)*\.?")
_ENDED = re.compile(r"[,;:!?…]$|\w{4}\.$")
"""A comma between two words makes them two things; the full stop of St. Petersburg and of Dr. Fauci does not."""
_AROUND = "\"'“”‘’«»()[]?!.,:;…¿¡"
_IN_NAMES = frozenset("al bin da de del della der di do dos du el für la le the van von".split())  # noqa: SIM905
_KIND_OF_THING = frozenset(
    """
    airline airlines airport bank border bridge canal church city company conflict crisis dam earthquake election
    elections embassy festival flood floods government hospital hurricane island islands lake league minister mission
    museum mountain palace parliament park party planet port president prison province railway region river rocket
    rover satellite scandal spacecraft square stadium station strait strike summit telescope tower treaty university
    vaccine virus volcano war
    """.split()  # noqa: SIM905 - a list of quoted words could not be read
)
"""What may follow a name without making it a question, as in "Tegel airport". "Nigeria population", "Macron age" and
"Boeing crashed" are questions in short, so other words in lower case are not taken for a part of a name."""
_NO_SUBJECT = frozenset(
    """
    age anyway asdf awesome boring brilliant bro buddy bye capital cause cheers commands cool cost crazy damn date dear
    death excellent fantastic fine footnote fuck funny good goodbye great greetings haha hahaha hallo height hello help
    hey hi hm hmm hmmm hola idiot interesting latest length lmao lol love morning nah neat news nice nope number omg
    perfect please pls plz population price purpose really reason result results right rofl sad shit size sorry stop
    stupid sure test testing thx true ugh weather winner wow wrong wtf yay yeah yep yo yup
    """.split()  # noqa: SIM905 - a list of quoted words could not be read
)
"""Words that are no subject, or that ask something about the next one: "Population Nigeria"."""
_WHO = "WHO"
"""The one question word that is also a name in the news, when it is written like this."""


def recognise(message: str) -> Kind | None:
    """Return what a message is if there is nothing to look up for it, else None: a question goes the ordinary way."""
    return _said(message) or (Kind.WORD if _is_subject(message) else None)


def without_greeting(message: str) -> str:
    """Return the message without a greeting or a "please" before the question; as it was if nothing would be left."""
    rest = message
    while leading := _LEADING.match(rest):
        after = rest[leading.end() :]
        # A greeting may be a name's beginning (Hey Jude, Good Morning America): something must show that it ends here.
        if not (leading["mark"] or "\n" in leading[0] or _OPENING.match(after) or _LEADING.match(after)):
            break
        rest = after
    return rest if any(character.isalnum() for character in rest) else message


def is_question(message: str) -> bool:
    """Return whether a message asks for something: by a question mark, by how it begins, or indirectly."""
    text = without_greeting(message).strip().replace("’", "'")
    return bool(_ASKED.search(text) or _OPENING.match(text) or _INDIRECT.search(text.rstrip(".! ")))


def _said(message: str) -> Kind | None:
    """Return the weightiest of the things said if the message consists of nothing else."""
    text = message.casefold().replace("’", "'").replace("'re ", " are ").replace("'m ", " am ").replace("'s ", " is ")
    rest = " ".join(re.findall(r"[^\W_]+", text))
    if not rest.isascii():
        return None
    found: set[Kind] = set()
    while rest:
        matches = [(kind, match) for kind, pattern in _SAID if (match := pattern.match(rest))]
        # The longest, so that "good night" is no filler with a night after it.
        kind, match = max(matches, key=lambda pair: pair[1].end(), default=(None, _FILLER.match(rest)))
        if match is None:
            return None
        if kind is not None:
            found.add(kind)
        rest = rest[match.end() :].lstrip()
    return next((kind for kind, _ in _SAID if kind in found), None)


def _is_subject(message: str) -> bool:
    words = [part.strip(_AROUND) for part in message.split()]
    if not 1 <= len(words) <= 3 or not all(_NAME_PART.fullmatch(word) for word in words):
        return False
    if words == [_WHO]:
        return True
    if len(words) > 1 and words[0] in {"the", "The"}:
        words = words[1:]
    if words[0].casefold() in _NO_SUBJECT or not _may_name(words) or (len(words) > 1 and _OPENING.match(message)):
        return False
    if len(words) == 1:
        return len(words[0]) > 1
    if any(_ENDED.search(part) for part in message.split()[:-1]):
        return False
    first, *others = words
    return _is_capital(first) and all(_is_capital(word) or word in _IN_NAMES | _KIND_OF_THING for word in others)


def _may_name(words: list[str]) -> bool:
    """Return whether no word is one of a question's, and the letters of a script with capitals.

    Of the others, some put no space between words: a word may be a whole question.
    """
    inner = words if len(words) == 1 else [word for word in words if word not in _IN_NAMES]
    return bool(inner) and all(
        word.casefold() not in FUNCTION_WORDS and (word.lower() != word.upper() or word.isdecimal()) for word in inner
    )


def _is_capital(word: str) -> bool:
    return word[0].isupper() or word[0].isdecimal() or any(letter.isupper() for letter in word[1:])
