from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import texts
from bot.console import BOLD, PLAIN, as_text, talk
from bot.rendering import Button, Reply

if TYPE_CHECKING:
    from bot.app import Footnote

SHIP = "How long is the Ever Given?"
SHIP_ANSWER = "The Ever Given is 400 metres long and 59 metres wide."


class Terminal(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


async def conversed(footnote: Footnote, said: str) -> str:
    out = io.StringIO()
    await asyncio.to_thread(talk, footnote, io.StringIO(said), out)
    return out.getvalue()


async def replies(footnote: Footnote, *lines: str) -> list[str]:
    """What is answered to each line that is not blank."""
    shown = await conversed(footnote, "".join(f"{line}\n" for line in lines))
    return [part.partition("\n\n")[2].rstrip("\n") for part in shown.split("\n\n> ")[1:]]


async def test_a_conversation_starts_by_saying_why_it_is_here(footnote: Footnote) -> None:
    assert await conversed(footnote, "") == f"{texts.NO_TOKEN}\n"


async def test_each_line_is_repeated_and_answered_until_the_end(footnote: Footnote) -> None:
    shown = await conversed(footnote, f"{SHIP}\n\n   \n/nothing\nWho is Anna?")

    assert [line for line in shown.splitlines() if line.startswith("> ")] == [
        f"> {SHIP}",
        "> /nothing",
        "> Who is Anna?",
    ]
    assert shown.count(SHIP_ANSWER) == 2
    assert shown.count(texts.UNKNOWN_COMMAND) == 1
    assert shown.endswith("\n")


async def test_a_last_line_without_a_line_break_is_answered(footnote: Footnote) -> None:
    assert SHIP_ANSWER in await conversed(footnote, SHIP)


async def test_an_answer_reads_as_text_with_its_quotes_behind_a_bar_and_its_links_written_out(
    footnote: Footnote,
) -> None:
    (answer,) = await replies(footnote, SHIP)

    headline, first, *_ = answer.split("\n\n")
    title, origin, *box = first.splitlines()
    assert headline == f"{SHIP_ANSWER} [1]"
    assert title == "1. Suez Canal flows again after Ever Given is pulled free"
    assert origin == (
        "The Harbour Courier, 30 March 2021 · "
        "https://example.com/harbour-courier/2021/03/30/suez-canal-ever-given-freed"
    )
    assert all(line.startswith("   │ ") for line in box)
    assert SHIP_ANSWER in " ".join(line.removeprefix("   │ ") for line in box)
    assert "<" not in answer


async def test_every_command_of_telegram_works_here(footnote: Footnote) -> None:
    start, help_text, ask, asked, sources, ledger, status = await replies(
        footnote, "/start", "/help", "/ask", f"/ask {SHIP}", "/sources", "/sources ledger", "/status"
    )

    assert start == texts.START
    assert "/reload" in help_text
    assert ask == texts.ASK_WHAT
    assert asked.startswith(SHIP_ANSWER)
    assert sources.startswith("My sources: 12 articles from 4 sources")
    assert ledger.startswith("The Continental Ledger (1–3 of 3)")
    assert status.startswith("Articles: 12 from ")


async def test_pages_are_offered_as_commands_to_type(footnote: Footnote) -> None:
    first, second = await replies(footnote, "/latest", "/press Older ›")

    assert first.splitlines()[-1].endswith(" · Older ›")
    assert second.splitlines()[-1].endswith(" · ‹ Newer")


async def test_the_buttons_under_an_answer_are_commands_to_type(footnote: Footnote) -> None:
    answer, page, back, more = await replies(footnote, SHIP, "/press 1", f"/press {texts.BACK}", "/press more")

    assert answer.splitlines()[-1] == f"/press 1 · 2 · 3 · {texts.MORE} · {texts.NEWER_FIRST}"
    assert f"**{SHIP_ANSWER}**" in page
    assert page.splitlines()[-1].endswith(texts.BACK)
    assert back == answer
    assert more.startswith(f"More on “{SHIP}”")


async def test_a_followup_works_here_and_new_forgets(footnote: Footnote) -> None:
    _, followup, new, bare, share = await replies(footnote, SHIP, "Who owns it?", "/new", "Why?", "/share")

    assert followup.startswith("Understood as: Who owns the Ever Given?\n\nThe ship is owned by")
    assert new == texts.FORGOTTEN
    assert bare == texts.WHAT_OF
    assert share == texts.SHARE_WHAT


async def test_a_button_that_does_not_exist_is_an_unknown_command(footnote: Footnote) -> None:
    assert await replies(footnote, "/press nothing") == [texts.UNKNOWN_COMMAND]


async def test_a_line_that_is_not_text_gets_a_sentence_and_the_conversation_goes_on(
    footnote: Footnote,
) -> None:
    """A pipe may carry any bytes; standard input then holds lone surrogates."""
    odd = b"caf\xe9 opened when?\n".decode("utf-8", "surrogateescape")

    shown = await conversed(footnote, f"{odd}{SHIP}\n")

    assert shown.count("\n> ") == 2
    assert SHIP_ANSWER in shown


async def test_a_timeline_reads_as_text_with_its_days_in_order(footnote: Footnote) -> None:
    how, timeline = await replies(footnote, "/timeline", "/timeline Berlin airport")

    assert how == texts.TIMELINE_WHAT
    head, first, second, _ = timeline.split("\n\n")
    assert head == "What my articles say, oldest first"
    assert first.splitlines()[:2] == [
        "1. 17 April 2012 – Berlin's new airport to open on 3 June",
        "The Continental Ledger · https://example.org/continental-ledger/2012/04/berlin-airport-to-open-in-june",
    ]
    assert second.startswith("2. 31 October 2020 – Berlin's new airport opens, nine years late\n")
    assert all(entry.splitlines()[2].startswith("   │ Berlin's new airport ") for entry in (first, second))


async def test_remarks_and_small_talk_read_as_text(footnote: Footnote) -> None:
    hello, scoped = await replies(footnote, "hello", f"since:2021 {SHIP}")

    assert hello == texts.GREETING
    assert scoped.startswith(
        f"Only articles from 1 January 2021 on. 1 article without a date was left out.\n\n{SHIP_ANSWER} [1]\n"
    )


def test_characters_of_html_are_themselves_again() -> None:
    assert as_text(Reply("<b>a &lt;b&gt; &amp;</b> &quot;c&quot;")) == 'a <b> & "c"'


def test_a_link_is_shown_as_its_address() -> None:
    assert as_text(Reply('x · <a href="https://example.com/?a=1&amp;b=2">read</a>.')) == (
        "x · https://example.com/?a=1&b=2."
    )


def test_buttons_are_commands_below_the_text() -> None:
    assert as_text(Reply("text", (Button("Older ›", "latest:3"),))) == "text\n\n/press Older ›"


def test_colours_are_for_terminals() -> None:
    reply = Reply("<b>loud</b> <code>x</code>")

    assert as_text(reply, colour=True) == f"{BOLD}loud{PLAIN} x"
    assert as_text(replace(reply)) == "loud x"


async def test_a_terminal_gets_a_prompt_and_no_echo(footnote: Footnote) -> None:
    out = Terminal()
    await asyncio.to_thread(talk, footnote, Terminal(f"{SHIP}\n"), out)

    assert out.getvalue().count("\n> ") == 2
    assert f"> {SHIP}" not in out.getvalue()
    assert f"{BOLD}{SHIP_ANSWER}{PLAIN}" in out.getvalue()
