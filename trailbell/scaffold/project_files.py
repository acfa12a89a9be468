"""
A project that builds as it is.

In:    a folder.
Out:   the files of a project: settings, one detection, one policy and one stack, tests, a workflow.
Never: a file that exists, except that an existing ``.gitignore`` is kept.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from trailbell import __version__
from trailbell.errors import ProjectError
from trailbell.project.root import FILE, root_above
from trailbell.scaffold.new_files import write_files
from trailbell.settings import schema

_FILES = Path(__file__).parent / "files"
_KEPT = ".gitignore"


@dataclass(frozen=True)
class NewProject:
    """A project that was created: its folder, and the paths of its files relative to it.

    ``kept`` are files that existed and should have the lines of ``missing``.
    """

    root: Path
    files: tuple[str, ...]
    missing: tuple[str, ...] = ()


def create_project(folder: Path) -> NewProject:
    """Write the files of a project. Raises `ProjectError` and `OutputError`; then none is left."""
    root = folder.resolve()
    files = dict(project_files())
    above = root_above(root)
    if above == root:
        raise ProjectError(f"{root} is a project already: it has a {FILE}", "edit that file")
    if above is not None:
        raise ProjectError(
            f"{root} is in the project {above}, and a project cannot be in another one",
            "choose a folder outside of it",
        )
    is_kept = (root / _KEPT).is_file()
    existing = [
        name for name in files if os.path.lexists(root / name) and not (name == _KEPT and is_kept)
    ]
    if existing:
        raise ProjectError(
            f"{root} has files of the same name already: {', '.join(existing)}",
            "choose a folder without them, such as a new one",
        )
    missing: tuple[str, ...] = ()
    if is_kept:
        missing = _missing_lines(root / _KEPT, files.pop(_KEPT))
    write_files(root, files)
    return NewProject(root, tuple(files), missing)


def _missing_lines(path: Path, text: str) -> tuple[str, ...]:
    present = path.read_text(encoding="utf-8", errors="replace").split()
    return tuple(line for line in text.splitlines() if line not in present)


def project_files() -> Mapping[str, str]:
    """The text of each file by its path in a project."""
    return dict(sorted([*_read_files(), (schema.FILE, schema.schema_text())]))


def _read_files() -> Iterator[tuple[str, str]]:
    for path in _FILES.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            name = path.relative_to(_FILES).as_posix()
            text = path.read_text(encoding="utf-8")
            # Files that begin with a dot are not installed with a package.
            name = name.replace("github/", ".github/").replace("gitignore", ".gitignore")
            is_template = path.suffix in (".toml", ".txt")
            yield name, Template(text).substitute(version=__version__) if is_template else text
