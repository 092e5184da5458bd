"""Whether the tests notice small faults: mutants of ten files, each against the tests of its file.

`python -m tests.bench.mutants` makes the same mutants each time (comparisons turned, numbers moved by one, conditions
negated, returns emptied; DeMillo, Lipton & Sayward 1978) and prints which lived. The tree is not touched: each mutant
stands in a copy.
"""

from __future__ import annotations

import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
EACH = 6
SECONDS = 300

FILES = {
    "corpus/chunking.py": ["tests/corpus/test_chunking.py"],
    "corpus/furniture.py": ["tests/corpus/test_furniture.py"],
    "corpus/sentences.py": ["tests/corpus/test_sentences.py", "tests/corpus/test_chunking.py"],
    "corpus/library.py": ["tests/corpus/test_library.py"],
    "retrieval/ranking.py": ["tests/retrieval/test_ranking.py", "tests/retrieval/test_late_interaction.py"],
    "retrieval/index/duplicates.py": ["tests/retrieval/index/test_duplicates.py"],
    "retrieval/index/store.py": ["tests/retrieval/index/test_store.py", "tests/retrieval/test_rollback.py"],
    "bot/delivery/schedule.py": ["tests/bot/delivery/test_schedule.py"],
    "bot/rendering/answers.py": ["tests/bot/test_rendering.py", "tests/bot/test_messages.py"],
    "bot/backup.py": ["tests/bot/test_backup.py"],
}
"""The file -> its tests. Those of properties are among them, which run with fewer examples in `make test`."""

_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


def _changes(node: ast.AST) -> list[Callable[[], None]]:
    """Return what can be done to one node, each a fault of one kind."""
    found: list[Callable[[], None]] = []
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _TURNED:
        found.append(lambda: node.ops.__setitem__(0, _TURNED[type(node.ops[0])]()))
    if isinstance(node, ast.Constant) and type(node.value) in {int, float}:
        moved = node.value + 1 if isinstance(node.value, (int, float)) else 1
        found.append(lambda: setattr(node, "value", moved))
    if isinstance(node, ast.If):
        found.append(lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), node.test)))
    if isinstance(node, ast.BoolOp):
        found.append(lambda: setattr(node, "op", ast.And() if isinstance(node.op, ast.Or) else ast.Or()))
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        found.append(lambda: setattr(node, "op", ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()))
    if isinstance(node, ast.Return) and node.value is not None:
        found.append(lambda: setattr(node, "value", ast.Constant(None)))
    return found


def mutants(source: str, seed: str) -> list[tuple[int, str]]:
    """Return (line, source) of EACH mutants, the same for the same seed."""
    tree = ast.parse(source)
    places = [(place, kind) for place, node in enumerate(ast.walk(tree)) for kind in range(len(_changes(node)))]
    made = []
    for place, kind in random.Random(seed).sample(places, EACH):
        mutant = copy.deepcopy(tree)
        node = list(ast.walk(mutant))[place]
        line = getattr(node, "lineno", 0)
        _changes(node)[kind]()
        made.append((line, ast.unparse(ast.fix_missing_locations(mutant))))
    return made


def is_caught(tree: Path, tests: list[str]) -> bool:
    """Return whether the tests fail in a copy of the tree."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", f"--basetemp={tree}.tmp", *tests]
    try:
        done = subprocess.run(  # noqa: S603 - our own tests
            command, cwd=tree, capture_output=True, timeout=SECONDS, check=False, env={**os.environ, "PYTHONPATH": "."}
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def _main() -> None:
    caught = total = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*", "data", "__pycache__"))
        for path, tests in FILES.items():
            source = (tree / path).read_text(encoding="utf-8")
            assert not is_caught(tree, tests), f"the tests of {path} fail as it is"
            for line, mutant in mutants(source, path):
                (tree / path).write_text(mutant, encoding="utf-8")
                dead = is_caught(tree, tests)
                caught, total = caught + dead, total + 1
                print(f"{path}:{line}", "caught" if dead else "LIVES", flush=True)  # noqa: T201 - what is asked for
            (tree / path).write_text(source, encoding="utf-8")
    print(f"{caught} of {total} caught")  # noqa: T201 - same


if __name__ == "__main__":
    _main()
