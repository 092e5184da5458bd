"""Markers such as "[1]", "[1][3]" and "[1, 3]": what a sentence says it rests on."""

from __future__ import annotations

import re

_NUMBERS = r"\[\s*\d{1,4}(?:\s*[,;–-]\s*\d{1,4})*\s*\]"
_MARKER = re.compile(rf"\s*{_NUMBERS}")
_TRAILING = re.compile(rf"(?:\s*{_NUMBERS})+(?=\s*[.!?…]*[\"'”’»)]*\s*$)|(?<=[.!?…\"'”’»)])(?:\s*{_NUMBERS})+\s*$")
_RANGE = re.compile(r"(\d+)\s*[–-]\s*(\d+)")
_LONGEST_RANGE = 20


def split(sentence: str, verbatim: str = "") -> tuple[str, tuple[int, ...]]:
    """Return the sentence without its markers and their numbers in order; brackets in `verbatim` are no markers."""
    numbers: list[int] = []

    def taken(match: re.Match[str]) -> str:
        if not trailing(match) and match[0].strip() in verbatim:
            return match[0]
        numbers.extend(_numbers(match[0]))
        return ""

    ends = [match.span() for match in _TRAILING.finditer(sentence)]

    def trailing(match: re.Match[str]) -> bool:
        return any(start <= match.start() and match.end() <= end for start, end in ends)

    text = _MARKER.sub(taken, sentence)
    return " ".join(text.split()), tuple(dict.fromkeys(numbers))


def _numbers(marker: str) -> list[int]:
    spelled = _RANGE.sub(_listed, marker)
    return [int(number) for number in re.findall(r"\d+", spelled)]


def _listed(match: re.Match[str]) -> str:
    first, last = int(match[1]), int(match[2])
    return ",".join(map(str, range(first, last + 1))) if 0 <= last - first < _LONGEST_RANGE else match[0]
