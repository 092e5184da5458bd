"""The design's rules about imports, read from the modules themselves."""

from __future__ import annotations

import ast
import socket
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import NetworkAttempt

ROOT = Path(__file__).parents[1]
PACKAGES = ("corpus", "retrieval", "bot")


@dataclass(frozen=True)
class Module:
    """A source file and the absolute names it imports when it runs; imports for type checkers alone do not count."""

    name: str
    tree: ast.Module
    imports: frozenset[str]


@cache
def modules() -> tuple[Module, ...]:
    files = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]
    return tuple(_module(file) for file in files)


def _module(file: Path) -> Module:
    parts = file.relative_to(ROOT).with_suffix("").parts
    tree = ast.parse(file.read_text(encoding="utf-8"), str(file))
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, tree, frozenset(_imports(tree)))


def _imports(node: ast.AST) -> list[str]:
    """Dotted names; `from a import b` counts as `a.b`, which may be a module or a name in one."""
    found: list[str] = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            found += [name for other in child.orelse for name in _imports(ast.Module([other], []))]
        elif isinstance(child, ast.Import):
            found += [alias.name for alias in child.names]
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "imports are absolute"
            found += [f"{child.module}.{alias.name}" for alias in child.names]
        else:
            found += _imports(child)
    return found


def importers(package: str) -> set[str]:
    """The modules that import a package or anything in it."""
    return {
        module.name
        for module in modules()
        if any(name == package or name.startswith(f"{package}.") for name in module.imports)
    }


def test_all_packages_are_walked() -> None:
    assert {module.name.split(".")[0] for module in modules()} == set(PACKAGES)


@pytest.mark.parametrize(
    ("package", "may_not"), [("corpus", "retrieval"), ("corpus", "bot"), ("retrieval", "bot"), ("retrieval", "tests")]
)
def test_imports_point_one_way(package: str, may_not: str) -> None:
    assert [name for name in importers(may_not) if name.split(".")[0] == package] == []


@pytest.mark.parametrize(
    ("library", "only"),
    [
        ("chromadb", {"retrieval.index.vectors", "retrieval.index.vector_server"}),
        (
            "llama_index",
            {
                "corpus.llamaindex",
                "retrieval.llamaindex",
                "retrieval.embedding.llamaindex",
                "retrieval.index.nodes",
                "retrieval.index.vectors",
                "retrieval.llm.endpoint",
            },
        ),
        ("openai", {"retrieval.llm.endpoint"}),
        ("tantivy", {"retrieval.index.lexical"}),
        ("onnxruntime", {"retrieval.embedding"}),
        ("httpx", {"corpus.web", "retrieval.index.vector_server", "retrieval.llm", "bot.delivery.connection"}),
        ("httpcore", {"corpus.web", "retrieval.index.vector_server"}),
        ("feedparser", {"corpus.web.feeds"}),
        ("protego", {"corpus.web.robots"}),
        ("trafilatura", {"corpus.readers.webpage"}),
        ("pdfminer", {"corpus.readers.pdf"}),
        ("docx", {"corpus.readers.word", "corpus.readers.revisions"}),
        ("pebble", {"corpus.reading"}),
        ("telegram", {"bot"}),
        ("pydantic_settings", {"bot.settings"}),
    ],
)
def test_a_library_is_known_in_its_own_place_only(library: str, only: set[str]) -> None:
    found = importers(library)
    assert found
    assert {name for name in found if not any(name == place or name.startswith(f"{place}.") for place in only)} == set()


def test_a_process_that_only_answers_starts_without_llamaindex() -> None:
    program = "import sys, bot.app; print('llama_index.core' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)  # noqa: S603 - our own
    assert ran.stdout.strip() == "False"


def test_the_admin_desk_knows_nothing_of_telegram() -> None:
    assert [name for name in importers("telegram") if name.startswith("bot.admin")] == []


def test_the_ranking_needs_no_index_and_no_model() -> None:
    (ranking,) = [module for module in modules() if module.name == "retrieval.ranking"]
    assert not [name for name in ranking.imports if name.split(".")[0] in PACKAGES]


def test_no_module_but_the_settings_reads_the_environment() -> None:
    """The probe does, to hand its own process a token: arguments can be read by everybody on the machine."""
    readers = {
        module.name
        for module in modules()
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv", "getenvb"})
        or (isinstance(node, ast.ImportFrom) and {alias.name for alias in node.names} & {"environ", "getenv"})
    }
    assert readers <= {"bot.settings", "retrieval.index.probe"}


def test_no_module_imports_itself_by_way_of_others() -> None:
    names = {module.name for module in modules()}

    def imported(name: str) -> str:
        """The module that a dotted name is, or stands in."""
        return name if name in names else name.rpartition(".")[0]

    graph = {module.name: {imported(name) for name in module.imports} & names for module in modules()}
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


class TestNetworkIsOff:
    @pytest.mark.parametrize("address", [("192.0.2.1", 443), ("::ffff:192.0.2.1", 443), ("api.telegram.org", 443)])
    def test_a_connection_beyond_this_machine_fails(
        self, address: tuple[str, int], network_attempts: list[str]
    ) -> None:
        with pytest.raises(NetworkAttempt, match="network is off"):
            socket.create_connection(address, timeout=1)
        assert network_attempts
        network_attempts.clear()

    def test_a_datagram_beyond_this_machine_fails(self, network_attempts: list[str]) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender, pytest.raises(NetworkAttempt):
            sender.sendto(b"", ("192.0.2.1", 53))
        assert len(network_attempts) == 1
        network_attempts.clear()

    def test_a_connection_within_this_machine_works(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            for host in ("127.0.0.1", "localhost"):
                with socket.create_connection((host, port), timeout=5) as connection:
                    assert connection.getpeername()[1] == port


def test_only_the_renderer_writes_a_link() -> None:
    writers = [
        file.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for file in sorted((ROOT / package).rglob("*.py"))
        if "href=" in file.read_text(encoding="utf-8")
    ]

    assert writers == ["bot/rendering/links.py"]
