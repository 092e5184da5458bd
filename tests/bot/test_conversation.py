from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot import rendering, texts
from bot.conversation import LONGEST_QUESTION, Conversation, timeline_of
from retrieval.engine import Engine
from tests.bot import values
from tests.telegram_api.rules import judge_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from bot.rendering import Reply
    from retrieval.models import Answer
    from retrieval.query.models import Form

SHIP = "How long is the Ever Given?"


@pytest.fixture
def unindexed(tmp_path: Path) -> Iterator[Conversation]:
    """A conversation over an engine that has never read an article."""
    engine = Engine(tmp_path / "articles", tmp_path / "data")
    yield Conversation(engine)
    engine.close()


async def timeline(conversation: Conversation, subject: str) -> Reply:
    """What /timeline says."""
    return conversation.no_timeline(subject) or (await conversation.look_up(timeline_of(subject))).reply


# --- questions -----------------------------------------------------------------------------------------------------


async def test_a_question_is_answered_with_the_sentence_that_answers_it(conversation: Conversation) -> None:
    reply = await conversation.answer(SHIP)

    assert reply.html.startswith("<b>The Ever Given is 400 metres long and 59 metres wide.</b> [1]\n")
    assert reply.buttons == ()


async def test_a_question_with_odd_white_space_is_the_same_question(conversation: Conversation) -> None:
    assert await conversation.answer("  How long\n\tis the  Ever Given? ") == await conversation.answer(SHIP)


async def test_the_same_question_has_the_same_answer(conversation: Conversation) -> None:
    assert len({(await conversation.answer(SHIP)).html for _ in range(3)}) == 1


async def test_a_question_about_something_else_is_not_answered(conversation: Conversation) -> None:
    reply = await conversation.answer("How do I bake sourdough bread at home?")

    assert reply.html.startswith(texts.NOT_FOUND)
    assert "I know 12 articles, dated 17 April 2012 to 8 December 2024." in reply.html


@pytest.mark.parametrize("wordless", ["?", "…", "👍", "🇩🇪 ❤️‍🔥", "\u200b", "<>&", "-" * 5000])
async def test_a_message_without_a_word_is_asked_for_one(conversation: Conversation, wordless: str) -> None:
    assert (await conversation.answer(wordless)).html == texts.NO_WORDS


@pytest.mark.parametrize("length", [LONGEST_QUESTION + 1, 4096])
async def test_a_question_that_is_too_long_is_told_its_length(conversation: Conversation, length: int) -> None:
    assert (await conversation.answer("a" * length)).html == texts.TOO_LONG.format(
        length=length, limit=LONGEST_QUESTION
    )


async def test_a_question_of_the_greatest_length_is_looked_up(conversation: Conversation) -> None:
    question = f"{SHIP} " + "very " * 200
    reply = await conversation.answer(question[:LONGEST_QUESTION])

    assert reply.html.startswith(("<b>", texts.NOT_FOUND))


ODD = [
    "<b>&amp; </b>",
    "</blockquote><a href='x'>",
    "“<b>hi</b>” " * 80,
    "\u202ehow long is the ship\u202c",
    "𝔸 \u202e x",
    "a\x00b",
    "How\u200b long\u200b is\u200b the\u200b Ever\u200b Given?",
    "{} %s {question} {value}",
    "0",
    "airport " * 125,
    "why " * 250,
    "x" * LONGEST_QUESTION,
    "since:" + "9" * 900 + " What happened?",
    "source:" + "<b>" * 200 + " What happened?",
    'source:"<a href=x>" What happened?',
    'since:"<a href=x>" What happened?',
    "since:{value} What happened?",
    'source:"{names}" What happened?',
    "since:\u202e2023 What happened?",
    "since:2023\u202e What happened?",
    "since:٢٠٢٣ What happened?",
    "since:2020 " * 90,
    "since:2020 " * 88 + "What happened?",
    "timeline of " * 80,
    "timeline",
    "latest",
    "news",
    "a\nb\nc",
]
BEGINNINGS = (
    "<b>",
    "<i>Only articles ",
    "<i>No article ",
    texts.NOT_FOUND,
    texts.NO_ANSWER,
    texts.NO_QUESTION,
    texts.SUBJECT_ONLY,
    texts.ONLY_OPERATORS,
    texts.TIMELINE_WHAT,
    "I do not understand the date in <code>since:",
    "I have no single source called “",
)


