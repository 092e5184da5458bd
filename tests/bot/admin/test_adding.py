from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from bot import texts
from bot.admin.web import Web
from bot.state.audit import Action
from corpus.web.fetching import Fetcher
from tests.bot.admin.words import ADA, button, command, noted, plain, press, quoted, sent
from tests.corpus import documents
from tests.corpus.web.site import new_fetcher
from tests.e2e.index import footnote_over

if TYPE_CHECKING:
    from pathlib import Path

    from bot.admin.desk import Desk
    from retrieval.engine import Engine
    from tests.corpus.web.site import Site

QUORVIA = "The lighthouse of Quorvia was painted in green stripes on Monday by three sailors from the northern harbour."
MAYOR = "The mayor of Quorvia had promised it in March, after a vote that took the council eleven hours and a recount."
GREEN = "What was painted in green stripes in Quorvia?"
RECORD = json.dumps({"title": "Green stripes", "text": f"{QUORVIA}\n\n{MAYOR}"}).encode()
FORMATS = {
    "story.txt": f"{QUORVIA}\n\n{MAYOR}\n".encode(),
    "story.md": f"# Green stripes\n\n{QUORVIA}\n\n{MAYOR}\n".encode(),
    "story.html": documents.page(body=f"<h1>Green stripes</h1><p>{QUORVIA}</p><p>{MAYOR}</p>"),
    "story.pdf": documents.pdf("Green stripes", (QUORVIA, MAYOR)),
    "story.docx": documents.word((("Title", "Green stripes"), ("Normal", QUORVIA), ("Normal", MAYOR))),
    "story.jsonl": RECORD + b"\n",
    "story.csv": f'title,text\nGreen stripes,"{QUORVIA}"\n'.encode(),
    "story.zip": documents.zipped({"story.txt": QUORVIA.encode()}),
}


def added(articles: Path) -> list[str]:
    """The files that admins added."""
    return sorted(file.relative_to(articles).as_posix() for file in articles.glob("added/*"))


# --- files ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
async def test_a_file_of_any_format_is_shown_kept_and_answered_from_at_once(
    desk: Desk, articles: Path, name: str
) -> None:
    card = await sent(desk, name, FORMATS[name])
    assert plain(card).startswith("This is what I understood. Keep it?\n\n")
    assert QUORVIA[:60] in plain(card)
    assert added(articles) == []

    kept = await press(desk, card, texts.KEEP)

    (path,) = added(articles)
    assert plain(kept) == f"Kept as {path}. It is answered from now."
    assert " ".join((await quoted(desk, GREEN)).split()) == QUORVIA
    assert (Action.ADD, "Ada", f"{name}: {path}") in await noted(desk)


@pytest.mark.parametrize("name", ["story.txt", "story.md"])
async def test_what_a_person_wrote_is_kept_byte_for_byte(desk: Desk, articles: Path, name: str) -> None:
    await press(desk, await sent(desk, name, FORMATS[name]), texts.KEEP)

    assert (articles / "added" / name).read_bytes() == FORMATS[name]


async def test_a_file_of_several_articles_becomes_as_many_files(desk: Desk, articles: Path) -> None:
    other = json.dumps({"title": "A mayor keeps her word", "text": MAYOR}).encode()
    card = await sent(desk, "dump.jsonl", b"\n".join([RECORD, other]))
    assert plain(card).startswith("2 articles in dump.jsonl. Keep them?\n\n• Green stripes – ")

    assert plain(await press(desk, card, texts.KEEP)) == "Kept 2 files in added. It is answered from now."
    assert added(articles) == ["added/a-mayor-keeps-her-word.txt", "added/green-stripes.txt"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("picture.png", b"\x89PNG"),
        ("file", b"words"),
        ("empty.txt", b""),
        ("broken.pdf", b"%PDF-1.7 nothing"),
        ("scan.pdf", documents.scanned_pdf()),
        ("broken.docx", b"PK"),
        ("large.txt", b"a" * (21 * 2**20)),
        ("<b>&.exe", b"MZ"),
        ("\u202e.txt", b""),
    ],
)
async def test_a_file_that_holds_no_article_is_told_why_and_leaves_no_draft(desk: Desk, name: str, data: bytes) -> None:
    reply = await sent(desk, name, data)

    assert plain(reply).startswith("I cannot use that. ")
    assert reply.buttons == ()
    assert await desk.state.drafts.get(1) is None


