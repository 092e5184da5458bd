"""What every test starts from: no network, one prepared model for the whole run, and processes that start at once."""

from __future__ import annotations

import ipaddress
import multiprocessing
import os
import sys
from multiprocessing.forkserver import ensure_running
from pathlib import Path
from socket import AF_UNIX
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from filelock import FileLock

import corpus
from retrieval.embedding.minilm import MiniLM
from retrieval.index.probe import Prober
from tests.probing import ProberInThisProcess
from tests.rounds import EXAMPLES, SOAK_EXAMPLES, rounds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.context import ForkServerContext

PRELOADED = (
    "tests.unbreakable.victims", "bot.app", "bot.admin.reloads", "bot.conversation", "bot.console",
    # Imported by those who use them when they use them.
    "chromadb.api.rust", "llama_index.vector_stores.chroma",
    "corpus.readers.archive", "corpus.readers.pdf", "corpus.readers.records", "corpus.readers.webpage",
    "corpus.readers.word",
)  # fmt: skip

# A busy machine is slow for a moment; that is no fault of what is tested.
hypothesis.settings.register_profile("footnote", deadline=None, max_examples=rounds(EXAMPLES, SOAK_EXAMPLES))
hypothesis.settings.load_profile("footnote")

_attempts: list[str] = []


class NetworkAttempt(AssertionError):
    """A test reached for something beyond this machine."""


def _is_here(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return name == "localhost"


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    """Python's own audit of every socket: unlike a patched `connect`, no library can go around it."""
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        connection, address = arguments
        if connection.family == AF_UNIX or address is None or _is_here(address[0]):
            return
        wanted = str(address)
    elif event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}:
        if _is_here(arguments[0]):
            return
        wanted = str(arguments[0])
    else:
        return
    _attempts.append(wanted)
    raise NetworkAttempt(f"the tests' network is off; something wanted {wanted}")


sys.addaudithook(_guard)


@pytest.fixture(autouse=True)
def network_attempts() -> Iterator[list[str]]:
    """What the test wanted beyond this machine; it fails for it even where a library swallows the error."""
    _attempts.clear()
    yield _attempts
    assert _attempts == []


@pytest.fixture(scope="session")
def sample_articles() -> Path:
    """The folder of articles that come with Footnote."""
    return Path(corpus.__file__).parent / "articles"


@pytest.fixture(scope="session")
def eval_questions() -> Path:
    """Questions over the sample articles, with the words that answer them."""
    return Path(__file__).parent / "eval" / "questions.jsonl"


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what the first of several test processes makes and the others read."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def models(shared: Path) -> Path:
    """A folder with the prepared model; link it as DATA_DIR/models and nothing is prepared again."""
    with FileLock(shared / "models.lock"):
        MiniLM.load(shared / "models")
    return shared / "models"


@pytest.fixture(scope="session")
def model(models: Path) -> MiniLM:
    """The bundled model as users run it."""
    return MiniLM.load(models)


@pytest.fixture
def data_dir(tmp_path: Path, models: Path) -> Path:
    """An empty DATA_DIR with the prepared model."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "models").symlink_to(models)
    return folder


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Processes of their own memory and files, forked from one that has imported everything already."""
    context = _forking("forkserver")
    ensure_running()
    return context


@pytest.fixture(scope="session", autouse=True)
def _started_at_once() -> Iterator[None]:
    """Nobody waits for Python to import.

    The probe of a reload runs in this process (`real_prober` gives it one of its own again), and files are read by
    workers that are forked where users' are spawned. What a test starts as a process of its own is as users have it.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("retrieval.reloading.Prober", ProberInThisProcess)
        patch.setattr("corpus.reading.get_context", _forking)
        yield


def _forking(_method: str) -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    return context


@pytest.fixture
def real_prober(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a reload probe what it made in a process of its own."""
    monkeypatch.setattr("retrieval.reloading.Prober", Prober)
