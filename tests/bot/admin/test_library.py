from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import texts
from bot.admin.library import PAGE
from bot.state.audit import Action
from corpus.models import article_id
from tests.bot.admin.words import ADA, button, command, judged, noted, plain, press, quoted
from tests.corpus.documents import zipped

if TYPE_CHECKING:
    from pathlib import Path

    from bot.admin.desk import Desk
    from bot.rendering import Reply

FINLAND = "2023-04-04-finland-joins-nato.txt"
WHEN = "When did Finland join NATO?"
QUORVIA = "The lighthouse of Quorvia was painted in green stripes on Monday."
GREEN = "What was painted in green stripes in Quorvia?"


async def card(desk: Desk, path: str) -> Reply:
    return judged(await desk.press(ADA, f"open:{article_id(path)}"))


def leave_only(folder: Path, name: str) -> None:
    for file in folder.iterdir():
        if file.name != name:
            file.unlink()


async def removed(desk: Desk, path: str) -> Reply:
    """What is said after Remove and its confirmation."""
    sure = await press(desk, await card(desk, path), texts.REMOVE)
    return await press(desk, sure, texts.REMOVE_YES)


# --- finding -------------------------------------------------------------------------------------------------------


async def test_the_pages_show_every_article_once(desk: Desk) -> None:
    first = await command(desk, "articles")
    second = await press(desk, first, texts.NEXT)

    numbers = [button.label for button in (*first.buttons, *second.buttons)]
    assert numbers == [str(number) for number in range(1, 2 * PAGE + 1)]
    assert len({button.data for button in (*first.buttons, *second.buttons)}) == 2 * PAGE
    assert [button.label for row in second.below for button in row] == [texts.PREVIOUS]


@pytest.mark.parametrize("query", ["Finland NATO", "nato FINLAND", "finland ledger", FINLAND, "2023-04-04 .txt"])
async def test_a_search_finds_articles_by_all_words_of_title_source_author_or_file(desk: Desk, query: str) -> None:
    reply = await command(desk, "articles", query)

    assert [button.data for button in reply.buttons] == [f"open:{article_id(FINLAND)}"], plain(reply)


async def test_a_search_without_a_result_says_what_was_searched(desk: Desk) -> None:
    assert plain(await command(desk, "articles", "<zebra>")) == (
        "No article has “<zebra>” in its title, source, author or file name."
    )


async def test_turning_pages_keeps_to_what_was_searched(desk: Desk) -> None:
    first = await command(desk, "articles", "the 20")

    second = await press(desk, first, texts.NEXT)

    assert "Articles with “the 20” (7–" in plain(second)
    assert plain(await press(desk, second, texts.PREVIOUS)) == plain(first)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
async def test_any_search_is_taken_by_telegram_and_fits_its_buttons(desk: Desk, query: str) -> None:
    await command(desk, "articles", query)


@pytest.mark.parametrize("data", ["articles:9:", "articles:99999999999:x", "articles::", "articles:-1:", "articles:"])
async def test_a_page_that_is_gone_is_said_to_be(desk: Desk, data: str) -> None:
    judged(await desk.press(ADA, data))


# --- the card ------------------------------------------------------------------------------------------------------


async def test_a_card_shows_the_article_and_offers_to_remove_it(desk: Desk) -> None:
    reply = await card(desk, FINLAND)

    assert FINLAND in plain(reply)
    assert [button.label for button in reply.buttons] == [texts.REMOVE]


async def test_removing_is_asked_first_and_can_be_thought_better_of(desk: Desk, articles: Path) -> None:
    first = await card(desk, FINLAND)
    sure = await press(desk, first, texts.REMOVE)
    assert plain(sure).endswith("Remove this article? Its file is set aside and can be put back.")

    assert await press(desk, sure, texts.REMOVE_NO) == first
    assert (articles / FINLAND).exists()


@pytest.mark.parametrize(
    ("container", "data"),
    [
        ("dump.jsonl", b'{"title": "Green", "text": "%s"}\n' % QUORVIA.encode()),
        ("papers.zip", zipped({"quorvia.txt": QUORVIA.encode()})),
    ],
)
async def test_a_part_of_a_file_names_that_file_and_cannot_be_removed_alone(
    desk: Desk, articles: Path, container: str, data: bytes
) -> None:
    (articles / container).write_bytes(data)
    await command(desk, "reload")
    (path,) = [card.path for card in await desk.engine.articles() if card.path.startswith(container)]

    reply = await card(desk, path)

    assert plain(reply).endswith(f"It is part of {container}; change that file to remove it.")
    assert reply.buttons == ()
    stale = judged(await desk.press(ADA, f"removed:{article_id(path)}"))
    assert plain(stale).startswith("Nothing was changed.")


