"""Many renames that happen all or not at all, even for a process that is killed between two of them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

JOURNAL = "restoring.json"
"""In DATA_DIR: the renames under way. While it exists they are not done, and undoing them is always possible."""


def carry_out(renames: Sequence[tuple[Path, Path]], journal: Path) -> None:
    """Rename each source to its target, in order; nothing may stand at a target when its turn comes.

    Raises:
        OSError: one of them failed; all are undone, or if even that failed, the journal is still there to do it later.
    """
    written = journal.with_suffix(".new")
    with written.open("w", encoding="utf-8") as file:
        json.dump([[str(source.absolute()), str(target.absolute())] for source, target in renames], file)
        file.flush()
        os.fsync(file.fileno())
    written.replace(journal)
    try:
        for source, target in renames:
            source.rename(target)
        # What was renamed must be on the disk before the journal that could undo it is gone.
        os.sync()
    except BaseException:
        undo(journal)
        raise
    journal.unlink()


def undo(journal: Path) -> None:
    """Take back the renames of a journal, if there is one; killed meanwhile, it goes on the next time.

    Raises:
        OSError: one could not be taken back; the journal stays.
    """
    try:
        renames = json.loads(journal.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    for source, target in ((Path(source), Path(target)) for source, target in reversed(renames)):
        if os.path.lexists(target) and not os.path.lexists(source):
            source.parent.mkdir(parents=True, exist_ok=True)  # what was unpacked may have been removed
            target.rename(source)
    os.sync()
    journal.unlink()
