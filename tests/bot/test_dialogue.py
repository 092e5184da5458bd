from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot import rendering, texts
from bot.conversation import Conversation
from bot.delivery.fairness import Fairness
from bot.dialogue import Asker, Dialogue, Edited
from bot.dialogue.dialogue import FOLLOWS_WITHIN, KEPT_FOR
from bot.rendering import Reply
from tests.bot import values
from tests.bot.test_conversation import Prepared

if TYPE_CHECKING:
    from pathlib import Path

    from bot.app import Footnote
    from bot.state.exchanges import Exchange
    from retrieval.engine import Engine

SHIP = "How long is the Ever Given?"
OWNER = "Who owns it?"
WHOLE = "Who owns the Ever Given?"
CHAT, ADA = 7, 7


def asker(message: int, *, user: int = ADA, chat: int = CHAT, reply_to: int | None = None) -> Asker:
    return Asker(chat=chat, user=user, update=message, message=message, reply_to=reply_to, bot="footnote_bot")


def limited(engine: Engine, footnote: Footnote, daily: int, exempt: frozenset[int] = frozenset()) -> Dialogue:
    return Dialogue(engine, footnote.state, Conversation(engine), Fairness(4), daily=daily, exempt=exempt)


async def shown(footnote: Footnote, reply: Reply, message: int) -> Exchange:
    """The exchange of a reply that was sent as this message."""
    await footnote.dialogue.sent(reply, message)
    exchange = await footnote.state.exchanges.get(reply.exchange)
    assert exchange is not None
    return exchange


def made_older(tmp_path: Path, by: timedelta) -> None:
    """As if all had been asked earlier by so much."""
    with closing(sqlite3.connect(tmp_path / "state" / "state.db")) as database, database:
        (at,) = database.execute("SELECT max(at) FROM exchanges").fetchone()
        older = datetime.fromisoformat(at) - by
        database.execute("UPDATE exchanges SET at = ?", (older.isoformat(timespec="microseconds"),))


# --- what is kept --------------------------------------------------------------------------------------------------


async def test_an_answer_is_kept_with_its_evidence(footnote: Footnote) -> None:
    reply = await footnote.dialogue.ask(asker(1), SHIP)

    kept = await shown(footnote, reply, 2)
    assert (kept.chat, kept.user, kept.asked, kept.message) == (CHAT, ADA, 1, 2)
    assert (kept.question, kept.understood, kept.answered, kept.html) == (SHIP, SHIP, True, reply.html)
    assert [shown.number for shown in kept.evidence] == [1, 2, 3]
    assert kept.evidence[0].quote == "The Ever Given is 400 metres long and 59 metres wide."


async def test_a_refusal_is_kept_without_evidence(footnote: Footnote) -> None:
    reply = await footnote.dialogue.ask(asker(1), "How do I bake sourdough bread at home?")

    kept = await shown(footnote, reply, 2)
    assert (kept.answered, kept.evidence) == (False, ())
    assert reply.rows == ()


async def test_an_update_that_comes_twice_is_one_exchange_with_the_same_buttons(footnote: Footnote) -> None:
    first = await footnote.dialogue.ask(asker(1), SHIP)
    again = await footnote.dialogue.ask(asker(1), SHIP)

    assert first == again


@pytest.mark.parametrize("said", ["Hello", "🤷", "Thanks", "", "What can you do?"])
async def test_small_talk_is_not_kept(footnote: Footnote, said: str) -> None:
    assert (await footnote.dialogue.ask(asker(1), said)).exchange == 0


async def test_what_is_older_than_it_is_kept_for_is_forgotten_for_good(footnote: Footnote, tmp_path: Path) -> None:
    reply = await footnote.dialogue.ask(asker(1), SHIP)
    made_older(tmp_path, KEPT_FOR + timedelta(hours=1))

    await footnote.dialogue.purge()

    pressed = await footnote.dialogue.press(asker(2), f"back:{reply.exchange}")
    assert pressed.alert == texts.LONG_AGO


async def test_where_nothing_can_be_kept_the_answer_comes_without_buttons(footnote: Footnote) -> None:
    footnote.state.close()

    reply = await footnote.dialogue.ask(asker(1), SHIP)

    assert reply.html.startswith("<b>The Ever Given is 400 metres long")
    assert reply.rows == ()


async def test_where_nothing_can_be_looked_up_a_button_says_that_it_failed(footnote: Footnote) -> None:
    reply = await footnote.dialogue.ask(asker(1), SHIP)
    footnote.state.close()

    assert (await footnote.dialogue.press(asker(2), f"back:{reply.exchange}")).alert == texts.FAILED


def over_long_quotes(footnote: Footnote, folder: Path) -> Dialogue:
    """A dialogue whose every answer takes two messages."""
    long = [values.citation("A" + "a" * 1100, number, card=values.article()) for number in (1, 2, 3)]
    engine = Prepared(values.answer(*long), folder)
    return Dialogue(engine, footnote.state, Conversation(engine), Fairness(4))


