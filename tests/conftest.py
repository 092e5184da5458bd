"""What every test starts from: no network, and one prepared embedding model for the whole run."""

from __future__ import annotations

import ipaddress
import sys
from pathlib import Path
from socket import AF_UNIX
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

import corpus
from retrieval.embedding.minilm import MiniLM

if TYPE_CHECKING:
    from collections.abc import Iterator

# A busy machine is slow for a moment; that is no fault of what is tested.
hypothesis.settings.register_profile("footnote", deadline=None)
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
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the prepared model; link it as DATA_DIR/models and nothing is prepared again."""
    folder = tmp_path_factory.mktemp("models")
    MiniLM.load(folder)
    return folder


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
