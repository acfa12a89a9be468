"""
Ask git about the repository that a project is in.

In:    a folder of the repository; a revision.
Out:   commits, and the files of a commit.
Never: a change. The working tree, the index and the references stay as they are.
"""

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from trailbell.errors import InputError


class GitError(InputError):
    """A Git revision that cannot be read."""


# A partial clone fetches what it does not have, unless no protocol is allowed.
# https://git-scm.com/docs/git#Documentation/git.txt-GITALLOWPROTOCOL
_OFFLINE = {"GIT_ALLOW_PROTOCOL": "none"}
_NOT_INSTALLED = "git is not installed; install it, or use --against with a file"
_SYMBOLIC_LINK, _SUBMODULE = "120000", "160000"


@dataclass(frozen=True)
class CommittedFile:
    """A file of a commit. ``path`` is relative to the folder for which the commit was asked."""

    mode: str
    blob: str
    path: str

    @property
    def is_symbolic_link(self) -> bool:
        """Whether its content is the path that it leads to."""
        return self.mode == _SYMBOLIC_LINK


def find_commit(folder: Path, revision: str) -> str | None:
    """The commit of a revision; None if there is none. Raises `GitError` without git."""
    selector = f"{revision}^{{commit}}"
    arguments = ("--verify", "--quiet", "--end-of-options", selector)
    return try_git(folder, "rev-parse", *arguments) or None


def git(folder: Path, *arguments: str, stdin: str = "", offline: bool = False) -> bytes:
    """The output of git. Raises `GitError`, ``offline`` also for an object that is not there."""
    process = _run(folder, arguments, stdin, _OFFLINE if offline else {})
    if process.returncode != 0:
        message = process.stderr.decode(errors="replace").strip()
        raise GitError(f"git {arguments[0]}: {message}")
    return process.stdout


def try_git(folder: Path, *arguments: str) -> str:
    """The output of git as one line; empty where git answers with an error."""
    process = _run(folder, arguments, "", {})
    return process.stdout.decode().strip() if process.returncode == 0 else ""


def read_blobs(folder: Path, names: Sequence[str]) -> list[bytes | None]:
    """The contents of files of commits; None for a file that does not exist."""
    data = git(folder, "cat-file", "--batch", stdin="\n".join(names) + "\n") if names else b""
    blobs: list[bytes | None] = []
    while data:  # for each name a header and a body, or "NAME missing"
        header, _, data = data.partition(b"\n")
        if header.endswith(b" missing"):
            blobs.append(None)
            continue
        size = int(header.rsplit(b" ", 1)[1])
        blobs.append(data[:size])
        data = data[size + 1 :]
    return blobs


def list_files(folder: Path, commit: str) -> tuple[CommittedFile, ...]:
    """The files that a commit has in this folder and below, without submodules."""
    listing = git(folder, "ls-tree", "-r", "-z", commit, offline=True)
    files = []
    for entry in listing.split(b"\0")[:-1]:
        properties, _, path = entry.partition(b"\t")
        mode, _, blob = properties.decode().split(" ")
        files.append(CommittedFile(mode, blob, os.fsdecode(path)))
    return tuple(file for file in files if file.mode != _SUBMODULE)


@contextmanager
def open_blobs(folder: Path) -> Iterator[Callable[[str], bytes]]:
    """A function that reads a file of a commit by the name of its blob. Raises `GitError`.

    It returns what is committed: attributes such as ``export-ignore`` and filters do not apply.
    """
    with _start(folder, "cat-file", "--batch") as process:
        questions, answers = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)

        def read(blob: str) -> bytes:
            with contextlib.suppress(BrokenPipeError):
                questions.write(f"{blob}\n".encode())
                questions.flush()
            header = answers.readline()
            if header.split(b" ")[1:2] != [b"blob"]:
                raise GitError(
                    f"the clone does not have the object {blob}; fetch the whole history"
                )
            content = answers.read(int(header.rsplit(b" ", 1)[1]))
            answers.read(1)
            return content

        try:
            yield read
        finally:
            process.kill()


def _start(folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 - fixed arguments
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - the git of the user
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | _OFFLINE,
        )
    except FileNotFoundError as error:
        raise GitError(_NOT_INSTALLED) from error


def _run(
    folder: Path, arguments: Sequence[str], stdin: str, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 - a revision cannot be an option here
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - the git of the user
            input=stdin.encode(),
            capture_output=True,
            check=False,
            env={**os.environ, **variables},
        )
    except FileNotFoundError as error:
        raise GitError(_NOT_INSTALLED) from error