async def test_the_buttons_of_an_answer_in_two_messages_are_under_the_last_and_open_all_quotes(
    footnote: Footnote, tmp_path: Path
) -> None:
    reply = await over_long_quotes(footnote, tmp_path).ask(asker(1), SHIP)

    assert len(reply.before) == 1
    assert [button.label for button in reply.rows[0]] == ["1", "2", "3"]


async def test_a_correction_of_an_answer_in_two_messages_is_one_message(footnote: Footnote, tmp_path: Path) -> None:
    dialogue = over_long_quotes(footnote, tmp_path)
    await dialogue.sent(await dialogue.ask(asker(1), SHIP), 3)

    edited = await dialogue.again(replace(asker(1), update=5), WHOLE)

    assert isinstance(edited, Edited)
    assert (edited.message, edited.reply.before) == (3, ())
    assert rendering.fits(edited.reply.html)


# --- follow-ups ----------------------------------------------------------------------------------------------------


async def test_a_short_question_leans_on_the_one_before(footnote: Footnote) -> None:
    await footnote.dialogue.ask(asker(1), SHIP)

    reply = await footnote.dialogue.ask(asker(3), OWNER)

    assert reply.html.startswith(f"<i>Understood as: {WHOLE}</i>\n\n<b>The ship is owned by")


async def test_after_some_minutes_a_short_question_stands_alone(footnote: Footnote, tmp_path: Path) -> None:
    await footnote.dialogue.ask(asker(1), SHIP)
    made_older(tmp_path, FOLLOWS_WITHIN + timedelta(minutes=1))

    assert "Understood as" not in (await footnote.dialogue.ask(asker(3), OWNER)).html


async def test_a_reply_leans_on_its_answer_however_old(footnote: Footnote, tmp_path: Path) -> None:
    await shown(footnote, await footnote.dialogue.ask(asker(1), SHIP), 2)
    made_older(tmp_path, timedelta(days=3))

    assert f"Understood as: {WHOLE}" in (await footnote.dialogue.ask(asker(3, reply_to=2), OWNER)).html


@pytest.mark.parametrize("other", [{"user": 8}, {"chat": 9}])
async def test_nobody_elses_question_is_leant_on(footnote: Footnote, other: dict[str, int]) -> None:
    await footnote.dialogue.ask(asker(1), SHIP)

    assert "Understood as" not in (await footnote.dialogue.ask(asker(3, **other), OWNER)).html


async def test_a_followup_that_comes_twice_leans_on_what_came_before_it(footnote: Footnote) -> None:
    await footnote.dialogue.ask(asker(1), SHIP)
    first = await footnote.dialogue.ask(asker(3), OWNER)

    assert await footnote.dialogue.ask(asker(3), OWNER) == first


async def test_a_followup_waits_for_the_answer_that_is_in_hand(footnote: Footnote) -> None:
    async def answered(message: int, question: str) -> Reply:
        who = asker(message)
        async with footnote.dialogue.in_hand(who, question):
            return await footnote.dialogue.ask(who, question)

    _, reply = await asyncio.gather(answered(1, SHIP), answered(2, OWNER))

    assert f"Understood as: {WHOLE}" in reply.html


@pytest.mark.parametrize("bare", ["Why?", "when", "And where?", "By whom?"])
async def test_a_question_that_names_nothing_is_asked_for_more(footnote: Footnote, bare: str) -> None:
    assert await footnote.dialogue.ask(asker(1), bare) == Reply(texts.WHAT_OF)


# --- corrections ---------------------------------------------------------------------------------------------------


async def test_a_corrected_question_keeps_its_exchange(footnote: Footnote) -> None:
    first = await footnote.dialogue.ask(asker(1), SHIP)
    await footnote.dialogue.sent(first, 2)

    edited = await footnote.dialogue.again(replace(asker(1), update=5), WHOLE)

    assert isinstance(edited, Edited)
    assert (edited.message, edited.reply.exchange) == (2, first.exchange)
    assert edited.reply.html.startswith(f"{texts.ASKED_ANEW}\n\n<b>The ship is owned by")
    assert edited.reply.before == ()


async def test_a_correction_that_comes_twice_is_answered_twice_and_one_without_a_change_not_at_all(
    footnote: Footnote,
) -> None:
    """An update comes again where the bot was killed before its answer was out."""
    await footnote.dialogue.sent(await footnote.dialogue.ask(asker(1), SHIP), 2)
    correction = replace(asker(1), update=5)

    edited = await footnote.dialogue.again(correction, WHOLE)

    assert await footnote.dialogue.again(correction, WHOLE) == edited
    assert await footnote.dialogue.again(replace(asker(1), update=6), WHOLE) is None


