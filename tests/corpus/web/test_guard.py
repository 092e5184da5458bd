"""No address leads into this machine's own network, however it is written and whoever answers for it."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.web.fetching import Fetcher
from corpus.web.guard import GuardedNetwork, is_public, resolve
from tests.corpus.web.site import BRIEF, HERE, only_here, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from corpus.web.guard import Address
    from tests.corpus.web.site import Site


class Door:
    """A listening port that counts who comes through it, before a word is said."""

    def __init__(self) -> None:
        self.visits = 0

    def enter(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits += 1
        writer.close()


@pytest.fixture
async def door() -> AsyncIterator[tuple[Door, int]]:
    door = Door()
    async with await asyncio.start_server(door.enter, "127.0.0.1", 0) as server:
        yield door, server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::"]
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",  # noqa: S104 - nothing is bound to it
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "198.18.0.1",
        "192.0.2.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a00:1",
        "64:ff9b:1::808:808",
        "2002:a00:1::1",
        "2001:0:808:808::1",
        "2001:db8::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "100::1",
    ],
)
def test_any_other_address_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@given(st.ip_addresses(v=4))
def test_what_ipv6_carries_is_as_public_as_it_is_alone(address: IPv4Address) -> None:
    number = int(address)
    carriers = (0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80 | 1)

    assert {is_public(IPv6Address(carrier)) for carrier in carriers} == {is_public(address)}


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "127.1",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::1]",
        "0.0.0.0",  # noqa: S104 - nothing is bound to it
        "[::]",
        "LOCALHOST",
    ],
)
async def test_this_machine_is_not_reached_by_any_of_its_names(host: str, door: tuple[Door, int]) -> None:
    listening, port = door
    async with aclosing(Fetcher(limits=BRIEF)) as fetcher:
        error = await refusal(fetcher.fetch(f"http://{host}:{port}/"))

    assert (error.reason, listening.visits) == ("leads to a private address", 0)


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest/meta-data/", "http://10.0.0.1", "https://192.168.1.1/", "http://[fd00::1]/"]
)
async def test_the_network_around_this_machine_is_not_reached(url: str) -> None:
    async with aclosing(Fetcher(limits=BRIEF)) as fetcher:
        error = await refusal(fetcher.fetch(url))

    assert error.reason == "leads to a private address"


async def test_an_octal_address_that_the_client_lets_through_is_refused(door: tuple[Door, int]) -> None:
    listening, port = door

    error = await refusal(GuardedNetwork().connect_tcp("0177.0.0.1", port))

    assert (error.reason, listening.visits) == ("leads to a private address", 0)


async def test_a_redirect_to_a_private_address_is_refused(site: Site, fetcher: Fetcher) -> None:
    site.gives("/", 302, Location=site.url("/secret", host="127.0.0.2"))

    error = await refusal(fetcher.fetch(site.url("/")))

    assert (str(error), site.paths) == (f"{site.url('/')} leads to a private address", ["/"])


async def test_a_name_with_one_private_address_among_its_addresses_is_refused(site: Site) -> None:
    async def public_and_private(host: str) -> Sequence[Address]:
        assert host == "news.example"
        return (HERE, IPv4Address("10.0.0.1"))

    async with aclosing(Fetcher(GuardedNetwork(only_here, public_and_private), BRIEF)) as fetcher:
        error = await refusal(fetcher.fetch(site.url("/", host="news.example")))

    assert (error.reason, site.requests) == ("leads to a private address", [])


async def test_a_name_that_changes_after_the_check_gains_nothing(site: Site) -> None:
    answers: list[Sequence[Address]] = [(HERE,), (IPv4Address("10.0.0.1"),)]

    async def rebinding(_: str) -> Sequence[Address]:
        return answers.pop(0)

    site.gives("/", "It rained.")
    async with aclosing(Fetcher(GuardedNetwork(only_here, rebinding), BRIEF)) as fetcher:
        page = await fetcher.fetch(site.url("/", host="news.example"))

    assert (page.content, len(answers)) == (b"It rained.", 1)


async def test_the_next_address_is_tried_where_one_does_not_answer(site: Site) -> None:
    async def two(_: str) -> Sequence[Address]:
        return (IPv4Address("127.0.0.3"), HERE)

    site.gives("/", "It rained.")
    async with aclosing(Fetcher(GuardedNetwork(lambda _: True, two), BRIEF)) as fetcher:
        page = await fetcher.fetch(site.url("/", host="news.example"))

    assert page.content == b"It rained."


async def test_a_host_that_does_not_exist_is_named() -> None:
    async def nobody(_: str) -> Sequence[Address]:
        return ()

    async with aclosing(Fetcher(GuardedNetwork(resolve=nobody), BRIEF)) as fetcher:
        error = await refusal(fetcher.fetch("https://news.example/a"))

    assert str(error) == "https://news.example/a cannot be reached: there is no host news.example"


async def test_a_name_server_that_says_nothing_is_not_waited_for() -> None:
    async def silence(_: str) -> Sequence[Address]:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(httpcore.ConnectTimeout):
        await GuardedNetwork(resolve=silence).connect_tcp("news.example", 443, timeout=0.01)


async def test_the_system_resolves_this_machines_own_name() -> None:
    assert HERE in await resolve("localhost")
