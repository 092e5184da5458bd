"""Page furniture: what a web page puts around an article. It is marked, never removed, so spans stay true to the file.

Every rule judges a whole line or paragraph; a sentence of the article that merely mentions cookies or comments stays.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.markup import without_markup
from corpus.models import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from corpus.models import Block

_LABELS = re.compile(
    "|".join(
        (
            # advertising
            r"(?:(?:header|footer|sidebar|banner|top|bottom|sticky|in-?article) ?)?(?:ads?|advert(?:isement|ising)?)",
            r"advertorial|sponsored(?: content)?",
            r"(?:story|article|content) continues (?:below|after).*",
            # comments
            r"(?:no|\d+|leave a|post a|add a|add your|write a|view|show|load|see|join the) (?:all |more )?"
            r"(?:comments?|replies|reply|conversation|discussion)(?: ?\(\d+\))?",
            r"comments?(?: ?\(?\d+\)?| are closed| off)?|leave a reply|cancel reply",
            # sharing, following, subscribing
            r"(?:share|tweet|print|e-?mail|save|bookmark|copy link|pin it|like)"
            r"(?: (?:this|it)(?: (?:article|story|page|post))?| (?:on|via|with) \S+)?",
            r"(?:click|tap) (?:here|to)\b.{0,60}",
            r"(?:follow|like|find|join|watch) us\b.{0,60}",
            r"(?:subscribe|sign up|sign in|log in|register)(?: (?:now|today|here|free|to|for|with)\b.{0,80})?",
            r"(?:get|receive) (?:our|the) .{0,40}newsletter.{0,40}|(?:our |daily |weekly )?newsletters?(?: signup)?",
            # navigation
            r"(?:skip|jump|back|go) to (?:main |the )?(?:content|navigation|top|homepage|home|search)",
            r"(?:main )?(?:menu|navigation|search|home|homepage|loading|trending|top stories)",
            r"most (?:read|popular|viewed)",
            r"(?:previous|next|older|newer) (?:post|article|story|page|storie)s?\b.{0,80}",
            r"(?:tags?|filed under|categories|category|topics|labels) ?:.{0,200}",
            # rights and the page's maker
            r"(?:all rights reserved|copyright (?=©|\(c\)|\d)|©|\(c\) ?\d{4}).{0,120}|.{0,80}all rights reserved",
            r"(?:proudly )?powered by [\w.-]+(?: [\w.-]+){0,2}",
            r"privacy policy|terms (?:of|and|&) (?:use|service|conditions)",
            r"(?:accept|reject|manage|allow) (?:all |only )?(?:necessary )?cookies",
            r"cookie (?:settings|policy|preferences|notice)",
            # pictures and players
            r"(?:file |photo |picture |image )?(?:photo|image|picture|credit|photograph|illustration)s?"
            r" ?(?::|/|\bby\b|\bcourtesy\b).{1,120}",
            r"(?:.{0,60}(?:/|\bvia ) ?)?getty(?: images)?",
            r".{0,60}(?:/|\bvia ) ?(?:reuters|afp|ap|epa|shutterstock|alamy)|(?:reuters|afp|ap|epa) ?/ ?.{1,60}",
            r"(?:listen|watch)(?: (?:now|live|to this article))?|play|pause|mute|unmute",
            # who and when
            r"by (?-i:[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3})(?:, .{1,60})?",
            r"(?:published|updated|posted|last (?:updated|modified))(?: on| at)? ?:? ?.{0,20}\d.{0,40}",
            r"\d+ min(?:ute)?s? read",
        )
    ),
    re.IGNORECASE,
)
"""Short lines that no reader of the article would miss. Matched against the whole line, without its last full stop."""

LABEL_WORDS = 6
"""A longer line that ends as a sentence is one, whatever it begins with."""

_NOTICES = re.compile(
    "|".join(
        (
            r"(?:we(?: and our partners)?(?: also| may)? use\b|(?:this|our) (?:web)?site\b.{0,60}\buses?\b)"
            r".{0,20}\bcookies?\b",
            r"by (?:continuing|using|clicking|browsing|closing|visiting)\b.{0,120}"
            r"\b(?:you (?:agree|accept|consent)|our (?:use of )?(?:cookies?|terms))\b",
            r"(?:you can )?(?:subscribe|sign up|register)\b.{0,40}\b(?:newsletter|inbox|updates|channel|podcast)\b",
            r"(?:this site is protected by|your email address will not be|required fields are marked|notify me of)\b",
            r"(?:please )?(?:enable|turn on) (?:javascript|cookies)\b",
            r"this video (?:is not available|can(?:no|['’])t be played)\b",
            r"copyright (?=©|\(c\)|\d)|© ",
        )
    ),
    re.IGNORECASE,
)
"""Beginnings of whole sentences that speak for the web site, never for the article."""

_POINTER = re.compile(
    r"(?:(?:see|find out|learn|watch)(?= (?:more|also|next|our)\b)"
    r"|more(?= (?:on|about|from|in|stories|articles|news|coverage)\b|:|$)"
    r"|read|you (?:may|might) also like|also read|related|recommended|further reading|don['’]t miss)\b"
    r"(?: (?:more|next|also|on|about|from|stories|articles|news|coverage|posts|reading|topics|links|this|the|latest"
    r"|full|story|article|here|section|in|by|our|you may like)\b)*",
    re.IGNORECASE,
)
"""How a list of other headlines begins: "Read more on …:", "Related stories", "See also:"."""

LONGEST_LINE = 400
"""Characters; anything longer is a paragraph, and only a notice of the web site's is as long as one."""

