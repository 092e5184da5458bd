"""Real processes over a real DATA_DIR, forked from one that has imported everything."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bot.settings import Settings
from tests.unbreakable import victims
from tests.unbreakable.newsroom import ASK_SHARED, OLD, put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext, ForkServerProcess
    from multiprocessing.synchronize import Barrier
    from pathlib import Path


@pytest.fixture
def articles_dir(tmp_path: Path) -> Path:
    return put(tmp_path / "articles", OLD)


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended; a negative code is the signal that killed it."""

    code: int | None
    out: str
    err: str

    def failed_plainly(self) -> bool:
        """Whether it ended as a failure should: code 1 and one sentence."""
        return self.code == 1 and self.out == "" and self.err.count("\n") == 1 and self.err.endswith("\n")


class Footnote:
    """The command line over one folder and one DATA_DIR, each command in a fresh process."""

    def __init__(self, processes: ForkServerContext, articles_dir: Path, data_dir: Path, scratch: Path) -> None:
        self._processes = processes
        self.articles_dir = articles_dir
        self.data_dir = data_dir
        self._scratch = scratch
        self._started = 0

    def start(
        self, *arguments: str, given: str | None = None, together: Barrier | None = None
    ) -> tuple[ForkServerProcess, Path]:
        """Start a command and return its process and where what it says goes."""
        self._started += 1
        said = self._scratch / f"said-{self._started}"
        settings = {name.upper(): "" for name in Settings.model_fields}
        settings |= {"ARTICLES_DIR": str(self.articles_dir), "DATA_DIR": str(self.data_dir), "LOG_LEVEL": "ERROR"}
        typed = None
        if given is not None:
            typed = said.with_suffix(".in")
            typed.write_text(given, encoding="utf-8")
        process = self._processes.Process(target=victims.footnote, args=(arguments, settings, said, typed, together))
        process.start()
        return process, said

    def finish(self, started: tuple[ForkServerProcess, Path]) -> Ran:
        """Wait for a command."""
        process, said = started
        process.join()
        out, err = (said.with_name(said.name + ending) for ending in (".out", ".err"))
        return Ran(process.exitcode, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))

    def __call__(self, *arguments: str, given: str | None = None) -> Ran:
        return self.finish(self.start(*arguments, given=given))

    @contextmanager
    def beside(self, target: Callable[..., None]) -> Iterator[Connection]:
        """The connection to a process over the same folders that runs meanwhile and must end well."""
        ours, theirs = self._processes.Pipe()
        process = self._processes.Process(target=target, args=(self.articles_dir, self.data_dir, theirs))
        process.start()
        theirs.close()
        yield ours
        ours.close()
        process.join()
        assert process.exitcode == 0


@pytest.fixture
def footnote(
    processes: ForkServerContext, articles_dir: Path, data_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Footnote:
    return Footnote(processes, articles_dir, data_dir, tmp_path_factory.mktemp("said"))


def mount(folder: Path, size: int) -> None:
    folder.mkdir(exist_ok=True)
    done = subprocess.run(  # noqa: S603 - the system's own program
        ["/bin/mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.decode().strip()}")


def remount(folder: Path, option: str) -> None:
    subprocess.run(["/bin/mount", "-o", f"remount,{option}", folder], check=True)  # noqa: S603 - the same


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A DATA_DIR on a disk of its own of 64 MB, made small or read-only by remounting it."""
    if os.getuid():
        pytest.skip("only root may mount a small disk")
    folder = tmp_path / "disk"
    mount(folder, 64_000_000)
    yield folder
    subprocess.run(["/bin/umount", "--lazy", folder], check=True)  # noqa: S603 - the same


@pytest.fixture
def server(footnote: Footnote) -> Iterator[Connection]:
    """A process that has the generation open, and has answered from it."""
    with footnote.beside(victims.serve) as connection:
        connection.send(ASK_SHARED)
        assert "1014" in connection.recv()
        yield connection
