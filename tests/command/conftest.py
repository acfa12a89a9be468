"""A copy of the project, and the command line in it as people run it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import PROJECT

_CORES = sorted(os.sched_getaffinity(0))
_CORE = _CORES[int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % len(_CORES)]
_PARTS = ("trailbell", "stacks", "policies", "detections")


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> list[str]:
        """Lines of standard output before the summary, which holds times, and the last line."""
        lines = self.out.splitlines()[:-1]
        ends = [
            n for n, line in enumerate(lines) if line.startswith(("ignored: ", "note: ", "stack "))
        ]
        return lines[: ends[0]] if ends else lines

    @property
    def last(self) -> str:
        """The last line of standard output."""
        return self.out.splitlines()[-1]


Run = Callable[..., Done]


@dataclass(frozen=True)
class Project:
    """A copy of the project in a folder of its own."""

    root: Path
    cache: Path

    def run(
        self,
        *arguments: str,
        cwd: Path | None = None,
        prefix: str = "",
        alone: bool = True,
        **environment: str,
    ) -> Done:
        """``trailbell build`` with these arguments; ``prefix`` is shell before it.

        It runs ``alone`` on one core, as tests do on each, or may take all.
        """
        if alone:
            prefix = f"taskset -cp {_CORE} $$ >/dev/null; {prefix}"
        plain = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
        command = [sys.executable, str(self.root / "build.py"), *arguments]
        done = subprocess.run(
            ["sh", "-c", f'{prefix} exec "$@"', "sh", *command] if prefix else command,
            cwd=cwd or self.root,
            env=plain | {"XDG_CACHE_HOME": str(self.cache)} | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    def write(self, path: str, text: str) -> None:
        """Write a file of the project."""
        (self.root / path).write_text(text)

    @property
    def dist(self) -> dict[str, bytes]:
        """The files in ``dist/``."""
        return {path.name: path.read_bytes() for path in sorted((self.root / "dist").iterdir())}


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project with the essentials alone, built once and never changed."""
    project = Project(tmp_path_factory.mktemp("pristine"), tmp_path_factory.mktemp("cache"))
    no_bytecode = shutil.ignore_patterns("__pycache__")
    for part in _PARTS:
        shutil.copytree(PROJECT / part, project.root / part, ignore=no_bytecode)
    shutil.copy(PROJECT / "build.py", project.root)
    project.write("trailbell.toml", '[catalog]\npacks = ["essentials"]\n')
    built = project.run()
    assert (built.code, built.err) == (0, ""), built.out
    return project


@pytest.fixture
def project(pristine: Project, tmp_path: Path) -> Project:
    """The built project, to be changed."""
    root = tmp_path / "project"
    shutil.copytree(pristine.root, root)
    return Project(root, pristine.cache)
