"""What a site forbids is not fetched, and a site is not asked twice an hour."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from corpus.web.fetching import Fetcher
from corpus.web.robots import KEPT, Robots
from tests.corpus.web.site import BRIEF, refusal

if TYPE_CHECKING:
    from tests.corpus.web.site import Site


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_page_that_a_site_forbids_is_not_fetched(site: Site, fetcher: Fetcher) -> None:
    site.gives("/robots.txt", "User-agent: *\nDisallow: /private/\n")

    error = await refusal(fetcher.fetch(site.url("/private/a?x=1"), permit=Robots(fetcher).check))

    assert str(error) == f"{site.url('/private/a')} is forbidden by its robots.txt"
    assert site.paths == ["/robots.txt"]


async def test_any_other_page_is_fetched(site: Site, fetcher: Fetcher) -> None:
    site.gives("/robots.txt", "User-agent: *\nDisallow: /private/\n")
    site.gives("/a", "It rained.")

    page = await fetcher.fetch(site.url("/a"), permit=Robots(fetcher).check)

    assert page.content == b"It rained."


async def test_what_is_said_to_us_by_name_counts_before_what_is_said_to_all(site: Site, fetcher: Fetcher) -> None:
    site.gives("/robots.txt", b"\xef\xbb\xbfUser-agent: *\nAllow: /\n\nUser-agent: footnote\nDisallow: /\n")

    error = await refusal(Robots(fetcher).check(site.url("/a")))

    assert error.reason == "is forbidden by its robots.txt"


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_site_without_a_robots_txt_allows_everything(site: Site, fetcher: Fetcher, status: int) -> None:
    site.gives("/robots.txt", status)

    await Robots(fetcher).check(site.url("/a"))


async def test_a_site_that_cannot_say_is_left_alone(site: Site, fetcher: Fetcher) -> None:
    site.gives("/robots.txt", 500)

    error = await refusal(Robots(fetcher).check(site.url("/a")))

    assert str(error) == f"{site.url('/a')} is left alone, because {site.url('/robots.txt')} answered 500"


async def test_a_site_that_could_not_say_is_asked_again(site: Site, fetcher: Fetcher) -> None:
    site.gives("/robots.txt", 500, "User-agent: *\nAllow: /\n")
    robots = Robots(fetcher)
    await refusal(robots.check(site.url("/a")))

    await robots.check(site.url("/a"))

    assert len(site.requests) == 2


async def test_a_private_address_is_refused_as_such() -> None:
    async with aclosing(Fetcher(limits=BRIEF)) as fetcher:
        error = await refusal(fetcher.fetch("http://10.0.0.1/a", permit=Robots(fetcher).check))

    assert error.reason == "is left alone, because http://10.0.0.1/robots.txt leads to a private address"


async def test_a_site_is_asked_once_an_hour(site: Site, fetcher: Fetcher) -> None:
    clock = Clock()
    robots = Robots(fetcher, clock)
    for moment in (0, KEPT - 1, KEPT, KEPT + 1):
        clock.now = moment
        await robots.check(site.url(f"/{moment}"))

    assert site.paths == ["/robots.txt"] * 2


async def test_pages_fetched_side_by_side_ask_once(site: Site, fetcher: Fetcher) -> None:
    robots = Robots(fetcher)

    await asyncio.gather(*(robots.check(site.url(f"/{number}")) for number in range(10)))

    assert site.paths == ["/robots.txt"]


async def test_sites_that_were_long_left_are_forgotten(site: Site, other_site: Site, fetcher: Fetcher) -> None:
    clock = Clock()
    robots = Robots(fetcher, clock)
    await robots.check(site.url("/a"))
    clock.now = KEPT
    await robots.check(other_site.url("/a"))

    assert list(robots._sites) == [other_site.url("/robots.txt")]


async def test_the_site_that_a_redirect_ends_at_is_asked_too(site: Site, other_site: Site, fetcher: Fetcher) -> None:
    site.gives("/a", 302, Location=other_site.url("/b"))
    other_site.gives("/robots.txt", "User-agent: *\nDisallow: /\n")

    error = await refusal(fetcher.fetch(site.url("/a"), permit=Robots(fetcher).check))

    assert str(error) == f"{other_site.url('/b')} is forbidden by its robots.txt"
    assert other_site.paths == ["/robots.txt"]
