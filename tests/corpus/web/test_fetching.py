"""One page: what comes back, what is refused, how far and how long and how much."""

from __future__ import annotations

import asyncio
import gzip
import socket
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from corpus.web.fetching import Page
from tests.corpus.web.site import BRIEF, new_fetcher, refusal

if TYPE_CHECKING:
    from corpus.web.fetching import Fetcher
    from tests.corpus.web.site import Site


async def test_a_page_comes_with_its_address_and_type(site: Site, fetcher: Fetcher) -> None:
    site.gives("/a", b"<p>It rained.", Content_Type="Text/HTML; charset=utf-8", ETag='"7"', Last_Modified="yesterday")

    assert await fetcher.fetch(site.url("/a?x=1")) == Page(
        url=site.url("/a?x=1"),
        content=b"<p>It rained.",
        media_type="text/html",
        etag='"7"',
        modified="yesterday",
        is_unchanged=False,
    )


async def test_a_server_learns_who_asks_and_nothing_of_the_machine(site: Site, fetcher: Fetcher) -> None:
    site.gives("/", "")

    await fetcher.fetch(site.url("/"), accept="text/html")

    (request,) = site.requests
    agent = request.headers["User-Agent"]
    assert agent.startswith("Footnote/")
    assert agent.endswith(" (+news archive bot)")
    assert set(request.headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
    assert request.headers["Accept"] == "text/html"


class TestAnUnchangedPage:
    async def test_is_not_sent_again(self, site: Site, fetcher: Fetcher) -> None:
        async def answer(request: web.Request) -> web.Response:
            headers = {"ETag": '"7"', "Last-Modified": "Tue, 05 Mar 2024 10:00:00 GMT"}
            is_known = (
                request.headers.get("If-None-Match") == headers["ETag"]
                and request.headers.get("If-Modified-Since") == headers["Last-Modified"]
            )
            return web.Response(status=304) if is_known else web.Response(body=b"It rained.", headers=headers)

        site.on("/", answer)
        first = await fetcher.fetch(site.url("/"))
        second = await fetcher.fetch(site.url("/"), etag=first.etag, modified=first.modified)

        assert not first.is_unchanged
        assert (second.is_unchanged, second.content) == (True, b"")
        assert (second.etag, second.modified) == (first.etag, first.modified)

    async def test_is_not_believed_in_where_nothing_was_known(self, site: Site, fetcher: Fetcher) -> None:
        site.gives("/", 304)

        assert (await refusal(fetcher.fetch(site.url("/")))).reason == "answered 304"

    async def test_is_not_known_by_a_mark_that_cannot_be_sent_back(self, site: Site, fetcher: Fetcher) -> None:
        site.gives("/", "It rained.", ETag='"é"')

        assert (await fetcher.fetch(site.url("/"))).etag is None


class TestAnAddress:
    @pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/a", "javascript:1", "http:///a", "a", ""])
    async def test_that_is_not_of_the_web_is_refused(self, fetcher: Fetcher, url: str) -> None:
        assert (await refusal(fetcher.fetch(url))).reason == "is no address that begins with http:// or https://"

    @pytest.mark.parametrize(
        "url", ["http://[::1/", "http://a:b/", "http://0177.0.0.1/", "http://a\nb/", "http://xn--/"]
    )
    async def test_that_is_malformed_is_refused(self, fetcher: Fetcher, url: str) -> None:
        assert (await refusal(fetcher.fetch(url))).reason == "is no web address"

    async def test_with_a_password_is_refused_without_repeating_it(self, site: Site, fetcher: Fetcher) -> None:
        error = await refusal(fetcher.fetch(site.url("/a", host="ada:secret@127.0.0.1")))

        assert str(error) == f"{site.url('/a')} is an address with a user name, which is not sent"
        assert site.requests == []

    async def test_is_shown_without_its_query(self, site: Site, fetcher: Fetcher) -> None:
        error = await refusal(fetcher.fetch(site.url("/a?key=secret#part")))

        assert (str(error), error.status) == (f"{site.url('/a')} answered 404", 404)


class TestARedirect:
    async def test_is_followed_to_its_end(self, site: Site, fetcher: Fetcher) -> None:
        site.gives("/old", 301, Location="/new?x=1")
        site.gives("/new", "It rained.")

        page = await fetcher.fetch(site.url("/old"))

        assert (page.url, page.content) == (site.url("/new?x=1"), b"It rained.")

    async def test_that_never_ends_is_given_up(self, site: Site, fetcher: Fetcher) -> None:
        site.gives("/", 302, Location="/")

        error = await refusal(fetcher.fetch(site.url("/")))

        assert (error.reason, len(site.requests)) == ("redirects more than 5 times", 6)

    @pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/a"])
    async def test_out_of_the_web_is_refused(self, site: Site, fetcher: Fetcher, target: str) -> None:
        site.gives("/", 302, Location=target)

        error = await refusal(fetcher.fetch(site.url("/")))

        assert error.reason == "redirects to no address that begins with http:// or https://"

    @pytest.mark.parametrize("target", ["data:text/html,a", "http://xn--/"])
    async def test_to_what_is_malformed_is_refused(self, site: Site, fetcher: Fetcher, target: str) -> None:
        site.gives("/", 302, Location=target)

        error = await refusal(fetcher.fetch(site.url("/")))

        assert error.reason == "redirects to no web address"

    async def test_with_a_password_is_refused(self, site: Site, fetcher: Fetcher) -> None:
        site.gives("/", 302, Location=site.url("/a", host="ada:secret@127.0.0.1"))

        error = await refusal(fetcher.fetch(site.url("/")))

        assert str(error) == f"{site.url('/')} redirects to an address with a user name, which is not sent"

    async def test_asks_for_leave_at_every_hop(self, site: Site, fetcher: Fetcher) -> None:
        asked: list[str] = []

        async def permit(url: str) -> None:
            asked.append(url)

        site.gives("/old", 301, Location="/new")
        site.gives("/new", "It rained.")
        await fetcher.fetch(site.url("/old"), permit=permit)

        assert asked == [site.url("/old"), site.url("/new")]

    async def test_takes_no_cookie_along(self, site: Site, fetcher: Fetcher) -> None:
        site.gives("/old", 301, Location="/new", Set_Cookie="seen=1")
        site.gives("/new", "It rained.")

        await fetcher.fetch(site.url("/old"))

        assert "Cookie" not in site.requests[-1].headers


class TestTooMuch:
    async def test_a_body_without_end_is_cut_off(self, site: Site, fetcher: Fetcher) -> None:
        async def endless(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            while True:
                await response.write(b"x" * 65536)

        site.on("/", endless)

        assert (await refusal(fetcher.fetch(site.url("/")))).reason == "is larger than 1 MB"

    async def test_a_bomb_is_counted_unpacked(self, site: Site, fetcher: Fetcher) -> None:
        site.gives("/", gzip.compress(bytes(50 * 1024**2)), Content_Encoding="gzip")

        assert (await refusal(fetcher.fetch(site.url("/")))).reason == "is larger than 1 MB"

    async def test_a_bomb_in_a_bomb_is_not_unpacked(self, site: Site, fetcher: Fetcher) -> None:
        site.gives("/", gzip.compress(gzip.compress(bytes(1024**2))), Content_Encoding="gzip, gzip")

        error = await refusal(fetcher.fetch(site.url("/")))

        assert error.reason == "is compressed in a way that was not asked for"

    async def test_a_body_just_at_the_limit_is_taken(self, site: Site, fetcher: Fetcher) -> None:
        body = bytes(BRIEF.size)
        site.gives("/plain", body)
        site.gives("/packed", gzip.compress(body), Content_Encoding="gzip")

        assert [(await fetcher.fetch(site.url(path))).content for path in ("/plain", "/packed")] == [body, body]


class TestACompressedBody:
    async def test_is_unpacked(self, site: Site, fetcher: Fetcher) -> None:
        site.gives("/", gzip.compress(b"It rained."), Content_Encoding="gzip")

        assert (await fetcher.fetch(site.url("/"))).content == b"It rained."

    async def test_that_is_cut_short_is_not_taken_for_whole(self, site: Site, fetcher: Fetcher) -> None:
        site.gives("/", gzip.compress(b"It rained.")[:-9], Content_Encoding="gzip")

        assert (await refusal(fetcher.fetch(site.url("/")))).reason == "gave a broken or incomplete answer"

    async def test_ends_where_it_says_whatever_still_comes(self, site: Site, fetcher: Fetcher) -> None:
        async def endless(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Encoding": "gzip"})
            await response.prepare(request)
            await response.write(gzip.compress(b"It rained."))
            while True:
                await response.write(b"x" * 65536)

        site.on("/", endless)

        assert (await fetcher.fetch(site.url("/"))).content == b"It rained."

    async def test_that_is_none_is_refused(self, site: Site, fetcher: Fetcher) -> None:
        site.gives("/", "It rained.", Content_Encoding="gzip")

        assert (await refusal(fetcher.fetch(site.url("/")))).reason == "gave a broken or incomplete answer"


class TestTooSlow:
    async def test_a_server_that_drips_is_left_after_a_while(self, site: Site) -> None:
        async def drip(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            while True:
                await response.write(b"x")
                await asyncio.sleep(0.01)

        site.on("/", drip)
        async with aclosing(new_fetcher(replace(BRIEF, total=0.3))) as fetcher:
            error = await refusal(fetcher.fetch(site.url("/")))

        assert error.reason == "took longer than 0.3 s"

    async def test_a_server_that_says_nothing_is_left(self, site: Site) -> None:
        left = asyncio.Event()

        async def silence(_: web.Request) -> web.StreamResponse:
            await left.wait()
            return web.Response()

        site.on("/", silence)
        async with aclosing(new_fetcher(replace(BRIEF, wait=0.1))) as fetcher:
            error = await refusal(fetcher.fetch(site.url("/")))
        left.set()

        assert (error.reason, len(site.requests)) == ("did not answer within 0.1 s", 1)


class TestASecondTry:
    @pytest.mark.parametrize("status", [502, 503, 504])
    async def test_is_given_to_a_server_that_is_overloaded(self, site: Site, fetcher: Fetcher, status: int) -> None:
        site.gives("/", status, "It rained.")

        assert (await fetcher.fetch(site.url("/"))).content == b"It rained."

    async def test_is_the_last(self, site: Site, fetcher: Fetcher) -> None:
        site.gives("/", 503)

        error = await refusal(fetcher.fetch(site.url("/")))

        assert (error.reason, len(site.requests)) == ("answered 503", 2)

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 429, 451, 500, 501])
    async def test_is_not_given_where_it_is_no_use(self, site: Site, fetcher: Fetcher, status: int) -> None:
        site.gives("/", status)

        error = await refusal(fetcher.fetch(site.url("/")))

        assert (error.reason, len(site.requests)) == (f"answered {status}", 1)

    @pytest.mark.parametrize("when", ["0", "Tue, 05 Mar 2024 10:00:00 GMT"])
    async def test_comes_when_a_busy_server_wants_it(self, site: Site, fetcher: Fetcher, when: str) -> None:
        site.gives("/", 429, "It rained.", Retry_After=when)

        assert (await fetcher.fetch(site.url("/"))).content == b"It rained."

    @pytest.mark.parametrize("status", [429, 503])
    async def test_that_would_come_too_late_is_left_out(self, site: Site, fetcher: Fetcher, status: int) -> None:
        site.gives("/", status, "It rained.", Retry_After="3600")

        error = await refusal(fetcher.fetch(site.url("/")))

        assert (error.reason, error.retry_after, len(site.requests)) == (f"answered {status}", 3600, 1)

    async def test_follows_a_dropped_connection(self, site: Site, fetcher: Fetcher) -> None:
        async def drop_once(request: web.Request) -> web.StreamResponse:
            if len(site.requests) == 1:
                assert request.transport is not None
                request.transport.abort()
            return web.Response(body=b"It rained.")

        site.on("/", drop_once)

        assert (await fetcher.fetch(site.url("/"))).content == b"It rained."

    async def test_is_tried_in_vain_where_nobody_listens(self, fetcher: Fetcher) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]

        assert (await refusal(fetcher.fetch(f"http://127.0.0.1:{port}/"))).reason == "cannot be reached"


async def test_a_body_shorter_than_it_said_is_not_taken_for_whole(site: Site, fetcher: Fetcher) -> None:
    async def short(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"It rai")
        assert request.transport is not None
        request.transport.close()
        return response

    site.on("/", short)

    assert (await refusal(fetcher.fetch(site.url("/")))).reason == "gave a broken or incomplete answer"


async def test_what_is_not_http_is_a_failed_page(fetcher: Fetcher) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 ready for mail\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        error = await refusal(fetcher.fetch(f"http://127.0.0.1:{port}/"))

    assert error.reason == "gave a broken or incomplete answer"


async def test_no_proxy_of_the_environment_is_used(
    site: Site, other_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", other_site.url(""))
    monkeypatch.setenv("ALL_PROXY", other_site.url(""))
    site.gives("/", "It rained.")
    async with aclosing(new_fetcher()) as fetcher:
        await fetcher.fetch(site.url("/"))

    assert (len(site.requests), other_site.requests) == (1, [])


async def test_a_fetch_that_is_cancelled_ends_at_once(site: Site, fetcher: Fetcher) -> None:
    arrived, left = asyncio.Event(), asyncio.Event()

    async def silence(_: web.Request) -> web.StreamResponse:
        arrived.set()
        await left.wait()
        return web.Response()

    site.on("/", silence)
    task = asyncio.create_task(fetcher.fetch(site.url("/")))
    await arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    left.set()
