from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot import texts
from bot.admin import pages
from bot.admin.library import PAGE, QUERY_BYTES
from bot.rendering import Reply
from bot.state.audit import Action
from corpus.models import Article, Block, BlockKind, Contents, Problem
from retrieval.progress import Stage
from retrieval.reloading import Cause
from tests.bot import values
from tests.bot.admin.words import judged, plain
from tests.telegram_api.rules import judge_text

if TYPE_CHECKING:
    from bot.rendering import Button
    from bot.state.audit import Entry
    from retrieval.models import ArticleCard
    from retrieval.reloading import ReloadReport

ODD = ("<b>&", "</blockquote>", "&nbsp;", '"', "👩‍👩‍👧", "مرحبا", "\u202e", "\u00a0", "\n", "\x00", "日本語", "word ")
pieces = st.sampled_from(ODD) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.builds(
    lambda parts, times: "".join(parts) * times, st.lists(pieces, min_size=1, max_size=4), st.integers(1, 60)
).filter(lambda name: bool(name.strip()))
cards = st.builds(
    values.article,
    names,
    source=st.none() | names,
    published=st.none() | st.dates(),
    url=st.none() | st.builds(lambda times: "https://example.com/" + "a/" * times, st.integers(0, 60)),
    path=names,
)


# --- a reload ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_of_a_reload_has_its_words_and_a_button_that_stops_it(stage: Stage) -> None:
    reply = judged(pages.progress(stage, 3, 12, "Ada", 4.4))

    assert plain(reply).startswith(f"{texts.STAGES[stage]} …\n")
    assert plain(reply).endswith("Started by Ada, 4 s ago. Questions are answered meanwhile.")
    assert [button.data for button in reply.buttons] == ["reload:cancel"]


@pytest.mark.parametrize(
    ("done", "total", "line"),
    [
        (0, 12, "░░░░░░░░░░░░░░░░░░░░ 0% · 0 of 12"),
        (3, 12, "█████░░░░░░░░░░░░░░░ 25% · 3 of 12"),
        (999, 1000, "███████████████████░ 99% · 999 of 1,000"),
        (12, 12, "████████████████████ 100% · 12 of 12"),
    ],
)
def test_what_is_counted_is_shown_as_a_bar(done: int, total: int, line: str) -> None:
    assert plain(pages.progress(Stage.EMBEDDING, done, total, "Ada", 0)).splitlines()[1] == line


@pytest.mark.parametrize(("stage", "total"), [(Stage.READING, 0), (Stage.WRITING, 9), (Stage.CHECKING, 1)])
def test_what_is_not_counted_has_no_bar(stage: Stage, total: int) -> None:
    assert "%" not in pages.progress(stage, 0, total, "Ada", 0).html


def test_a_report_names_every_changed_file_and_each_reason() -> None:
    done = values.report(
        added=("new.txt",),
        changed=("a & b.txt", "c.txt"),
        removed=("old.txt",),
        unchanged=9,
        failed=(("broken.txt", "is empty"),),
    )

    reply = judged(pages.report(done))

    assert plain(reply) == (
        "Reloaded in 1.3 s, generation 2\n"
        "Added: 1\n• new.txt\n"
        "Changed: 2\n• a & b.txt\n• c.txt\n"
        "Removed: 1\n• old.txt\n"
        "Unchanged: 9\n"
        "Skipped: 1\n• broken.txt: is empty"
    )
    assert reply.attachment is None


def test_a_report_of_nothing_says_so() -> None:
    assert plain(pages.report(values.report(unchanged=12, published=False))) == (
        "Nothing to do: the articles are as they were.\nUnchanged: 12"
    )


@pytest.mark.parametrize("cause", Cause)
def test_every_reason_to_make_all_anew_has_its_sentence(cause: Cause) -> None:
    assert plain(pages.report(values.report(rebuilt=cause))).splitlines()[1] == texts.REBUILT[cause]


def test_a_report_of_many_files_names_some_and_has_all_in_a_file() -> None:
    paths = tuple(f"{number}.txt" for number in range(25))

    reply = judged(pages.report(values.report(added=paths, failed=(("broken.txt", "is empty"),))))

    assert "Added: 25\n" in plain(reply)
    assert reply.html.count("•") == 11
    assert "… and 15 more" in reply.html
    assert reply.attachment is not None
    assert reply.attachment.name == "reload-2.txt"
    assert reply.attachment.text == "\n".join(["Added", *paths, "", "Skipped: 1", "broken.txt: is empty", ""])