@pytest.mark.parametrize("name", ["story.txt", "story.pdf", "story.html"])
async def test_a_text_that_is_there_already_is_pointed_out(desk: Desk, articles: Path, name: str) -> None:
    await press(desk, await sent(desk, name, FORMATS[name]), texts.KEEP)
    (path,) = added(articles)

    again = await sent(desk, name, FORMATS[name])

    assert f"⚠ The same text is already there as {path}." in plain(again)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.txt", "/etc/passwd.txt", ".txt.txt", "a\nb.TXT", "x" * 300 + ".txt"]
)
async def test_no_file_name_leads_out_of_the_articles(desk: Desk, articles: Path, name: str) -> None:
    before = {file for file in articles.parent.rglob("*.txt") if articles not in file.parents}

    kept = await press(desk, await sent(desk, name, QUORVIA.encode()), texts.KEEP)

    assert plain(kept).startswith("Kept as ")
    assert {file for file in articles.parent.rglob("*.txt") if articles not in file.parents} == before
    assert await quoted(desk, GREEN) == QUORVIA


# --- deciding ------------------------------------------------------------------------------------------------------


async def test_what_is_discarded_is_gone_and_noted(desk: Desk, articles: Path) -> None:
    card = await sent(desk, "story.txt", FORMATS["story.txt"])

    assert (await press(desk, card, texts.DISCARD)).html == texts.DISCARDED
    assert (await press(desk, card, texts.KEEP)).html == texts.NO_LONGER
    assert (await press(desk, card, texts.DISCARD)).html == texts.NO_LONGER
    assert added(articles) == []
    assert await noted(desk) == [(Action.DISCARD, "Ada", "story.txt")]


async def test_keep_pressed_twice_at_once_keeps_once(desk: Desk, articles: Path) -> None:
    card = await sent(desk, "story.txt", FORMATS["story.txt"])

    first, second = await asyncio.gather(press(desk, card, texts.KEEP), press(desk, card, texts.KEEP))

    assert {first.html, second.html} > {texts.NO_LONGER}
    assert added(articles) == ["added/story.txt"]


async def test_of_keep_and_discard_at_once_one_is_done(desk: Desk, articles: Path) -> None:
    card = await sent(desk, "story.txt", FORMATS["story.txt"])

    replies = await asyncio.gather(press(desk, card, texts.KEEP), press(desk, card, texts.DISCARD))

    assert sum(reply.html == texts.NO_LONGER for reply in replies) == 1
    assert len(added(articles)) == int(replies[1].html == texts.NO_LONGER)


async def test_a_draft_is_kept_after_everything_was_started_anew(
    desk: Desk, own_engine: Engine, own_data: Path, articles: Path
) -> None:
    data = button(await sent(desk, "story.pdf", FORMATS["story.pdf"]), texts.KEEP).data
    desk.state.close()
    own_engine.close()

    again = footnote_over(own_engine, own_data)
    kept = await again.desk.press(ADA, data)
    found = await quoted(again.desk, GREEN)
    await again.aclose()

    assert plain(kept) == f"Kept as {added(articles)[0]}. It is answered from now."
    assert " ".join(found.split()) == QUORVIA


async def test_where_the_articles_cannot_be_written_the_draft_waits(desk: Desk, articles: Path) -> None:
    card = await sent(desk, "story.txt", FORMATS["story.txt"])
    (articles / "added").write_text("a file where the folder should be\n", encoding="utf-8")

    refused = await press(desk, card, texts.KEEP)
    assert plain(refused).startswith("Nothing was changed. ")
    (articles / "added").unlink()

    assert plain(await press(desk, refused, texts.KEEP)) == "Kept as added/story.txt. It is answered from now."


async def test_what_was_kept_but_could_not_be_reloaded_is_said_to_be_kept(desk: Desk, articles: Path) -> None:
    card = await sent(desk, "story.txt", FORMATS["story.txt"])
    keeping = asyncio.create_task(press(desk, card, texts.KEEP))
    while desk.reloads.cancel().html == texts.NO_RELOAD:
        await asyncio.wait({keeping}, timeout=0.001)

    assert plain(await keeping).startswith("Kept as added/story.txt. But I could not reload, ")
    assert added(articles) == ["added/story.txt"]


