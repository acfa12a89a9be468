"""
A project as it was committed, in a folder of its own.

In:    the project; a revision of the repository that it is in.
Out:   a temporary folder with the files of this revision, which is removed afterwards.
Never: a file of the working tree, or a change to it.
"""

import os
import posixpath
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from trailbell.project.git import (
    CommittedFile,
    GitError,
    find_commit,
    git,
    list_files,
    open_blobs,
)
from trailbell.project.root import CONTENT, FILE

PROGRAM = "build.py"
"""The command line of a project."""


@dataclass(frozen=True)
class Revision:
    """A commit, and its name for people: ``main (0123abcde)``, or ``0123abcde`` for a commit."""

    commit: str
    name: str


def find_revision(root: Path, revision: str) -> Revision:
    """The revision of the repository that a project is in. Raises `GitError`."""
    try:
        git(root, "rev-parse", "--git-dir")
    except GitError as error:
        raise GitError(
            f'--against "{revision}" is not a file, and as a Git revision it cannot be read '
            f"({error})"
        ) from error
    commit = find_commit(root, revision)
    if commit is None:
        raise GitError(
            f'--against "{revision}" is not a Git revision or a file. If it is a revision of '
            "another clone, fetch it (in GitHub Actions: fetch-depth: 0)"
        )
    short = commit[:9]
    return Revision(commit, short if commit.startswith(revision) else f"{revision} ({short})")


@contextmanager
def exported(root: Path, revision: Revision) -> Iterator[Path]:
    """A folder with the project at this revision. Raises `GitError` if there was none."""
    files = list_files(root, revision.commit)
    if not any(file.path in (PROGRAM, FILE) for file in files):
        place = git(root, "rev-parse", "--show-prefix").decode().strip() or "its root folder"
        raise GitError(
            f"{revision.name} has no project in {place}: neither {FILE} nor {PROGRAM}. Use "
            "--against with a revision that has one"
        )
    with tempfile.TemporaryDirectory(prefix="trailbell-revision-") as temporary:
        folder = Path(temporary).resolve() / root.name
        folder.mkdir()
        with open_blobs(root) as read:
            for file in files:
                _write(folder, file, read(file.blob), revision)
        yield folder


def _write(folder: Path, file: CommittedFile, content: bytes, revision: Revision) -> None:
    path = folder / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    if not file.is_symbolic_link:
        path.write_bytes(content)
        return
    target = os.fsdecode(content)
    if _is_needed(file.path) and _leaves(file.path, target):
        raise GitError(
            f"{revision.name}: {file.path} is a symbolic link to {target}, outside of the project. "
            "Content of other folders cannot be compared; copy it into the project"
        )
    path.symlink_to(target)


def _is_needed(path: str) -> bool:
    """Whether a file can have detections or settings."""
    return path.split("/")[0] in (*CONTENT, FILE, PROGRAM)


def _leaves(path: str, target: str) -> bool:
    normal = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    return posixpath.isabs(normal) or normal.split("/")[0] == ".."
