"""Keeps whoever names an address from reaching this machine's own network: a link may come from anywhere."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

import httpcore

from corpus.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    Address = IPv4Address | IPv6Address

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Return whether an address is one that anybody on the internet may reach, also if it carries another within."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    if embedded := _embedded(address):
        return is_public(embedded)
    return address in _GLOBAL_UNICAST and address.is_global


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a packet ends up at: mapped, behind 6to4, or behind NAT64."""
    nat64 = IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
    return address.ipv4_mapped or address.sixtofour or nat64


async def resolve(host: str) -> Sequence[Address]:
    """Return every address of a host, best first as the system sees it; none if there is no such host."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):  # the latter: a label that is empty or too long
        return ()
    return tuple(dict.fromkeys(ip_address(sockaddr[0]) for *_, sockaddr in found))


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Opens connections to hosts all of whose addresses are allowed.

    It looks a name up once and connects to what it checked, so a name server that answers differently the second time
    gains nothing. Standing below the HTTP client it sees every redirect; TLS above it still verifies the host's name.
    """

    def __init__(
        self,
        allow: Callable[[Address], bool] = is_public,
        resolve: Callable[[str], Awaitable[Sequence[Address]]] = resolve,
    ) -> None:
        self._allow = allow
        self._resolve = resolve
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Return a connection; `timeout` in seconds covers the look-up and, anew, the connecting.

        Raises:
            FetchError: there is no such host, or one of its addresses is not allowed. Its `url` is the host.
        """
        try:
            async with asyncio.timeout(timeout):
                addresses = _literal(host) or await self._resolve(host)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error
        if not addresses:
            raise FetchError(host, f"cannot be reached: there is no host {host}")
        if not all(map(self._allow, addresses)):
            raise FetchError(host, "leads to a private address")
        return await self._connect(addresses, port, timeout, local_address, socket_options)

    async def _connect(
        self,
        addresses: Sequence[Address],
        port: int,
        timeout: float | None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.AsyncNetworkStream:
        """Try one address after the other, none for longer than its share of the time."""
        share = timeout / len(addresses) if timeout else timeout
        *others, last = map(str, addresses)
        for address in others:
            try:
                return await self._network.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(last, port, share, local_address, socket_options)


def _literal(host: str) -> Sequence[Address]:
    """The address that a host already is; `inet_aton` also knows 2130706433, 0x7f000001 and 0177.0.0.1."""
    try:
        return (ip_address(host),)
    except ValueError:
        pass
    try:
        return (IPv4Address(socket.inet_aton(host)),)
    except OSError:
        return ()