@pytest.mark.parametrize("command", [False, True], ids=["said", "timeline"])
@pytest.mark.parametrize("odd", ODD, ids=lambda odd: ascii(odd[:20]))
async def test_any_words_get_an_answer_or_a_friendly_no(conversation: Conversation, odd: str, *, command: bool) -> None:
    odd = odd[: LONGEST_QUESTION - len("timeline of ")] if command else odd
    html = (await (timeline(conversation, odd) if command else conversation.answer(odd))).html

    assert html.startswith(BEGINNINGS)
    judge_text(html, "HTML")


# --- what is no question -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("hello", texts.GREETING),
        ("Hi there! 👋", texts.GREETING),
        ("hi\nhello", texts.GREETING),
        ("Thanks a lot!", texts.THANKS),
        ("ok, thanks, bye", texts.GOODBYE),
        ("Goodbye.", texts.GOODBYE),
        ("I like trains and cake", texts.NO_QUESTION),
        ("ok", texts.NO_QUESTION),
    ],
)
async def test_what_is_no_question_gets_its_own_reply(conversation: Conversation, said: str, reply: str) -> None:
    assert (await conversation.answer(said)).html == reply


@pytest.mark.parametrize("said", ["what can you do?", "help", "Hi, who are you?"])
async def test_a_question_about_the_bot_is_answered_with_the_help_for_everybody(
    conversation: Conversation, said: str
) -> None:
    assert await conversation.answer(said) == await conversation.help(admin=False)


@pytest.mark.parametrize("greeting", ["Hello,", "Hi!", "Good morning, bot.", "hey please", "Hello\n"])
async def test_a_greeting_before_a_question_changes_nothing_of_the_answer(
    conversation: Conversation, greeting: str
) -> None:
    assert await conversation.answer(f"{greeting} {SHIP}") == await conversation.answer(SHIP)


@pytest.mark.parametrize("subject", ["Berlin", "berlin?", "Ever Given"])
async def test_a_subject_alone_shows_what_stands_out_and_asks_for_a_question(
    conversation: Conversation, subject: str
) -> None:
    html = (await conversation.answer(subject)).html

    assert html.startswith(f"{texts.SUBJECT_ONLY}\n\n<b>")
    assert "<blockquote expandable>" in html


class Prepared(Engine):
    """An engine that gives one answer to everything."""

    def __init__(self, given: Answer, folder: Path) -> None:
        super().__init__(folder, folder)
        self.given = given

    async def ask(self, question: str, today: date | None = None, *, form: Form | None = None) -> Answer:  # noqa: ARG002 - the contract's
        return self.given


async def test_a_subject_alone_whose_answer_fills_a_message_goes_on_in_another(tmp_path: Path) -> None:
    long = [values.citation("A" + "a" * 970, number, card=values.article()) for number in (1, 2, 3)]
    given = values.answer(*long)
    assert rendering.LIMIT - 50 < rendering.visible_length(rendering.answer(given)) <= rendering.LIMIT

    reply = await Conversation(Prepared(given, tmp_path)).answer("Berlin")

    first, second = *reply.before, reply.html
    assert first.startswith(texts.SUBJECT_ONLY)
    assert [len(re.findall(r"<b>\d\. ", html)) for html in (first, second)] == [2, 1]
    judge_text(first, "HTML")
    judge_text(second, "HTML")


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("Wann wurde der neue Flughafen in Berlin eröffnet?", "German"),
        ("since:2022 Wann wurde der neue Flughafen in Berlin eröffnet?", "German"),
        ("Quand a ouvert le nouvel aéroport de Berlin ?", "French"),
        ("ما طول السفينة؟", "Arabic"),
        ("柏林机场什么时候开放？", "Chinese"),
    ],
)
async def test_a_question_in_another_language_is_told_so(conversation: Conversation, said: str, language: str) -> None:
    assert (await conversation.answer(said)).html == texts.OTHER_LANGUAGE.format(language=language)


async def test_an_english_question_without_an_answer_is_not_taken_for_another_language(
    conversation: Conversation,
) -> None:
    reply = await conversation.answer("Who is Angela Merkel's Bundesfinanzminister Wolfgang Schäuble?")

    assert "That looks like" not in reply.html


