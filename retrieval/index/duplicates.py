"""One story in several papers: which passages of different articles say the same in nearly the same words."""

from __future__ import annotations

import re
import struct
from array import array
from collections import Counter, defaultdict
from hashlib import blake2b
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np
import rensa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

SIMILAR = 0.4
"""Jaccard index of two passages' pairs of neighbouring words from which they are one story. A copy with one word in ten
replaced has 0.6 to 0.7, one with another lead mostly 0.5 or more; two reports of one event by two writers have 0.05."""

SHORTEST = 12
"""Passages of fewer pairs of words than this are one story only if they are equal: a line or two is soon alike."""

BANDS, ROWS = 40, 3
"""Two passages are compared if a band of three hashes agrees: 93 % of those at 0.4, 99.5 % at 0.5, 0.1 % at 0.03."""

COMPARED = 32
"""Groups a passage is compared with, so that an archive of forms filled in a thousandfold takes no hours."""

_SEED = 1931
_DIGEST = 8
_BITMAP = 64  # 512 bits, of which a passage of 160 tokens sets a quarter
_SIGNATURE = struct.Struct(f"<{_DIGEST}sI{_BITMAP}s{4 * BANDS}s")
_HALF = np.uint64(32)
_MIXER = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
_WORD = re.compile(r"\w+")


def signature(text: str) -> bytes:
    """Return what a passage is compared by: a digest, the number and a bitmap of its pairs of words, and MinHash bands.

    236 bytes, kept beside the passage, so that the next generation need not read what has not changed; empty for a text
    without words.
    """
    pairs = _pairs_of(text)
    if not len(pairs):
        return b""
    matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
        pairs.astype(np.uint64), np.array([0, len(pairs)], dtype=np.uint64), BANDS * ROWS, _SEED
    )
    rows = np.array(matrix.to_rows(), dtype=np.uint64).reshape(BANDS, ROWS)
    bands = ((rows @ _MIXER) >> _HALF).astype(np.uint32)
    bitmap = np.zeros(_BITMAP * 8, dtype=np.bool_)
    bitmap[pairs % len(bitmap)] = True
    digest = blake2b(pairs.tobytes(), digest_size=_DIGEST).digest()
    return _SIGNATURE.pack(digest, len(pairs), np.packbits(bitmap).tobytes(), bands.tobytes())


