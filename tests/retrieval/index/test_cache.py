"""The cache of vectors: both of a passage's blobs, nothing embedded twice, and no harm in losing it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from retrieval.embedding.minilm import PassageText
from retrieval.errors import DataError
from retrieval.index.cache import BATCH, EmbeddingCache, StoredVectors
from tests.retrieval.canned_model import CannedModel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def passages(count: int, first: int = 0) -> list[PassageText]:
    return [PassageText("Header", f"Ferry {number} sank.", ((0, 5),)) for number in range(first, first + count)]


def as_stored(model: CannedModel, passage: PassageText) -> StoredVectors:
    vectors = model.embed_passage(passage)
    return StoredVectors(vectors.to_bytes(), vectors.tokens.to_bytes())


def ask(file: Path, model: CannedModel, texts: Sequence[PassageText]) -> list[StoredVectors]:
    with closing(EmbeddingCache.open(file)) as cache:
        return list(cache.vectors(model, texts, lambda _done: None))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "embeddings.db"


@pytest.fixture
def model() -> CannedModel:
    return CannedModel()


class TestNothingTwice:
    def test_rows_and_tokens_are_the_models_in_order_when_new_and_when_known(
        self, file: Path, model: CannedModel
    ) -> None:
        texts = passages(5)
        expected = [as_stored(model, text) for text in texts]
        assert ask(file, model, texts) == expected
        assert ask(file, model, texts[::-1]) == expected[::-1]
        assert model.batches == [[text.text for text in texts]]

    def test_only_what_is_new_is_embedded(self, file: Path, model: CannedModel) -> None:
        ask(file, model, passages(3))
        ask(file, model, passages(5))
        assert model.batches[1:] == [["Ferry 3 sank.", "Ferry 4 sank."]]

    def test_a_passage_in_many_places_is_embedded_once(self, file: Path, model: CannedModel) -> None:
        """The same one within a batch, and again in the next."""
        texts = [*passages(1), *passages(BATCH), *passages(1)]
        stored = ask(file, model, texts)
        assert [text for batch in model.batches for text in batch] == [text.text for text in passages(BATCH)]
        assert stored[0] == stored[1] == stored[-1]

    def test_another_model_embeds_for_itself(self, file: Path, model: CannedModel) -> None:
        ask(file, model, passages(2))
        other = CannedModel("another")
        ask(file, other, passages(2))
        assert len(other.batches) == 1
        ask(file, model, passages(2))
        assert len(model.batches) == 1

    def test_what_a_killed_reload_has_embedded_is_kept(self, file: Path, model: CannedModel) -> None:
        with closing(EmbeddingCache.open(file)) as cache:
            next(cache.vectors(model, passages(BATCH + 3), lambda _done: None))
        ask(file, model, passages(BATCH + 3))
        assert [len(batch) for batch in model.batches] == [BATCH, 3]


class TestStream:
    def test_the_model_is_one_batch_ahead_of_whoever_takes_the_vectors(self, file: Path, model: CannedModel) -> None:
        told: list[int] = []
        with closing(EmbeddingCache.open(file)) as cache:
            stream = cache.vectors(model, passages(3 * BATCH + 1), told.append)
            assert model.batches == []
            for number, taken in enumerate((1, BATCH, BATCH), start=1):
                assert len(list(islice(stream, taken))) == taken
                assert number <= len(model.batches) <= number + 1
                assert len(told) == number - 1
            assert len(list(stream)) == BATCH
        assert told == [BATCH, 2 * BATCH, 3 * BATCH, 3 * BATCH + 1]

    def test_it_can_be_closed_while_a_batch_is_under_way(self, file: Path, model: CannedModel) -> None:
        for _ in range(20):
            with closing(EmbeddingCache.open(file)) as cache:
                stream = cache.vectors(model, passages(4 * BATCH), lambda _done: None)
                assert next(stream) == as_stored(model, passages(1)[0])
            file.unlink()

    def test_no_passages_have_no_vectors(self, file: Path, model: CannedModel) -> None:
        assert ask(file, model, []) == []
        assert model.batches == []


class TestDamage:
    def test_a_cache_from_before_there_were_token_vectors_is_of_no_use_and_no_harm(
        self, file: Path, model: CannedModel
    ) -> None:
        (text,) = passages(1)
        with closing(sqlite3.connect(file)) as old, old:
            old.execute(
                "CREATE TABLE vectors (model TEXT, passage TEXT, vectors BLOB NOT NULL, PRIMARY KEY (model, passage))"
                " STRICT, WITHOUT ROWID"
            )
            old.execute("INSERT INTO vectors VALUES (?, ?, ?)", (model.digest, text.digest, b"old"))
        assert ask(file, model, [text]) == ask(file, model, [text]) == [as_stored(model, text)]
        assert len(model.batches) == 1

    @pytest.mark.parametrize("content", [b"", b"not a database at all", b"SQLite format 3\0" + bytes(200)])
    def test_a_file_that_is_no_database_is_made_anew(self, file: Path, model: CannedModel, content: bytes) -> None:
        file.write_bytes(content)
        assert ask(file, model, passages(2)) == ask(file, model, passages(2))
        assert len(model.batches) == 1

    def test_a_folder_in_its_place_is_one_sentence(self, file: Path) -> None:
        file.mkdir()
        with pytest.raises(DataError, match=r"\ADATA_DIR: [^\n]+ cannot be written [^\n]+\Z"):
            EmbeddingCache.open(file)


@pytest.mark.parametrize("page", [1, 2, 5])
def test_a_cache_damaged_inside_is_made_anew(file: Path, page: int) -> None:
    model, texts = CannedModel(), passages(200)
    kept = ask(file, model, texts)
    damaged = bytearray(file.read_bytes())
    damaged[page * 4096 : (page + 1) * 4096] = b"\xff" * 4096
    file.write_bytes(damaged)

    assert ask(file, model, texts) == kept
