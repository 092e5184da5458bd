from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import texts
from tests.e2e.application import Running, serving
from tests.e2e.index import footnote_over

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from retrieval.engine import Engine
    from tests.telegram_server import Group, TelegramServer

SHIP = "How long is the Ever Given?"
SHIP_ANSWER = "The Ever Given is 400 metres long and 59 metres wide."


@pytest.fixture
def group(server: TelegramServer) -> Group:
    return server.group()


@pytest.mark.parametrize("command", ["/ask", "/ask@footnote_bot"])
@pytest.mark.usefixtures("bot")
async def test_ask_is_answered_as_a_reply_to_whoever_asked(group: Group, command: str) -> None:
    asked = await group.say(f"{command} {SHIP}")

    answer = await group.next_message()
    assert answer.text.startswith(SHIP_ANSWER)
    assert answer.reply_to == asked.id


@pytest.mark.usefixtures("bot")
async def test_ask_without_a_question_says_how_as_a_reply(group: Group) -> None:
    asked = await group.say("/ask")

    answer = await group.next_message()
    assert (answer.text, answer.reply_to) == (texts.ASK_WHAT, asked.id)


@pytest.mark.parametrize("command", ["/timeline", "/timeline@footnote_bot"])
@pytest.mark.usefixtures("bot")
async def test_a_timeline_is_a_reply_to_whoever_asked(group: Group, command: str) -> None:
    asked = await group.say(f"{command} Berlin airport")

    answer = await group.next_message()
    assert answer.text.startswith("What my articles say, oldest first\n\n1. 17 April 2012 – ")
    assert answer.reply_to == asked.id


UNMEANT: dict[str, Callable[[Group], Awaitable[object]]] = {
    "a question": lambda group: group.say(SHIP),
    "a greeting": lambda group: group.say("hello"),
    "a timeline in words": lambda group: group.say("timeline of Berlin airport"),
    "a mention of another bot": lambda group: group.say(f"@footnote_bots {SHIP}"),
    "a command of somebody else": lambda group: group.say("/roll 6"),
    "a command to another bot": lambda group: group.say(f"/ask@other_bot {SHIP}"),
    "a sticker": lambda group: group.send_sticker(),
    "a photo": lambda group: group.send_photo(),
}


@pytest.mark.parametrize("act", UNMEANT.values(), ids=UNMEANT.keys())
async def test_what_is_not_meant_for_the_bot_is_not_answered_even_where_it_hears_everything(
    bot: Running, server: TelegramServer, act: Callable[[Group], Awaitable[object]]
) -> None:
    group = server.group(bot_admin=True)
    await act(group)
    asked = await group.say("/ask")

    assert (await group.next_message()).reply_to == asked.id
    await bot.finish()
    assert len(group.from_bot) == 1


MENTIONS = [
    f"@footnote_bot {SHIP}", f"@Footnote_Bot, {SHIP}", f"{SHIP} @footnote_bot", f"🚢 🚢 @footnote_bot: {SHIP}",
]  # fmt: skip


@pytest.mark.parametrize("text", MENTIONS)
@pytest.mark.usefixtures("bot")
async def test_a_mention_is_answered_as_a_reply(group: Group, text: str) -> None:
    asked = await group.say(text)

    answer = await group.next_message()
    assert SHIP_ANSWER in answer.text
    assert answer.reply_to == asked.id


@pytest.mark.usefixtures("bot")
async def test_a_mention_alone_asks_what_it_replies_to(server: TelegramServer, group: Group) -> None:
    bob = server.user(first_name="Bob")
    group.join(bob)
    question = await group.say(SHIP)
    mention = await group.reply(question, "@footnote_bot", by=bob)

    answer = await group.next_message()
    assert answer.text.startswith(SHIP_ANSWER)
    assert answer.reply_to == mention.id


