"""A project of its own, as ``trailbell init`` writes it, and the program in it."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests import PROJECT


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class OwnProject:
    """A project outside of the repository."""

    root: Path
    cache: Path

    def run(self, *arguments: str, cwd: Path | None = None) -> Ended:
        """Run ``trailbell`` in the project, or in another folder."""
        return self.python("-m", "trailbell", *arguments, cwd=cwd)

    def python(self, *arguments: str, cwd: Path | None = None) -> Ended:
        """Run Python with this package, in the project or in another folder."""
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "FORCE_"))}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=cwd or self.root,
            env=plain | {"PYTHONPATH": str(PROJECT), "XDG_CACHE_HOME": str(self.cache)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
        return Ended(done.returncode, done.stdout, done.stderr)

    def write(self, name: str, text: str) -> None:
        """Write a file of the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Replace a text in a file of the project, which must have it."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def settings(self, text: str) -> None:
        """Write the settings."""
        self.write("trailbell.toml", text)

    def built(self) -> list[str]:
        """The stacks in ``dist/``."""
        return sorted(path.stem for path in (self.root / "dist").glob("*.yaml"))

    def copy(self, folder: Path) -> "OwnProject":
        """A copy in another folder, with the same cache."""
        shutil.copytree(self.root, folder)
        return OwnProject(folder, self.cache)
