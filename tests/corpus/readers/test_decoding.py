"""Bytes to text: exact, or a reason why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import UnreadableFile
from corpus.loading import MAX_BYTES
from corpus.readers.decoding import decode_file

if TYPE_CHECKING:
    from pathlib import Path

BOM = b"\xef\xbb\xbf"


def reason_for(file: Path) -> str:
    with pytest.raises(UnreadableFile) as caught:
        decode_file(file, "news/a.txt")
    assert caught.value.path == "news/a.txt"
    assert str(caught.value) == f"news/a.txt: {caught.value.reason}"
    return caught.value.reason


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), st.sampled_from([b"", BOM]))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_text_is_the_file_decoded_without_its_byte_order_mark(tmp_path: Path, text: str, mark: bytes) -> None:
    file = tmp_path / "a.txt"
    raw = mark + b"x" + text.encode()
    file.write_bytes(raw)

    assert decode_file(file, "a.txt") == raw.removeprefix(BOM).decode("utf-8")


@pytest.mark.parametrize("newline", [b"\r\n", b"\n", b"\r", b"\n\r\n\r", b"\x0b", b"\xe2\x80\xa8"])
def test_newlines_are_untouched(tmp_path: Path, newline: bytes) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"It rained." + newline + b"It stopped." + newline)

    assert decode_file(file, "a.txt").encode() == file.read_bytes()


def test_only_the_first_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(BOM + BOM + b"It rained." + BOM)

    assert decode_file(file, "a.txt") == "\ufeffIt rained.\ufeff"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n\t\xc2\xa0", "is empty"),
        (BOM, "is empty"),
        (b"%PDF-1.7\0\x01\x02", "is a PDF; name it .pdf"),
        (b"\x7fELF\0\x01\x02", "is a binary file, not text"),
        ("It rained.".encode("utf-16"), "is UTF-16; save it as UTF-8"),
        (b"caf\xe9 closed", "is not UTF-8 (byte 3); save it as UTF-8"),
        (b"cut short \xe2\x80", "is not UTF-8 (byte 10); save it as UTF-8"),
        (b"a lone surrogate \xed\xa0\x80", "is not UTF-8 (byte 17); save it as UTF-8"),
    ],
    ids=["empty", "blank", "only a mark", "pdf", "binary", "utf-16", "latin-1", "cut short", "surrogate"],
)
def test_what_is_not_text_is_named_with_its_reason(tmp_path: Path, raw: bytes, reason: str) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(raw)

    assert reason_for(file) == reason


def test_a_file_over_the_limit_is_refused_without_being_read(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    with file.open("wb") as sparse:
        sparse.truncate(50_000_000)

    assert reason_for(file) == "is 48 MB; a file may have 20 MB at most"


def test_a_file_of_just_the_limit_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"x" * MAX_BYTES)

    assert len(decode_file(file, "a.txt")) == MAX_BYTES


def test_a_limit_of_none_reads_any_size(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"x" * (MAX_BYTES + 1))

    assert len(decode_file(file, "a.txt", limit=None)) == MAX_BYTES + 1


def test_a_missing_file_is_named_with_the_systems_reason(tmp_path: Path) -> None:
    assert reason_for(tmp_path / "a.txt") == "cannot be read (No such file or directory)"


def test_a_folder_is_named_with_the_systems_reason(tmp_path: Path) -> None:
    assert reason_for(tmp_path) == "cannot be read (Is a directory)"


def test_a_link_to_itself_is_named_with_the_systems_reason(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.symlink_to(file)

    assert reason_for(file) == "cannot be read (Too many levels of symbolic links)"