@pytest.mark.usefixtures("bot")
async def test_a_mention_of_nothing_says_how_to_ask(group: Group) -> None:
    await group.say("@footnote_bot")

    assert (await group.next_message()).text == texts.ASK_WHAT


@pytest.mark.usefixtures("bot")
async def test_a_photo_whose_caption_mentions_the_bot_is_answered(group: Group) -> None:
    await group.send_photo(caption=f"@footnote_bot {SHIP}")

    assert (await group.next_message()).text.startswith(SHIP_ANSWER)


@pytest.mark.usefixtures("bot")
async def test_a_reply_to_an_answer_follows_it_up(group: Group) -> None:
    await group.say(f"/ask {SHIP}")
    answer = await group.next_message()

    followed = await group.reply(answer, "Why did it run aground?")

    second = await group.next_message()
    assert second.reply_to == followed.id
    assert "Ever Given" in second.text


@pytest.mark.usefixtures("bot")
async def test_a_mention_in_a_topic_is_answered_in_that_topic(server: TelegramServer) -> None:
    forum = server.group(forum=True)
    topic = forum.add_topic("Ships")

    asked = await forum.say(f"@footnote_bot {SHIP}", thread_id=topic)

    answer = await forum.next_message()
    assert (answer.thread_id, answer.reply_to) == (topic, asked.id)


@pytest.mark.usefixtures("bot")
async def test_a_question_in_a_topic_is_answered_in_that_topic(server: TelegramServer) -> None:
    forum = server.group(forum=True)
    politics, sport = forum.add_topic("Politics"), forum.add_topic("Sport")
    for topic in (sport, politics):
        asked = await forum.say(f"/ask {SHIP}", thread_id=topic)

        answer = await forum.next_message()
        assert (answer.thread_id, answer.reply_to) == (topic, asked.id)


@pytest.mark.usefixtures("bot")
async def test_a_question_in_the_general_topic_is_answered_there(server: TelegramServer) -> None:
    forum = server.group(forum=True)
    forum.add_topic("Politics")
    first = await forum.say("/ask")
    answer = await forum.next_message()
    assert (answer.thread_id, answer.reply_to) == (None, first.id)

    # A reply carries the id of its thread, which must not be sent back.
    second = await forum.reply(first, f"/ask {SHIP}")
    answer = await forum.next_message()
    assert (answer.thread_id, answer.reply_to) == (None, second.id)


@pytest.mark.usefixtures("bot")
async def test_a_question_that_was_deleted_meanwhile_is_answered_all_the_same(
    group: Group,
) -> None:
    asked = await group.say(f"/ask {SHIP}")
    await group.delete(asked)

    answer = await group.next_message()
    assert answer.text.startswith(SHIP_ANSWER)
    assert answer.reply_to is None


@pytest.fixture
async def bot_of_grace(server: TelegramServer, engine: Engine, group: Group, tmp_path: Path) -> AsyncIterator[Running]:
    """A bot whose admin is the group's first member."""
    footnote = footnote_over(engine, tmp_path / "state", frozenset({group.members[0].id}))
    async with serving(server, footnote) as running:
        yield running
    await footnote.aclose()


@pytest.mark.usefixtures("bot_of_grace")
async def test_admin_commands_in_a_group_depend_on_who_writes(server: TelegramServer, group: Group) -> None:
    bob = server.user(first_name="Bob")
    group.join(bob, admin=True)

    await group.say("/status", by=bob)
    assert (await group.next_message()).text == texts.ADMINS_ONLY

    await group.say("/status")
    assert (await group.next_message()).text.startswith("Articles: 12 from ")


@pytest.mark.usefixtures("bot")
async def test_a_bot_that_was_put_out_and_let_in_again_goes_on(group: Group) -> None:
    await group.kick_bot()
    await group.say(f"/ask {SHIP}")
    await group.add_bot()
    asked = await group.say(f"/ask {SHIP}")

    replies = await group.next_messages(2)  # it also says what it hears
    assert asked.id in {reply.reply_to for reply in replies}
