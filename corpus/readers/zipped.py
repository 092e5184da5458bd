"""Zip files opened with suspicion: sizes are summed before anything is unpacked, and nothing is written to disk."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from corpus.errors import UnreadableFile
from corpus.readers.signatures import kind_of

if TYPE_CHECKING:
    from zipfile import ZipInfo

MAX_UNPACKED = 200 * 1024 * 1024
MAX_MEMBERS = 5_000

_ENCRYPTED = 0x1


def open_zip(path: str, data: bytes) -> ZipFile:
    """Return the archive, whose members say they unpack to no more than may be.

    Raises:
        UnreadableFile: no zip file, a damaged one, or too much in it.
    """
    try:
        archive = ZipFile(BytesIO(data))
    except (BadZipFile, OSError, ValueError, NotImplementedError) as error:
        kind = kind_of(data)
        is_other = kind is not None and kind.name not in {"zip archive", "Word document"}
        raise UnreadableFile(path, kind.advice if kind and is_other else "is damaged: it cannot be unpacked") from error
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise UnreadableFile(path, f"holds {len(members):,} files; an archive may hold {MAX_MEMBERS:,}")
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED:
        limit = f"{MAX_UNPACKED / 2**20:.0f} MB"
        raise UnreadableFile(path, f"would unpack to {unpacked / 2**20:,.0f} MB; {limit} is the most that is unpacked")
    return archive


def unpack(archive: ZipFile, member: ZipInfo, path: str) -> bytes:
    """Return a member's bytes, never more than it says it has: zipfile stops there and compares the checksum.

    Raises:
        UnreadableFile: encrypted, damaged, packed by an unknown method, or of another size than it says.
    """
    if member.flag_bits & _ENCRYPTED:
        raise UnreadableFile(path, "is encrypted; pack it without a password")
    try:
        data = archive.read(member)
    except (BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
        raise UnreadableFile(path, "is damaged: it cannot be unpacked") from error
    if len(data) != member.file_size:
        raise UnreadableFile(path, "is damaged: it is larger or smaller than it says")
    return data