@given(st.lists(names, max_size=12).map(tuple), st.text(max_size=40).filter(str.isascii))
@example(tuple(f"{number}-{'long-file-name' * 17}.txt" for number in range(12)), "has the same text as another")
def test_any_report_is_taken_by_telegram(paths: tuple[str, ...], reason: str) -> None:
    failed = tuple((path, reason) for path in paths)
    reply = judged(pages.report(values.report(added=paths, changed=paths, removed=paths, failed=failed)))

    assert reply.attachment is not None or all(reply.html.count("•") == 4 * len(paths) for _ in paths)


def test_a_file_name_in_a_report_does_not_become_a_link() -> None:
    """`.md` is also the ending of Moldova's addresses, and Telegram links whatever looks like one."""
    done = values.report(added=("2012-04-17-berlin-airport.md",), failed=(("broken.md", "is empty"),))

    assert [entity for entity in judge_text(pages.report(done).html, "HTML").entities if entity.type == "url"] == []


@pytest.mark.parametrize(
    ("done", "line"),
    [
        (values.report(added=("a.txt", "b.txt"), removed=("c.txt",)), "2 added, 1 removed; generation 2"),
        (values.report(published=False, unchanged=3), "nothing changed; generation 2"),
        (values.report(rebuilt=Cause.ASKED, unchanged=3), "made anew; generation 2"),
    ],
)
def test_a_reload_in_one_line_is_for_the_audit(done: ReloadReport, line: str) -> None:
    assert pages.in_short(done) == line


def test_a_failed_reload_says_why_and_escapes_it() -> None:
    assert pages.reload_failed("ARTICLES_DIR: there is no folder /<x>") == (
        "<b>Nothing was changed.</b> ARTICLES_DIR: there is no folder /&lt;x&gt;\n"
        "I keep answering from the articles I had."
    )


@given(names)
def test_any_reason_of_a_failure_is_taken_by_telegram(reason: str) -> None:
    judge_text(pages.reload_failed(reason * 9), "HTML")
    judge_text(pages.not_live(reason * 9), "HTML")


# --- the status ----------------------------------------------------------------------------------------------------


def test_a_status_shows_what_serves_and_how_the_machine_is() -> None:
    now = values.figures(values.status(), last_reload=values.entry(), last_poll=values.ago(seconds=4))

    assert plain(Reply(pages.status(now))).splitlines() == [
        "Articles: 12 from 4 sources",
        "Passages: 70",
        "Dates: 17 April 2012 – 8 December 2024",
        "Generation: 3, built 2 days ago",
        "Last reload: 1 hour ago by Ada: 2 added; generation 3",
        "Skipped files: 1",
        "Questions today: 5, answered: 4, chats: 2",
        "Votes in 30 days: helpful 7, not helpful 1",
        "Running for: 3 hours",
        "Last poll: 4 seconds ago",
        "Disk: 1.5 MB used, 2 GB free",
        "Memory: 250 MB",
        "Model: all-MiniLM-L6-v2-int8",
        "Versions: footnote 0.1.0, Python 3.11.7",
    ]


def test_a_status_before_anything_happened_says_never_and_undated() -> None:
    lines = plain(Reply(pages.status(values.figures(values.status(oldest=None, newest=None))))).splitlines()

    assert {"Dates: undated", "Last reload: never", "Last poll: never"} <= set(lines)


def test_a_status_after_a_rollback_says_so() -> None:
    html = pages.status(values.figures(values.status(is_rolled_back=True)))

    assert "built 2 days ago (rolled back)\n" in html


@given(names, names)
def test_any_name_in_a_status_is_taken_by_telegram(name: str, detail: str) -> None:
    judge_text(
        pages.status(values.figures(values.status(), last_reload=values.entry(name=name, detail=detail))), "HTML"
    )


# --- the articles --------------------------------------------------------------------------------------------------


LONGEST = values.article("&" * 300, source="&" * 99, url="https://example.com/" + "a/" * 480, path="&" * 300)


@given(st.lists(cards, min_size=1, max_size=PAGE), names, st.integers(0, 10_000))
@example([LONGEST] * PAGE, "&" * 60, 0)
def test_any_page_of_articles_is_taken_by_telegram_with_buttons_that_fit(
    found: list[ArticleCard], query: str, page: int
) -> None:
    query = query.encode()[:QUERY_BYTES].decode(errors="ignore")
    everything = [values.article()] * (page * PAGE) + found + [values.article()] * PAGE

    reply = judged(pages.articles(everything, query, page, PAGE))

    assert all(1 <= len(button.data.encode()) <= 64 for row in reply.rows for button in row)
    assert [button.label for button in reply.buttons] == [str(page * PAGE + number) for number in range(1, PAGE + 1)]


