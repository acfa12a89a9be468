"""
The catalog of the project as it was committed.

In:    the project, a revision.
Out:   what the program of the revision lists.
Never: content of now. The program runs in a process of its own, in a temporary folder.

Which engine runs: that of the revision, if its ``build.py`` has one next to it, as in the
repository of Trailbell; otherwise the installed one. What the project required at that time is not
installed.
"""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from trailbell.errors import ContentError
from trailbell.project.revision import PROGRAM, exported, find_revision
from trailbell.replay.comparison.listed_catalog import ListedCatalog, read_listing
from trailbell.replay.detection import ReplayDetection

_LIST = ("list", "--json")


def read_revision_catalog(
    root: Path,
    revision: str,
    placeholders: Mapping[str, str],
    now: Mapping[str, ReplayDetection],
) -> tuple[str, ListedCatalog]:
    """The name of a revision, and the detections that the project deployed then.

    ``now`` are the detections of now by ID. Raises `GitError` and `ContentError`.
    """
    found = find_revision(root, revision)
    with exported(root, found) as folder:
        return found.name, read_listing(_list(folder, found.name), found.name, placeholders, now)


def _list(folder: Path, name: str) -> str:
    """What the program prints. Raises `ContentError` for a catalog with errors."""
    command = [PROGRAM, *_LIST]
    if not (folder / PROGRAM).is_file():
        command = ["-P", "-m", "trailbell", "--project", str(folder), *_LIST]
    process = subprocess.run(  # noqa: S603 - fixed arguments
        [sys.executable, *command],
        cwd=folder,
        stdin=subprocess.DEVNULL,  # records may come from there
        capture_output=True,
        check=False,
    )
    if process.returncode == 0:
        return process.stdout.decode(errors="replace")
    lines = process.stderr.decode(errors="replace").strip().splitlines()
    first = next((line for line in lines if line.startswith("error: ")), (lines or [""])[-1])
    problem = first.removeprefix("error: ").replace(f"{folder}/", "") or (
        f"its program ended with exit code {process.returncode} and no message"
    )
    raise ContentError(
        location=name,
        problem=f"its catalog cannot be used: {problem}",
        hint='"trailbell check" in a checkout of this revision shows all errors',
    )