async def test_a_decision_on_a_draft_that_never_was_is_settled(desk: Desk) -> None:
    for data in ("keep:99", "discard:99", "keep:", "keep:zebra", "discard:-1"):
        assert (await desk.press(ADA, data)).html == texts.NO_LONGER


# --- pages ---------------------------------------------------------------------------------------------------------


async def test_a_page_is_shown_with_its_address_and_kept_with_it(desk: Desk, site: Site, articles: Path) -> None:
    head = "<title>Green stripes</title><meta property='og:site_name' content='The Quay'>"
    site.gives(
        "/green",
        documents.page(head, f"<h1>Green stripes</h1><p>{QUORVIA}</p><p>{MAYOR}</p>"),
        content_type="text/html",
    )

    card = await command(desk, "add", f"  {site.url('/green')} ")
    assert QUORVIA[:60] in plain(card)
    await press(desk, card, texts.KEEP)

    (path,) = added(articles)
    assert f"url: {site.url('/green')}\n" in (articles / path).read_text(encoding="utf-8")
    assert " ".join((await quoted(desk, GREEN)).split()) == QUORVIA
    assert site.paths == ["/robots.txt", "/green"]


@pytest.mark.parametrize(
    ("kind", "name"),
    [("application/pdf", "story.pdf"), ("text/plain", "story.txt"), ("application/octet-stream", "story.docx")],
)
async def test_a_document_of_the_web_is_read_as_what_it_is(desk: Desk, site: Site, kind: str, name: str) -> None:
    site.gives(f"/{name}", FORMATS[name], content_type=kind)

    assert QUORVIA[:60] in plain(await command(desk, "add", site.url(f"/{name}")))


async def test_what_a_site_forbids_is_left_alone(desk: Desk, site: Site) -> None:
    site.gives("/robots.txt", "User-agent: *\nDisallow: /green\n")
    site.gives("/green", FORMATS["story.html"], content_type="text/html")

    reply = await command(desk, "add", site.url("/green"))

    assert plain(reply) == f"I cannot use that. {site.url('/green')} is forbidden by its robots.txt."
    assert site.paths == ["/robots.txt"]


@pytest.mark.parametrize(
    ("path", "kind", "reason"),
    [
        ("/gone", None, "answered 404"),
        ("/picture", "image/png", "is image/png, which I cannot read"),
        ("/bare", "text/html", ""),
    ],
)
async def test_a_page_that_holds_no_article_is_told_why(
    desk: Desk, site: Site, path: str, kind: str | None, reason: str
) -> None:
    if kind:
        site.gives(path, "<html><body></body></html>", content_type=kind)

    reply = await command(desk, "add", site.url(path))

    assert plain(reply).startswith("I cannot use that. ")
    assert reason in plain(reply)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/", "http://localhost/", "http://[::1]/", "http://2130706433/"])
async def test_by_default_no_page_of_this_machines_own_network_is_fetched(
    own_engine: Engine, tmp_path: Path, address: str
) -> None:
    footnote = footnote_over(own_engine, tmp_path / "state", web=Web(Fetcher()))

    reply = await command(footnote.desk, "add", address)
    await footnote.aclose()

    assert "leads to a private address" in plain(reply)


@pytest.mark.parametrize("address", ["zebra", "ftp://example.com/", "https://", "javascript:alert(1)", "<b>&"])
async def test_what_is_no_address_is_told_so(desk: Desk, address: str) -> None:
    assert plain(await command(desk, "add", address)).startswith("I cannot use that. ")


async def test_add_without_an_address_says_what_can_be_added(desk: Desk) -> None:
    said = plain(await command(desk, "add"))

    assert said == plain(desk.adding.usage())
    assert all(ending in said for ending in (".txt", ".pdf", ".docx", ".zip"))


async def test_a_page_that_is_fetched_by_two_at_once_is_read_for_both(desk: Desk, site: Site) -> None:
    site.gives("/green", FORMATS["story.html"], content_type="text/html")

    replies = await asyncio.gather(*(command(desk, "add", site.url("/green")) for _ in range(2)))

    assert {plain(reply) for reply in replies} == {plain(replies[0])}
    assert {button(reply, texts.KEEP).data for reply in replies} == {"keep:1", "keep:2"}


async def test_a_web_of_its_own_is_closed_with_its_worker() -> None:
    web = Web(new_fetcher())
    assert (await web.read("story.html", FORMATS["story.html"])).articles
    await web.aclose()

    assert web._reader._pool is None