POINTER_WORDS = 12
"""A longer line that ends with a colon introduces something of the article's own."""

_ENDS_A_SENTENCE = re.compile(r"[.!?…][\"'”’»)\]]*$")


def mark(text: str, blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Return the blocks with every piece of furniture given that kind; starts, ends and order are untouched."""
    return tuple(_mark(text, blocks))


def _mark(text: str, blocks: Iterable[Block]) -> Iterator[Block]:
    in_headline_list = False
    for block in blocks:
        line = without_markup(text[block.start : min(block.end, block.start + LONGEST_LINE)])
        if block.end - block.start > LONGEST_LINE:
            in_headline_list = False
            found = _NOTICES.match(line) is not None
        else:
            # A list of headlines lasts until a line that is a sentence; headlines have no full stop.
            in_headline_list = _opens_headline_list(line) or (in_headline_list and not _ENDS_A_SENTENCE.search(line))
            found = in_headline_list or is_furniture(line)
        if found:
            yield replace(block, kind=BlockKind.FURNITURE)
        else:
            yield block


def is_furniture(line: str) -> bool:
    """Return whether one line, its white space folded, is furniture wherever it stands."""
    if not any(character.isalnum() for character in line) or _NOTICES.match(line):
        return True
    bare = line.rstrip(" .:!»›>→|)").lstrip(" |•*-–—»›>(")
    is_sentence = _ENDS_A_SENTENCE.search(line) is not None and (len(line.split()) > LABEL_WORDS or "," in line)
    if not is_sentence and len(bare) <= 200 and _LABELS.fullmatch(bare):
        return True
    # Agencies sign pictures in capitals: "NAME SURNAME / POOL / AGENCY".
    return len(bare) <= 100 and "/" in bare and bare.isupper()


def _opens_headline_list(line: str) -> bool:
    pointer = _POINTER.match(line)
    if pointer is None:
        return False
    rest = line[pointer.end() :].strip(" .…»›>→")
    # Opens one: Read more on the war: / Read more. Does not: Read more than ten books and you will see.
    return not rest or rest.startswith((":", "|")) or (rest.endswith(":") and len(line.split()) <= POINTER_WORDS)
