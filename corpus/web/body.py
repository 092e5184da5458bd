"""The body of a response, unpacked while it comes and never further than the limit.

httpx unpacks whole chunks, as often as a header names: 64 KB of gzip in gzip become gigabytes before anybody counts.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from corpus.errors import FetchError

if TYPE_CHECKING:
    import httpx

_GZIP = 16 + zlib.MAX_WBITS


async def read_body(url: str, response: httpx.Response, limit: int) -> bytes:
    """Return the body of an open response; `limit` is in bytes, after decompression.

    Raises:
        FetchError: larger than the limit, cut short, or compressed by anything but gzip.
    """
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise FetchError(url, "is compressed in a way that was not asked for")
    unpacker = zlib.decompressobj(_GZIP) if "gzip" in encoding else None
    body = bytearray()
    async for chunk in response.aiter_raw():
        try:
            body += unpacker.decompress(chunk, limit + 1 - len(body)) if unpacker else chunk
        except zlib.error as error:
            raise FetchError(url, "gave a broken or incomplete answer") from error
        if len(body) > limit:
            raise FetchError(url, f"is larger than {limit / 1024**2:.0f} MB")
        if unpacker and unpacker.eof:
            break  # whatever still comes is not counted, and would be kept
    if unpacker and not unpacker.eof:
        raise FetchError(url, "gave a broken or incomplete answer")
    return bytes(body)