# --- operators -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (f"since:2021 {SHIP}", "Only articles from 1 January 2021 on. 1 article without a date was left out."),
        (f"{SHIP} SINCE:2021-03-30 until:2021-03-30", "Only articles of 30 March 2021. 1 article without a date was "),
        (f"Hi! since:2021 before:2022 {SHIP}", "Only articles of 2021. 1 article without a date was left out."),
        (f"source:courier {SHIP}", "Only articles in The Harbour Courier."),
        (f'source:"the harbour courier" {SHIP}', "Only articles in The Harbour Courier."),
        (f"According to The Harbour Courier, {SHIP.lower()}", "Only articles in The Harbour Courier."),
    ],
)
async def test_an_answer_says_which_articles_it_keeps_to(conversation: Conversation, said: str, line: str) -> None:
    html = (await conversation.answer(said)).html

    assert html.startswith(f"<i>{line}")
    assert "\n\n<b>The Ever Given is 400 metres long and 59 metres wide.</b> [1]\n" in html


async def test_outside_of_the_time_given_nothing_is_quoted(conversation: Conversation) -> None:
    html = (await conversation.answer("before:2013 How long is the Ever Given?")).html

    assert html.startswith("<i>Only articles up to 31 December 2012. 1 article without a date was left out.</i>\n\n")
    assert "400 metres" not in html


async def test_a_time_said_in_words_is_a_wish_and_what_is_elsewhere_is_said_to_be(conversation: Conversation) -> None:
    html = (await conversation.answer("When did Berlin's airport open in 2015?")).html

    assert html.startswith("<i>No article of 2015 answers this; what follows is from elsewhere.")
    assert "<b>Berlin's new airport opened on 31 October 2020" in html


async def test_articles_that_differ_are_named_with_the_newest(conversation: Conversation) -> None:
    html = (await conversation.answer("When did Berlin's new airport open?")).html

    assert html.startswith("<i>My articles differ here: compare [1] with [2]. The newest of these is [1].</i>\n\n<b>")


async def test_a_question_about_today_is_told_how_old_the_articles_are(conversation: Conversation) -> None:
    html = (await conversation.answer("What is the latest on the Webb telescope?")).html

    assert html.startswith("<i>The newest I have on this is from 25 December 2021.</i>\n\n<b>")


@pytest.mark.parametrize("said", ["since:2024-05", "source:ledger", 'since:2020 source:"The Harbour Courier"'])
async def test_operators_alone_are_asked_for_the_question(conversation: Conversation, said: str) -> None:
    assert (await conversation.answer(said)).html == texts.ONLY_OPERATORS


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("since", "99999"),
        ("before", "zebra"),
        ("after", "2024-02-30"),
        ("until", "0001"),
        ("since", "2023,before:2024"),
    ],
)
async def test_a_date_that_makes_no_sense_is_repeated(conversation: Conversation, operator: str, value: str) -> None:
    reply = await conversation.answer(f"{operator}:{value} {SHIP}")

    assert reply.html == texts.UNREADABLE_DATE.format(operator=operator, value=value)


async def test_a_source_that_nobody_knows_is_repeated_with_those_that_are_known(conversation: Conversation) -> None:
    assert (await conversation.answer(f'source:"<Zebra>" {SHIP}')).html == (
        "I have no single source called “&lt;Zebra&gt;”. I know: The Continental Ledger, The Harbour Courier, "
        "The Meridian Dispatch, The Perihelion Review."
    )


async def test_dates_that_leave_no_day_are_not_called_unreadable(conversation: Conversation) -> None:
    """Both are read well; what is wrong is that nothing lies between them."""
    html = (await conversation.answer(f"since:2024 before:2020 {SHIP}")).html

    assert "I do not understand the date" not in html
    assert "before:2020" in html


async def test_two_sources_at_once_are_not_called_unknown(conversation: Conversation) -> None:
    html = (await conversation.answer(f"source:ledger source:courier {SHIP}")).html

    assert "I have no single source called" not in html
    assert "courier" in html.casefold()


async def test_a_subject_that_no_article_in_scope_holds_is_told_the_scope(conversation: Conversation) -> None:
    html = (await conversation.answer("since:2023 Berlin")).html

    assert html.startswith("<i>Only articles from 1 January 2023 on. ")
    assert texts.NOT_FOUND in html or texts.NO_ANSWER in html


# --- timelines -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("subject", ["Berlin airport", "the Berlin airport?", "  Berlin\nairport "])
async def test_a_timeline_tells_what_was_reported_oldest_first(conversation: Conversation, subject: str) -> None:
    html = (await timeline(conversation, subject)).html

    entries = [line for line in html.splitlines() if line.startswith("<b>") and line[3].isdigit()]
    assert html.startswith(f"{texts.TIMELINE}\n\n<b>1. ")
    assert entries == [
        "<b>1. 17 April 2012</b> – Berlin's new airport to open on 3 June",
        "<b>2. 31 October 2020</b> – Berlin's new airport opens, nine years late",
    ]


