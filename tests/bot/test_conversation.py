from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from bot import texts
from bot.conversation import LONGEST_QUESTION, PAGE, Conversation
from retrieval.engine import Engine, ReloadReport
from tests.e2e.index import ARTICLES, copy_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SHIP = "How long is the Ever Given?"


@pytest.fixture
def unindexed(tmp_path: Path) -> Iterator[Conversation]:
    """A conversation over an engine that has never read an article."""
    engine = Engine(tmp_path / "articles", tmp_path / "data")
    yield Conversation(engine, frozenset({7}))
    engine.close()


async def ignored(_html: str) -> None:
    """Nobody looks at the progress."""


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


@pytest.mark.parametrize(
    "odd",
    ["<b>&amp; </b>", "ما طول السفينة؟", "Wie lang ist das Schiff?", "𝔸 \u202e x", "a\x00b", "{} %s {question}", "0"],
)
async def test_any_words_get_an_answer_or_a_friendly_no(conversation: Conversation, odd: str) -> None:
    assert (await conversation.answer(odd)).html.startswith(("<b>", texts.NOT_FOUND))


async def test_ask_without_a_question_says_how(conversation: Conversation) -> None:
    assert (await conversation.ask_command("  ")).html == texts.ASK_WHAT


async def test_without_an_index_a_question_is_told_so(unindexed: Conversation) -> None:
    assert (await unindexed.answer(SHIP)).html == texts.NO_INDEX


async def test_with_a_damaged_pointer_to_the_index_a_question_is_told_so(
    unindexed: Conversation, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "CURRENT").write_bytes(b"\xff\x00")

    assert (await unindexed.answer(SHIP)).html == texts.NO_INDEX


# --- help and sources ----------------------------------------------------------------------------------------------


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


async def test_the_pages_of_sources_show_every_article_once(conversation: Conversation, engine: Engine) -> None:
    pages = [(await conversation.sources(number)).html for number in range(2)]

    titles = [card.title for card in await engine.articles()]
    assert len(titles) == 2 * PAGE
    shown = "\n".join(pages).replace("&quot;", '"')
    assert all(shown.count(title) == 1 for title in titles)


async def test_only_pages_that_exist_have_a_button(conversation: Conversation) -> None:
    first, second = await conversation.sources(0), await conversation.sources(1)

    assert [(button.label, button.data) for button in first.buttons] == [(texts.NEXT, "sources:1")]
    assert [(button.label, button.data) for button in second.buttons] == [(texts.PREVIOUS, "sources:0")]


@pytest.mark.parametrize("page", [2, 999_999, -1])
async def test_a_page_that_is_gone_is_said_to(conversation: Conversation, page: int) -> None:
    assert (await conversation.sources(page)).html == texts.NO_SUCH_PAGE


async def test_without_an_index_there_are_no_sources_and_no_status(unindexed: Conversation) -> None:
    assert (await unindexed.sources()).html == texts.NO_INDEX
    assert (await unindexed.status()).html == texts.NO_INDEX


# --- admins --------------------------------------------------------------------------------------------------------


def test_only_those_named_are_admins(conversation: Conversation) -> None:
    assert conversation.is_admin(7)
    assert not conversation.is_admin(8)
    assert not conversation.is_admin(None)


def test_with_nobody_named_nobody_is_an_admin(engine: Engine) -> None:
    assert not any(Conversation(engine).is_admin(user) for user in (0, 7, None))


async def test_a_reload_without_a_folder_says_why_nothing_changed(unindexed: Conversation, tmp_path: Path) -> None:
    html = (await unindexed.reload(ignored)).html

    assert html.startswith("<b>Nothing was changed.</b> ARTICLES_DIR: there is no folder ")
    assert str(tmp_path / "articles") in html


class SlowEngine(Engine):
    """An engine whose reload waits until it is let go."""

    def __init__(self, articles_dir: Path, sample_data: Path) -> None:
        super().__init__(articles_dir, sample_data)
        self.let_go = threading.Event()

    async def reload(
        self, progress: Callable[[int, int], None] = lambda _done, _total: None, *, full: bool = False
    ) -> ReloadReport:
        progress(3, 12)
        await asyncio.to_thread(self.let_go.wait, 10)
        return await super().reload(progress, full=full)


async def test_a_long_reload_shows_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, sample_data: Path, tmp_path: Path
) -> None:
    monkeypatch.setattr("bot.conversation.PROGRESS_SECONDS", 0.01)
    engine = SlowEngine(ARTICLES, copy_of(sample_data, tmp_path / "data"))
    shown: list[str] = []

    async def show(html: str) -> None:
        shown.append(html)
        engine.let_go.set()

    reply = await Conversation(engine).reload(show)
    engine.close()

    assert shown[0] == "Preparing new passages: 3 of 12 (25%)"
    assert reply.html == f"{texts.UNCHANGED}\nUnchanged: 12"