async def test_a_followup_that_finds_only_what_was_seen_says_so(footnote: Footnote) -> None:
    first = await footnote.dialogue.ask(asker(1), SHIP)
    assert texts.SEEN_ALREADY not in first.html
    again = await footnote.dialogue.ask(asker(3), "why?")
    assert again.html.startswith(f"<i>Understood as: Why is the Ever Given that long?</i>\n\n{texts.SEEN_ALREADY}")


async def test_a_followup_that_finds_more_does_not(footnote: Footnote) -> None:
    await footnote.dialogue.ask(asker(1), SHIP)
    assert texts.SEEN_ALREADY not in (await footnote.dialogue.ask(asker(3), OWNER)).html


async def test_a_question_that_is_simply_asked_twice_is_simply_answered_twice(footnote: Footnote) -> None:
    first = await footnote.dialogue.ask(asker(1), SHIP)
    assert (await footnote.dialogue.ask(asker(3), SHIP)).html == first.html


async def test_a_corrected_followup_leans_on_what_came_before_it_not_on_itself(footnote: Footnote) -> None:
    await footnote.dialogue.ask(asker(1), SHIP)
    await footnote.dialogue.sent(await footnote.dialogue.ask(asker(3), "why?"), 4)

    edited = await footnote.dialogue.again(replace(asker(3), update=5), OWNER)

    assert isinstance(edited, Edited)
    assert f"Understood as: {WHOLE}" in edited.reply.html


async def test_a_question_corrected_to_small_talk_has_no_evidence_left(footnote: Footnote) -> None:
    first = await footnote.dialogue.ask(asker(1), SHIP)
    await footnote.dialogue.sent(first, 2)

    edited = await footnote.dialogue.again(replace(asker(1), update=5), "Thanks")

    assert edited == Edited(2, Reply(texts.THANKS))
    kept = await footnote.state.exchanges.get(first.exchange)
    assert kept is not None
    assert kept.evidence == ()


# --- how much a person may ask -------------------------------------------------------------------------------------


async def test_who_has_asked_a_days_worth_is_told_when_to_come_back(footnote: Footnote, engine: Engine) -> None:
    dialogue = limited(engine, footnote, 2)
    for number in (1, 2):
        assert (await dialogue.ask(asker(number), SHIP)).answered

    refused = await dialogue.ask(asker(3), SHIP)

    assert refused.html.startswith("You have asked as much as a day holds (2). Please come back in ")
    assert refused.answered is None
    assert (await dialogue.ask(asker(4, user=8), SHIP)).answered


async def test_the_last_question_of_a_day_may_come_twice(footnote: Footnote, engine: Engine) -> None:
    dialogue = limited(engine, footnote, 1)
    first = await dialogue.ask(asker(1), SHIP)

    assert await dialogue.ask(asker(1), SHIP) == first


async def test_what_was_asked_yesterday_does_not_count_today(
    footnote: Footnote, engine: Engine, tmp_path: Path
) -> None:
    dialogue = limited(engine, footnote, 1)
    await dialogue.ask(asker(1), SHIP)
    made_older(tmp_path, timedelta(days=1))

    assert (await dialogue.ask(asker(2), SHIP)).answered


async def test_admins_and_small_talk_have_no_limit(footnote: Footnote, engine: Engine) -> None:
    dialogue = limited(engine, footnote, 1, exempt=frozenset({ADA}))
    for number in (1, 2):
        assert (await dialogue.ask(asker(number), SHIP)).answered
        assert (await dialogue.ask(asker(number, user=8), "Hello")).html == texts.GREETING


async def test_more_and_newer_are_no_questions(footnote: Footnote, engine: Engine) -> None:
    dialogue = limited(engine, footnote, 2)
    first = await dialogue.ask(asker(1), SHIP)
    await dialogue.press(asker(2), f"more:{first.exchange}")

    assert await footnote.state.exchanges.count_of(ADA, datetime.now(UTC) - timedelta(days=1)) == 1


# --- links ---------------------------------------------------------------------------------------------------------


async def test_the_same_question_is_shared_under_the_same_link(footnote: Footnote) -> None:
    await footnote.dialogue.ask(asker(1), SHIP)
    first = await footnote.dialogue.share(asker(2))

    assert await footnote.dialogue.share(asker(3)) == first
    assert 'href="https://t.me/footnote_bot?start=q_' in first.html


async def test_where_the_bot_has_no_name_there_are_no_links(footnote: Footnote) -> None:
    reply = await footnote.dialogue.ask(asker(1), SHIP)
    nameless = replace(asker(2), bot="")

    assert await footnote.dialogue.share(nameless) == Reply(texts.NO_LINKS_HERE)
    page = (await footnote.dialogue.press(nameless, f"quote:{reply.exchange}:1")).edit
    assert page is not None
    assert "t.me" not in page.html