@pytest.mark.parametrize("data", ["open", "card", "remove", "removed"])
async def test_an_article_that_is_gone_is_said_to_be(desk: Desk, data: str) -> None:
    assert (await desk.press(ADA, f"{data}:000000000000")).html == texts.NO_SUCH_ARTICLE


# --- removing and putting back -------------------------------------------------------------------------------------


async def test_a_removed_article_is_quoted_no_more_until_it_is_put_back(desk: Desk, articles: Path) -> None:
    before = await quoted(desk, WHEN)
    assert before

    gone = await removed(desk, FINLAND)
    assert plain(gone) == f"Removed {FINLAND}. No answer quotes it any more."
    assert not (articles / FINLAND).exists()
    assert await quoted(desk, WHEN) != before

    back = await press(desk, gone, texts.PUT_BACK)
    assert plain(back) == f"Put back {FINLAND}. It is answered from now."
    assert await quoted(desk, WHEN) == before
    assert [(action, detail) for action, _, detail in await noted(desk) if action is not Action.RELOAD] == [
        (Action.PUT_BACK, FINLAND),
        (Action.REMOVE, FINLAND),
    ]


async def test_put_back_pressed_a_second_time_says_that_nothing_is_there(desk: Desk) -> None:
    gone = await removed(desk, FINLAND)
    await press(desk, gone, texts.PUT_BACK)

    assert (await press(desk, gone, texts.PUT_BACK)).html == texts.NOT_SET_ASIDE


async def test_what_was_put_in_its_place_meanwhile_stays(desk: Desk, articles: Path) -> None:
    gone = await removed(desk, FINLAND)
    (articles / FINLAND).write_text(QUORVIA, encoding="utf-8")

    back = await press(desk, gone, texts.PUT_BACK)

    assert plain(back).startswith("Put back 2023-04-04-finland-joins-nato-2.txt.")
    assert (articles / FINLAND).read_text(encoding="utf-8") == QUORVIA
    assert await quoted(desk, GREEN) == QUORVIA


async def test_of_two_files_removed_under_one_name_each_comes_back_by_its_own_button(
    desk: Desk, articles: Path
) -> None:
    first = await removed(desk, FINLAND)
    (articles / FINLAND).write_text(QUORVIA, encoding="utf-8")
    await command(desk, "reload")
    await removed(desk, FINLAND)

    await press(desk, first, texts.PUT_BACK)

    assert "31st member" in (articles / FINLAND).read_text(encoding="utf-8")


async def test_an_article_whose_file_is_gone_already_is_not_removed(desk: Desk, articles: Path) -> None:
    sure = await press(desk, await card(desk, FINLAND), texts.REMOVE)
    (articles / FINLAND).unlink()

    reply = await press(desk, sure, texts.REMOVE_YES)

    assert plain(reply).startswith(f"Nothing was changed. there is no file {FINLAND} in ")


async def test_the_last_article_can_be_put_back_although_its_removal_could_not_be_reloaded(
    desk: Desk, articles: Path
) -> None:
    """A reload of an empty folder is refused, but the file is no longer where it was, and that must be said."""
    leave_only(articles, FINLAND)
    await command(desk, "reload")

    gone = await removed(desk, FINLAND)
    assert plain(gone).startswith(f"Removed {FINLAND}. But I could not reload, and keep answering as before ")

    assert plain(await press(desk, gone, texts.PUT_BACK)) == f"Put back {FINLAND}. It is answered from now."
    assert (articles / FINLAND).exists()


async def test_nothing_outside_of_what_was_set_aside_can_be_put_back(desk: Desk) -> None:
    for name in ("../state.db", "000000000000", ""):
        assert (await desk.press(ADA, f"putback:{name}")).html == texts.NOT_SET_ASIDE


async def test_the_button_to_put_back_works_after_the_library_was_opened_anew(desk: Desk, articles: Path) -> None:
    gone = await removed(desk, FINLAND)
    data = button(gone, texts.PUT_BACK).data

    assert (await desk.press(ADA, data)).html.startswith("<b>Put back</b>")
    assert (articles / FINLAND).exists()