async def test_a_timeline_can_be_asked_for_in_words(conversation: Conversation) -> None:
    assert await conversation.answer("timeline of Berlin airport") == await timeline(conversation, "Berlin airport")


async def test_a_timeline_keeps_to_the_scope_it_is_given(conversation: Conversation) -> None:
    html = (await timeline(conversation, "since:2020 Berlin airport")).html

    assert html.startswith(
        "<i>Only articles from 1 January 2020 on. 1 article without a date was left out.</i>\n\n"
        f"{texts.TIMELINE}\n\n<b>1. 31 October 2020</b>"
    )
    assert "2012</b>" not in html


@pytest.mark.parametrize("subject", ["", "  ", "?", "👍", "\u200b"])
async def test_a_timeline_of_nothing_says_how(conversation: Conversation, subject: str) -> None:
    assert (await timeline(conversation, subject)).html == texts.TIMELINE_WHAT


@pytest.mark.parametrize("subject", ["since:2020", "source:ledger", "since:2020 before:2021"])
async def test_a_timeline_of_operators_alone_is_asked_for_its_subject(conversation: Conversation, subject: str) -> None:
    assert (await timeline(conversation, subject)).html in {texts.TIMELINE_WHAT, texts.ONLY_OPERATORS}


@pytest.mark.parametrize("subject", ["zebra", "hello", "sourdough bread"])
async def test_a_timeline_of_what_no_article_tells_is_not_found(conversation: Conversation, subject: str) -> None:
    assert (await timeline(conversation, subject)).html.startswith(texts.NOT_FOUND)


async def test_a_subject_that_is_too_long_is_told_its_own_length(conversation: Conversation) -> None:
    subject = "a" * (LONGEST_QUESTION + 1)

    assert (await timeline(conversation, subject)).html == texts.TOO_LONG.format(
        length=LONGEST_QUESTION + 1, limit=LONGEST_QUESTION
    )


# --- without an index ----------------------------------------------------------------------------------------------


async def test_without_an_index_a_question_is_told_so(unindexed: Conversation) -> None:
    assert (await unindexed.answer(SHIP)).html == texts.NO_INDEX
    assert (await unindexed.answer("Berlin")).html == texts.NO_INDEX
    assert (await unindexed.answer(f"source:zebra {SHIP}")).html == texts.NO_INDEX
    assert (await timeline(unindexed, "Berlin")).html == texts.NO_INDEX


async def test_without_an_index_small_talk_goes_on(unindexed: Conversation) -> None:
    assert (await unindexed.answer("hello")).html == texts.GREETING
    assert (await unindexed.answer("what can you do?")).html == texts.HELP_EMPTY
    assert (await timeline(unindexed, "")).html == texts.TIMELINE_WHAT


async def test_with_a_damaged_pointer_to_the_index_a_question_is_told_so(
    unindexed: Conversation, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "CURRENT").write_bytes(b"\xff\x00")

    assert (await unindexed.answer(SHIP)).html == texts.NO_INDEX


# --- help ----------------------------------------------------------------------------------------------------------


async def test_help_names_the_newest_articles_as_examples(conversation: Conversation) -> None:
    html = (await conversation.help(admin=False)).html

    examples = [line for line in html.splitlines() if line.startswith("•")]
    assert examples[0] == "• <i>Notre-Dame opens its doors five years after the fire</i>"
    assert len(examples) == 3
    assert "/reload" not in html


async def test_help_for_an_admin_lists_the_admin_commands(conversation: Conversation) -> None:
    assert (await conversation.help(admin=True)).html.endswith(texts.HELP_ADMIN)


async def test_help_works_without_an_index(unindexed: Conversation) -> None:
    assert (await unindexed.help(admin=False)).html == texts.HELP_EMPTY


# --- what is counted -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        (SHIP, True),
        ("timeline of Berlin airport", True),
        ("How do I bake sourdough bread at home?", False),
        ("How much did the Louvre museum cost?", False),
        ("hello", None),
        ("?", None),
        ("since:zebra What happened?", None),
    ],
)
async def test_a_reply_says_whether_the_articles_held_the_answer(
    conversation: Conversation, said: str, *, answered: bool | None
) -> None:
    assert (await conversation.answer(said)).answered is answered
