"""What a figure was measured on, without what would say whose machine it is; and a process's own memory."""

from __future__ import annotations

import os
import platform
import resource
import sys
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("footnote", "onnxruntime", "chromadb", "tantivy", "llama-index-core")

_STATUS = Path("/proc/self/status")


def machine() -> dict[str, str | int | float]:
    """Return the processor, its cores as this process may use them, the memory, and the operating system."""
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3, 1),
        "system": f"{platform.system()} {platform.machine()}",
    }


def versions() -> dict[str, str]:
    """Return the version of Python and of the packages that matter most for speed."""
    return {"python": platform.python_version(), **{package: version(package) for package in PACKAGES}}


def in_words() -> str:
    """Return machine and versions as one sentence."""
    here = machine()
    used = ", ".join(f"{package} {number}" for package, number in versions().items() if package != "python")
    return (
        f"{here['cpu']}, {here['cores']} cores, {here['memory_gb']} GB, {here['system']};"
        f" Python {platform.python_version()}, {used}."
    )


def peak_memory_mb() -> float:
    """Return the most memory this process ever held.

    Linux hands `ru_maxrss` down through fork and exec, so a child would report its parent's; VmHWM is its own.
    """
    own = _status_mb("VmHWM")
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return own if own is not None else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def memory_mb() -> float | None:
    """Return the memory this process holds now, None where the system does not say."""
    return _status_mb("VmRSS")


def disk_bytes(folder: Path) -> int:
    """Return how many bytes the files below a folder hold."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _status_mb(field: str) -> float | None:
    if not _STATUS.exists():
        return None
    lines = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
    return int(lines[field].split()[0]) / 1024


def _cpu() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())