class NearDuplicates:
    """Passages in order, each by its signature, and the groups among them.

    MinHash over pairs of words and bands that agree (Broder 1997; Leskovec, Rajaraman & Ullman 2014, chapter 3) find
    what to compare, bitmaps what of that is worth reading (Sandes, Teodoro & Melo 2020), and the exact Jaccard index
    decides. A passage joins a group if it is similar to the group's first passage: similarity to just any member would
    chain a story to one that shares nothing with it.
    """

    def __init__(
        self, texts_of: Callable[[Sequence[int]], Mapping[int, str]], give_way: Callable[[], None] = lambda: None
    ) -> None:
        self._texts_of = texts_of  # key -> text, asked only for passages that may be alike
        self._give_way = give_way
        self._passages = array("Q")  # key, article and text of each, one after the other
        self._articles: dict[str, int] = {}
        self._texts: dict[bytes, int] = {}  # equal texts are kept and compared once
        self._holders = array("Q")  # a key for each text
        self._sizes = array("I")  # how many pairs of words each text has
        self._bitmaps: list[int] = []
        self._bands = bytearray()

    def add(self, key: int, article: str, signed: bytes) -> None:
        """Take the next passage, its article and its signature."""
        if not signed:
            return
        digest, size, bitmap, bands = _SIGNATURE.unpack(signed)
        if digest not in self._texts:
            self._holders.append(key)
            self._sizes.append(size)
            self._bitmaps.append(int.from_bytes(bitmap))
            self._bands += bands
        number = self._texts.setdefault(digest, len(self._texts))
        self._passages.extend((key, self._articles.setdefault(article, len(self._articles)), number))

    def groups(self) -> dict[int, int]:
        """Return each passage that has a near-duplicate in another article: key -> the smallest key of its group."""
        keys, articles, texts = np.array(self._passages, dtype=np.int64).reshape(-1, 3).T
        groups = self._first_texts()[texts]
        shared = np.bincount(groups, minlength=1)[groups] > 1
        members: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for key, article, group in zip(*(column[shared].tolist() for column in (keys, articles, groups)), strict=True):
            members[group].append((key, article))
        found: dict[int, int] = {}
        for group in members.values():
            if len({article for _, article in group}) > 1:
                found |= dict.fromkeys((key for key, _ in group), min(group)[0])
        return found

    def _first_texts(self) -> NDArray[np.int64]:
        """Return the number of the first text of each text's group, shape (texts,)."""
        first = np.arange(len(self._texts))
        leaders: dict[int, list[int]] = defaultdict(list)
        pairs: dict[int, array[int]] = {}
        for text, buckets in self._shared_buckets():
            self._give_way()
            near = Counter(leader for bucket in buckets for leader in leaders[bucket])
            compared = sorted(leader for leader, _ in near.most_common(COMPARED))
            likely = [leader for leader in compared if self._may_be_similar(text, leader)]
            if likely:
                pairs |= self._pairs([number for number in (text, *likely) if number not in pairs])
                ours = set(pairs[text])
                first[text] = next((leader for leader in likely if _are_similar(ours, pairs[leader])), text)
            if first[text] == text:
                for bucket in buckets:
                    leaders[bucket].append(text)
        return first

    def _shared_buckets(self) -> Iterator[tuple[int, list[int]]]:
        """Yield, in order, each text that shares a band with another, with what it shares, a number for each."""
        bands = np.frombuffer(self._bands, dtype=np.uint32).reshape(-1, BANDS)
        shared = np.zeros(bands.shape, dtype=np.bool_)
        numbers = np.arange(len(bands), dtype=np.uint64)
        for band in range(BANDS):
            self._give_way()
            ordered = np.sort((bands[:, band].astype(np.uint64) << _HALF) | numbers)
            (same,) = np.nonzero(ordered[1:] >> _HALF == ordered[:-1] >> _HALF)
            for texts in (ordered[same], ordered[same + 1]):
                shared[texts.astype(np.uint32), band] = True
        texts, columns = shared.nonzero()
        buckets = (columns << 32) | bands[texts, columns]
        for text, row in groupby(zip(texts.tolist(), buckets.tolist(), strict=True), itemgetter(0)):
            yield text, [bucket for _, bucket in row]

    def _may_be_similar(self, one: int, other: int) -> bool:
        """Return whether two texts are worth reading: each bit that one of them has alone is a pair it has alone."""
        both = self._sizes[one] + self._sizes[other]
        alone = (self._bitmaps[one] ^ self._bitmaps[other]).bit_count()
        return both - alone >= SIMILAR * (both + alone)

    def _pairs(self, numbers: Sequence[int]) -> dict[int, array[int]]:
        """Return the hashed pairs of words of texts: number -> pairs, four bytes each."""
        texts = self._texts_of([self._holders[number] for number in numbers])
        pairs = {}
        for number in numbers:
            self._give_way()
            pairs[number] = array("I", _pairs_of(texts[self._holders[number]]).tobytes())
        return pairs


def _are_similar(ours: set[int], theirs: array[int]) -> bool:
    shared = len(ours.intersection(theirs))
    enough = SIMILAR if min(len(ours), len(theirs)) >= SHORTEST else 1
    return shared >= enough * (len(ours) + len(theirs) - shared)


def _pairs_of(text: str) -> NDArray[np.uint32]:
    """Return hashes of all pairs of neighbouring words, the first word's and the last one's pair with nothing too."""
    words = _WORD.findall(text.casefold())
    if not words:
        return np.empty(0, dtype=np.uint32)
    (hashes,) = rensa.RMinHash.hash_token_sets([words])
    padded = np.array([0, *hashes, 0], dtype=np.uint64)
    return np.unique(((padded[:-1] * _MIXER[0] + padded[1:]) * _MIXER[1]) >> np.uint64(32)).astype(np.uint32)