def test_a_page_lists_titles_with_their_files_below_each_other() -> None:
    reply = pages.articles([values.article(url=None)], "", 0, PAGE)

    assert plain(reply) == (
        "Articles (1–1 of 1)\nA number opens the card.\n\n"
        "1. The canal is open – The Harbour Courier, 30 March 2021\ncanal.txt"
    )
    assert [button.data for button in reply.buttons] == ["open:05a6a92a7783"]
    assert len(reply.rows) == 1


@given(names)
def test_any_search_without_a_result_is_repeated(query: str) -> None:
    assert "in its title, source, author or file name." in plain(pages.articles([], query, 0, PAGE))


# --- drafts --------------------------------------------------------------------------------------------------------


def article(
    title: str = "The ferry sails", body: str = "The ferry sails again.", furniture: tuple[str, ...] = (), **known: str
) -> Article:
    text = "\n".join([body, *furniture])
    blocks, start = [Block(0, len(body), BlockKind.PARAGRAPH)], len(body) + 1
    for line in furniture:
        blocks.append(Block(start, start + len(line), BlockKind.FURNITURE))
        start += len(line) + 1
    return Article("ferry.html", text, title, tuple(blocks), published=date(2024, 3, 5), **known)


def datas(buttons: tuple[Button, ...]) -> list[str]:
    return [button.data for button in buttons]


def test_a_draft_shows_what_was_understood_and_what_was_left_out() -> None:
    contents = Contents(
        (article(source="The Quay", author="Ada Brook", furniture=("Leave a comment",)),), left_out=("Home", "Sport")
    )

    reply = judged(pages.draft("ferry.html", contents, 12, ["added/ferry.txt"]))

    assert plain(reply) == (
        "This is what I understood. Keep it?\n\n"
        "The ferry sails\nThe Quay, 5 March 2024, Ada Brook\n4 words, 22 characters\n\n"
        "The ferry sails again.\n\n"
        "Left out as page furniture: “Home”; “Sport”; “Leave a comment”\n"
        "⚠ The same text is already there as added/ferry.txt."
    )
    assert datas(reply.buttons) == ["keep:12", "discard:12"]


def test_a_draft_of_many_articles_names_some_and_what_was_skipped() -> None:
    contents = Contents(
        tuple(article(f"Story {number}") for number in range(7)), (Problem("dump.jsonl#9", "is not JSON"),)
    )

    lines = plain(pages.draft("dump.jsonl", contents, 1, [])).splitlines()

    assert lines[0] == "7 articles in dump.jsonl. Keep them?"
    assert lines[2] == "• Story 0 – 5 March 2024"
    assert lines[7:] == ["… and 2 more", "", "Skipped: dump.jsonl#9: is not JSON"]


@given(names, names, names, st.lists(names, max_size=5), st.integers(1, 7))
def test_any_draft_is_taken_by_telegram(name: str, title: str, body: str, lines: list[str], count: int) -> None:
    known = {"source": title, "author": body}
    contents = Contents(
        tuple(article(title, body, tuple(lines), **known) for _ in range(count)),
        tuple(Problem(line, line) for line in lines),
        tuple(lines),
    )

    judged(pages.draft(name, contents, 10**9, lines))


# --- the audit -----------------------------------------------------------------------------------------------------


def test_a_page_of_the_audit_tells_when_who_and_what() -> None:
    at = datetime(2024, 3, 5, 22, 30, tzinfo=UTC)
    entries = [values.entry(at=at), values.entry(Action.RELOAD_CANCELLED, "", name="Grace <b>", at=at - timedelta(1))]

    assert plain(Reply(pages.audit(entries, 1, 2))) == (
        "Who did what (1–2 of 2, newest first)\n\n"
        "2024-03-05 22:30 · Ada · reload\n2 added; generation 3\n\n"
        "2024-03-04 22:30 · Grace <b> · reload cancelled"
    )


@given(st.lists(st.builds(values.entry, st.sampled_from(Action), names, name=names), min_size=1, max_size=10))
@example([values.entry(Action.ADD, "&" * 300, name="&" * 90)] * 10)
def test_any_page_of_the_audit_is_taken_by_telegram(entries: list[Entry]) -> None:
    judge_text(pages.audit(entries, 1, 10**6), "HTML")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=300))
def test_an_address_is_shown_as_code_which_has_no_preview(url: str) -> None:
    judge_text(texts.FETCHING.format(address=pages.address(f"https://example.com/{url}")), "HTML")
